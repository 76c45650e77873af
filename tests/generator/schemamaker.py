"""Random schemas: NULLs in every column that allows them, partitions, children, triggers, sometimes no rows."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

Columns = dict[str, str]
"""Column name → one of TYPES."""

TYPES = {
    "int": "integer", "text": "text", "bool": "boolean", "time": "timestamptz",
    "json": "jsonb", "ints": "integer[]", "range": "int4range",
}  # fmt: skip

SHAPES: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads((Path(__file__).parent / "shapes.toml").read_text())
FUNCTIONS = (Path(__file__).parent / "functions.sql").read_text()


@dataclass
class Table:
    """A relation that queries may name."""

    name: str
    columns: Columns
    not_null: frozenset[str] = frozenset()
    is_view: bool = False


def make_schema(random: Random) -> tuple[str, list[Table]]:
    """A few tables with NULLs in every column that allows them, sometimes empty."""
    ddl = [FUNCTIONS]
    tables: list[Table] = []
    for name in ("a", "b", "c", '"D"'):
        columns: Columns = {"id": "int", "i": "int"}
        columns |= {key: random.choice(list(TYPES)) for key in random.sample(["k", "l", "m", "n", '"K"'], 3)}
        if random.random() < 0.5:
            columns["t"] = "text"
        not_null = frozenset(each for each in columns if each == "id" or random.random() < 0.4)
        table = Table(name, columns, not_null)
        ddl += _table_ddl(table, tables, random)
        tables.append(table)
    return "\n".join(ddl), tables


def _table_ddl(table: Table, others: Sequence[Table], random: Random) -> list[str]:
    lines = [
        f"{name} {TYPES[type_]}{' NOT NULL' if name in table.not_null else ''}" for name, type_ in table.columns.items()
    ]
    keyed = random.random() < 0.8
    if keyed:
        lines.append("PRIMARY KEY (id)")
    if keyed and random.random() < 0.3:
        lines.append("UNIQUE NULLS NOT DISTINCT (i, id)")
    partitioned = random.random() < 0.15
    ddl = [f"CREATE TABLE {table.name} ({', '.join(lines)}){' PARTITION BY RANGE (id)' if partitioned else ''};"]
    if partitioned:
        ddl += [f"CREATE TABLE part{n}_{table.name.strip(chr(34))} PARTITION OF {table.name} FOR VALUES {bounds};"
                for n, bounds in enumerate(("FROM (MINVALUE) TO (3)", "FROM (3) TO (MAXVALUE)"))]  # fmt: skip
    elif random.random() < 0.15 and not keyed:
        ddl.append(f"CREATE TABLE child_{table.name.strip(chr(34))} () INHERITS ({table.name});")
    if random.random() < 0.3:
        ddl.append(f"CREATE UNIQUE INDEX ON {table.name} (i, id) WHERE i > 1;")
    if random.random() < 0.2 and "i" not in table.not_null:
        event = random.choice(("INSERT", "UPDATE", "INSERT OR UPDATE"))
        ddl.append(f"CREATE TRIGGER lose BEFORE {event} ON {table.name} FOR EACH ROW EXECUTE FUNCTION lose();")
    for number in range(random.choice((0, 1, 3, 5))):
        values = [
            str(number) if name == "id" else "NULL" if name not in table.not_null and random.random() < 0.4
            else random.choice(SHAPES["literals"][type_])
            for name, type_ in table.columns.items()
        ]  # fmt: skip
        names = ", ".join(table.columns)
        ddl.append(f"INSERT INTO {table.name} ({names}) VALUES ({', '.join(values)}) ON CONFLICT DO NOTHING;")
    return ddl
