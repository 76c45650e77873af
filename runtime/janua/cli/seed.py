"""``janua seed``: data for development and tests."""

from __future__ import annotations

import argparse
import re
from contextlib import AbstractContextManager
from pathlib import Path

from janua.cli.command import DATABASE, Command
from janua.cli.subcommands import group
from janua.config import Project, load_project
from janua.diagnostics import shown_path
from janua.errors import ConfigError

_NAME = re.compile(r"\w[\w.-]*")
_SQL = """\
-- Run with: janua seed run {name}
-- All of it is one transaction. Files that must run before this one: add a line "-- after: other".

-- INSERT INTO users (email, name) VALUES ('ada@example.com', 'Ada Lovelace')
-- ON CONFLICT (email) DO UPDATE SET name = EXCLUDED.name;

-- Large data lies in a file beside this one:
-- COPY countries (code, name) FROM 'countries.csv' WITH (FORMAT csv, HEADER);
"""
_PYTHON = '''\
"""Run with: janua seed run {name}"""

from janua import Executor


def seed(db: Executor) -> None:
    """Insert rows; all of it is one transaction."""
'''


def _configure_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="of seeds/NAME.sql, seeds/NAME.py or the folder seeds/NAME")


def _configure_create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="of the file: development")
    parser.add_argument("--python", action="store_true", help="a Python function instead of SQL")


def _create(args: argparse.Namespace, project_dir: Path) -> int:
    project = load_project(project_dir)
    if not _NAME.fullmatch(args.name):
        raise ConfigError(f'"{args.name}" is no name for a seed: letters, digits, "_", "-" and "."')
    suffix = ".py" if args.python else ".sql"
    stem = args.name.removesuffix(suffix)
    path = project.seeds / f"{stem}{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write((_PYTHON if args.python else _SQL).format(name=stem))
    except FileExistsError:
        raise ConfigError(f"{shown_path(path)}: is there already") from None
    print(f"{shown_path(path)}: written; run it with: janua seed run {stem}")
    return 0


def _seed(args: argparse.Namespace, project_dir: Path) -> int:
    from janua.cli.caching import cache_url
    from janua.cli.safety import refuse_protected
    from janua.cli.target import find_database

    project = load_project(project_dir)
    refuse_protected(find_database(args.database_url), project.safety, f"seed run {args.name}")
    run_seed(args.database_url, project, args.name, redis_url=cache_url())
    return 0


def run_seed(url: str | None, project: Project, name: str, *, redis_url: str) -> None:
    """
    Run a seed, show each of its files meanwhile, and outdate what the cache in that Redis keeps.

    Raises ConfigError, SeedError, and InvalidationFailed, with nothing done, where Redis cannot be told.
    """
    from janua import AsyncDatabase, Database
    from janua.cli.caching import async_cache_at, cache_at
    from janua.cli.progress import Progress
    from janua.seeds import AsyncSeeder, Seeder
    from janua.seeds.functions import is_asynchronous

    folder = project.seeds
    progress = Progress()

    def watch(path: Path) -> AbstractContextManager[object]:
        return progress.step(shown_path(path))

    async def asynchronously() -> None:
        async with async_cache_at(redis_url, project) as cache, AsyncDatabase(url, cache=cache) as adb:
            await AsyncSeeder(adb, folder, watch=watch).run(name)

    if is_asynchronous(folder, name):
        # every command loads this module, and few need an event loop
        import asyncio

        asyncio.run(asynchronously())
    else:
        with cache_at(redis_url, project) as cache, Database(url, cache=cache) as db:
            Seeder(db, folder, watch=watch).run(name)


def _commands() -> dict[str, Command]:
    return {
        "run": Command(
            "run a seed in one transaction",
            _configure_run,
            _seed,
            example="  janua seed run development",
            failure="a file of it has failed; nothing of the seed is left",
            database=DATABASE,
        ),
        "create": Command(
            "write an empty seed, with examples",
            _configure_create,
            _create,
            example="  janua seed create development\n  janua seed create demo --python",
            database="",
        ),
    }


SEED = group(
    "run SQL or Python files that fill a database",
    _commands,
    description="Fill a database with data for development or tests: all files of a seed in one transaction.",
    example="  janua seed create test\n  janua seed run development",
)
