"""Running migrations against a server."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from janua.errors import MigrationError
from janua.migrations import apply_down, apply_up
from janua.migrations.statements import statements_of, uses_new_label
from psycopg.pq import TransactionStatus

from .conftest import Migrations


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def tables(conn: psycopg.Connection) -> list[str]:
    rows = conn.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    return sorted(name for (name,) in rows)


def refusal(conn: psycopg.Connection, migrations: Migrations, *texts: str) -> MigrationError:
    with pytest.raises(MigrationError) as caught:
        apply_up(conn, migrations(*texts))
    assert TransactionStatus.IDLE is conn.info.transaction_status
    return caught.value


def test_up_and_down_undo_each_other(conn: psycopg.Connection, migrations: Migrations) -> None:
    """Down runs from the last to the first."""
    steps = migrations(
        "-- UP\nCREATE TABLE a (id int PRIMARY KEY);\n-- DOWN\nDROP TABLE a;",
        "-- UP\nCREATE TABLE b (a_id int REFERENCES a);\n-- DOWN\nDROP TABLE b;",
    )
    apply_up(conn, steps)
    assert ["a", "b"] == tables(conn)
    apply_down(conn, steps)
    assert [] == tables(conn)


def test_a_refused_migration_leaves_nothing_of_itself(conn: psycopg.Connection, migrations: Migrations) -> None:
    """Those before it stay."""
    refusal(conn, migrations, "CREATE TABLE a ();", "CREATE TABLE b (); CREATE TABLE a ();")
    assert ["a"] == tables(conn)


def test_a_refusal_points_at_the_place_in_the_file(conn: psycopg.Connection, migrations: Migrations) -> None:
    """Multi-byte characters before it count once."""
    error = refusal(conn, migrations, "-- UP\n-- größer\nSELECT 1;\nSELECT 'é', nme\nFROM pg_class;\n")
    assert (
        'migrations/0001_step.sql:4:13: column "nme" does not exist [42703]\n'
        "    4 | SELECT 'é', nme\n"
        "      |             ^^^"
    ) == str(error)
    assert (4, 13, "42703") == (error.line, error.column, error.sqlstate)
    assert "SELECT 'é', nme\nFROM pg_class" == error.statement
    assert 'column "nme" does not exist' == error.message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("CREATE TABLE b (x int REFERENCES nowhere (id));", (1, 34)),
        ('CREATE TABLE b (x int REFERENCES public."No Where" (id));', (1, 41)),
        ("CREATE TABLE b (\n  x int REFERENCES NoWhere (id));", (2, 20)),
        ("CREATE TABLE b ();\nALTER TABLE b DROP COLUMN c;", (2, 27)),
        ("/* b */ CREATE TABLE b (); /* b */ CREATE TABLE b ();", (1, 49)),
        ("DO $$ BEGIN EXECUTE 'DROP TABLE nowhere'; END $$;", (1, 1)),
    ],
)
def test_a_refusal_without_a_place_points_at_the_name(
    conn: psycopg.Connection, migrations: Migrations, text: str, place: tuple[int, int]
) -> None:
    """PostgreSQL gives a place for queries, and for few other commands."""
    error = refusal(conn, migrations, text)
    assert place == (error.line, error.column)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("CREATE TABL b ();", "did you mean TABLE?"),
        ("CRAETE TABLE b ();", "did you mean CREATE?"),
        ("CREATE TABLE b (x int PRIMRY KEY);", "did you mean PRIMARY?"),
        ("CREATE TABLE b (x int NOT zzz);", ""),
    ],
)
def test_a_misspelt_keyword_is_suggested(
    conn: psycopg.Connection, migrations: Migrations, text: str, hint: str
) -> None:
    """As in queries."""
    assert hint == refusal(conn, migrations, text).hint


def test_a_hint_of_the_server_is_shown(conn: psycopg.Connection, migrations: Migrations) -> None:
    """Under the excerpt."""
    error = refusal(conn, migrations, "SELECT relnamee FROM pg_class")
    assert 'hint: Perhaps you meant to reference the column "pg_class.relname".' in str(error)


def test_a_deferred_check_that_fails_at_commit_is_a_refusal(conn: psycopg.Connection, migrations: Migrations) -> None:
    """No statement is to blame then, so the section is shown."""
    error = refusal(
        conn,
        migrations,
        "-- UP\nCREATE TABLE a (id int PRIMARY KEY, next int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\n"
        "INSERT INTO a VALUES (1, 2);",
    )
    assert ("23503", 2) == (error.sqlstate, error.line)
    assert "(at COMMIT)" in str(error)
    assert [] == tables(conn)


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE a (x int);\nCREATE INDEX CONCURRENTLY a_x ON a (x);",
        "CREATE TABLE a (x int);\nCREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x); DROP INDEX CONCURRENTLY a_x;",
        "CREATE TABLE a (x int); VACUUM a;",
        "CREATE TABLE a (x int); REINDEX TABLE CONCURRENTLY a;",
        "-- janua: no-transaction\nCREATE TABLE a (); BEGIN; CREATE TABLE b (); COMMIT; DROP TABLE b;",
        "CREATE TABLE a (x int);\nDO $$ BEGIN PERFORM 1; END $$;",
    ],
)
def test_statements_run_where_they_can(conn: psycopg.Connection, migrations: Migrations, text: str) -> None:
    """Some only outside a transaction; the file need not say so."""
    apply_up(conn, migrations(text))
    assert ["a"] == tables(conn)


def test_a_value_can_be_added_to_an_enum_and_used_in_the_next_file(
    conn: psycopg.Connection, migrations: Migrations
) -> None:
    """PostgreSQL allows the first in a transaction and the second only after it."""
    first = "CREATE TYPE mood AS ENUM ('sad'); "
    apply_up(conn, migrations(first, "ALTER TYPE mood ADD VALUE 'ok';", "SELECT 'ok'::mood;"))


def test_a_file_that_uses_its_new_label_runs_one_by_one(conn: psycopg.Connection, migrations: Migrations) -> None:
    """The label is committed before it is used; a type as new as the label needs none of this."""
    made, used = "CREATE TYPE mood AS ENUM ('sad');", "ALTER TYPE public.mood ADD VALUE 'new'; SELECT 'new'::mood;"
    both = "CREATE TYPE b AS ENUM (); ALTER TYPE b ADD VALUE 'x'; SELECT 'x'::b;"
    # before PostgreSQL 17 a label of a new type had to be committed, too
    apply_up(conn, migrations(made, used, *([both] if conn.info.server_version >= 170000 else [])))
    assert [False, True] == [uses_new_label(statements_of(each, each.up)) for each in migrations(made, used)]


def test_a_new_label_that_a_function_hides_is_explained(conn: psycopg.Connection, migrations: Migrations) -> None:
    """Nobody can tell beforehand."""
    apply_up(conn, migrations("CREATE TYPE mood AS ENUM ('sad');"))
    error = refusal(conn, migrations, "ALTER TYPE mood ADD VALUE 'new'; SELECT ('n' || 'ew')::mood;")
    assert ("55P04", True) == (error.sqlstate, "must be committed" in error.hint)


@pytest.mark.parametrize("word", ["COMMIT", "BEGIN", "ROLLBACK", "START TRANSACTION", "END"])
def test_transaction_control_is_refused(conn: psycopg.Connection, migrations: Migrations, word: str) -> None:
    """COMMIT would end the transaction that keeps a failed migration from leaving something behind."""
    error = refusal(conn, migrations, f"CREATE TABLE a ();\n{word};")
    assert f"{word.split()[0]} in a migration, which runs in a transaction of its own" in error.message
    assert [] == tables(conn)


def test_savepoints_are_allowed(conn: psycopg.Connection, migrations: Migrations) -> None:
    """They do not end the transaction."""
    apply_up(conn, migrations("SAVEPOINT s; CREATE TABLE a (); ROLLBACK TO s; CREATE TABLE b (); RELEASE s;"))
    assert ["b"] == tables(conn)


def test_a_transaction_left_open_is_refused(conn: psycopg.Connection, migrations: Migrations) -> None:
    """What it did would be lost without a word."""
    error = refusal(conn, migrations, "-- janua: no-transaction\nBEGIN; CREATE TABLE a ();")
    assert "begins a transaction and does not end it" in str(error)


def test_what_a_file_sets_does_not_reach_the_next(conn: psycopg.Connection, migrations: Migrations) -> None:
    """A dump empties the search path, for one."""
    apply_up(
        conn,
        migrations("SELECT pg_catalog.set_config('search_path', '', false);", "CREATE TABLE a ();"),
    )
    assert ["a"] == tables(conn)


def test_a_missing_extension_is_named_with_the_way_out(conn: psycopg.Connection, migrations: Migrations) -> None:
    """The embedded server does not have all of them."""
    error = refusal(conn, migrations, '-- UP\nCREATE EXTENSION IF NOT EXISTS "no_such_thing" SCHEMA public;')
    assert ("migrations/0001_step.sql", 2) == (str(error).split(":")[0], error.line)
    assert 'this server has no extension "no_such_thing"' in error.hint
    assert "JANUA_SCRATCH_URL or --database-url" in error.hint


def test_commands_of_psql_are_explained(conn: psycopg.Connection, migrations: Migrations) -> None:
    """pg_dump writes some."""
    error = refusal(conn, migrations, "\\restrict abc\n\nSELECT 1;")
    assert "psql's own commands" in error.hint


def test_copy_from_standard_input_is_explained(conn: psycopg.Connection, migrations: Migrations) -> None:
    """pg_dump writes this, too."""
    error = refusal(conn, migrations, "CREATE TABLE a (x int); COPY a FROM stdin; SELECT 1;")
    assert "write them as INSERT" in error.hint


def test_going_down_needs_every_section(conn: psycopg.Connection, migrations: Migrations) -> None:
    """Otherwise nothing runs at all."""
    steps = migrations("-- UP\nCREATE TABLE a ();\n-- DOWN\nDROP TABLE a;", "CREATE TABLE b ();")
    apply_up(conn, steps)
    with pytest.raises(MigrationError, match=r"0002_step\.sql: has no -- DOWN section"):
        apply_down(conn, steps)
    assert ["a", "b"] == tables(conn)


def test_a_connection_outside_autocommit_is_given_back_as_it_was(
    conn: psycopg.Connection, migrations: Migrations
) -> None:
    """The caller's choice is not changed."""
    conn.autocommit = False
    apply_up(conn, migrations("CREATE TABLE a ();"))
    assert not conn.autocommit
    assert ["a"] == tables(conn)
