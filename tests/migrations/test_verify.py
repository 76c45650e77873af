"""``janua migrate verify``: whether a DOWN takes back all that its UP does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from janua.config import load_project
from janua.migrations import read_migrations
from janua.scratch import ScratchServer
from janua_generator.migrations.verify import Verdict, verify

from ..conftest import Write

Verify = Callable[..., Verdict]
TABLE = "-- UP\nCREATE TABLE a (id int PRIMARY KEY, x int);\n-- DOWN\nDROP TABLE a;"


@pytest.fixture
def verdict(scratch: ScratchServer, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Verify migrations, given as texts."""
    monkeypatch.chdir(tmp_path)

    def verdict(*texts: str) -> Verdict:
        write("pyproject.toml", '[tool.janua]\noutput = "verified_db"\n')
        for number, text in enumerate(texts, start=1):
            write(f"migrations/{number}_step.sql", text)
        return verify(load_project(tmp_path), read_migrations(tmp_path / "migrations"), scratch)

    return verdict


def test_what_takes_everything_back_is_in_order(verdict: Verify) -> None:
    """One by one, and all together."""
    found = verdict(TABLE, "-- UP\nCREATE INDEX ON a (x);\n-- DOWN\nDROP INDEX a_x_idx;")
    assert ([], 2) == (found.findings, found.tried)
    assert ["migrations/1_step.sql: DOWN drops the table a (0 rows)"] == found.notes


@pytest.mark.parametrize(
    ("up", "down", "finding"),
    [
        ("CREATE INDEX a_x ON a (x)", "", "leaves the index a_x"),
        ("ALTER TABLE a ALTER x SET DEFAULT 7", "", "leaves the default a.x: 7"),
        ("COMMENT ON COLUMN a.x IS 'why'", "", "leaves the comment column x of table a: why"),
        ("GRANT SELECT ON a TO PUBLIC", "", "leaves the grant SELECT on a to public"),
        ("GRANT UPDATE (x) ON a TO some_reader", "", "leaves the grant UPDATE on a.x to some_reader"),
        ("ALTER TABLE a ADD y int", "", "leaves the column a.y: integer"),
        ("ALTER TABLE a ADD CHECK (x > 0)", "", "leaves the constraint a_x_check on a: CHECK ((x > 0))"),
        ("ALTER TABLE a ALTER x SET NOT NULL", "", "changes the column a.x: integer became integer NOT NULL"),
        ("ALTER TABLE a ALTER x TYPE bigint", "", "changes the column a.x: integer became bigint"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1", "", "leaves the function f()"),
        ("CREATE TYPE mood AS ENUM ('ok')", "", "leaves the type mood: e 'ok'"),
        ("CREATE VIEW v AS SELECT x FROM a", "", "leaves the view v"),
        ("CREATE SEQUENCE s", "", "leaves the sequence s"),
        ("ALTER TABLE a ENABLE ROW LEVEL SECURITY", "", "changes the table a:"),
        ("CREATE POLICY p ON a USING (true)", "", "leaves the policy p on a"),
        ("CREATE RULE r AS ON DELETE TO a DO NOTHING", "", "leaves the rule r on a"),
        ("CREATE STATISTICS st ON id, x FROM a", "", "leaves the statistics st on a"),
        ("CREATE SCHEMA other", "", "leaves the schema other"),
        ("ALTER TABLE a OWNER TO pg_monitor", "", "changes the owner a:"),
        ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC", "", "leaves the default privileges"),
        ("CREATE EXTENSION citext", "", "leaves the extension citext"),
        ("ALTER TABLE a SET (fillfactor = 50)", "", "changes the table a:"),
        ("CREATE CAST (bool AS date) WITH INOUT", "", "leaves the cast (boolean AS pg_catalog.date)"),
        ("ALTER TABLE a ADD y int", "ALTER TABLE a DROP y, DROP x", "loses the column a.x: integer"),
    ],
)
def test_what_a_down_forgets_is_named(verdict: Verify, up: str, down: str, finding: str) -> None:
    """By its kind and its name, with what there is to say of it."""
    found = verdict(TABLE, f"-- UP\n{up};\n-- DOWN\n{down or 'SELECT 1'};")
    first = found.findings[0]
    assert first.startswith(f"migrations/2_step.sql: DOWN {finding}"), first


def test_of_a_whole_table_its_parts_are_not_named(verdict: Verify) -> None:
    """They come and go with it."""
    found = verdict("-- UP\nCREATE TABLE a (id serial PRIMARY KEY, x text DEFAULT 'b' UNIQUE);\n-- DOWN\nSELECT 1;")
    assert "migrations/1_step.sql: DOWN leaves the table a" == found.findings[0]
    assert 2 == len(found.findings), found.findings  # UP cannot be run again


def test_a_function_that_was_another_before_must_be_again(verdict: Verify) -> None:
    """CREATE OR REPLACE is easily taken back by dropping it."""
    first = "-- UP\nCREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;\n-- DOWN\nDROP FUNCTION f();"
    found = verdict(
        first, "-- UP\nCREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql RETURN 2;\n-- DOWN\nDROP FUNCTION f();"
    )
    assert "migrations/2_step.sql: DOWN loses the function f()" == found.findings[0].partition(": CREATE")[0]


def test_a_down_that_is_refused_is_a_finding(verdict: Verify) -> None:
    """With the server's complaint at its place."""
    found = verdict(TABLE, "-- UP\nSELECT 1;\n-- DOWN\nDROP TABLE b;")
    assert found.findings[0].startswith("migrations/2_step.sql: DOWN is refused\nmigrations/2_step.sql:4:1: ")


def test_what_has_no_down_is_told_and_is_no_finding(verdict: Verify) -> None:
    """There are good reasons."""
    found = verdict(TABLE, "-- UP\nCREATE INDEX ON a (x);")
    assert ([], True) == (
        found.findings,
        "migrations/2_step.sql: has no DOWN section, and cannot be taken back" in found.notes,
    )


def test_columns_that_a_down_drops_are_named(verdict: Verify) -> None:
    """With the rows that the migrations themselves put there."""
    found = verdict(
        TABLE,
        "-- UP\nALTER TABLE a ADD y int; INSERT INTO a VALUES (1);\n-- DOWN\nDELETE FROM a; ALTER TABLE a DROP y;",
    )
    assert ([], True) == (found.findings, "migrations/2_step.sql: DOWN drops the column a.y (1 row)" in found.notes)


def test_rows_of_the_factories_are_there(verdict: Verify, write: Write) -> None:
    """Where there is a package that can be imported."""
    write("verified_db/__init__.py", "")
    write(
        "verified_db/factories.py",
        "class One:\n"
        "    def make(self, db, overrides):\n"
        "        db.raw('INSERT INTO a SELECT 1 + count(*), 1 FROM a')\n"
        "ALL = {'public.a': One()}\n",
    )
    found = verdict(TABLE, "-- UP\nCREATE INDEX ON a (x);\n-- DOWN\nDROP INDEX a_x_idx;")
    assert ([], True) == (found.findings, "migrations/1_step.sql: DOWN drops the table a (2 rows)" in found.notes)
