"""Random schemas: NULLs in every column that allows them, and whatever else may put one where none is expected."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from .keymaker import REFERRED, REFERRING, Key, choose_key, foreign_key

Columns = dict[str, str]
"""Column name → one of TYPES."""

TYPES = {
    "int": "integer", "text": "text", "bool": "boolean", "time": "timestamptz", "json": "jsonb", "ints": "integer[]",
    "range": "int4range", "num": "numeric", "real": "float8", "date": "date", "span": "interval", "clock": "time",
    "stamp": "timestamp", "uuid": "uuid", "bytes": "bytea", "texts": "text[]", "ranges": "int4multirange",
    "mood": "mood", "pair": "pair", "few": "few", "sure": "sure",
}  # fmt: skip

COMMON = ("int", "int", "int", "text", "text", "bool", "time", "json", "ints", "num", "date")


def _shapes() -> Mapping[str, Mapping[str, Sequence[str]]]:
    found = tomllib.loads((Path(__file__).parent / "shapes.toml").read_text())
    return {kind: {type_: text.splitlines() for type_, text in each.items()} for kind, each in found.items()}


SHAPES = _shapes()
FUNCTIONS = (Path(__file__).parent / "functions.sql").read_text()


def some_type(random: Random) -> str:
    """One of TYPES, mostly a common one."""
    return random.choice(COMMON if random.random() < 0.6 else tuple(TYPES))


@dataclass
class Table:
    """A relation that queries may name. ``paired`` means that ``id`` and ``i`` together are unique."""

    name: str
    columns: Columns
    not_null: frozenset[str] = frozenset()
    is_view: bool = False
    is_function: bool = False
    keyed: bool = False
    paired: bool = False
    key: Key | None = None
    computed: frozenset[str] = field(default_factory=frozenset)

    @property
    def bare(self) -> str:
        """Its name without quotes."""
        return self.name.strip('"')


def make_schema(random: Random, version: int) -> tuple[list[str], list[Table]]:
    """
    A few tables of a server of this version, sometimes empty.

    Statements, of which those that the server refuses are left out: a row that a CHECK forbids, a key
    that its rows do not bear out.
    """
    ddl: list[str] = []
    tables: list[Table] = []
    for name in ("a", "b", "c", '"D"'):
        ddl += _table(name, tables, random, version)
    return ddl, tables


def _table(name: str, tables: list[Table], random: Random, version: int) -> list[str]:
    columns: Columns = {"id": "int", "i": "int"}
    columns |= {key: some_type(random) for key in random.sample(["k", "l", "m", "n", '"K"'], 3)}
    if random.random() < 0.5:
        columns["t"] = "text"
    keyed = random.random() < 0.8
    key = choose_key(name, tables, random)
    if key is not None:
        keyed |= key.target == name
        columns |= dict.fromkeys(key.columns, "int")
    not_null = frozenset(each for each in columns if each == "id" or random.random() < _share_not_null(each))
    computed = frozenset({"z"}) if random.random() < 0.15 else frozenset()
    table = Table(name, columns, not_null, keyed=keyed, key=key, computed=computed)
    table.paired = keyed and random.random() < 0.4
    ddl = _definition(table, random, version)
    if computed:
        table.columns = {**columns, "z": "int"}
    ddl += _rows(table, tables, random)
    ddl += _afterwards(table, random, version)
    tables.append(table)
    return ddl


def _share_not_null(name: str) -> float:
    return 0.75 if name in REFERRING else 0.4


def _definition(table: Table, random: Random, version: int) -> list[str]:
    lines = [_column(name, type_, table, random) for name, type_ in table.columns.items()]
    if table.computed:
        kind = random.choice(("STORED", "VIRTUAL")) if version >= 180000 else "STORED"
        lines.append(f"z integer GENERATED ALWAYS AS (nullif(i, 1)) {kind}")
    if table.keyed:
        lines.append(f"PRIMARY KEY (id){random.choice(('',) * 9 + (' DEFERRABLE',))}")
    if table.paired:
        lines.append(f"UNIQUE ({', '.join(REFERRED)})")
    elif table.keyed and random.random() < 0.3:
        lines.append("UNIQUE NULLS NOT DISTINCT (i, id)")
    bare = table.bare
    partitioned = random.random() < 0.15
    unlogged = "UNLOGGED " if random.random() < 0.1 and not partitioned else ""
    clause = " PARTITION BY RANGE (id)" if partitioned else ""
    ddl = [f"CREATE {unlogged}TABLE {table.name} ({', '.join(lines)}){clause};"]
    if partitioned:
        ddl += [f"CREATE TABLE part{n}_{bare} PARTITION OF {table.name} FOR VALUES {bounds};"
                for n, bounds in enumerate(("FROM (MINVALUE) TO (3)", "FROM (3) TO (MAXVALUE)"))]  # fmt: skip
    elif random.random() < 0.15 and not table.keyed:
        ddl.append(f"CREATE TABLE child_{bare} () INHERITS ({table.name});")
        free = [each for each in table.not_null if each != "id" and table.columns[each] != "sure"]
        if free and version >= 180000:
            # a parent whose NOT NULL its child does without
            ddl.append(f"ALTER TABLE {table.name} ALTER {free[0]} DROP NOT NULL;")
            ddl.append(f"ALTER TABLE {table.name} ADD NOT NULL {free[0]} NO INHERIT;")
        ddl.append(
            f"INSERT INTO child_{bare} (id{_needed(table, free[:1])[0]}) VALUES (1{_needed(table, free[:1])[1]});"
        )
    return ddl


def _needed(table: Table, free: Sequence[str]) -> tuple[str, str]:
    names = [each for each in table.columns if each != "id" and each not in free and _refuses(table, each)]
    values = [SHAPES["literals"][table.columns[each]][0] for each in names]
    return "".join(f", {each}" for each in names), "".join(f", {each}" for each in values)


def _refuses(table: Table, name: str) -> bool:
    return name in table.not_null or table.columns[name] == "sure"


def _column(name: str, type_: str, table: Table, random: Random) -> str:
    words = [name, TYPES[type_]]
    if name in table.not_null:
        words.append("NOT NULL")
    elif random.random() < 0.05 and name not in REFERRING:
        words.append(f"CHECK ({name} IS NOT NULL)")
    if name != "id" and random.random() < 0.15 and name not in REFERRING:
        words.append(f"DEFAULT {SHAPES['literals'][type_][0]}")
    return " ".join(words)


def _rows(table: Table, others: Sequence[Table], random: Random) -> list[str]:
    ddl = []
    columns = {name: type_ for name, type_ in table.columns.items() if name not in table.computed}
    for number in range(random.choice((0, 1, 4, 5, 6, 6, 7))):
        values = [
            str(number) if name == "id" else "NULL" if not _refuses(table, name) and random.random() < 0.4
            else str(random.randint(0, 3)) if name in ("i", *REFERRING) else random.choice(SHAPES["literals"][type_])
            for name, type_ in columns.items()
        ]  # fmt: skip
        statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join(values)})"
        ddl.append(f"{statement};")
        if not table.keyed and random.random() < 0.3:
            ddl.append(ddl[-1])
    return ddl


def _afterwards(table: Table, random: Random, version: int) -> list[str]:
    """What is added when there are rows already: indexes, keys, constraints that are not valid, triggers, rules."""
    ddl = []
    if random.random() < 0.3:
        ddl.append(f"CREATE UNIQUE INDEX ON {table.name} (i, id) WHERE i > 1;")
    if table.key is not None:
        ddl += foreign_key(table, table.key, random, version)
    free = [name for name in table.columns if name not in (*table.not_null, *table.computed)]
    if free and random.random() < 0.2:
        name = random.choice(free)
        ddl.append(f"ALTER TABLE {table.name} ADD CHECK ({name} IS NOT NULL) NOT VALID;")
    elif free and random.random() < 0.15 and version >= 180000:
        ddl.append(f"ALTER TABLE {table.name} ADD NOT NULL {random.choice(free)} NOT VALID;")
    if random.random() < 0.25:
        ddl += _trigger(table, random)
    elif random.random() < 0.08:
        ddl.append(_rule(table, random))
    if random.random() < 0.1:
        ddl += [f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY;",
                f"CREATE POLICY p ON {table.name} USING (id > 1) WITH CHECK (true);"]  # fmt: skip
    return ddl


def _trigger(table: Table, random: Random) -> list[str]:
    """A row trigger that drops rows, puts NULLs into them, or puts other rows in their place."""
    free = [name for name in table.columns if not _refuses(table, name) and name not in table.computed]
    lines = [f"NEW.{name} := NULL;" for name in random.sample(free, min(len(free), 2))]
    lines += ["IF NEW.id % 2 = 0 THEN RETURN NULL; END IF;"] if random.random() < 0.5 else []
    event = random.choice(("INSERT", "UPDATE", "INSERT OR UPDATE", "DELETE"))
    if event == "DELETE":
        lines = ["IF OLD.id % 2 = 0 THEN RETURN NULL; END IF; RETURN OLD;"]
    elif event == "UPDATE" and random.random() < 0.3:
        lines = ["RETURN OLD;"]
    when = random.choice(("BEFORE", "BEFORE", "BEFORE", "AFTER"))
    body = " ".join((*lines, "" if lines[-1:] and "RETURN OLD" in lines[-1] else "RETURN NEW;"))
    name = f"trigger_{table.bare}"
    return [
        f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body} END$$;',
        f'CREATE TRIGGER "{name}" {when} {event} ON {table.name} FOR EACH ROW EXECUTE FUNCTION "{name}"();',
    ]


def _rule(table: Table, random: Random) -> str:
    returned = ", ".join(f"NULL::{TYPES[type_]}" for type_ in table.columns.values())
    return random.choice(
        (
            f"CREATE RULE r AS ON DELETE TO {table.name} DO INSTEAD NOTHING;",
            f"CREATE RULE r AS ON INSERT TO {table.name} DO ALSO SELECT 1;",
            f"CREATE RULE r AS ON UPDATE TO {table.name} DO INSTEAD DELETE FROM {table.name} WHERE id = OLD.id"
            f" RETURNING {returned};",
        )
    )


def make_view(number: int, sql: str, columns: Columns, random: Random) -> tuple[str, Table]:
    """A view of a query, materialized now and then, or written through a trigger that makes rows of its own."""
    name = f"v{number}"
    kind = random.choice(("VIEW", "VIEW", "MATERIALIZED VIEW"))
    ddl = f"CREATE {kind} {name} AS {sql};"
    if kind == "VIEW" and random.random() < 0.4:
        ddl += (
            f"CREATE FUNCTION instead_{name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$BEGIN NEW.{next(iter(columns))} := NULL; RETURN NEW; END$$;"
            f"CREATE TRIGGER instead INSTEAD OF INSERT OR UPDATE ON {name}"
            f" FOR EACH ROW EXECUTE FUNCTION instead_{name}();"
        )
    return ddl, Table(name, columns, is_view=True)


def make_function(number: int, sql: str, columns: Columns, random: Random) -> tuple[str, Table]:
    """A function of one integer whose body is a query, and its call as a relation."""
    result = ", ".join(f"{name} {TYPES[type_]}" for name, type_ in columns.items())
    sets = random.random() < 0.6 or len(columns) == 1
    outs = f"RETURNS TABLE ({result})" if sets else "RETURNS record"
    arguments = (
        "integer" if sets else ", ".join(["integer", *(f"OUT {name} {TYPES[t]}" for name, t in columns.items())])
    )
    words = random.choice(("", "STABLE", "STRICT"))
    ddl = f"CREATE FUNCTION s{number}({arguments}) {outs} LANGUAGE sql {words} AS $body${sql}$body$;"
    return ddl, Table(f"s{number}({random.choice(('1', '2', 'NULL'))})", columns, is_view=True, is_function=True)


def make_scalar(number: int, sql: str, type_: str, random: Random) -> str:
    """A function of one integer that gives what its query's first row has."""
    words = random.choice(("", "STABLE", "STRICT"))
    return f"CREATE FUNCTION z{number}(integer) RETURNS {TYPES[type_]} LANGUAGE sql {words} AS $body${sql}$body$;"
