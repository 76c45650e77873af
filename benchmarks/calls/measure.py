"""
COPY of 10,000 rows against psycopg by hand, bulk inserts and a table's own ``copy_many`` beside, a stream's memory.

    taskset -c 0 python benchmarks/calls/measure.py

Starts an embedded server. The candidates take turns in one run; what is printed are medians, and the ratio to
psycopg's own binary COPY with ``set_types`` and ``write_row``, from tuples.
"""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

import psycopg
from janua import UNSET, Clause, Database, Query, RowVariants, Unset
from janua.embedded.postgres import serve

Connection = psycopg.Connection[tuple[object, ...]]

ROWS = 10_000
ROUNDS = 15
TABLE = "CREATE UNLOGGED TABLE rows (id bigint, key uuid, name text, score float8, active bool, at timestamptz)"
TYPES = ("bigint", "uuid", "text", "double precision", "boolean", "timestamp with time zone")
NAMES = ("id", "key", "name", "score", "active", "at")
COPY = Query[None]("rows.copy", f"COPY rows ({', '.join(NAMES)}) FROM STDIN", params=TYPES, attributes=NAMES)
BULK = Query[None](
    "rows.bulk",
    "INSERT INTO rows SELECT c1, c2, c3, c4, c5, c6 FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::float8[],"
    " $5::bool[], $6::timestamptz[]) WITH ORDINALITY AS r (c1, c2, c3, c4, c5, c6, n) ORDER BY n",
    params=tuple(f"{each}[]" for each in TYPES),
    attributes=NAMES,
    elements=TYPES,
)
# As generated for a table whose ``id`` and ``active`` have defaults; the rows give the second.
COPY_MANY: RowVariants[None] = RowVariants(
    replace(COPY, name="rows.copy_many"),
    ("id", "active"),
    (
        "COPY rows (",
        Clause("", tuple((", ", name, (name,) if name in ("id", "active") else ()) for name in NAMES), None),
        ") FROM STDIN",
    ),
)
STREAM = Query[tuple[int, str]](
    "stream", "SELECT n, repeat('x', 50) FROM generate_series(1, 1000000) AS n", columns=("integer", "text"),
    row=lambda *values: values,
)  # fmt: skip


@dataclass(kw_only=True, slots=True)
class Row:
    """As a generated class of parameters is."""

    id: int
    key: UUID
    name: str
    score: float
    active: bool
    at: datetime


@dataclass(kw_only=True, slots=True)
class NewRow:
    """As a table's generated class of new rows is."""

    id: int | Unset = UNSET
    key: UUID
    name: str
    score: float
    active: bool | Unset = UNSET
    at: datetime


def without_id_by_hand(connection: Connection, rows: list[tuple[object, ...]]) -> None:
    """The same columns as ``copy_many``."""
    columns = ", ".join(NAMES[1:])
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY rows ({columns}) FROM STDIN (FORMAT binary)".encode()) as copy,
    ):
        copy.set_types(["uuid", "text", "float8", "bool", "timestamptz"])
        for row in rows:
            copy.write_row(row)
    connection.commit()


def by_hand(connection: Connection, rows: list[tuple[object, ...]]) -> None:
    """What a careful user of psycopg writes."""
    with connection.cursor() as cursor, cursor.copy("COPY rows FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["int8", "uuid", "text", "float8", "bool", "timestamptz"])
        for row in rows:
            copy.write_row(row)
    connection.commit()


def executemany(connection: Connection, rows: list[tuple[object, ...]]) -> None:
    """One prepared statement a row, in a pipeline."""
    connection.cursor().executemany("INSERT INTO rows VALUES (%s, %s, %s, %s, %s, %s)", rows)
    connection.commit()


def compare(url: str) -> None:
    """Print the table of the inserts."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    rows = [
        Row(id=n, key=UUID(int=n), name=f"name {n}", score=n / 3, active=n % 2 == 0, at=start + timedelta(seconds=n))
        for n in range(ROWS)
    ]
    tuples = [tuple(getattr(row, name) for name in NAMES) for row in rows]
    new = [NewRow(key=row.key, name=row.name, score=row.score, active=row.active, at=row.at) for row in rows]
    short = [each[1:] for each in tuples]
    with Database(url) as db, psycopg.connect(url) as connection:
        db.raw(TABLE)
        candidates: dict[str, Callable[[], object]] = {
            "psycopg binary COPY by hand": lambda: by_hand(connection, tuples),
            "janua :copy": lambda: db.copy(COPY, rows),
            "janua @bulk": lambda: db.bulk_execute(BULK, rows),
            "the same without id": lambda: without_id_by_hand(connection, short),
            "janua copy_many without id": lambda: db.copy(COPY_MANY, new),
            "psycopg executemany": lambda: executemany(connection, tuples),
        }
        times: dict[str, list[float]] = {name: [] for name in candidates}
        for _ in range(ROUNDS):
            for name, run in candidates.items():
                db.raw("TRUNCATE rows")
                gc.collect()
                begin = perf_counter()
                run()
                times[name].append((perf_counter() - begin) * 1000)
    bases = {"janua copy_many without id": "the same without id"}
    for name, found in times.items():
        base = median(times[bases.get(name, "psycopg binary COPY by hand")])
        print(f"{name:30} {median(found):8.1f} ms  {median(found) / base:5.2f} x")


def peak() -> int:
    """The most memory that this program has had, in kB; what started it may have had more, which getrusage tells."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


def stream(url: str) -> None:
    """Print how much a process grows that streams a million rows."""
    with Database(url) as db:
        db.raw("SELECT 1")
        before = peak()
        begin = perf_counter()
        with db.stream(STREAM) as rows:
            count = sum(1 for _ in rows)
        seconds = perf_counter() - begin
    grown = (peak() - before) / 1024
    print(f"stream of {count:,} rows: {seconds:.1f} s, {grown:.1f} MB above the base")


def main(arguments: list[str]) -> int:
    """Run both, the stream in a process of its own."""
    if arguments:
        stream(arguments[0])
        return 0
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
        compare(server.url)
        subprocess.run([sys.executable, __file__, server.url], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
