"""The migrator: what it applies, takes back and records."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from janua.database import AsyncDatabase, Database, PoolOptions
from janua.errors import ConfigError, MigrationError
from janua.migrations import AsyncMigrator, Migrator

from .conftest import Rows

Folder = Callable[..., Path]
A = "-- UP\nCREATE TABLE a (x int);\n-- DOWN\nDROP TABLE a;\n"
B = "-- UP\nCREATE TABLE b (x int);\n-- DOWN\nDROP TABLE b;\n"
C = "-- UP\nCREATE TABLE c (x int);\n-- DOWN\nDROP TABLE c;\n"
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def tables(rows: Rows) -> list[str]:
    return [name for (name,) in rows(TABLES) if name != "janua_migrations"]


def recorded(rows: Rows) -> list[str]:
    return [name for (name,) in rows("SELECT name FROM janua_migrations WHERE under_way IS NULL ORDER BY id")]


def states(migrator: Migrator) -> list[tuple[str, str]]:
    return [(each.name, each.state) for each in migrator.status()]


def test_up_applies_all_and_records_them(db: Database, folder: Folder, rows: Rows) -> None:
    """A second time there is nothing left."""
    migrator = Migrator(db, folder(_1_a=A, _2_b=B))
    assert ["1_a.sql", "2_b.sql"] == [step.name for step in migrator.up()]
    assert (["a", "b"], ["1_a.sql", "2_b.sql"]) == (tables(rows), recorded(rows))
    assert [] == migrator.up()


async def test_the_asynchronous_one_does_the_same(url: str, folder: Folder, rows: Rows) -> None:
    """It is the source of the other."""
    async with AsyncDatabase(url) as db:
        migrator = AsyncMigrator(db, folder(_1_a=A, _2_b=B))
        await migrator.up()
        await migrator.down()
        assert [True, False] == [each.applied for each in await migrator.status()]
    assert (["a"], ["1_a.sql"]) == (tables(rows), recorded(rows))


def test_up_stops_where_it_is_told_to(db: Database, folder: Folder, rows: Rows) -> None:
    """Behind a name, with or without .sql, behind a number, or after some steps."""
    migrator = Migrator(db, folder(_1_a=A, _2_b=B, _3_c=C))
    migrator.up(to="1_a")
    assert ["a"] == tables(rows)
    migrator.up(to="2")
    assert ["a", "b"] == tables(rows)
    migrator.up(steps=1)
    assert ["a", "b", "c"] == tables(rows)


def test_down_takes_back_what_was_applied_last(db: Database, folder: Folder, rows: Rows) -> None:
    """In the order of time, not of numbers."""
    migrator = Migrator(db, folder(_1_a=A, _2_b=B, _3_c=C))
    migrator.run("2_b.sql")
    migrator.up(out_of_order=True)
    assert ["3_c.sql", "1_a.sql"] == [step.name for step in migrator.down(steps=2)]
    assert (["b"], ["2_b.sql"]) == (tables(rows), recorded(rows))


def test_down_may_go_to_a_migration(db: Database, folder: Folder, rows: Rows) -> None:
    """Which stays applied."""
    migrator = Migrator(db, folder(_1_a=A, _2_b=B, _3_c=C))
    migrator.up()
    migrator.down(to="1_a")
    assert ["a"] == tables(rows)


def test_down_needs_every_section_before_it_begins(db: Database, folder: Folder, rows: Rows) -> None:
    """Otherwise nothing is taken back."""
    migrator = Migrator(db, folder(_1_a=A.partition("-- DOWN")[0], _2_b=B))
    migrator.up()
    with pytest.raises(MigrationError, match=r"1_a\.sql: has no -- DOWN section"):
        migrator.down(steps=2)
    assert ["a", "b"] == tables(rows)


def test_redo_runs_the_last_one_again(db: Database, folder: Folder, rows: Rows) -> None:
    """With the file as it is now."""
    migrator = Migrator(db, folder(_1_a=A, _2_b=B))
    migrator.up()
    folder(_1_a=A, _2_b=B.replace("x int", "y int"))
    assert ["down", "up"] == [step.direction for step in migrator.redo()]
    assert [("y",)] == rows("SELECT attname FROM pg_attribute WHERE attrelid = 'b'::regclass AND attnum > 0")
    assert [("1_a.sql", "applied"), ("2_b.sql", "applied")] == states(migrator)


def test_status_is_as_the_table_says(db: Database, folder: Folder) -> None:
    """Name, whether, when, by whom, and how long it took."""
    migrator = Migrator(db, folder(_1_a=A, _2_b=B))
    migrator.up(steps=1)
    first, second = migrator.status()
    assert ("1_a.sql", True, "2_b.sql", False, None) == (
        first.name,
        first.applied,
        second.name,
        second.applied,
        second.applied_at,
    )
    assert first.applied_at is not None
    assert timedelta(minutes=5) > abs(datetime.now(UTC) - first.applied_at)
    assert "@" in first.applied_by
    assert first.duration_ms is not None


def test_status_changes_nothing(db: Database, folder: Folder, rows: Rows) -> None:
    """There is no tracking table before the first migration."""
    assert [("1_a.sql", "pending")] == states(Migrator(db, folder(_1_a=A)))
    assert [] == rows(TABLES)


def test_a_dry_run_tells_the_sql_and_does_nothing(db: Database, folder: Folder, rows: Rows) -> None:
    """In both directions."""
    migrator = Migrator(db, folder(_1_a=A))
    assert ["CREATE TABLE a (x int);"] == [step.sql for step in migrator.up(dry_run=True)]
    assert [] == rows(TABLES)
    migrator.up()
    assert ["DROP TABLE a;"] == [step.sql for step in migrator.down(dry_run=True)]
    assert ["a"] == tables(rows)


@pytest.mark.parametrize(
    "text",
    [
        "-- UP\n/* why */ CREATE\n\tTABLE a (x int) -- so\n;\n-- DOWN\nDROP TABLE a;",
        "CREATE TABLE a (x int)",
        "-- UP\nCREATE TABLE a (x int);;\n-- DOWN\nDROP TABLE IF EXISTS a;",
    ],
)
def test_comments_and_blanks_are_no_edit(text: str, db: Database, folder: Folder) -> None:
    """Nor is a change of the DOWN section."""
    migrator = Migrator(db, folder(_1_a=A))
    migrator.up()
    folder(_1_a=text)
    assert [("1_a.sql", "applied")] == states(migrator)
    assert [] == migrator.up()


def test_a_functions_comments_are_no_edit_but_its_text_is(db: Database, folder: Folder) -> None:
    """Where its language is one whose blanks mean nothing."""
    text = "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a  b'; END $$;"
    migrator = Migrator(db, folder(_1_f=text))
    migrator.up()
    folder(_1_f=text.replace("BEGIN", "BEGIN -- now\n"))
    assert [("1_f.sql", "applied")] == states(migrator)
    folder(_1_f=text.replace("a  b", "a b"))
    assert [("1_f.sql", "edited")] == states(migrator)


def test_an_edited_file_stops_everything(db: Database, folder: Folder, rows: Rows) -> None:
    """Until it is accepted, which runs nothing."""
    migrator = Migrator(db, folder(_1_a=A))
    migrator.up()
    folder(_1_a=A.replace("x int", "x bigint"), _2_b=B)
    assert [("1_a.sql", "edited"), ("2_b.sql", "pending")] == states(migrator)
    with pytest.raises(MigrationError, match=r"1_a\.sql: its UP section was changed after it was applied"):
        migrator.up()
    assert ["a"] == tables(rows)
    assert ["1_a.sql: is recorded as it is now"] == [str(each) for each in migrator.repair()]
    migrator.up()
    assert ["a", "b"] == tables(rows)


def test_a_deleted_file_is_told_and_is_no_obstacle(db: Database, folder: Folder) -> None:
    """The database may belong to a newer version, whose files this one does not have."""
    migrator = Migrator(db, folder(_1_a=A, _2_b=B))
    migrator.up()
    folder(_1_a=A)
    assert [("1_a.sql", "applied"), ("2_b.sql", "missing")] == states(migrator)
    assert [] == migrator.up()
    with pytest.raises(MigrationError, match=r"2_b\.sql: there is no such file any more"):
        migrator.down()
    assert ["2_b.sql: is not recorded any more"] == [str(each) for each in migrator.repair(forget=["2_b"])]
    assert [("1_a.sql", "applied")] == states(migrator)


def test_a_renamed_file_is_not_applied_again(db: Database, folder: Folder) -> None:
    """It is known by what it says."""
    migrator = Migrator(db, folder(_1_a=A))
    migrator.up()
    folder(_7_a=A)
    assert [("7_a.sql", "renamed"), ("1_a.sql", "missing")] == states(migrator)
    with pytest.raises(MigrationError, match=r"7_a\.sql: is applied as 1_a\.sql"):
        migrator.up()
    assert ["1_a.sql: is recorded as 7_a.sql"] == [str(each) for each in migrator.repair()]
    assert [("7_a.sql", "applied")] == states(migrator)


def test_one_that_comes_before_an_applied_one_is_not_run_by_the_way(db: Database, folder: Folder, rows: Rows) -> None:
    """Only where that is asked for."""
    migrator = Migrator(db, folder(_1_a=A, _3_c=C))
    migrator.up()
    folder(_1_a=A, _2_b=B, _3_c=C)
    assert ("2_b.sql", "out of order") in states(migrator)
    with pytest.raises(MigrationError, match=r"2_b\.sql: a later one is applied\nhint .*--out-of-order"):
        migrator.up()
    migrator.up(out_of_order=True)
    assert ["a", "b", "c"] == tables(rows)


def test_duplicate_numbers_are_refused(db: Database, folder: Folder, rows: Rows) -> None:
    """Before anything is asked of the database."""
    with pytest.raises(MigrationError, match="has the same number as"):
        Migrator(db, folder(_1_a=A, _01_b=B)).up()
    assert [] == rows(TABLES)


def test_a_refused_migration_leaves_nothing_and_is_not_recorded(db: Database, folder: Folder, rows: Rows) -> None:
    """Those before it are; the message has the place and the statement."""
    migrator = Migrator(db, folder(_1_a=A, _2_b="CREATE TABLE b ();\nSELECT nothing FROM b;\nCREATE TABLE d ();"))
    with pytest.raises(MigrationError) as caught:
        migrator.up()
    assert 'migrations/2_b.sql:2:8: column "nothing" does not exist [42703]' == str(caught.value).splitlines()[0]
    assert "SELECT nothing FROM b" == caught.value.statement
    assert (["a"], ["1_a.sql"]) == (tables(rows), recorded(rows))


def test_a_failure_at_commit_is_not_recorded_either(db: Database, folder: Folder, rows: Rows) -> None:
    """Deferred constraints are checked there."""
    text = "CREATE TABLE d (id int PRIMARY KEY, next int REFERENCES d INITIALLY DEFERRED); INSERT INTO d VALUES (1, 2);"
    with pytest.raises(MigrationError, match="at COMMIT"):
        Migrator(db, folder(_1_a=A, _2_d=text)).up()
    assert (["a"], ["1_a.sql"]) == (tables(rows), recorded(rows))


def test_outside_a_transaction_it_goes_on_where_it_has_failed(db: Database, folder: Folder, rows: Rows) -> None:
    """The statement may be corrected; what has run is not run again."""
    text = "CREATE TABLE d (x int);\nINSERT INTO d VALUES (1);\nCREATE INDEX CONCURRENTLY d_x ON d ({});\nVACUUM d;"
    migrator = Migrator(db, folder(_1_d=text.format("y")))
    with pytest.raises(MigrationError, match=r'1_d\.sql:3:.* "y" does not exist'):
        migrator.up()
    (status,) = migrator.status()
    assert ("unfinished", False, "half applied: stopped behind statement 2") == (
        status.state,
        status.applied,
        status.note,
    )
    with pytest.raises(MigrationError, match="half applied"):
        migrator.down()
    folder(_1_d=text.format("x"))
    migrator.up()
    assert [(1,)] == rows("SELECT x FROM d")
    assert [("1_d.sql", "applied")] == states(migrator)


def test_what_has_run_must_not_be_changed(db: Database, folder: Folder) -> None:
    """Otherwise the file would say what never was."""
    text = "CREATE TABLE d ({} int);\nCREATE INDEX CONCURRENTLY d_y ON d (y);"
    migrator = Migrator(db, folder(_1_d=text.format("x")))
    with pytest.raises(MigrationError, match="does not exist"):
        migrator.up()
    folder(_1_d=text.format("y"))
    with pytest.raises(MigrationError, match="its first 1 statements have run already"):
        migrator.up()


def test_an_index_that_cannot_be_built_is_not_left_behind(db: Database, folder: Folder, rows: Rows) -> None:
    """PostgreSQL leaves an invalid one, with or without a name."""
    text = "CREATE TABLE d (x int);\nINSERT INTO d VALUES (1), (1);\nCREATE UNIQUE INDEX CONCURRENTLY {} ON d (x);"
    for name in ("d_x", ""):
        migrator = Migrator(db, folder(_1_d=text.format(name)))
        with pytest.raises(MigrationError, match=r"(?s)could not create unique index.*left behind invalid, is dropped"):
            migrator.up()
        assert [] == rows("SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'd'::regclass")


def test_a_transaction_of_the_file_itself_is_done_as_a_whole(db: Database, folder: Folder, rows: Rows) -> None:
    """With its record."""
    text = "-- janua: no-transaction\nBEGIN; CREATE TABLE d (); CREATE TABLE e (); COMMIT; BEGIN; DROP TABLE d; DROP x;"
    migrator = Migrator(db, folder(_1_d=text))
    with pytest.raises(MigrationError, match="begins a transaction and does not end it"):
        migrator.up()
    folder(_1_d=text.replace("DROP x", "SELECT 1/0; COMMIT"))
    with pytest.raises(MigrationError, match="division by zero"):
        migrator.up()
    assert (["d", "e"], [(4,)]) == (tables(rows), rows("SELECT done FROM janua_migrations"))


def test_a_procedure_that_commits_is_run_where_it_can(db: Database, folder: Folder, rows: Rows) -> None:
    """It is tried in a transaction first, which it refuses."""
    text = (
        "-- janua: no-transaction\nCREATE TABLE d (x int);\n"
        "DO $$ BEGIN FOR i IN 1..3 LOOP INSERT INTO d VALUES (i); COMMIT; END LOOP; END $$;"
    )
    Migrator(db, folder(_1_d=text)).up()
    assert [(3,)] == rows("SELECT count(*) FROM d")


def test_settings_of_a_session_are_there_when_it_goes_on(db: Database, folder: Folder, rows: Rows) -> None:
    """And do not reach the next migration, nor the service."""
    text = "-- janua: no-transaction\nCREATE SCHEMA s; SET search_path = s; CREATE TABLE d (); SELECT {};"
    migrator = Migrator(db, folder(_1_d=text.format("1/0"), _2_a=A))
    with pytest.raises(MigrationError, match="division by zero"):
        migrator.up()
    folder(_1_d=text.format("'d'::regclass"), _2_a=A)
    migrator.up()
    assert ["a"] == tables(rows)
    assert [{"search_path": '"$user", public'}] == db.raw("SHOW search_path")


def test_a_role_that_a_migration_takes_on_does_not_hinder_the_record(db: Database, folder: Folder, rows: Rows) -> None:
    """It may have no rights on the tracking table."""
    text = "SET LOCAL ROLE pg_read_all_data; SELECT 1;"
    Migrator(db, folder(_1_d=text)).up()
    assert ["1_d.sql"] == recorded(rows)


def test_limits_of_the_service_do_not_hold(url: str, folder: Folder, rows: Rows) -> None:
    """A migration may take as long as it does."""
    with Database(url, pool=PoolOptions(statement_timeout=0.1)) as db:
        Migrator(db, folder(_1_d="CREATE TABLE a (); SELECT pg_sleep(0.3);")).up()
        assert [{"statement_timeout": "100ms"}] == db.raw("SHOW statement_timeout")
    assert ["a"] == tables(rows)


@pytest.mark.parametrize("name", ["ops.migrations", '"Odd Name"', "migrations"])
def test_the_table_may_be_called_as_one_likes(name: str, db: Database, folder: Folder, rows: Rows) -> None:
    """Its schema is made."""
    Migrator(db, folder(_1_a=A), table=name).up()
    assert [(name,)] == rows("SELECT attrelid::regclass::text FROM pg_attribute WHERE attname = 'done_checksum'")


def test_the_right_to_make_tables_is_enough(url: str, db: Database, folder: Folder, rows: Rows) -> None:
    """Schemas that are there already need no right to make schemas."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("CREATE ROLE janua_deployer LOGIN; GRANT CREATE ON SCHEMA public TO janua_deployer")
        try:
            with Database(url, user="janua_deployer") as deployer:
                Migrator(deployer, folder(_1_a=A)).up()
            assert ["a"] == tables(rows)
        finally:
            admin.execute("DROP OWNED BY janua_deployer; DROP ROLE janua_deployer")


@pytest.mark.parametrize("data", ["1\n", "it's\n", "a;b\n"])
def test_rows_of_a_copy_are_refused_with_what_to_do(data: str, db: Database, folder: Folder, rows: Rows) -> None:
    """Before anything runs, and not as if they were SQL."""
    text = f"-- UP\nCREATE TABLE a (x text);\nCOPY public.a (x) FROM stdin;\n{data}\\.\n\nSELECT 'x';\n"
    with pytest.raises(MigrationError, match=r"1_a.sql:3:1: COPY … FROM stdin: (?s:.*)janua seed run"):
        Migrator(db, folder(_1_a=text)).up()
    assert [] == tables(rows)


def test_a_table_of_another_tool_is_left_alone(db: Database, folder: Folder) -> None:
    """It has other columns."""
    db.raw("CREATE TABLE migrations (version text)")
    with pytest.raises(ConfigError, match=r"the table public\.migrations is not one that janua made"):
        Migrator(db, folder(_1_a=A), table="migrations").up()


@pytest.mark.parametrize("name", ["", "a.b.c", "a b", "a;b", "'a'"])
def test_what_is_no_name_of_a_table_is_refused(name: str, db: Database, folder: Folder) -> None:
    """It becomes part of SQL."""
    with pytest.raises(ConfigError, match="the tracking table must be named"):
        Migrator(db, folder(_1_a=A), table=name)


def test_a_pool_that_shares_connections_is_refused(url: str, folder: Folder) -> None:
    """A session's lock would be somebody else's."""
    with pytest.raises(ConfigError, match="not to PgBouncer"):
        Migrator(Database(url, pgbouncer=True), folder(_1_a=A))


def test_baseline_records_without_running(db: Database, folder: Folder, rows: Rows) -> None:
    """Up to a migration."""
    migrator = Migrator(db, folder(_1_a=A, _2_b=B))
    migrator.baseline(to="1_a")
    migrator.up()
    assert (["b"], ["1_a.sql", "2_b.sql"]) == (tables(rows), recorded(rows))


def test_an_unknown_name_is_refused_with_the_closest_one(db: Database, folder: Folder) -> None:
    """Before anything is done."""
    with pytest.raises(ConfigError, match="there is no migration '1_b'; did you mean \"1_a\""):
        Migrator(db, folder(_1_a=A)).run("1_b")


def test_an_invalid_index_in_the_way_is_replaced(db: Database, folder: Folder, rows: Rows, url: str) -> None:
    """IF NOT EXISTS would take it for what is asked for."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("CREATE TABLE d (x int); INSERT INTO d VALUES (1), (1)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            conn.execute("CREATE UNIQUE INDEX CONCURRENTLY d_x ON d (x)")
    Migrator(db, folder(_1_d="CREATE INDEX CONCURRENTLY IF NOT EXISTS d_x ON d (x);")).up()
    assert [(True, False)] == rows("SELECT indisvalid, indisunique FROM pg_index WHERE indrelid = 'd'::regclass")


def test_a_new_migration_gets_the_next_number_and_a_template(db: Database, folder: Folder) -> None:
    """It overwrites nothing."""
    found = folder(_0001_a=A)
    (path,) = Migrator(db, found).create("Create products table")
    assert (found / "0002_create_products_table.sql", "-- UP\n\n\n-- DOWN\n\n") == (path, path.read_text())


def test_a_new_migration_is_written_as_the_others(db: Database, folder: Folder) -> None:
    """In their tool's style, by times where they have some."""
    found = folder(_20260101120000_a="-- migrate:up\nSELECT 1;\n-- migrate:down\n")
    (path,) = Migrator(db, found).create("b")
    assert path.read_text().startswith("-- migrate:up")
    assert 14 == len(path.name.partition("_")[0])
    found = folder(**{"1_a.up": "SELECT 1;", "1_a.down": ""})
    assert ["2_b.up.sql", "2_b.down.sql"] == [each.name for each in Migrator(db, found).create("b")]


async def test_a_cancelled_migration_leaves_nothing(url: str, folder: Folder, rows: Rows) -> None:
    """Neither of itself, nor a lock."""
    async with AsyncDatabase(url) as db:
        migrator = AsyncMigrator(db, folder(_1_a=f"{A.partition('-- DOWN')[0]} SELECT pg_sleep(60);"), patience=20)
        task = asyncio.create_task(migrator.up())
        while not rows("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"):
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [] == tables(rows)
        folder(_1_a=A)
        await migrator.up()
    assert (["a"], ["1_a.sql"]) == (tables(rows), recorded(rows))
