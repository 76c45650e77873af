"""
Measure a select of three predicates: as a named query, as a variant of one with optional parameters, built by the
query builder, and by SQLAlchemy Core.

    python -m benchmarks.builder.measure [ROUNDS]

The candidates take turns within each round, on the same rows of the same server, so that what else the
machine does meets all of them. The medians of the rounds are shown, and how often the named query's time
each takes. What is built is built anew for each call, and so are SQLAlchemy's statements, which that keeps
compiled in its own cache. It is left out, and that is said, where ``requirements.txt`` is not installed.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from janua import UNSET, Clause, Database, Query, Unset, Variants
from janua.builder import select
from janua.config import load_project
from janua.migrations import read_migrations
from janua.scratch import open_scratch

from generated._types import TABLE_TYPES
from generated.enums import UserStatus
from generated.tables import users

ROOT = Path(__file__).resolve().parents[2]
CALLS = 300
ROWS = (1, 10, 100)
SINCE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
FILL = """
INSERT INTO users (email, name, status)
SELECT 'u' || n || '@example.com', 'User ' || lpad(n::text, 3, '0'), 'active' FROM generate_series(0, 99) n
"""


@dataclass(slots=True)
class Row:
    """What the named query returns, as generated code would declare it."""

    id: Any
    email: str
    name: str | None


NAMED = Query[Row](
    name="users.list_active",
    sql="SELECT id, email, name FROM users WHERE status = $1 AND created_at > $2 AND name < $3 ORDER BY created_at",
    params=("public.user_status", "timestamp with time zone", "text"),
    columns=("uuid", "public.citext", "text"),
    row=Row,
    types=TABLE_TYPES,
)

# As generated for ``-- @optional status, since, below, limit`` and ``-- @order created = …; name = …``.
DYNAMIC: Variants[Row] = Variants(
    replace(NAMED, sql="", params=(*NAMED.params, "bigint")),
    ("status", "since", "below", "limit", "order_by"),
    (
        "SELECT id, email, name FROM users",
        Clause(
            " WHERE ",
            (
                ("", "status = $1", ("status",)),
                (" AND ", "created_at > $2", ("since",)),
                (" AND ", "name < $3", ("below",)),
            ),
            "",
        ),
        Clause(" ORDER BY ", (("", "created_at", ("order_by=created",)), ("", "name", ("order_by=name",))), ""),
        Clause(" ", (("", "LIMIT $4", ("limit",)),), ""),
    ),
)


def list_users(
    db: Database,
    *,
    status: UserStatus | Unset = UNSET,
    since: dt.datetime | Unset = UNSET,
    below: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    order_by: str = "created",
) -> list[Row]:
    """The function for it, as generated."""
    query = DYNAMIC[status is not UNSET, since is not UNSET, below is not UNSET, limit is not UNSET, order_by]
    return db.fetch_all(query, (status, since, below, limit))


def dynamic(db: Database, below: str) -> list[Any]:
    """The statement as one variant of many."""
    return list_users(db, status=UserStatus.ACTIVE, since=SINCE, below=below)


def built(db: Database, below: str) -> list[Any]:
    """The statement by the query builder."""
    return (
        select(users.id, users.email, users.name)
        .where(users.status == UserStatus.ACTIVE, users.created_at > SINCE, users.name < below)
        .order_by(users.created_at)
        .all(db)
    )


def named(db: Database, below: str) -> list[Any]:
    """The same as a named query."""
    return db.fetch_all(NAMED, (UserStatus.ACTIVE, SINCE, below))


@contextmanager
def core(url: str) -> Iterator[Callable[[str], list[Any]] | None]:
    """The same by SQLAlchemy Core on psycopg, which commits by itself here as ``Database`` does."""
    try:
        import sqlalchemy as sa
    except ImportError:
        yield None
        return
    table = sa.table("users", *(sa.column(name) for name in ("id", "email", "name", "created_at", "status")))
    table.c.status.type = sa.Enum(UserStatus, name="user_status", values_callable=lambda e: [m.value for m in e])
    for name, type_ in (("name", sa.Text()), ("created_at", sa.DateTime(timezone=True))):
        table.c[name].type = type_
    import psycopg

    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(url, autocommit=True),
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
    )

    def run(below: str) -> list[Any]:
        statement = (
            sa.select(table.c.id, table.c.email, table.c.name)
            .where(table.c.status == UserStatus.ACTIVE, table.c.created_at > SINCE, table.c.name < below)
            .order_by(table.c.created_at)
        )
        with engine.connect() as connection:
            return list(connection.execute(statement).all())

    yield run
    engine.dispose()


def main(rounds: int) -> None:
    """Measure and print."""
    migrations = read_migrations(load_project(ROOT).migrations)
    with open_scratch(ROOT, migrations=migrations) as scratch:
        name = scratch.clone(scratch.migrated(migrations, purpose="benchmark"))
        try:
            _compare(scratch.url(name), rounds)
        finally:
            scratch.drop(name)


def _compare(url: str, rounds: int) -> None:
    with Database(url) as db, core(url) as by_core:
        db.execute(Query[None](name="fill", sql=FILL))
        candidates: dict[str, Callable[[str], list[Any]]] = {
            "named query": lambda below: named(db, below),
            "optional parameters": lambda below: dynamic(db, below),
            "builder": lambda below: built(db, below),
            "building alone": lambda below: _only_build(below),
        }
        if by_core is None:
            print("SQLAlchemy is not installed: left out")
        else:
            candidates["SQLAlchemy Core"] = by_core
        for rows in ROWS:
            _print(rows, _measured(candidates, f"User {rows:03}", rows, rounds))


def _only_build(below: str) -> list[Any]:
    statement = (
        select(users.id, users.email, users.name)
        .where(users.status == UserStatus.ACTIVE, users.created_at > SINCE, users.name < below)
        .order_by(users.created_at)
    )
    return list(statement._built())


def _measured(
    candidates: dict[str, Callable[[str], list[Any]]], below: str, rows: int, rounds: int
) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for name, run in candidates.items():
        for _ in range(CALLS):
            found = run(below)
        assert name == "building alone" or len(found) == rows, f"{name}: {len(found)} rows"
    for _ in range(rounds):
        for name, run in candidates.items():
            start = perf_counter()
            for _ in range(CALLS):
                run(below)
            times[name].append((perf_counter() - start) / CALLS * 1e6)
    return times


def _print(rows: int, times: dict[str, list[float]]) -> None:
    print(f"\n{rows} rows            µs a call   times the named query")
    for name, each in times.items():
        ratio = statistics.median(a / b for a, b in zip(each, times["named query"], strict=True))
        print(f"{name:20} {statistics.median(each):8.1f}   {ratio:6.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
