"""Inserts that may be repeated: rows that are there already become what is given."""

from __future__ import annotations

from typing import Any

from janua.builder.expressions import Column
from janua.builder.writes import Insert, Write
from janua.errors import StatementError


class Upsert(Write):
    """An INSERT whose rows replace those with the same key, in the columns that it gives."""

    def __init__(self, insert: Insert[Any], key: tuple[Column[Any, Any], ...]) -> None:
        super().__init__(())
        self._relation = insert._relation
        self._insert = insert
        self._key = key

    def _parts(self) -> tuple[str, tuple[object, ...]]:
        text, values = self._insert._parts()
        declared = {each.name for each in self._relation._definition.columns}
        key = [each._name for each in self._key]
        if not key or not declared.issuperset(key):
            raise StatementError(f"upsert() needs the columns of a unique key of {self._relation!r}")
        given = self._declared({name: None for row in self._insert._rows for name in row})
        changes = ", ".join(f"{each.name} = EXCLUDED.{each.name}" for each in given if each.name not in key)
        return f"{text} ON CONFLICT ({', '.join(key)}) DO {f'UPDATE SET {changes}' if changes else 'NOTHING'}", values


def upsert(insert: Insert[Any], /, *key: Column[Any, Any]) -> Upsert:
    """
    Return an insert that may be repeated: a row with the same ``key`` gets the other values that are given.

    ``upsert(insert(users).values(email="ada@example.com", name="Ada"), users.email).execute(db)``. The columns must be
    those of a unique key. Raises StatementError, when it runs, for columns of another table.
    """
    return Upsert(insert, key)
