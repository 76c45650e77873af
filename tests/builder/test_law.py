"""
The law of the builder: built and written by hand, a statement gives the same rows.

And what is not typed as None is never None, and every value is of the class that the types say.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from janua import Database
from janua.scratch import ScratchServer

from tests.generator.packages import migrated
from tests.generator.sandbox import Sandbox

from .untyped import avg, coalesce, count, insert, max, min, outer, select, sum

NUMBERS = {"small": int, "whole": int, "big": int, "price": Decimal, "rate": float}
CLASSES = NUMBERS | {"name": str, "active": bool, "born": dt.date}
NULLABLE = {"small", "price", "name", "active", "born"}
# sum and avg of each: the manual's table "General-Purpose Aggregate Functions"
SUMS = {"small": int, "whole": int, "big": Decimal, "price": Decimal, "rate": float}
AVERAGES = {"small": Decimal, "whole": Decimal, "big": Decimal, "price": Decimal, "rate": float}
VALUES: dict[type, st.SearchStrategy[Any]] = {
    int: st.integers(-9, 9),
    Decimal: st.decimals(-9, 9, places=2),
    float: st.integers(-9, 9).map(lambda each: each / 4),
    str: st.text("ab%_'\\\"$1é", max_size=3),
    bool: st.booleans(),
    dt.date: st.dates(dt.date(1999, 1, 1), dt.date(2001, 1, 1)),
}
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]
WORDS = {"==": "=", "!=": "<>"}


@dataclass(frozen=True)
class Twin:
    """An expression as it is built, as it is written by hand, and what its type says."""

    built: Any
    sql: str
    cls: type
    nullable: bool


def literal(value: Any) -> str:
    """A value as SQL."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
        case dt.date():
            return f"DATE '{value}'"
        case float():
            return f"({value!r}::float8)"
        case _:
            return f"({value})"


@st.composite
def columns(draw: st.DrawFn, t: Any, cls: type | None = None) -> Twin:
    """A column of people, or of an outer table of teams."""
    name = draw(st.sampled_from([each for each, found in CLASSES.items() if cls in (None, found)]))
    return Twin(getattr(t.people, name), f"people.{name}", CLASSES[name], name in NULLABLE)


@st.composite
def values(draw: st.DrawFn, t: Any) -> Twin:
    """A column, a sum of two, or a value in the place of NULL."""
    kind = draw(st.sampled_from(["column", "outer", "sum", "coalesce", "condition"]))
    match kind:
        case "outer":
            o = outer(t.teams)
            if draw(st.booleans()):
                return Twin(o.id, "teams.id", int, True)
            return Twin(o.name, "teams.name", str, True)
        case "sum":
            cls = draw(st.sampled_from([Decimal, float, int]))
            left, right = draw(columns(t, cls)), draw(columns(t, cls))
            value = draw(VALUES[cls])
            sql = f"(({left.sql} * {right.sql}) - {literal(value)})"
            return Twin(left.built * right.built - value, sql, cls, left.nullable or right.nullable)
        case "coalesce":
            inner = draw(columns(t))
            value = draw(VALUES[inner.cls])
            return Twin(coalesce(inner.built, value), f"coalesce({inner.sql}, {literal(value)})", inner.cls, False)
        case "condition":
            return draw(conditions(t))
        case _:
            return draw(columns(t))


@st.composite
def comparisons(draw: st.DrawFn, t: Any) -> Twin:
    """One condition on a column."""
    left = draw(columns(t))
    kind = draw(st.sampled_from(["value", "column", "null", "in", "between", "like"]))
    value = draw(VALUES[left.cls])
    word = draw(st.sampled_from(COMPARISONS))
    operate: Callable[[Any, Any], Any] = {
        "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    }[word]  # fmt: skip
    match kind:
        case "column":
            right = draw(columns(t, left.cls))
            sql = f"({left.sql} {WORDS.get(word, word)} {right.sql})"
            return Twin(operate(left.built, right.built), sql, bool, left.nullable or right.nullable)
        case "null":
            return Twin(left.built.is_null(), f"({left.sql} IS NULL)", bool, False)
        case "in":
            items = draw(st.lists(VALUES[left.cls], max_size=3))
            listed = ", ".join(map(literal, items))
            sql = f"({left.sql} IN ({listed}))" if items else "FALSE"
            return Twin(left.built.in_(items), sql, bool, left.nullable)
        case "between":
            other = draw(VALUES[left.cls])
            sql = f"({left.sql} BETWEEN {literal(value)} AND {literal(other)})"
            return Twin(left.built.between(value, other), sql, bool, left.nullable)
        case "like":
            return Twin(t.people.name.like("a%"), "(people.name LIKE 'a%')", bool, True)
        case _:
            sql = f"({left.sql} {WORDS.get(word, word)} {literal(value)})"
            return Twin(operate(left.built, value), sql, bool, left.nullable)


def conditions(t: Any) -> st.SearchStrategy[Twin]:
    """Conditions, combined."""

    def combined(parts: st.SearchStrategy[Twin]) -> st.SearchStrategy[Twin]:
        both = st.tuples(parts, parts)
        return st.one_of(
            both.map(lambda p: Twin(p[0].built & p[1].built, f"({p[0].sql} AND {p[1].sql})", bool, _either(p))),
            both.map(lambda p: Twin(p[0].built | p[1].built, f"({p[0].sql} OR {p[1].sql})", bool, _either(p))),
            parts.map(lambda p: Twin(~p.built, f"(NOT {p.sql})", bool, p.nullable)),
        )

    return st.recursive(comparisons(t), combined, max_leaves=4)


def _either(twins: Sequence[Twin]) -> bool:
    return any(each.nullable for each in twins)


@st.composite
def aggregates(draw: st.DrawFn, t: Any) -> Twin:
    """An aggregate of a column."""
    kind = draw(st.sampled_from(["count", "all", "distinct", "sum", "avg", "min", "max"]))
    match kind:
        case "all":
            return Twin(count(), "count(*)", int, False)
        case "sum" | "avg":
            name = draw(st.sampled_from(sorted(NUMBERS)))
            made = sum if kind == "sum" else avg
            cls = (SUMS if kind == "sum" else AVERAGES)[name]
            return Twin(made(getattr(t.people, name)), f"{kind}(people.{name})", cls, True)
        case "min" | "max":
            column = draw(columns(t).filter(lambda each: each.cls is not bool))
            return Twin((min if kind == "min" else max)(column.built), f"{kind}({column.sql})", column.cls, True)
        case _:
            column = draw(columns(t))
            word = "DISTINCT " if kind == "distinct" else ""
            return Twin(count(column.built, distinct=kind == "distinct"), f"count({word}{column.sql})", int, False)


def people(t: Any) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of people, with NULLs."""
    fields = {name: VALUES[cls] | st.none() if name in NULLABLE else VALUES[cls] for name, cls in CLASSES.items()} | {
        "team_id": st.sampled_from([1, 2, None])
    }
    return st.lists(st.fixed_dictionaries(fields), max_size=5)


def check(twins: Sequence[Twin], rows: Sequence[Any], by_hand: Sequence[tuple[Any, ...]], shown: str) -> None:
    """The rows are the same, and are what the types say."""
    found = [row if len(twins) > 1 else (row,) for row in rows]
    assert Counter(map(repr, by_hand)) == Counter(map(repr, found)), shown
    for row in found:
        for twin, value in zip(twins, row, strict=True):
            assert (value is None and twin.nullable) or type(value) is twin.cls, f"{twin.sql}: {value!r}"


@pytest.fixture(scope="module")
def url(scratch: ScratchServer, project: Sandbox) -> Iterator[str]:
    """A database of these tests' own: they commit."""
    with migrated(scratch, project, "law") as url:
        yield url


@pytest.fixture(scope="module")
def own(url: str) -> Iterator[Database]:
    """A Database on it."""
    with Database(url) as db:
        db.raw("SELECT 1")
        yield db


@pytest.fixture(scope="module")
def by_hand(url: str) -> Iterator[psycopg.Connection]:
    """A connection that knows nothing of the builder; text comes and goes as psycopg has it."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def described(connection: psycopg.Connection, sql: str) -> tuple[str, ...]:
    """The types of a statement's columns, as the server describes them."""
    connection.pgconn.prepare(b"", sql.encode())
    result = connection.pgconn.describe_prepared(b"")
    oids = [result.ftype(at) for at in range(result.nfields)]
    rows = connection.execute(
        "SELECT format_type(o, -1) FROM unnest(%s::oid[]) WITH ORDINALITY u(o, n) ORDER BY n", [oids]
    )
    return tuple(name for (name,) in rows)


def fill(db: Any, t: Any, rows: list[dict[str, Any]]) -> None:
    """Two teams, and these people."""
    db.raw("DELETE FROM people")
    db.raw("DELETE FROM teams")
    insert(t.teams).values(id=1, name="one").values(id=2, name="two").execute(db)
    for row in rows:
        insert(t.people).values(**row).execute(db)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_selects(own: Database, by_hand: psycopg.Connection, t: Any, data: st.DataObject) -> None:
    """Of columns, of what is computed, of outer joins, under conditions."""
    fill(own, t, data.draw(people(t)))
    twins = data.draw(st.lists(values(t), min_size=1, max_size=4))
    where = data.draw(st.lists(conditions(t), max_size=2))
    o = outer(t.teams)
    statement = select(*(each.built for each in twins)).from_(t.people).left_join(o, on=o.id == t.people.team_id)
    sql = f"SELECT {', '.join(each.sql for each in twins)} FROM people LEFT JOIN teams ON teams.id = people.team_id"
    for each in where:
        statement = statement.where(each.built)
    sql += f" WHERE {' AND '.join(each.sql for each in where)}" if where else ""
    rows = by_hand.execute(sql.encode()).fetchall()
    check(twins, statement.all(own), rows, f"{sql}\n{statement.sql}")
    assert described(by_hand, statement.sql) == statement._built()[0].columns


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_aggregates(own: Database, by_hand: psycopg.Connection, t: Any, data: st.DataObject) -> None:
    """Of all rows, none included, and of groups."""
    fill(own, t, data.draw(people(t)))
    twins = data.draw(st.lists(aggregates(t), min_size=1, max_size=3))
    groups = data.draw(st.lists(columns(t), max_size=2))
    having = data.draw(st.integers(0, 2))
    statement = select(*(each.built for each in (*groups, *twins))).from_(t.people)
    statement = statement.group_by(*(each.built for each in groups)).having(count() >= having)
    listed = ", ".join(each.sql for each in (*groups, *twins))
    sql = f"SELECT {listed} FROM people"
    sql += f" GROUP BY {', '.join(each.sql for each in groups)}" if groups else ""
    sql += f" HAVING count(*) >= {having}"
    rows = by_hand.execute(sql.encode()).fetchall()
    check([*groups, *twins], statement.all(own), rows, f"{sql}\n{statement.sql}")
    assert described(by_hand, statement.sql) == statement._built()[0].columns
