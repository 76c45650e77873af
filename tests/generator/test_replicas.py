"""``-- @replica``: what may go to a replica, and what is refused."""

from __future__ import annotations

import re

import pytest

from tests.generator.conftest import NewProject

SCHEMA = """-- UP
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
CREATE VIEW named AS SELECT name FROM users;
CREATE FUNCTION touch() RETURNS int LANGUAGE sql AS $$ UPDATE users SET name = name; SELECT 1 $$;
CREATE FUNCTION opaque() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT 1'; RETURN 1; END $$;
-- DOWN
"""
"""A table, and functions that do more than they say."""


def files(sql: str, directive: str = "@replica", header: str = "q") -> dict[str, str]:
    """A project with one query."""
    return {"migrations/0001_users.sql": SCHEMA, "queries/q.sql": f"-- name: {header}\n-- {directive}\n{sql};\n"}


def test_a_reading_query_is_declared_to_be_one(new_project: NewProject) -> None:
    """In either way, and others are not."""
    queries = [
        f"-- name: {name} :many\n{line}SELECT name FROM named;\n"
        for name, line in (("stale", "-- @replica\n"), ("fresh", "-- @replica fresh\n"), ("primary", ""))
    ]
    project = new_project({"migrations/0001_users.sql": SCHEMA, "queries/q.sql": "".join(queries)})
    outcome = project.run()
    assert (0, "") == (outcome.code, outcome.err)
    assert ["stale", "fresh"] == re.findall(r'replica="(.*)",', project.read("generated/q.py"))


@pytest.mark.parametrize(
    ("sql", "header", "message"),
    [
        ("UPDATE users SET name = 'x' RETURNING id", "q :many", "q writes public.users: no replica can run it"),
        ("DELETE FROM users", "q :exec", "q writes public.users: no replica can run it"),
        ("WITH gone AS (DELETE FROM users RETURNING id) SELECT id FROM gone", "q :many", "q writes public.users"),
        ("SELECT touch() AS x", "q :one", "q writes public.users: no replica can run it"),
        ("SELECT id FROM users FOR UPDATE", "q :many", "q locks rows"),
        ("SELECT id FROM users FOR KEY SHARE SKIP LOCKED", "q :many", "q locks rows"),
        ("SELECT id FROM users", "q :stream", "@replica does not go with :stream"),
        ("SELECT id FROM users", "q :exec", "q returns no rows"),
    ],
)
def test_what_a_replica_cannot_run_is_refused(new_project: NewProject, sql: str, header: str, message: str) -> None:
    """With the directive's place, before it fails in production."""
    outcome = new_project(files(sql, header=header)).run()
    assert 1 == outcome.code
    assert f"queries/q.sql:2:4: {message}" in outcome.err


@pytest.mark.parametrize(
    ("expression", "is_warned"),
    [("opaque()", True), ("nextval('s')", True), ("random()", False), ("now()", False), ("gen_random_uuid()", False)],
)
def test_what_may_write_is_warned_of(new_project: NewProject, expression: str, is_warned: bool) -> None:
    """Where it cannot be seen; what is known to be harmless is not."""
    sql = f"SELECT {expression} AS x"
    project = files(sql, header="q :one")
    project["migrations/0001_users.sql"] = SCHEMA.replace("-- DOWN", "CREATE SEQUENCE s;\n-- DOWN")
    outcome = new_project(project).run()
    assert 0 == outcome.code
    assert is_warned == ("[unknown-writes]" in outcome.err)


def test_the_warning_can_be_silenced(new_project: NewProject) -> None:
    """By whoever knows that the function only reads."""
    outcome = new_project(files("SELECT opaque() AS x", "@replica\n-- @allow unknown-writes", "q :one")).run()
    assert (0, "") == (outcome.code, outcome.err)
