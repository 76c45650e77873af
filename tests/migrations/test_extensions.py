"""Which extensions are asked for, told from the text."""

from __future__ import annotations

import pytest
from janua.migrations.extensions import asked_extensions

from .conftest import Migrations


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("CREATE EXTENSION pgcrypto;", ["pgcrypto"]),
        ('create extension if not exists "uuid-ossp" with schema extensions cascade;', ["uuid-ossp"]),
        ("CREATE /* a */ EXTENSION -- b\n IF NOT EXISTS\n Citext VERSION '1.6';", ["citext"]),
        ('CREATE EXTENSION "q""q"; CREATE EXTENSION hstore', ['q"q', "hstore"]),
        ("CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE plperl;", ["plperl"]),
        ("CREATE LANGUAGE mine HANDLER handle_it;", []),
        ("-- CREATE EXTENSION a;\n/* CREATE EXTENSION b; */ SELECT 'CREATE EXTENSION c';", []),
        ("COMMENT ON EXTENSION a IS 'b'; ALTER EXTENSION a UPDATE; DROP EXTENSION a;", []),
        ("CREATE EXTENSION", []),
        ("CREATE TABLE extension (language text); CREATE TABLE t (); SELECT 1, 2, 3, 4, 5;", []),
        ("CREATE TABLE a (b int);" * 9 + "CREATE EXTENSION ltree;" + "CREATE TABLE a (b int);" * 9, ["ltree"]),
    ],
)
def test_statements_ask(migrations: Migrations, sql: str, names: list[str]) -> None:
    """Names as PostgreSQL folds them; comments, strings and other statements ask for nothing."""
    found = [(each.name, each.is_certain) for each in asked_extensions(migrations(sql))]
    assert [(name, True) for name in names] == found


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN CREATE EXTENSION vector; EXCEPTION WHEN OTHERS THEN NULL; END",
        "BEGIN EXECUTE 'CREATE EXTENSION IF NOT EXISTS vector'; END",
        "BEGIN EXECUTE $q$CREATE EXTENSION vector$q$; END",
    ],
)
def test_a_body_asks_perhaps(migrations: Migrations, body: str) -> None:
    """It may not be reached, or catch the failure."""
    found = asked_extensions(migrations(f"DO $$ {body} $$;"))
    assert [("vector", False)] == [(each.name, each.is_certain) for each in found]


def test_a_body_in_another_language_is_no_error(migrations: Migrations) -> None:
    """What cannot be cut into tokens asks for nothing."""
    body = "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$ # it's CREATE EXTENSION a\n$$;"
    assert ["b"] == [each.name for each in asked_extensions(migrations(f"{body} CREATE EXTENSION b;"))]


def test_only_up_asks(migrations: Migrations) -> None:
    """Taking a migration back is not what the server is chosen for."""
    found = asked_extensions(migrations("-- UP\nCREATE EXTENSION a;\n-- DOWN\nCREATE EXTENSION b;\n"))
    assert ["a"] == [each.name for each in found]


def test_the_place_is_the_names(migrations: Migrations) -> None:
    """Also in a body, which is a text of its own."""
    texts = ('-- é\nCREATE EXTENSION "a-b";', "DO $x$ BEGIN EXECUTE E'CREATE EXTENSION c'; END $x$")
    found = asked_extensions(migrations(*texts))
    assert ['"a-b"', "c"] == [each.migration.text[each.start : each.end] for each in found]
