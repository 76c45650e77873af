"""``janua migrate``: the migrator's commands. Those that need the generator are found as ``migrate.NAME``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache, partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from janua.cli.command import DATABASE, Command
from janua.cli.progress import Progress, shown_time
from janua.cli.subcommands import group
from janua.config import Project, load_project
from janua.diagnostics import shown_path
from janua.errors import ConfigError

if TYPE_CHECKING:
    from janua.migrations import MigrationStatus, MigrationStep, Migrator

GROUP = "janua.commands"
_PREFIX = "migrate."


@contextmanager
def _migrator(args: argparse.Namespace, project: Project) -> Iterator[Migrator]:
    # Imported here: other commands start faster without psycopg.
    from janua.cli.caching import cache_at, cache_url
    from janua.cli.target import find_database
    from janua.database import Database, PoolOptions
    from janua.migrations import Migrator

    find_database(args.database_url)
    pool = PoolOptions(min_size=0, max_size=1, timeout=10.0)
    name = "janua migrate"
    with (
        cache_at(cache_url(), project) as cache,
        Database(args.database_url or None, pool=pool, application_name=name, lazy=True, cache=cache) as db,
    ):
        yield Migrator(
            db,
            project.migrations,
            table=args.table or project.migrations_table,
            lock_timeout=args.lock_timeout,
            lock_attempts=args.lock_attempts,
            patience=args.patience,
            progress=Progress(),
        )


def apply_all(url: str, project: Project) -> int:
    """Apply all migrations to a database that nobody else knows yet, and return how many there are."""
    from janua.database import Database
    from janua.migrations import Migrator

    with Database(url, application_name="janua migrate") as db:
        migrator = Migrator(db, project.migrations, table=project.migrations_table, progress=Progress())
        return len(migrator.up())


def _configure_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--table", metavar="NAME", help="the tracking table (default: tool.janua.migrations_table, janua_migrations)"
    )
    parser.add_argument(
        "--lock-timeout",
        type=float,
        default=2.0,
        metavar="S",
        help="seconds that a statement waits for a lock (default: 2)",
    )
    parser.add_argument(
        "--lock-attempts", type=int, default=30, metavar="N", help="how often that is tried (default: 30)"
    )
    parser.add_argument(
        "--patience", type=float, metavar="S", help="seconds to wait for another migrator (default: without end)"
    )


def _configure_dry_run(parser: argparse.ArgumentParser) -> None:
    _configure_common(parser)
    parser.add_argument("--dry-run", action="store_true", help="print what would be done, and do nothing")


def _configure_up(parser: argparse.ArgumentParser) -> None:
    _configure_dry_run(parser)
    limit = parser.add_mutually_exclusive_group()
    limit.add_argument("--to", metavar="NAME", help="the last one to apply, by its name or number")
    limit.add_argument("--steps", type=int, metavar="N", help="apply this many at most")
    parser.add_argument("--out-of-order", action="store_true", help="apply those too that come before an applied one")


def _run_up(args: argparse.Namespace, project_dir: Path) -> int:
    with _migrator(args, load_project(project_dir)) as migrator:
        done = migrator.up(to=args.to, steps=args.steps, out_of_order=args.out_of_order, dry_run=args.dry_run)
    return _say_steps(done, args.dry_run, "nothing to apply")


def _configure_back(parser: argparse.ArgumentParser) -> None:
    from janua.cli.safety import add_yes

    _configure_dry_run(parser)
    add_yes(parser)
    parser.add_argument("--steps", type=int, default=1, metavar="N", help="how many (default: 1)")


def _configure_down(parser: argparse.ArgumentParser) -> None:
    _configure_back(parser)
    parser.add_argument("--to", metavar="NAME", help="all that were applied after this one, by its name or number")


def _run_down(args: argparse.Namespace, project_dir: Path) -> int:
    return _take_back(args, project_dir, lambda migrator, dry: migrator.down(steps=args.steps, to=args.to, dry_run=dry))


def _run_redo(args: argparse.Namespace, project_dir: Path) -> int:
    return _take_back(args, project_dir, lambda migrator, dry: migrator.redo(steps=args.steps, dry_run=dry))


def _take_back(
    args: argparse.Namespace, project_dir: Path, run: Callable[[Migrator, bool], list[MigrationStep]]
) -> int:
    """Ask with the names of what would be taken back, which a dry run tells."""
    from janua.cli.safety import refuse_protected, require_consent
    from janua.cli.target import find_database

    project = load_project(project_dir)
    target = find_database(args.database_url)
    if not args.dry_run:
        refuse_protected(target, project.safety, args.subcommand)
    with _migrator(args, project) as migrator:
        planned = run(migrator, True)
        if not args.dry_run and planned:
            names = ", ".join(step.name for step in planned if step.direction == "down")
            deed = f"take back {names}{' and apply it again' if args.subcommand == 'redo' else ''}"
            require_consent(target, project.safety, deed, yes=args.yes)
            planned = run(migrator, False)
    return _say_steps(planned, args.dry_run, "nothing to take back")


def _configure_run(parser: argparse.ArgumentParser) -> None:
    _configure_dry_run(parser)
    parser.add_argument("name", metavar="NAME", help="the migration, by its name or number")


def _run_run(args: argparse.Namespace, project_dir: Path) -> int:
    with _migrator(args, load_project(project_dir)) as migrator:
        done = migrator.run(args.name, dry_run=args.dry_run)
    return _say_steps(done, args.dry_run, f"{args.name} is applied already")


def _say_steps(steps: Sequence[MigrationStep], dry_run: bool, nothing: str) -> int:
    if not steps:
        print(nothing)
    for step in steps if dry_run else ():
        print(f"-- {step.label}\n{step.sql}\n")
    if steps and not dry_run:
        total = sum(step.duration_ms or 0.0 for step in steps) / 1000
        print(f"{len(steps)} migration{'s' if len(steps) > 1 else ''} in {shown_time(total)}")
    return 0


def _configure_status(parser: argparse.ArgumentParser) -> None:
    _configure_common(parser)
    parser.add_argument("--json", action="store_true", help="one JSON array, for programs")


def _run_status(args: argparse.Namespace, project_dir: Path) -> int:
    with _migrator(args, load_project(project_dir)) as migrator:
        found = migrator.status()
    if args.json:
        print(json.dumps([asdict(each) for each in found], indent=2, default=lambda value: value.isoformat()))
    else:
        print("\n".join(_status_lines(found)) or "no migrations")
    return int(any(each.state not in ("applied", "pending") for each in found))


def _status_lines(found: Sequence[MigrationStatus]) -> Iterator[str]:
    width = max((len(each.name) for each in found), default=0)
    for each in found:
        when = f"{each.applied_at:%Y-%m-%d %H:%M:%S}" if each.applied_at else ""
        took = shown_time(each.duration_ms / 1000) if each.duration_ms is not None else ""
        line = f"{each.state:<12}  {each.name:<{width}}  {when:<19}  {took:>11}  {each.applied_by}"
        yield line.rstrip() + (f"\n{'':12}  {each.note}" if each.note else "")


def _configure_create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="what it does: add_prices_to_products")


def _run_create(args: argparse.Namespace, project_dir: Path) -> int:
    from janua.migrations.creating import create_migration

    for path in create_migration(load_project(project_dir, is_begun=False).migrations, args.name):
        print(shown_path(path))
    return 0


def _configure_baseline(parser: argparse.ArgumentParser) -> None:
    _configure_dry_run(parser)
    parser.add_argument("--to", metavar="NAME", help="the last one that the database has, by its name or number")


def _run_baseline(args: argparse.Namespace, project_dir: Path) -> int:
    with _migrator(args, load_project(project_dir)) as migrator:
        for step in migrator.baseline(to=args.to, dry_run=args.dry_run):
            print(f"{step.name}: {'would be' if args.dry_run else 'is'} recorded as applied")
    return 0


def _configure_repair(parser: argparse.ArgumentParser) -> None:
    _configure_dry_run(parser)
    many: dict[str, Any] = {"action": "append", "default": [], "metavar": "NAME"}
    parser.add_argument("--forget", **many, help="remove the record of a migration, whose effects stay")
    parser.add_argument("--done", **many, help="the statement in which it has stopped is done")
    parser.add_argument("--undone", **many, help="the statement in which it has stopped is to be run again")


def _run_repair(args: argparse.Namespace, project_dir: Path) -> int:
    with _migrator(args, load_project(project_dir)) as migrator:
        found = migrator.repair(forget=args.forget, done=args.done, undone=args.undone, dry_run=args.dry_run)
    print("\n".join(map(str, found)) or "nothing to repair")
    return 0


def _added() -> dict[str, Command]:
    """The commands that need the generator, or what says so where it is not installed."""
    found = {
        entry.name.removeprefix(_PREFIX): entry for entry in entry_points(group=GROUP) if entry.name.startswith(_PREFIX)
    }

    def later(name: str) -> Command:
        def lacking(_parser: argparse.ArgumentParser) -> None:
            pass

        def run(_args: argparse.Namespace, _project: Path) -> int:
            raise ConfigError(f"janua migrate {name} needs the generator: pip install 'janua-database[generator]'")

        try:
            return found[name].load()  # type: ignore[no-any-return]
        except (KeyError, ModuleNotFoundError):
            return Command(help="(pip install 'janua-database[generator]' adds this)", configure=lacking, run=run)

    return {name: later(name) for name in ("verify", "lint")}


@cache
def _commands() -> dict[str, Command]:
    on_database = partial(Command, database=DATABASE, failure="a migration is malformed, or the server has refused it")
    return {
        "up": on_database(
            "apply the pending migrations",
            _configure_up,
            _run_up,
            example="  janua migrate up --dry-run\n  janua migrate up --to 0012",
        ),
        "down": on_database(
            "take back the migrations that were applied last",
            _configure_down,
            _run_down,
            example="  janua migrate down --dry-run\n  janua migrate down --to 0011 --yes",
        ),
        "run": on_database("apply one migration", _configure_run, _run_run, example="  janua migrate run 0012"),
        "redo": on_database(
            "take back the migration that was applied last, and apply it again",
            _configure_back,
            _run_redo,
            example="  janua migrate redo --yes",
        ),
        "status": on_database(
            "list all migrations, and how it stands with each",
            _configure_status,
            _run_status,
            example="  janua migrate status\n  janua migrate status --json | jq -r '.[].state'",
            failure="a migration needs attention: it was changed, is missing or has stopped",
        ),
        "create": Command(
            "write the file for a new migration",
            _configure_create,
            _run_create,
            example="  janua migrate create add_prices_to_products",
            database="",
        ),
        "baseline": on_database(
            "record migrations as applied without running them",
            _configure_baseline,
            _run_baseline,
            example="  janua migrate baseline --to 0012 --dry-run",
        ),
        "repair": on_database(
            "correct the tracking table",
            _configure_repair,
            _run_repair,
            example="  janua migrate repair --dry-run\n  janua migrate repair --forget 0007_old",
        ),
        **_added(),
    }


MIGRATE = group(
    "apply migrations, take them back, and tell how it stands with them",
    _commands,
    description="Migrate the database that --database-url or JANUA_DATABASE_URL names.",
    example="  janua migrate create add_prices_to_products\n  janua migrate up\n  janua migrate status",
)
