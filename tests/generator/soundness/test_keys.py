"""The law of keys, on queries made for it: joins, groups and sets over few values, so that what is no key is seen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random
from typing import TypeAlias

import psycopg
import pytest
from janua_generator.analysis.scope import Environment, Output, Scope
from janua_generator.analysis.statements import definitions, output_of
from janua_generator.analysis.syntax import is_of_one_snapshot, parse
from janua_generator.catalog.introspect import introspect

from ..workbench import Workbench
from .resultkeys import broken_keys, keys_of

ROUNDS = int(os.environ.get("JANUA_FUZZ_QUERIES", "400"))
COLUMNS = ("a", "b", "c", "d")
TABLES = {
    "t": "a int PRIMARY KEY, b int NOT NULL, c int, d text",
    "u": "a int, b int, c int UNIQUE, d text, PRIMARY KEY (a, b)",
    "v": "a int, b int NOT NULL, c int, d text, UNIQUE NULLS NOT DISTINCT (b, c)",
    "w": "a int, b int, c int, d text",
    "x": "a int PRIMARY KEY, b int, c bigint, d varchar(3) UNIQUE",
}
MORE = """
CREATE UNIQUE INDEX ON w (a) WHERE b = 1;
CREATE UNIQUE INDEX ON w (lower(d));
CREATE TABLE y () INHERITS (t);
CREATE TABLE z (a int, b int NOT NULL, c int, d text, UNIQUE (a) DEFERRABLE);
"""
FILL = """
INSERT INTO {table} SELECT random() * 5, random() * 3, random() * 3, chr(96 + (random() * 4)::int)
FROM generate_series(1, 40) ON CONFLICT DO NOTHING
"""


Made: TypeAlias = tuple[str, list[str]]
"""A query and the names of its columns."""


class Maker:
    """Random queries, each with the names of its columns."""

    def __init__(self, random: Random, relations: list[str]) -> None:
        self.random = random
        self.relations = relations
        self.number = 0

    def chance(self, share: float) -> bool:
        """Whether so rare a thing happens."""
        return self.random.random() < share

    def query(self, depth: int) -> Made:
        """A query that gives between one and four columns."""
        if depth and self.chance(0.2):
            return self._set_operation(depth)
        if depth and self.chance(0.15):
            (inner, columns), name = self.query(depth - 1), self._alias()
            outer = self._select([(name, columns)], name)
            return f"WITH {name} AS {self.random.choice(('', 'MATERIALIZED '))}({inner}) {outer[0]}", outer[1]
        sources: list[Made] = []
        from_ = self._item(depth, sources)
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            from_ = self._join(from_, depth, sources)
        return self._select(sources, from_)

    def _alias(self) -> str:
        self.number += 1
        return f"q{self.number}"

    def _item(self, depth: int, sources: list[Made]) -> str:
        alias = self._alias()
        if depth and self.chance(0.45):
            sql, columns = self.query(depth - 1)
            sources.append((alias, columns))
            return f"({sql}) AS {alias}"
        sources.append((alias, list(COLUMNS)))
        return f"{self.random.choice(self.relations)} AS {alias}"

    def _join(self, left: str, depth: int, sources: list[Made]) -> str:
        before = list(sources)
        if self.chance(0.1):
            return f"{left} CROSS JOIN LATERAL {self._lateral(sources)}"
        right = self._item(depth, sources)
        kind = self.random.choice(("JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"))
        common = [name for name in before[0][1] if name in sources[-1][1]]
        if len(before) == 1 and common and self.chance(0.4):
            some = self.random.sample(common, self.random.randint(1, min(2, len(common))))
            return f"{left} {kind} {right} USING ({', '.join(some)})"
        return f"{left} {kind} {right} ON {self._equality(before, sources[-1:])}"

    def _lateral(self, sources: list[Made]) -> str:
        alias, inner = self._alias(), self._alias()
        condition = self._equality(sources, [(inner, list(COLUMNS))])
        sources.append((alias, list(COLUMNS)))
        return f"(SELECT {inner}.* FROM {self.random.choice(self.relations)} AS {inner} WHERE {condition}) AS {alias}"

    def _equality(self, one: list[Made], other: list[Made]) -> str:
        mine, theirs = self._column(one), self._column(other)
        same = mine.endswith(".d") == theirs.endswith(".d")
        more = f" AND {self._condition(one + other)}" if self.chance(0.3) else ""
        return (f"{mine} = {theirs}" if same else f"{mine}::text = {theirs}::text") + more

    def _column(self, sources: list[Made]) -> str:
        alias, columns = self.random.choice(sources)
        return f"{alias}.{self.random.choice(columns)}"

    def _condition(self, sources: list[Made]) -> str:
        column = self._column(sources)
        value = self.random.choice(("'a'", "'b'") if column.endswith(".d") else ("0", "1", "2"))
        return self.random.choice((f"{column} = {value}", f"{column} IS NOT NULL", f"{column} IN ({value})"))

    def _select(self, sources: list[Made], from_: str) -> Made:
        """Names ``a`` to ``c`` are of numbers, ``d`` of texts, as the tables' are."""
        names = self.random.sample(COLUMNS, self.random.randint(1, 4))
        items = []
        for name in names:
            fitting = [f"{s}.{c}" for s, columns in sources for c in columns if (c == "d") == (name == "d")]
            items.append(self.random.choice(fitting) if fitting else self.random.choice(("NULL::text", "'a'"))
                         if name == "d" else self.random.choice(fitting or ["1"]))  # fmt: skip
        where = f" WHERE {self._condition(sources)}" if self.chance(0.3) else ""
        tail = ""
        if self.chance(0.2):
            keys = sorted(set(self.random.sample(range(len(items)), self.random.randint(1, len(items)))))
            grouped = [items[at] if "." in items[at] and self.chance(0.5) else str(at + 1) for at in keys]
            tail = f" GROUP BY {', '.join(grouped)}"
            items = [item if at in keys else f"max({item})" for at, item in enumerate(items)]
            if self.chance(0.1):
                tail = f" GROUP BY ROLLUP ({', '.join(items[at] for at in keys)})"
        distinct = self.random.choice(("",) * 6 + ("DISTINCT ", "DISTINCT ON (1) ", f"DISTINCT ON ({names[-1]}) "))
        listed = ", ".join(f"{item} AS {name}" for item, name in zip(items, names, strict=True))
        return f"SELECT {distinct}{listed} FROM {from_}{where}{tail}", names

    def _set_operation(self, depth: int) -> Made:
        left, names = self.query(depth - 1)
        (sql, other), alias = self.query(depth - 1), self._alias()
        picked = [f"{alias}.{name}" if name in other else "NULL::text" if name == "d" else "1" for name in names]
        words = self.random.choice(("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL", "INTERSECT ALL"))
        return f"({left}) {words} SELECT {', '.join(picked)} FROM ({sql}) AS {alias}", names


def _analysed(workbench: Workbench, sql: str) -> Output:
    introspection, tree = workbench.introspection, parse(sql)
    assert tree is not None, sql
    environment = Environment(introspection, output_of, is_of_one_snapshot(tree), views=definitions(introspection))
    return output_of(tree, Scope(environment))


@pytest.fixture
def statements(workbench: Workbench) -> Iterator[Made]:
    """Random queries over tables and views with few values."""
    random = Random(int(os.environ.get("JANUA_FUZZ_SEED", "1")))
    tables = "".join(f"CREATE TABLE {name} ({columns});" for name, columns in TABLES.items())
    workbench.migrate(f"{tables} {MORE} SELECT setseed({random.random()})")
    relations = [*TABLES, "y", "z"]
    for table in (*TABLES, "y"):
        workbench.connection.execute(FILL.format(table=table).encode())
    workbench.connection.execute(b"INSERT INTO z SELECT * FROM ONLY t")
    for number in range(6):
        sql, columns = Maker(random, relations).query(2)
        missing = ", ".join(
            f"{'NULL::text' if name == 'd' else '1'} AS {name}" for name in COLUMNS if name not in columns
        )
        view = f"CREATE VIEW view{number} AS SELECT *{', ' if missing else ''}{missing} FROM ({sql}) q"
        try:
            workbench.connection.execute(view.encode())
        except psycopg.Error:
            continue
        relations.append(f"view{number}")
    workbench.introspection = introspect(workbench.connection, ["public"])
    maker = Maker(random, relations)
    return (maker.query(3) for _ in range(ROUNDS))


def test_no_two_rows_share_the_values_of_a_key(
    workbench: Workbench, statements: Iterator[tuple[str, list[str]]]
) -> None:
    """Of any query, whatever it joins, groups and combines."""
    tried, kept, broken = 0, 0, []
    for sql, names in statements:
        try:
            rows = workbench.run(sql)
        except psycopg.Error:
            continue
        keys = list(keys_of(_analysed(workbench, sql).is_key, len(names)))
        tried += len(rows) > 1
        kept += bool(keys) and len(rows) > 1
        broken += [f"{each}\n{sql}" for each in broken_keys(keys, rows)]
    print(f"{tried} results of several rows, {kept} of them with keys")
    assert not broken, "\n\n".join(broken[:5])
    assert kept > tried / 10
