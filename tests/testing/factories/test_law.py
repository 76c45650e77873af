"""Schemas that nobody thought of: a factory makes its rows, or says which column to give."""

from __future__ import annotations

from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from janua import Database, FactoryError

NUMBERS = ["smallint", "integer", "bigint", "numeric", "numeric(6,2)", "real", "double precision"]
TEXTS = ["text", "varchar(12)", "char(6)", "citext_like"]
TIMES = ["date", "timestamp", "timestamptz"]
OTHERS = ["boolean", "uuid", "bytea", "jsonb", "int[]", "text[]", "mood", "inet", "int4range", "interval", "time"]
PATTERNS = ["^[a-z]+$", "^[A-Z][0-9]+$", r"^\w+@\w+\.com$", "^(ab|cd)+$", "[[:digit:]]", "^[^x]*$", "^.{3,}$"]
OPERATORS = st.sampled_from(["<", "<=", ">", ">=", "<>", "="])


def _kind(type_: str) -> str:
    kinds = {"number": NUMBERS, "text": TEXTS, "time": TIMES}
    return next((kind for kind, types in kinds.items() if type_ in types), "other")


@st.composite
def condition(draw: st.DrawFn, columns: list[tuple[str, str]]) -> str:
    """A condition on some of the columns."""
    name, type_ = draw(st.sampled_from(columns))
    made = draw(st.sampled_from(["null", "not null", "own", "own", "own", "other"]))
    if made in ("null", "not null"):
        return f"{name} IS {made.upper()}"
    others = [each for each, other in columns if other == type_ and each != name]
    if made == "other" and others and _kind(type_) in ("number", "time"):
        return f"{name} {draw(OPERATORS)} {draw(st.sampled_from(others))}"
    match _kind(type_):
        case "number":
            number = draw(st.integers(-20, 20))
            listed = draw(st.lists(st.integers(-20, 20), min_size=1, max_size=3))
            forms = [f"{name} {draw(OPERATORS)} {number}", f"{name} BETWEEN {number} AND {number + 4}"]
            return draw(st.sampled_from([*forms, f"{name} IN ({', '.join(map(str, listed))})", f"abs({name}) < 9"]))
        case "text":
            length = draw(st.integers(1, 6))
            forms = [f"length({name}) {draw(st.sampled_from(['=', '<=', '>=', '>']))} {length}", f"{name} <> ''"]
            forms += [f"{name} ~ '{draw(st.sampled_from(PATTERNS))}'", f"{name} LIKE 'a%'", f"{name} IN ('a', 'bc')"]
            return draw(st.sampled_from([*forms, f"{name} = upper({name})", f"btrim({name}) <> ''"]))
        case "time":
            return f"{name} {draw(OPERATORS)} '{draw(st.sampled_from(['2001-05-06', '2030-01-01']))}'"
    if type_ == "boolean":
        return draw(st.sampled_from([name, f"NOT {name}"]))
    if type_ == "mood":
        return draw(st.sampled_from([f"{name} = 'ok'", f"{name} <> 'ok'", f"{name} IN ('ok', 'sad')"]))
    if type_.endswith("[]"):
        return f"cardinality({name}) {draw(st.sampled_from(['>', '=', '<']))} {draw(st.integers(1, 3))}"
    return f"octet_length({name}) = 4" if type_ == "bytea" else f"{name} IS NOT NULL"


@st.composite
def table(draw: st.DrawFn, name: str, parents: list[str]) -> str:
    """A table with some columns, keys and checks."""
    types = draw(st.lists(st.sampled_from(NUMBERS + TEXTS + TIMES + OTHERS), min_size=1, max_size=5))
    columns = [(f"c{at}", type_) for at, type_ in enumerate(types)]
    lines = ["id int PRIMARY KEY"]
    for column, type_ in columns:
        required = " NOT NULL" if draw(st.booleans()) else ""
        unique = " UNIQUE" if type_ not in ("boolean", "mood") and draw(st.integers(0, 3)) == 0 else ""
        default = " DEFAULT now()" if type_ in TIMES and draw(st.integers(0, 2)) == 0 else ""
        lines.append(f"{column} {type_}{required}{unique}{default}")
    for parent in draw(st.lists(st.sampled_from(parents), unique=True)) if parents else ():
        lines.append(f"{parent}_id int {draw(st.sampled_from(['', 'NOT NULL ']))}REFERENCES {parent}")
    for _ in range(draw(st.integers(0, 3))):
        parts = draw(st.lists(condition(columns), min_size=1, max_size=3))
        joined = draw(st.sampled_from([" AND ", " OR "])).join(f"({each})" for each in parts)
        lines.append(f"CHECK ({draw(st.sampled_from(['', 'NOT ']))}({joined}))")
    return f"CREATE TABLE {name} ({', '.join(lines)});"


@st.composite
def schema(draw: st.DrawFn) -> str:
    """Up to three tables, which refer to those before them."""
    names = [f"t{at}" for at in range(draw(st.integers(1, 3)))]
    tables = [draw(table(name, names[:at])) for at, name in enumerate(names)]
    return "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN citext_like AS text; " + " ".join(tables)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(ddl=schema())
def test_a_factory_makes_rows_or_names_a_column(maker: Any, ddl: str) -> None:
    """The only error of the server's is that of a key for which a check leaves too few values."""
    made = maker(ddl)
    with made.db:
        assert [] == [told for each in made.module.ALL.values() if "give " not in (told := _told(each, made.db))]


def _told(factory: Any, db: Database) -> str:
    """What the factory says, which is ``give nothing`` where it makes its rows."""
    try:
        for _ in range(4):
            factory.make(db, {})
    except FactoryError as error:
        return str(error)
    except psycopg.errors.UniqueViolation:
        return "give nothing more: there are no other values"
    return "give nothing"
