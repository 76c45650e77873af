"""``janua migrate lint``: what migrations would do to services that run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from janua.cli import main
from janua.config import load_project
from janua.diagnostics import Diagnostic
from janua.scratch import ScratchServer
from janua_generator.migrations import lint as linting
from janua_generator.migrations.lint import NO_SQUAWK, Linted, lint
from janua_generator.migrations.pending import split
from janua_generator.project import read_inputs

from ..conftest import Write

Lint = Callable[[str], Linted]
TABLE = "CREATE TABLE a (id int PRIMARY KEY, x int, y text NOT NULL);\nCREATE INDEX a_x ON a (x);\n"
QUERIES = """\
-- name: GetY :optional
SELECT y FROM a WHERE id = $1;

-- name: FindX :many
SELECT id FROM a WHERE x = $1;
"""


@pytest.fixture
def linted(scratch: ScratchServer, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lint:
    """Lint a migration that follows the one that makes the table."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JANUA_SCRATCH_URL", scratch.url("postgres"))
    write("pyproject.toml", "[tool.janua]\n")
    write("queries/a.sql", QUERIES)
    write("migrations/1_table.sql", TABLE)

    def linted(text: str) -> Linted:
        write("migrations/2_step.sql", text)
        project = load_project(tmp_path)
        inputs = read_inputs(project, scratch.url("postgres"))
        before, pending = split(project, inputs.migrations, since=None, everything=False, live=None)
        return lint(inputs, before, pending, scratch)

    return linted


def of_rule(found: Linted, rule: str) -> list[Diagnostic]:
    return [each for each in found.findings if each.rule == rule]


def test_a_query_that_would_break_is_found_at_its_place(linted: Lint) -> None:
    """With the advice to expand first."""
    (found,) = of_rule(linted("ALTER TABLE a DROP y;"), "query-broken")
    assert ("queries/a.sql", 2, 8) == (found.file, found.line, found.column)
    assert 'a.get_y does not work after the migrations: column "y" does not exist' == found.message
    assert "expand, then contract" in found.hint


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("ALTER TABLE a ALTER y DROP NOT NULL;", "a.get_y: column y was text and becomes text or NULL"),
        ("ALTER TABLE a ALTER id TYPE bigint;", "a.get_y: parameter id was integer and becomes bigint"),
    ],
)
def test_a_query_whose_types_change_is_found(linted: Lint, text: str, change: str) -> None:
    """The code that runs was generated for others."""
    assert change in [each.message for each in of_rule(linted(text), "query-changed")]


@pytest.mark.parametrize("text", ["DROP INDEX a_x;", "DROP INDEX a_x; CREATE INDEX a_x ON a (abs(x));"])
def test_a_query_that_loses_its_index_is_found(linted: Lint, text: str) -> None:
    """Even on empty tables."""
    (found,) = of_rule(linted(text), "index-lost")
    assert "a.find_x: reads a as a whole after the migrations; it was looked up in a_x" == found.message
    assert 4 == found.line


def test_partitions_are_looked_at_too(linted: Lint, write: Write) -> None:
    """None of them is left out for the values that a parameter does not have yet."""
    write(
        "migrations/1_table.sql",
        TABLE
        + (
            "CREATE TABLE p (id int, x int) PARTITION BY RANGE (id);\nCREATE INDEX p_id ON p (id);\n"
            "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);\n"
        ),
    )
    write("queries/p.sql", "-- name: GetP :many\nSELECT x FROM p WHERE id = $1;\n")
    (found,) = of_rule(linted("DROP INDEX p_id;"), "index-lost")
    assert "p.get_p: reads p1 as a whole after the migrations; it was looked up in p1_id_idx" == found.message


def test_another_index_will_do(linted: Lint) -> None:
    """Its name does not matter."""
    found = linted("CREATE INDEX CONCURRENTLY a_x_y ON a (x, y); DROP INDEX CONCURRENTLY a_x;")
    assert [] == of_rule(found, "index-lost")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ALTER TABLE a ALTER x TYPE bigint;", "rewrite"),
        ("ALTER TABLE a ADD z float DEFAULT random();", "rewrite"),
        ("ALTER TABLE a ADD CHECK (x > 0);", "scan-under-lock"),
        ("ALTER TABLE a ALTER x SET NOT NULL;", "scan-under-lock"),
        ("CREATE INDEX ON a (y);", "scan-under-lock"),
    ],
)
def test_long_work_under_a_lock_is_found(linted: Lint, text: str, rule: str) -> None:
    """Observed, not guessed from the text."""
    found = of_rule(linted(text), rule)
    assert [("migrations/2_step.sql", 1)] == [(each.file, each.line) for each in found]


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE a ADD z int DEFAULT 1;",
        "ALTER TABLE a ADD CHECK (x > 0) NOT VALID;",
        "CREATE TABLE b (id int); ALTER TABLE b ALTER id TYPE bigint;",
        "CREATE INDEX CONCURRENTLY ON a (y);",
    ],
)
def test_short_work_is_not(linted: Lint, text: str) -> None:
    """Nor any on a table that nobody knows yet."""
    found = linted(text)
    assert [] == of_rule(found, "rewrite") + of_rule(found, "scan-under-lock")


def test_locks_for_which_others_wait_are_told(linted: Lint) -> None:
    """With the statement's line."""
    found = linted("SELECT 1;\nALTER TABLE a ADD z int;")
    assert ["migrations/2_step.sql:2: ACCESS EXCLUSIVE on a"] == [str(each) for each in found.locks]


def test_squawk_tells_of_the_up_section_alone(linted: Lint) -> None:
    """At its place, behind characters of several bytes; DOWN may drop what it likes."""
    found = linted("-- UP\nSELECT 'é'; ALTER TABLE a RENAME x TO z;\n-- DOWN\nALTER TABLE a DROP y;\n")
    (renaming,) = of_rule(found, "renaming-column")
    assert ("migrations/2_step.sql", 2) == (renaming.file, renaming.line)
    assert [] == of_rule(found, "ban-drop-column")


def test_without_squawk_the_rest_is_told(linted: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    """With how to get it."""
    monkeypatch.setattr(linting, "find_squawk", lambda: None)
    assert [NO_SQUAWK] == linted("SELECT 1;").notes


def test_the_command_has_an_exit_code(linted: Lint, capfd: pytest.CaptureFixture[str]) -> None:
    """One where there is a finding."""
    linted("ALTER TABLE a DROP y;")
    assert 1 == main(["migrate", "lint", "--since", "1"])
    assert "queries/a.sql:2:8: a.get_y does not work after the migrations" in capfd.readouterr().out
    assert 0 == main(["migrate", "lint", "--since", "2"])


def test_what_is_pending_on_a_database_may_be_asked_of_it(
    linted: Lint, scratch: ScratchServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """By its tracking table."""
    linted("ALTER TABLE a DROP y;")
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    try:
        assert 0 == main(["migrate", "up", "--database-url", scratch.url(name), "--to", "1"])
        assert 1 == main(["migrate", "lint", "--live", scratch.url(name)])
        assert 0 == main(["migrate", "up", "--database-url", scratch.url(name)])
        assert 0 == main(["migrate", "lint", "--live", scratch.url(name)])
        with psycopg.connect(scratch.url(name)) as conn:
            assert (2,) == conn.execute("SELECT count(*) FROM janua_migrations").fetchone()
    finally:
        scratch.drop(name)
