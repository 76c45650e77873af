"""Commands that have commands of their own: ``janua migrate up``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from janua.cli.command import Command


def group(
    help: str, commands: Callable[[], Mapping[str, Command]], *, description: str = "", example: str = ""
) -> Command:
    """
    Return the command that runs one of ``commands``, by the word that follows it.

    They are asked for when the command is used, so that the overview of all commands need not load them.
    """

    def configure(parser: argparse.ArgumentParser) -> None:
        chosen = parser.add_subparsers(dest="subcommand", metavar="COMMAND", required=True)
        for name, command in commands().items():
            own = chosen.add_parser(
                name,
                help=command.help,
                description=command.description or command.help,
                epilog=f"example:\n{command.example}" if command.example else None,
                formatter_class=argparse.RawDescriptionHelpFormatter,
                allow_abbrev=False,
            )
            # They may stand behind the subcommand, too; where they do not, what stood before it holds.
            own.add_argument(
                "--project", metavar="DIR", default=argparse.SUPPRESS, help="the folder with pyproject.toml"
            )
            own.add_argument(
                "--database-url", metavar="URL", default=argparse.SUPPRESS, help="in place of JANUA_DATABASE_URL"
            )
            command.configure(own)

    def run(args: argparse.Namespace, project_dir: Path) -> int:
        return commands()[args.subcommand].run(args, project_dir)

    return Command(help=help, configure=configure, run=run, description=description, example=example)
