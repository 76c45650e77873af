"""
The parser of a command: its help, and what is said about arguments that are wrong.

    janua generate: there is no option --fromat; did you mean "--format"?
    see janua generate --help
"""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterable
from typing import Any, NoReturn

from janua._version import __version__
from janua.cli.command import Command
from janua.config.words import suggestion

_MISSING = re.compile(r"the following arguments are required: (.*)")
_NUMBERS = {int: "a whole number", float: "a number"}


class CommandParser(argparse.ArgumentParser):
    """Says in one line what is wrong, with the near name, and where the help is; exit code 2."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", _Help)
        super().__init__(**options, allow_abbrev=False, add_help=False)

    def error(self, message: str) -> NoReturn:
        """Say it, and end the process."""
        missing = _MISSING.fullmatch(message)
        self.exit(2, f"{self.prog}: {self._missing(missing[1]) if missing else message}\nsee {self.prog} --help\n")

    def _missing(self, names: str) -> str:
        """What is missing, each with what it is."""
        meanings = {_name(each): each.help for each in self._actions}
        return "; ".join(
            f"{name} is missing" + (f": {meanings[name]}" if meanings.get(name) else "") for name in names.split(", ")
        )

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse, and refuse what is not known here, where the near names are."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            option = next((each for each in unknown if each.startswith("-")), None)
            if option is None:
                self.error(f"{shown(unknown[0])} is one argument too many")
            name = option.partition("=")[0]
            self.error(f"there is no option {name}{suggestion(name, self._option_string_actions)}")
        return found, []

    # What follows has no public hooks in argparse. Those of its methods are as they are since Python 3.2.

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        known = [str(each) for each in action.choices]
        near = suggestion(str(value), known) or f"; there are {_listed(known)}"
        if isinstance(action, argparse._SubParsersAction):
            raise argparse.ArgumentError(None, f"there is no command {shown(str(value))}{near}")
        raise argparse.ArgumentError(None, f"{_name(action)}: {shown(str(value))} is none of {_listed(known)}{near}")

    def _match_argument(self, action: argparse.Action, arg_strings_pattern: str) -> int:
        try:
            return super()._match_argument(action, arg_strings_pattern)
        except argparse.ArgumentError:
            expected = _listed(map(str, action.choices)) if action.choices else f"{action.metavar}, {action.help}"
            raise argparse.ArgumentError(None, f"{_name(action)} needs a value: {expected}") from None

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        try:
            return super()._get_value(action, arg_string)
        except argparse.ArgumentError:
            if action.type not in _NUMBERS:
                raise
            kind = _NUMBERS[action.type]
            raise argparse.ArgumentError(None, f"{_name(action)}: {shown(arg_string)} is not {kind}") from None


def complete(parser: argparse.ArgumentParser, command: Command, *, is_nested: bool = False) -> None:
    """
    Give a parser the command's own arguments and those of every command, and its help.

    A nested one leaves the options of every command as they are where they stand before its name.
    """
    parser.description = command.description or _sentence(command.help)
    parser.epilog = _epilog(command)
    command.configure(parser)
    missing: Any = argparse.SUPPRESS if is_nested else None
    common = parser.add_argument_group("options of every command")
    common.add_argument(
        "--project",
        metavar="DIR",
        default=argparse.SUPPRESS if is_nested else ".",
        help="the folder with pyproject.toml (default: the current one)",
    )
    common.add_argument(
        "--database-url", metavar="URL", default=missing, help=command.database.replace("%", "%%") or argparse.SUPPRESS
    )
    common.add_argument("--version", action="version", version=f"janua {__version__}", help="show the version, and end")
    common.add_argument("-h", "--help", action="help", help="show this, and end")


def shown(argument: str) -> str:
    """Return an argument in quotes, without what would move the cursor."""
    printable = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in argument)
    return f'"{printable}"'


def _name(action: argparse.Action) -> str:
    return "/".join(action.option_strings) or str(action.metavar or action.dest)


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _sentence(line: str) -> str:
    return f"{line[0].upper()}{line[1:]}."


def _epilog(command: Command) -> str:
    if not command.failure:
        return f"examples:\n{command.example}"
    codes = [("0", "done"), ("1", command.failure), ("2", "the arguments or the configuration are wrong")]
    if command.database:
        codes.append(("3", "a server cannot be reached"))
    text = "exit codes:\n" + "\n".join(f"  {code}  {meaning}" for code, meaning in codes)
    if command.example:
        text = f"example{'s' if chr(10) in command.example else ''}:\n{command.example}\n\n{text}"
    return text


class _Help(argparse.HelpFormatter):
    """Wraps paragraphs to the terminal, and leaves lines that are indented as they are."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog, **{"max_help_position": 28, **options})

    def _format_action(self, action: argparse.Action) -> str:
        text = super()._format_action(action)
        # Above the commands it would say COMMAND, which the group's title says already.
        return text.partition("\n")[2] if isinstance(action, argparse._SubParsersAction) else text

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        filled: list[str] = []
        paragraph: list[str] = []
        for line in [*text.splitlines(), ""]:
            if line and not line.startswith(" ") and not line.endswith(":"):
                paragraph.append(line)
                continue
            filled += textwrap.wrap(" ".join(paragraph), width)
            paragraph = []
            filled.append(line)
        return "\n".join(filled[:-1])
