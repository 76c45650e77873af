"""Rows to try migrations with, and how many there are of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

import psycopg
from janua.config import Project
from janua.database import Database
from psycopg import sql

from janua_generator.migrations.fingerprint import Fingerprint

_EACH = 2


class Factories:
    """The factories that are generated for the project, each for ``schema.table``; none where there are none."""

    def __init__(self, project: Project) -> None:
        self._all: Mapping[str, Any] = {}
        with _on_path(project), suppress(Exception):
            # Generated code of another schema may fail in any way; then there are no rows.
            self._all = import_module(f"{project.package}.factories").ALL

    def fill(self, url: str) -> int:
        """
        Make some rows in every table that is as its factory knows it, and return how many there are then.

        In the order in which they are generated; a table whose rows are refused stays empty.
        """
        made = 0
        if self._all:
            with Database(url, lazy=True) as database:
                for factory in self._all.values():
                    for _ in range(_EACH):
                        with suppress(Exception):
                            factory.make(database, {})
                            made += 1
        return made


@contextmanager
def _on_path(project: Project) -> Iterator[None]:
    """Where the package can be imported from: beside the outermost of its packages."""
    folder = str(project.output.parents[project.package.count(".")])
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


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
