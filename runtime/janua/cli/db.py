"""``janua db``: whole databases backed up, restored, made anew and emptied."""

from __future__ import annotations

import argparse
from functools import cache, partial
from pathlib import Path

from janua.cli.command import DATABASE, Command
from janua.cli.subcommands import group
from janua.errors import ConfigError

_SCRATCH = "JANUA_SCRATCH_URL"


def _configure_backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="FOLDER", help="the folder (default: DATABASE-YYYYMMDD-HHMMSS)"
    )
    parser.add_argument("--verify", action="store_true", help="restore it into a scratch database, and compare")
    parser.add_argument(
        "--scratch-url", metavar="URL", help=f"the server for that (default: {_SCRATCH}, else the database's own)"
    )
    _add_jobs(parser)


def _configure_restore(parser: argparse.ArgumentParser) -> None:
    # Here, because it loads psycopg, which no other command should wait for.
    from janua.cli.safety import add_yes

    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the backup")
    parser.add_argument("--no-owner", action="store_true", help="leave out owners and rights")
    _add_jobs(parser)
    add_yes(parser)


def _configure_reset(parser: argparse.ArgumentParser) -> None:
    from janua.cli.safety import add_yes

    parser.add_argument("--empty", action="store_true", help="leave it empty")
    add_yes(parser)


def _configure_truncate(parser: argparse.ArgumentParser) -> None:
    from janua.cli.safety import add_yes

    parser.add_argument("tables", nargs="*", metavar="TABLE", help="the tables (default: all)")
    parser.add_argument("--keep", action="append", default=[], metavar="TABLE", help="leave this one as it is")
    add_yes(parser)


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes at once (default: 2)")


def _run(args: argparse.Namespace, project_dir: Path) -> int:
    # Here, because it loads psycopg, which no other command should wait for.
    from janua.cli import databases

    if getattr(args, "jobs", 1) < 1:
        raise ConfigError("--jobs must be at least 1")
    return databases.ACTS[args.subcommand](args, project_dir)


@cache
def _commands() -> dict[str, Command]:

    of_database = partial(Command, run=_run, database=DATABASE)
    return {
        "backup": of_database(
            "write a backup into a new folder",
            _configure_backup,
            example="  janua db backup\n  janua db backup backups/monday --verify",
            failure="there is no backup, or it does not give what was backed up",
        ),
        "restore": of_database(
            "replace a database by what a backup holds",
            _configure_restore,
            example="  janua db restore backups/monday --yes",
            failure="the backup is damaged or cannot be restored; the database is as before",
        ),
        "reset": of_database(
            "replace a database by a new one, with all migrations",
            _configure_reset,
            example="  janua db reset --yes\n  janua db reset --empty",
            failure="the server has refused it",
        ),
        "truncate": of_database(
            "empty tables, all or some, and start their sequences anew",
            _configure_truncate,
            example="  janua db truncate sessions --yes\n  janua db truncate --keep countries",
            failure="there is no such table, or the server has refused it",
        ),
    }


DB = group(
    "back up, restore, reset or truncate the database",
    _commands,
    description=(
        "Work on the whole database that --database-url or JANUA_DATABASE_URL names.\n"
        "What destroys asks first, or takes --yes, and refuses what tool.janua.safety protects."
    ),
    example=(
        "  janua db backup backups/monday --verify\n"
        "  janua db restore backups/monday --yes\n"
        "  janua db truncate sessions --yes"
    ),
)
