"""What can be typed where: the commands, options and values, as the parsers have them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from janua.cli.commands import find_command, overview
from janua.cli.main import EVERYWHERE, parser_of
from janua.errors import ConfigError


class Kind(StrEnum):
    """What an argument is, where it is not one of a few words."""

    NONE = "none"
    ANY = "any"
    FILES = "files"
    FOLDERS = "folders"


_KINDS = {"DIR": Kind.FOLDERS, "FOLDER": Kind.FOLDERS, "FILE": Kind.FILES}


@dataclass(frozen=True, slots=True)
class Argument:
    """An option or, without names, a positional argument. ``kind`` is NONE for an option without a value."""

    names: tuple[str, ...]
    help: str
    kind: Kind
    choices: tuple[str, ...] = ()
    is_free: bool = False
    """Whether the value may be left out."""


@dataclass(frozen=True, slots=True)
class Node:
    """A command, its ``path`` as in ``/migrate/up``; that of janua itself is empty."""

    path: str
    commands: Mapping[str, str]
    options: tuple[Argument, ...]
    argument: Argument | None = None


def nodes_of_all() -> Iterator[Node]:
    """Yield janua, and all commands with theirs; those that lack a package are left out."""
    commands: dict[str, str] = {}
    nodes: list[Node] = []
    for name, help_ in overview():
        try:
            parser = parser_of(name, find_command(name))
        except ConfigError:
            continue
        commands[name] = help_
        nodes += _nodes(f"/{name}", parser)
    known = {each.names[-1]: each for node in nodes for each in node.options}
    yield Node("", commands, tuple(known[name] for name in EVERYWHERE))
    yield from nodes


def _nodes(path: str, parser: argparse.ArgumentParser) -> Iterator[Node]:
    children = next((each for each in parser._actions if isinstance(each, argparse._SubParsersAction)), None)
    helps = {each.dest: each.help or "" for each in children._choices_actions} if children else {}
    arguments = [_argument(each) for each in parser._actions if each is not children and _is_shown(each)]
    yield Node(
        path,
        helps,
        tuple(each for each in arguments if each.names),
        next((each for each in arguments if not each.names), None),
    )
    for name, child in children.choices.items() if children else ():
        yield from _nodes(f"{path}/{name}", child)


def _is_shown(action: argparse.Action) -> bool:
    return action.help != argparse.SUPPRESS


def _argument(action: argparse.Action) -> Argument:
    kind = _KINDS.get(str(action.metavar), Kind.FILES if action.type is Path else Kind.ANY)
    return Argument(
        tuple(action.option_strings),
        action.help or "",
        Kind.NONE if action.nargs == 0 else kind,
        tuple(map(str, action.choices or ())),
        action.nargs == "?",
    )
