"""``-- @cache``: what is kept, what outdates it, and what is refused."""

from __future__ import annotations

import json
import re

import pytest

from tests.generator.conftest import NewProject

SCHEMA = """-- UP
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE posts (
    id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE, title text NOT NULL
);
CREATE TABLE logs (id bigint PRIMARY KEY);
CREATE TABLE secrets (id bigint PRIMARY KEY, tenant text NOT NULL);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON secrets USING (tenant = current_setting('app.tenant', true));
CREATE VIEW named AS SELECT name FROM users;
CREATE FUNCTION opaque() RETURNS int LANGUAGE plpgsql STABLE AS $$ BEGIN EXECUTE 'SELECT 1'; RETURN 1; END $$;
CREATE FUNCTION rename_all() RETURNS void LANGUAGE sql AS $$ UPDATE users SET name = 'x' $$;
CREATE FUNCTION anything() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT 1'; END $$;
-- DOWN
"""
"""Tables that hang together, and functions."""


def files(*queries: str) -> dict[str, str]:
    """A project with these queries in one file."""
    return {"migrations/0001_users.sql": SCHEMA, "queries/q.sql": "\n".join(f"{each};" for each in queries)}


CACHED = "-- name: titles :many\n-- @cache 90s stale 5s\nSELECT title FROM posts"


def test_a_cached_query_says_for_how_long_and_what_it_reads(new_project: NewProject) -> None:
    """Through views, too."""
    project = new_project(files(CACHED, "-- name: names :many\n-- @cache 2min\nSELECT name FROM named"))
    outcome = project.run()
    assert (0, "") == (outcome.code, outcome.err)
    text = project.read("generated/q.py")
    assert [
        'CachePolicy(90.0, ("public.posts",), stale=5.0)',
        'CachePolicy(120.0, ("public.users",))',
    ] == re.findall(r"cache=(.*),\n", text)


@pytest.mark.parametrize(
    ("statement", "writes"),
    [
        ("INSERT INTO posts (id, title) VALUES (1, 'x')", '("public.posts",)'),
        ("DELETE FROM users WHERE id = 1", '("public.posts",)'),
        ("UPDATE users SET name = 'x'", None),
        ("INSERT INTO logs VALUES (1)", None),
        ("WITH gone AS (DELETE FROM posts RETURNING 1) SELECT FROM gone", '("public.posts",)'),
        ("SELECT FROM anything()", '("*",)'),
    ],
)
def test_a_write_tells_of_what_is_cached_and_nothing_else(
    new_project: NewProject, statement: str, writes: str | None
) -> None:
    """By way of foreign keys, too; of everything where nobody knows."""
    project = new_project(files(CACHED, f"-- name: write :exec\n{statement}"))
    assert 0 == project.run().code
    found = re.search(r"writes=(.*),\n", project.read("generated/q.py"))
    assert writes == (found and found[1])


def test_without_a_cached_query_nothing_is_told(new_project: NewProject) -> None:
    """Not even what nobody knows."""
    project = new_project(files("-- name: write :exec\nSELECT FROM anything()"))
    assert 0 == project.run().code
    assert "writes=" not in project.read("generated/q.py")


def test_tables_of_the_builder_know_what_is_cached(new_project: NewProject) -> None:
    """Statements that are built tell of it, too."""
    project = new_project(files(CACHED))
    project.run()
    assert '_q.declare_cached(("public.posts",))\n' in project.read("generated/tables.py")


def test_inspect_shows_which_answers_a_write_outdates(new_project: NewProject) -> None:
    """By the names of the queries."""
    project = new_project(files(CACHED, "-- name: drop_user :exec\nDELETE FROM users WHERE id = :id"))
    shown = json.loads(project.run("inspect", "--json").out)
    assert {"titles": [], "drop_user": ["q.titles"]} == {each["name"]: each["invalidates"] for each in shown["queries"]}


@pytest.mark.parametrize(
    ("statement", "header", "message"),
    [
        ("SELECT random()", "q :one", "q cannot be cached: random() is volatile"),
        ("SELECT name, now() AS at FROM users", "q :many", "q cannot be cached: now() reads the clock"),
        ("SELECT id FROM users FOR UPDATE", "q :many", "q cannot be cached: FOR UPDATE or FOR SHARE locks the rows"),
        ("SELECT id FROM secrets", "q :many", "public.secrets has row level security"),
        ("SELECT current_user::text AS me", "q :one", "q cannot be cached: CURRENT_USER depends on the session"),
        ("SELECT opaque() AS x", "q :one", "which tables it reads is not known"),
        ("UPDATE users SET name = 'x' RETURNING id", "q :many", "q cannot be cached: it writes public.users"),
        ("SELECT 1 AS x FROM rename_all()", "q :many", "q cannot be cached: it writes public.users"),
        ("SELECT relname::text FROM pg_class", "q :many", "pg_class is the server's own"),
        ("SELECT id FROM users", "q :stream", "q cannot be cached: it is a :stream"),
        ("SELECT id FROM users", "q :exec", "q cannot be cached: it returns no rows"),
    ],
)
def test_what_cannot_be_kept_is_refused(new_project: NewProject, statement: str, header: str, message: str) -> None:
    """With the directive's place and the reason."""
    outcome = new_project(files(f"-- name: {header}\n-- @cache 60s\n{statement}")).run()
    assert 1 == outcome.code
    assert "queries/q.sql:2:4: " in outcome.err
    assert message in outcome.err


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("60s volatile ok", "SELECT name, now() AS at FROM users"),
        ("60s key app.tenant", "SELECT id FROM secrets"),
        ("1h stale 10s key app.tenant, app.role volatile ok", "SELECT id, random() AS r FROM secrets"),
    ],
)
def test_what_the_author_answers_for_is_kept(new_project: NewProject, text: str, statement: str) -> None:
    """The clock, and settings that are named."""
    outcome = new_project(files(f"-- name: q :many\n-- @cache {text}\n{statement}")).run()
    assert (0, "") == (outcome.code, outcome.err)


@pytest.mark.parametrize(
    "text", ["", "60", "0s", "60s stale", "60s volatile", "60s stale 1s stale 2s", "s60", "60s ok"]
)
def test_a_malformed_directive_is_an_error(new_project: NewProject, text: str) -> None:
    """With an example."""
    outcome = new_project(files(f"-- name: q :many\n-- @cache {text}\nSELECT id FROM users")).run()
    assert 1 == outcome.code
    assert "malformed directive @cache" in outcome.err


def test_a_query_that_changes_settings_says_so(new_project: NewProject) -> None:
    """What answers depend on is not known any more then."""
    project = new_project(files("-- name: be :one\nSELECT set_config('app.tenant', :tenant, false)"))
    assert 0 == project.run().code
    assert "changes_settings=True" in project.read("generated/q.py")
