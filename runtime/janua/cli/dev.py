"""``janua dev``: the project's own PostgreSQL and Valkey, migrated and seeded, for as long as somebody works."""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from janua.cli.command import Command
from janua.config import Project, load_project
from janua.errors import ConfigError, MigrationError

if TYPE_CHECKING:
    from janua.migrations import Migrator

_SEED = "development"


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fresh", action="store_true", help="begin with an empty database, and seed it again")
    parser.add_argument(
        "--seed", metavar="NAME", help=f"what fills a new database (default: {_SEED}, where there is such a seed)"
    )


def _run(args: argparse.Namespace, project_dir: Path) -> int:
    if args.database_url:
        raise ConfigError("janua dev starts servers of its own: without --database-url")
    from janua.cli.caching import cache_at
    from janua.cli.progress import Progress
    from janua.embedded import valkey
    from janua.migrations import Migrator

    project = load_project(project_dir)
    with _postgres(project) as server, valkey.serve(_state(project)) as redis:
        url, is_new = _database(server, project, fresh=args.fresh)
        from janua.database import Database

        with cache_at(redis.url, project) as cache, Database(url, application_name="janua dev", cache=cache) as db:
            _migrate(Migrator(db, project.migrations, table=project.migrations_table, progress=Progress()), is_new)
        _fill(url, redis.url, project, args.seed, is_new=is_new)
        _say_and_wait(f"JANUA_DATABASE_URL={url}\nJANUA_REDIS_URL={redis.url}\nCtrl-C ends both servers")
    return 0


def _migrate(migrator: Migrator, is_new: bool) -> None:
    try:
        migrator.up()
    except MigrationError as error:
        if is_new:
            raise
        # What was changed after it was applied is nothing to repair in a database that can be made anew.
        raise MigrationError(f"{error}\nor begin with an empty database: janua dev --fresh") from None


def _state(project: Project) -> Path:
    return project.root / ".janua"


@contextmanager
def _postgres(project: Project) -> Iterator[str]:
    """The server, with the extensions that the migrations ask for."""
    from janua.embedded import choice, postgres
    from janua.migrations import read_migrations

    chosen = choice.choose_for(read_migrations(project.migrations))
    with postgres.serve(_state(project), chosen.distribution) as server:
        yield server.url


def _database(server: str, project: Project, *, fresh: bool) -> tuple[str, bool]:
    """The URL of the project's own database on the server, and whether it was made just now."""
    import psycopg
    from psycopg import sql

    from janua.scratch import with_database

    # Projects run as root share a server.
    name = f"janua_dev_{hashlib.sha256(os.fsencode(project.root.resolve())).hexdigest()[:8]}"
    with psycopg.connect(server, autocommit=True) as admin:
        if fresh:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        is_new = admin.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is None
        if is_new:
            command = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
            admin.execute(command.format(sql.Identifier(name)))
    return with_database(server, name), is_new


def _fill(url: str, redis_url: str, project: Project, name: str | None, *, is_new: bool) -> None:
    """Seed a new database; a seed that was asked for runs on any."""
    from janua.cli.seed import run_seed

    is_there = any((project.seeds / f"{_SEED}{suffix}").exists() for suffix in ("", ".sql", ".py"))
    if name or (is_new and is_there):
        run_seed(url, project, name or _SEED, redis_url=redis_url)


def _say_and_wait(said: str) -> None:
    """Return at Ctrl-C, or when the process is asked to end, also where that comes as soon as it is said."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        print(said, flush=True)
        while True:
            # A signal that comes right before it does not end it, the next look does.
            time.sleep(1)


DEV = Command(
    help="start PostgreSQL and Valkey for this project, migrated and seeded",
    configure=_configure,
    run=_run,
    description=(
        "Start an embedded PostgreSQL and Valkey, apply the migrations, seed a new database, and print the two URLs.\n"
        "What is written stays for the next time, under .janua/, and is not safe against power cuts."
    ),
    example="  janua dev\n  janua dev --fresh --seed demo",
    failure="a migration or the seed has failed",
    database=argparse.SUPPRESS,
)
