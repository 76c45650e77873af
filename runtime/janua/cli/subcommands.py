"""Commands that have commands of their own: ``janua migrate up``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from janua.cli.command import DATABASE, Command
from janua.cli.parser import complete


def group(
    help: str, commands: Callable[[], Mapping[str, Command]], *, description: str = "", example: str = ""
) -> Command:
    """
    Return the command that runs one of ``commands``, by the word that follows it.

    They are asked for when the command is used, so that the overview of all commands need not load them.
    """
    shown: list[argparse.ArgumentParser] = []

    def configure(parser: argparse.ArgumentParser) -> None:
        shown[:] = [parser]
        chosen = parser.add_subparsers(dest="subcommand", metavar="COMMAND", title="commands")
        for name, command in commands().items():
            complete(chosen.add_parser(name, help=command.help), command, is_nested=True)

    def run(args: argparse.Namespace, project_dir: Path) -> int:
        if args.subcommand is None:
            shown[0].print_help(sys.stderr)
            return 2
        return commands()[args.subcommand].run(args, project_dir)

    found = Command(help=help, configure=configure, run=run, description=description, example=example, failure="")
    return replace(found, database=DATABASE)
