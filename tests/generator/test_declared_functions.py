"""``[[tool.janua.function]]``: what opaque code touches, and what is said where nobody tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from janua_generator import memory
from janua_generator.analysis.dependencies.closure import closures_of
from janua_generator.analysis.dependencies.result import Dependencies
from janua_generator.analysis.syntax import parse

from .conftest import NewProject
from .sandbox import Sandbox
from .workbench import Workbench

SCHEMA = """
CREATE SCHEMA audit;
CREATE TABLE accounts (id int PRIMARY KEY);
CREATE TABLE owners (id int PRIMARY KEY);
CREATE TABLE pets (owner_id int REFERENCES owners ON DELETE CASCADE);
CREATE TABLE audit.entries (id int);
CREATE TABLE audit.only_there (id int);
CREATE VIEW all_accounts AS SELECT id FROM accounts;
CREATE FUNCTION touch_owner(name text) RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN EXECUTE 'DELETE FROM ' || name; RETURN 1; END $$;
CREATE FUNCTION audit.touch_owner() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT 1'; RETURN 1; END $$;
"""
FILES: dict[str, str | bytes] = {
    "migrations/0001_x.sql": SCHEMA,
    "queries/q.sql": "-- name: touch\nSELECT touch_owner('owners') AS n;\n",
}
REASON = "public.touch_owner: runs SQL that it makes as text (EXECUTE)"


def inspected(project: Sandbox) -> dict[str, Any]:
    """Return what is said of the one query."""
    outcome = project.run("inspect", "--json")
    assert (0, "") == (outcome.code, outcome.err)
    (query,) = json.loads(outcome.out)["queries"]
    found: dict[str, Any] = query
    return found


def test_undeclared_dynamic_sql_is_unknown(new_project: NewProject) -> None:
    """It is not the same as touching nothing."""
    settings = '[[tool.janua.function]]\nname = "audit.touch_owner"\n'
    query = inspected(new_project(FILES, settings))
    assert REASON in query["unknown_reads"]
    assert REASON in query["unknown_writes"]
    assert {"kind": "volatile", "reason": "public.touch_owner() is volatile"} in query["obstacles"]
    assert query["volatile"] is True


def test_a_declared_function_touches_what_is_declared(new_project: NewProject) -> None:
    """With all that follows: the view stands for its table, and a key cascades."""
    settings = '[[tool.janua.function]]\nname = "touch_owner"\nreads = ["all_accounts"]\nwrites = ["owners"]\n'
    query = inspected(new_project(FILES, settings))
    assert ("", "") == (query["unknown_reads"], query["unknown_writes"])
    assert ["public.owners", "public.pets"] == query["writes"]
    assert ["public.accounts", "public.owners", "public.pets"] == query["reads"]


def test_names_may_be_qualified_or_mean_the_only_one(new_project: NewProject) -> None:
    """Of a function as well as of a table."""
    settings = (
        '[[tool.janua.function]]\nname = "public.touch_owner"\nreads = ["only_there"]\nwrites = ["audit.entries"]\n'
    )
    query = inspected(new_project(FILES, settings))
    assert ["audit.entries"] == query["writes"]
    assert {"audit.entries", "audit.only_there"} == set(query["reads"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            'name = "touch_owners"',
            'function[0].name: the migrations make no function "touch_owners"; did you mean "touch_owner"?',
        ),
        (
            'name = "touch_owner"\nreads = ["acounts"]',
            'function[0].reads: the migrations make no table "acounts"; did you mean "accounts"?',
        ),
        (
            'name = "touch_owner"\nwrites = ["audit.owners"]',
            'function[0].writes: the migrations make no table "audit.owners"; did you mean "owners"?',
        ),
    ],
)
def test_a_name_that_means_nothing_is_refused(new_project: NewProject, settings: str, message: str) -> None:
    """A declaration that has no effect would be a cache that is stale."""
    project = new_project(FILES, f"[[tool.janua.function]]\n{settings}\n")
    outcome = project.run()
    assert (2, f"pyproject.toml: tool.janua.{message}\n") == (outcome.code, outcome.err)
    assert not (project.root / "generated").exists()


def test_a_remembered_schema_says_the_same(workbench: Workbench, tmp_path: Path) -> None:
    """A run after an edit does not read the server's catalogs again."""
    workbench.migrate(SCHEMA)
    memory.remember_schema(tmp_path, "key", workbench.introspection)
    recalled = memory.recall_schema(tmp_path, "key")
    assert recalled is not None
    for statement in (
        "SELECT touch_owner('a')",
        "DELETE FROM owners",
        "SELECT id FROM all_accounts",
        "CREATE TABLE x ()",
    ):
        expected = closures_of(workbench.introspection).of(statement, parse(statement))
        assert expected != Dependencies()
        assert expected == closures_of(recalled).of(statement, parse(statement))
