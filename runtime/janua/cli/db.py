"""``janua db``: whole databases backed up, restored, made anew and emptied."""

from __future__ import annotations

import argparse
from pathlib import Path

from janua.cli.command import Command
from janua.errors import ConfigError

_SCRATCH = "JANUA_SCRATCH_URL"


def _configure(parser: argparse.ArgumentParser) -> None:
    # Here, because it loads psycopg, which no other command should wait for.
    from janua.cli.safety import add_yes

    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, help_, configure in (
        ("backup", "write a backup into a new folder", _configure_backup),
        ("restore", "replace a database by what a backup holds", _configure_restore),
        ("reset", "replace a database by an empty one", add_yes),
        ("truncate", "empty tables, all or some, and start their sequences anew", _configure_truncate),
    ):
        action = actions.add_parser(name, help=help_, allow_abbrev=False)
        # They may stand behind the action, too.
        for option in ("--project", "--database-url"):
            action.add_argument(option, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        configure(action)


def _configure_backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", type=Path, help="the folder (default: DATABASE-YYYYMMDD-HHMMSS)")
    parser.add_argument("--verify", action="store_true", help="restore it into a scratch database, and compare")
    parser.add_argument(
        "--scratch-url", metavar="URL", help=f"the server for that (default: {_SCRATCH}, else the database's own)"
    )
    _add_jobs(parser)


def _configure_restore(parser: argparse.ArgumentParser) -> None:
    from janua.cli.safety import add_yes

    parser.add_argument("folder", type=Path, help="the backup")
    parser.add_argument("--no-owner", action="store_true", help="leave out owners and rights")
    _add_jobs(parser)
    add_yes(parser)


def _configure_truncate(parser: argparse.ArgumentParser) -> None:
    from janua.cli.safety import add_yes

    parser.add_argument("tables", nargs="*", metavar="TABLE", help="the tables (default: all)")
    parser.add_argument("--keep", action="append", default=[], metavar="TABLE", help="leave this one as it is")
    add_yes(parser)


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes at once (default: 2)")


def _run(args: argparse.Namespace, project_dir: Path) -> int:
    from janua.cli import databases

    if getattr(args, "jobs", 1) < 1:
        raise ConfigError("--jobs must be at least 1")
    return databases.ACTS[args.action](args, project_dir)


DB = Command(
    help="back up, restore, reset or truncate the database",
    configure=_configure,
    run=_run,
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
