"""The scripts: fixed parts, which are files beside this one, and in them what each command takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from janua.cli.completion.words import Argument, Kind, Node


def script(shell: str, nodes: Sequence[Node]) -> str:
    """Return the script for a shell: bash, zsh or fish."""
    template = (files("janua.cli.completion") / f"janua.{shell}").read_text("utf-8")
    separator, lines = {"bash": ("|", _bash), "zsh": ("|", _zsh), "fish": (" ", _fish)}[shell]
    takers = {name for node in nodes for each in node.options if _takes(each) for name in each.names}
    parts = {
        "@paths@": separator.join(node.path for node in nodes if node.path),
        "@takers@": separator.join(sorted(takers)),
        "@commands@\n": "".join(f"{line}\n" for node in nodes for line in lines(node)),
    }
    for mark, text in parts.items():
        template = template.replace(mark, text)
    return template


def _takes(option: Argument) -> bool:
    return option.kind is not Kind.NONE and not option.is_free


def _bash(node: Node) -> Iterator[str]:
    yield f"        '{node.path}')"
    yield f"            {_words('options', (name for each in node.options for name in each.names))}"
    yield f"            {_words('words', node.commands)}"
    yield from _positional(node)
    yield "            case $prev in"
    for option in filter(_takes, node.options):
        yield f"                {'|'.join(option.names)}) {_value(option)} options='' ;;"
    yield "            esac"
    yield "            ;;"


def _positional(node: Node) -> Iterator[str]:
    if node.argument is not None:
        yield f"            {_value(node.argument)}"


def _value(argument: Argument) -> str:
    return f"{_words('words', argument.choices)} kind={'words' if argument.choices else argument.kind};"


def _words(variable: str, words: Iterable[str]) -> str:
    return f"{variable}=$'{chr(92)}n{(chr(92) + 'n').join(words)}'"


def _zsh(node: Node) -> Iterator[str]:
    yield f"        '{node.path}')"
    described = (f"{name}:{each.help}" for each in node.options for name in each.names)
    yield f"            options=({' '.join(map(_described, described))})"
    yield f"            words_=({' '.join(_described(f'{name}:{text}') for name, text in node.commands.items())})"
    yield from (f"            {each}" for each in _zsh_argument(node.argument))
    yield "            case $prev in"
    for option in filter(_takes, node.options):
        yield f"                {'|'.join(option.names)}) {' '.join(_zsh_argument(option))} options=() ;;"
    yield "            esac"
    yield "            ;;"


def _zsh_argument(argument: Argument | None) -> Iterator[str]:
    if argument is not None:
        yield f"words_=({' '.join(map(_quoted, argument.choices))}); kind={argument.kind};"


def _described(text: str) -> str:
    name, _, meaning = text.partition(":")
    return _quoted(f"{name}:{_bare(meaning).replace(':', chr(92) + ':')}")


def _fish(node: Node) -> Iterator[str]:
    at = f"complete -c janua -n '__janua_at \"{node.path}\"'"
    for name, text in node.commands.items():
        yield f"{at} -a {name} -d {_quoted(_bare(text))}"
    for option in node.options:
        names = " ".join(
            f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in reversed(option.names)
        )
        yield f"{at} {names}{_fish_value(option, ' -x')} -d {_quoted(_bare(option.help))}"
    if node.argument is not None and (node.argument.choices or node.argument.kind is not Kind.ANY):
        yield f"{at}{_fish_value(node.argument, '')}"


def _fish_value(argument: Argument, alone: str) -> str:
    if argument.choices:
        return f"{alone} -a {_quoted(' '.join(argument.choices))}"
    if argument.kind is Kind.FILES:
        return " -r -F" if alone else " -F"
    if argument.kind is Kind.FOLDERS:
        return f"{alone} -a '(__fish_complete_directories)'"
    return alone if _takes(argument) else ""


def _bare(help_: str) -> str:
    return help_.replace("%%", "%").replace("'", "").replace("\\", "")


def _quoted(text: str) -> str:
    return f"'{text}'"
