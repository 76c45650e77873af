"""JSON that queries build, from SQL to objects: each value is what the same column gives outside of JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from janua import AsyncDatabase, Database
from janua.errors import UnreadableValue
from janua.scratch import ScratchServer
from psycopg import sql

from .conftest import drop_databases
from .packages import generated, imported, migrated, type_errors
from .sandbox import Sandbox

# Each type with values that PostgreSQL writes into JSON in a way of its own.
VALUES = {
    "smallint": ["-32768"],
    "integer": ["2147483647"],
    "bigint": ["9223372036854775807", "-9007199254740993"],
    "oid": ["4294967295"],
    "real": ["0.1", "NaN", "Infinity", "-Infinity", "1e30"],
    "double precision": ["0.1", "1e-300", "-Infinity"],
    "numeric": ["12345678901234567890.1234567890", "1.10", "NaN", "1e20"],
    "boolean": ["t", "f"],
    "text": ["", 'quo"te\\', "\U0001f600 \u2028\t", "null"],
    "varchar(9)": ["ä"],
    "character(3)": ["a"],
    "name": ["n"],
    "bytea": ["\\x", "\\x00ff10"],
    "uuid": ["6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
    "date": ["2024-02-29", "0001-01-01", "9999-12-31"],
    "time": ["23:59:59.999999", "00:00"],
    "timetz": ["12:30:00.5+05:30", "00:00-03"],
    "timestamp": ["2024-02-29 12:00:00.000001", "0001-01-01 00:00"],
    "timestamptz": ["2024-02-29 12:00:00.5+05:30", "1883-01-01 00:00+00"],
    "interval": ["1 day -00:00:01.5", "-3 days 04:05:06", "00:00:00", "36:00:00.000001"],
    "inet": ["10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"],
    "cidr": ["10.0.0.0/8", "2001:db8::/32"],
    "macaddr": ["08:00:2b:01:02:03"],
    "bit(3)": ["101"],
    "tsvector": ["'a':1 'b':2"],
    "money": ["$1.50"],
    "json": ['{"a": [1, 2.5, null]}', "null", "3"],
    "jsonb": ['{"a": [1, 2.5, null]}', "3.25"],
    "mood": ["happy", "not so"],
    "short": ["abc"],
    "integer[]": ["{1,NULL,3}", "{}"],
    "text[]": ['{"a,b",NULL,""}'],
    "numeric[]": ["{1.10,NaN}"],
    "timestamptz[]": ['{"2024-02-29 12:00:00+00"}'],
    "mood[]": ['{happy,"not so"}'],
    "bytea[]": ['{"\\\\x00"}'],
}
NAMES = {type_: f"c{at}" for at, type_ in enumerate(VALUES)}


def _insert(row: int) -> str:
    cells = [values[row].replace("'", "''") if row < len(values) else None for values in VALUES.values()]
    literals = ["NULL" if each is None else f"'{each}'" for each in cells]
    return f"INSERT INTO things VALUES ({row}, {', '.join(literals)});"


SCHEMA = "\n".join(
    [
        "-- UP",
        "CREATE TYPE mood AS ENUM ('happy', 'not so');",
        "CREATE DOMAIN short AS varchar(3) CHECK (length(VALUE) < 4);",
        f"CREATE TABLE things (id int PRIMARY KEY, {', '.join(f'{name} {type_}' for type_, name in NAMES.items())});",
        "CREATE TABLE orgs (id int PRIMARY KEY, name text NOT NULL, mood mood);",
        "CREATE TABLE users (id int PRIMARY KEY, org_id int NOT NULL REFERENCES orgs, name text NOT NULL);",
        "INSERT INTO orgs VALUES (1, 'a', 'happy'), (2, 'b', NULL), (3, 'c', NULL);",
        "INSERT INTO users VALUES (1, 1, 'u'), (2, 1, 'v'), (3, 2, 'w');",
        "CREATE TABLE days (id int PRIMARY KEY, day date NOT NULL, span interval NOT NULL);",
        "INSERT INTO days VALUES (1, 'infinity', '1 day'), (2, '2024-01-01', '1 month');",
        *map(_insert, range(max(map(len, VALUES.values())))),
        "CREATE VIEW members AS SELECT o.id, jsonb_agg(jsonb_build_object('id', u.id) ORDER BY u.id) AS users",
        " FROM orgs o JOIN users u ON u.org_id = o.id GROUP BY o.id;",
        "CREATE VIEW members_again AS SELECT id + 0 AS id, users FROM members;",
    ]
)
_PAIRS = ", ".join(f"'{name}', {name}" for name in NAMES.values())
# A function takes 100 arguments at most.
QUERIES = f"""\
-- name: plain
SELECT * FROM things ORDER BY id;

-- name: built
SELECT id, json_build_object({_PAIRS}) AS json, jsonb_build_object({_PAIRS}) AS jsonb FROM things ORDER BY id;

-- name: rows
SELECT to_jsonb(t) FROM things t ORDER BY id;

-- name: renamed
SELECT json_build_object('class', o.id, 'two words', o.name, 'nested', jsonb_build_object('_x', o.mood)) AS it
FROM orgs o ORDER BY o.id;

-- name: members
SELECT o.id, coalesce(json_agg(u ORDER BY u.id) FILTER (WHERE u.id IS NOT NULL), '[]') AS users,
       json_agg(u.name ORDER BY u.id) AS names
FROM orgs o LEFT JOIN users u ON u.org_id = o.id GROUP BY o.id ORDER BY o.id;

-- name: by_name
SELECT jsonb_object_agg(u.name, json_build_object('id', u.id)) AS users FROM users u;

-- name: through_views
SELECT m.id, m.users FROM members_again m ORDER BY m.id;

-- name: days
SELECT json_build_object('day', day) AS day FROM days WHERE id = :id;

-- name: spans
SELECT json_build_object('span', span) AS span FROM days WHERE id = :id;

-- name: shared
-- @row Card
SELECT o.id, json_agg(json_build_object('id', u.id)) AS users FROM orgs o JOIN users u ON u.org_id = o.id GROUP BY o.id;

-- name: two_texts
SELECT json_build_object('a', o.id) AS a, o.mood, json_build_object('b', o.mood) AS b FROM orgs o ORDER BY o.id;
"""
FILES = {"migrations/0001_x.sql": SCHEMA, "queries/q.sql": QUERIES}


@pytest.fixture(scope="module")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The project, generated."""
    with generated(scratch, tmp_path_factory.mktemp("json") / "project", FILES, "json_shapes") as made:
        yield made


@pytest.fixture(scope="module")
def package(project: Sandbox) -> Iterator[Any]:
    """Its modules."""
    with imported(project, "json_shapes") as modules:
        yield modules


@pytest.fixture(scope="module")
def url(project: Sandbox, scratch: ScratchServer) -> Iterator[str]:
    """A database with its schema and data, in UTC by this name of it: JSON does not say which zone it is written in."""
    with migrated(scratch, project, "json") as found:
        with psycopg.connect(found, autocommit=True) as connection:
            name = sql.Identifier(connection.info.dbname)
            connection.execute(sql.SQL("ALTER DATABASE {} SET timezone = 'UTC'").format(name))
        yield found


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """A database to call the functions with."""
    with Database(url) as opened:
        yield opened


def test_the_type_checkers_accept_it(project: Sandbox) -> None:
    """Both of them, in their strict modes."""
    assert "" == type_errors(project, "json_shapes")


@pytest.mark.parametrize("type_", VALUES)
def test_a_value_in_json_is_the_value_outside_of_it(package: Any, db: Database, type_: str) -> None:
    """In an object, in one of jsonb, and in a row, with NULL as None."""
    name = NAMES[type_]
    for plain, built, row in zip(package.q.plain(db), package.q.built(db), package.q.rows(db), strict=True):
        expected = repr(getattr(plain, name))
        found = [repr(getattr(each, name)) for each in (built.json, built.jsonb, row)]
        assert [expected] * 3 == found


def test_the_row_of_a_table_is_its_model(package: Any, db: Database) -> None:
    """Where each of its values is in JSON what it is outside."""
    first = package.q.members(db)[0]
    assert [package.models.User(1, 1, "u"), package.models.User(2, 1, "v")] == first.users


def test_an_outer_join_without_rows_is_an_empty_list_or_none_in_it(package: Any, db: Database) -> None:
    """The filter leaves the absent row out; without one it is NULL in the list."""
    last = package.q.members(db)[-1]
    assert ([], [None]) == (last.users, last.names)


def test_keys_that_are_no_names_are_said_in_metadata(package: Any, db: Database) -> None:
    """And nested objects are classes of their own."""
    m = package.q
    first, second, _ = m.renamed(db)
    assert [{"key": "class"}, {"key": "two words"}, {}] == [dict(each.metadata) for each in fields(first)]
    assert (1, "a", package.enums.Mood.HAPPY) == (first.class_, first.two_words, first.nested.x)
    assert None is second.nested.x


def test_an_object_keyed_by_data_is_a_dict(package: Any, db: Database) -> None:
    """Of whatever its values are."""
    assert {"u": 1, "v": 2, "w": 3} == {key: each.id for key, each in package.q.by_name(db).items()}


def test_views_pass_shapes_on(package: Any, db: Database) -> None:
    """From view to view."""
    assert [(1, [1, 2]), (2, [3])] == [(m.id, [each.id for each in m.users]) for m in package.q.through_views(db)]


def test_a_shared_class_has_shared_parts(package: Any, db: Database) -> None:
    """Beside it, in the module of models."""
    cards = {each.id: each.users for each in package.q.shared(db)}
    assert [package.models.CardUser(3)] == cards[2]


def test_several_shapes_beside_other_columns(package: Any, db: Database) -> None:
    """Only theirs are decoded as such."""
    mood = package.enums.Mood.HAPPY
    assert [(1, mood, mood), (2, None, None), (3, None, None)] == [
        (each.a.a, each.mood, each.b.b) for each in package.q.two_texts(db)
    ]


@pytest.mark.parametrize(("query", "id_"), [("days", 1), ("spans", 2)])
def test_what_python_cannot_hold_is_a_clear_error(package: Any, db: Database, query: str, id_: int) -> None:
    """Named by query and column, without the value; the connection goes on."""
    call = getattr(package.q, query)
    with pytest.raises(UnreadableValue) as caught:
        call(db, id=id_)
    assert str(caught.value).startswith(f"q.{query}: a value of the column {query[:-1]} (json) cannot be read")
    assert not {"infinity", "'infinity'"} & set(str(caught.value).split())
    assert 1 == len(package.q.by_name(db)["u"].__dataclass_fields__)


async def test_async_calls_give_the_same(package: Any, url: str) -> None:
    """From the same source."""
    async with AsyncDatabase(url) as db:
        assert [[1, 2], [3]] == [[each.id for each in m.users] for m in await package.q.through_views(db)]


def test_a_decimal_keeps_its_digits(package: Any, db: Database) -> None:
    """JSON has one kind of number; the shape says which one is meant."""
    first = package.q.built(db)[0].json
    assert (Decimal("12345678901234567890.1234567890"), dt.date(2024, 2, 29)) == (
        getattr(first, NAMES["numeric"]),
        getattr(first, NAMES["date"]),
    )


def test_exact_intervals_are_exact_in_json_too(scratch: ScratchServer, tmp_path: Path) -> None:
    """So that a whole row is its table's model."""
    project = Sandbox(tmp_path, scratch.url("postgres"))
    migration = "-- UP\nCREATE TABLE spans (id int PRIMARY KEY, span interval);\n-- DOWN\nDROP TABLE spans;\n"
    queries = "-- name: get :many\nSELECT to_jsonb(s) AS whole, json_build_array(s.span) AS part FROM spans s;\n"
    project.fill({"migrations/0001_x.sql": migration, "queries/q.sql": queries}, 'intervals = "exact"\n')
    assert (0, "") == (project.run().code, project.run().err)
    assert "    whole: _m.Span\n    part: list[_j.Interval | None]\n" in project.read("generated/q.py")
    drop_databases(project.root, project.url)
