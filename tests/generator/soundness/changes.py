"""Random small changes to the data: what happens before a statement runs, or beside it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from .schemamaker import SHAPES, Table


def make_change(tables: Sequence[Table], random: Random) -> str:
    """A statement that adds, removes or alters a few rows of one table; the server may well refuse it."""
    table = random.choice([each for each in tables if not each.is_view])
    where = random.choice(("WHERE true", *(f"WHERE id = {random.randint(0, 6)}",) * 2, "WHERE id > 2"))
    roll = random.random()
    if roll < 0.2:
        return f"DELETE FROM {table.name} {where}"
    if roll < 0.4:
        return _insert(table, random)
    if roll < 0.5:
        return f"UPDATE {table.name} SET id = id + {random.choice((1, 10))} {where}"
    keys = table.key.columns if table.key is not None and random.random() < 0.5 else ()
    name = random.choice(keys or [each for each in table.columns if each not in ("id", *table.computed)])
    return f"UPDATE {table.name} SET {name} = {_value(table, name, random)} {where}"


def _insert(table: Table, random: Random) -> str:
    names = [name for name in table.columns if name not in table.computed]
    values = [str(random.randint(0, 12)) if name == "id" else _value(table, name, random) for name in names]
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join(values)}) ON CONFLICT DO NOTHING"


def _value(table: Table, name: str, random: Random) -> str:
    if name not in table.not_null and random.random() < 0.4:
        return "NULL"
    if table.columns[name] == "int" and random.random() < 0.7:
        return str(random.randint(0, 4))
    return random.choice(SHAPES["literals"][table.columns[name]])
