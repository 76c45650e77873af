"""How many rows there are, and which of them a DOWN takes away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

from janua_generator.migrations.fingerprint import Fingerprint


def count_rows(connection: psycopg.Connection[Any], found: Fingerprint) -> dict[str, int]:
    """Return how many rows each table has, by its name as the fingerprint has it."""
    counts: dict[str, int] = {}
    for kind, name in found:
        if kind == "table":
            row = connection.execute(sql.SQL("SELECT count(*) FROM ") + sql.SQL(name)).fetchone()
            counts[name] = row[0] if row else 0
    return counts


def lost_rows(before: Fingerprint, after: Fingerprint, counts: Mapping[str, int]) -> Sequence[str]:
    """Say which tables and columns are gone, and how many rows they had."""
    gone = [key for key in before if key not in after]
    tables = [name for kind, name in gone if kind == "table"]
    # Those of tables that stay; a view's columns go with it and hold nothing.
    columns = [
        name
        for kind, name in gone
        if kind == "column" and any(("table", each) in after for each in _table(before, name))
    ]
    return [
        *(f"drops the table {name} ({_rows(counts.get(name, 0))})" for name in tables),
        *(
            f"drops the column {name} ({_rows(sum(counts.get(each, 0) for each in _table(before, name)))})"
            for name in columns
        ),
    ]


def _table(found: Fingerprint, column: str) -> frozenset[str]:
    return found["column", column].parents


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"
