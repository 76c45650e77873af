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

    def verdict(*texts: str, rename: str = "", since: int = 0) -> Verdict:
        write("pyproject.toml", f"[tool.janua]\n[tool.janua.rename]\n{rename}\n")
        for number, text in enumerate(texts, start=1):
            write(f"migrations/{number}_step.sql", text)
        return verify(load_project(tmp_path), read_migrations(tmp_path / "migrations"), scratch, since=since)

    return verdict


def test_what_takes_everything_back_is_in_order(verdict: Verify) -> None:
    """One by one, and all together."""
    found = verdict(TABLE, "-- UP\nCREATE INDEX ON a (x);\n-- DOWN\nDROP INDEX a_x_idx;")
    assert ([], 2) == (found.findings, found.tried)
    assert ["migrations/1_step.sql: DOWN drops the table a (2 rows)"] == found.notes


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
    assert ["migrations/1_step.sql: DOWN leaves the table a"] == found.findings


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
    assert found.findings[0].startswith("migrations/2_step.sql: DOWN is refused\nmigrations/2_step.sql:4:12: ")


def test_what_has_no_down_is_told_and_is_no_finding(verdict: Verify) -> None:
    """There are good reasons."""
    found = verdict(TABLE, "-- UP\nCREATE INDEX ON a (x);")
    assert ([], True) == (
        found.findings,
        "migrations/2_step.sql: has no DOWN section, and cannot be taken back" in found.notes,
    )


def test_columns_that_a_down_drops_are_named(verdict: Verify) -> None:
    """With the rows that the migrations themselves put there, and those that are made."""
    found = verdict(TABLE, "-- UP\nALTER TABLE a ADD y int; INSERT INTO a VALUES (-1);\n-- DOWN\nALTER TABLE a DROP y;")
    assert "migrations/2_step.sql: DOWN drops the column a.y (3 rows)" in found.notes, found.notes


def test_each_state_of_the_schema_has_rows(verdict: Verify) -> None:
    """Made of what there is at that moment, whatever later migrations do to the table; parents and checks included."""
    found = verdict(
        "-- UP\nCREATE TYPE mood AS ENUM ('ok'); CREATE TABLE a (id uuid PRIMARY KEY, m mood NOT NULL,"
        " x text NOT NULL CHECK (length(x) BETWEEN 3 AND 5));\n-- DOWN\nDROP TABLE a; DROP TYPE mood;",
        "-- UP\nCREATE SCHEMA other; CREATE TABLE other.b (a uuid NOT NULL REFERENCES a);"
        "\n-- DOWN\nDROP SCHEMA other CASCADE;",
        "-- UP\nALTER TABLE a RENAME x TO y; ALTER TABLE other.b ADD c date NOT NULL DEFAULT now();\n"
        "-- DOWN\nALTER TABLE other.b DROP c; ALTER TABLE a RENAME y TO x;",
    )
    assert [] == found.findings
    assert [
        "migrations/1_step.sql: DOWN drops the table a (2 rows)",
        "migrations/2_step.sql: DOWN drops the table other.b (2 rows)",
        "migrations/3_step.sql: DOWN drops the column a.y (4 rows)",
        "migrations/3_step.sql: DOWN drops the column other.b.c (2 rows)",
    ] == found.notes


def test_what_only_rows_refuse_is_said_to_be_so(verdict: Verify) -> None:
    """An UP that asks for a value that rows have not is fine on an empty table, and fails on the real one."""
    found = verdict(TABLE, "-- UP\nALTER TABLE a ADD y int NOT NULL;\n-- DOWN\nALTER TABLE a DROP y;")
    (finding,) = found.findings
    assert finding.startswith("migrations/2_step.sql: UP after DOWN is refused where tables have rows\n"), finding
    assert "[23502]" in finding


def test_a_forgetful_down_is_found_behind_what_rows_refuse(verdict: Verify) -> None:
    """Both are said at once."""
    found = verdict(
        TABLE,
        "-- UP\nALTER TABLE a ADD y int DEFAULT 1; ALTER TABLE a ALTER x DROP NOT NULL; CREATE INDEX a_y ON a (x);"
        "\n-- DOWN\nALTER TABLE a DROP y; ALTER TABLE a ALTER x SET NOT NULL;",
    )
    assert {
        "migrations/2_step.sql: DOWN changes the column a.x: integer became integer NOT NULL",
        "migrations/2_step.sql: DOWN leaves the index a_y: CREATE INDEX a_y ON public.a USING btree (x)",
    } <= set(found.findings), found.findings
    assert any("DOWN is refused where tables have rows" in each for each in found.findings), found.findings


def test_a_table_that_takes_no_row_is_told(verdict: Verify) -> None:
    """With the reason, once, and the trial goes on."""
    found = verdict(
        TABLE,
        "-- UP\nCREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'not here'; END$$;"
        "\nCREATE TRIGGER no BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION no();"
        "\n-- DOWN\nDROP TRIGGER no ON a; DROP FUNCTION no();",
        "-- UP\nCREATE INDEX a_x ON a (x);\n-- DOWN\nDROP INDEX a_x;",
    )
    assert ([], 3) == (found.findings, found.tried)
    told = [each for each in found.notes if "tried without rows" in each]
    assert ["migrations/2_step.sql: tried without rows in a: not here [P0001]"] == told


def test_names_that_need_the_configuration_are_called_so(verdict: Verify, write: Write) -> None:
    """What ``rename`` names and a migration has not made yet is no error of the configuration."""
    found = verdict(TABLE, "-- UP\nCREATE TABLE b ();\n-- DOWN\nDROP TABLE b;", rename='b = "Bee"\nz = "Zed"')
    assert [] == found.findings


def test_the_first_migrations_may_be_left_alone(verdict: Verify) -> None:
    """As where they were applied long ago, and nobody will change them."""
    found = verdict(
        "-- UP\nCREATE TABLE a (x int);\n-- DOWN\nSELECT 1;", "-- UP\nSELECT 1;\n-- DOWN\nSELECT 1;", since=1
    )
    assert ([], 1) == (found.findings, found.tried)
