"""Emptied tables, and what stays."""

from __future__ import annotations

import psycopg
import pytest
from janua import operations
from janua.errors import OperationError

from tests.operations.conftest import count


def test_all_tables_are_emptied(url: str) -> None:
    """Partitions with their table; numbers start anew; the record of migrations stays."""
    with psycopg.connect(url) as conn:
        conn.execute("CREATE TABLE janua_migrations AS SELECT 1 AS id")
    assert {"app.people", "public.log", 'public.Odd "name', "public.nothing"} == set(operations.truncate(url))
    assert (0, 0, 1) == (count(url), count(url, "log"), count(url, "janua_migrations"))
    with psycopg.connect(url) as conn:
        assert (1,) == conn.execute("INSERT INTO app.people (name) VALUES ('x') RETURNING id").fetchone()


@pytest.mark.parametrize(("record", "left"), [("log", 50), ("public.log", 50), ("app.log", 0), ('"LOG"', 0)])
def test_the_record_of_migrations_stays_by_its_name(record: str, left: int, url: str) -> None:
    """As SQL reads it, with or without its schema."""
    operations.truncate(url, record=record)
    assert left == count(url, "log")


def test_some_are_emptied_or_kept(url: str) -> None:
    """By their names, with or without the schema."""
    assert ["public.log"] == operations.truncate(url, ["log"])
    assert (3002, 0) == (count(url), count(url, "log"))
    assert ["public.nothing", "public.log"] == operations.truncate(url, ["public.nothing", "log", "nothing"])
    kept = operations.truncate(url, keep=["app.people"])
    assert ("app.people" in kept, count(url)) == (False, 3002)


def test_a_table_that_others_refer_to_is_not_emptied_alone(url: str) -> None:
    """Neither are the others: nothing happens."""
    with pytest.raises(OperationError, match=r"foreign key constraint.*nothing was emptied"):
        operations.truncate(url, ["app.people", "log"])
    assert (3002, 50) == (count(url), count(url, "log"))


def test_names_must_be_of_one_table(url: str) -> None:
    """Unknown and ambiguous ones are refused."""
    with psycopg.connect(url) as conn:
        conn.execute("CREATE TABLE app.log (id int)")
    with pytest.raises(OperationError, match=r"several tables log: app\.log, public\.log"):
        operations.truncate(url, ["log"])
    with pytest.raises(OperationError, match="there is no table lgo"):
        operations.truncate(url, ["lgo"])
    with pytest.raises(OperationError, match="there is no table lgo"):
        operations.truncate(url, keep=["lgo"])


def test_a_database_that_is_not_there_is_made(url: str) -> None:
    """By a reset."""
    operations.reset(url)
    assert not operations.holds_anything(url)


@pytest.mark.parametrize(
    ("statement", "holds"),
    [
        ("SELECT 1", False),
        ("CREATE EXTENSION hstore", False),
        ("CREATE TABLE t ()", True),
        ("CREATE VIEW v AS SELECT 1", True),
        ("CREATE SEQUENCE s", True),
        ("CREATE TYPE mood AS ENUM ('sad')", True),
        ("CREATE TYPE point2 AS (x int)", True),
        ("CREATE DOMAIN d AS int", True),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", True),
        ("CREATE SCHEMA app", True),
    ],
)
def test_what_counts_as_something(statement: str, holds: bool, url: str) -> None:
    """Whatever somebody has made; not what comes with an extension."""
    operations.reset(url)
    with psycopg.connect(url) as conn:
        conn.execute(statement.encode())
    assert holds == operations.holds_anything(url)
