"""The migration folders of other tools, read as they are."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from janua.errors import MigrationError
from janua.migrations import Migration, Style, apply_down, apply_up, build_schema, read_migrations

from ..conftest import Write

# A function that looks like all marks at once, and a string that does.
DECOYS = """
CREATE FUNCTION noise() RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
-- +goose Down
-- +migrate Down
-- migrate:down
---- create above / drop below ----
-- DOWN
    RETURN 'a;b';
END;
$fn$;
COMMENT ON FUNCTION noise() IS '
-- +goose Down
-- migrate:down
';
"""
MARKED = {
    Style.GOOSE: (
        "-- +goose Up\n-- +goose StatementBegin\n{up}\n-- +goose StatementEnd\n",
        "-- +goose Down\n{down}",
    ),
    Style.SQL_MIGRATE: (
        "-- +migrate Up\n-- +migrate StatementBegin\n{up}\n-- +migrate StatementEnd\n",
        "-- +migrate Down\n{down}",
    ),
    Style.DBMATE: ("-- migrate:up\n{up}\n", "-- migrate:down\n{down}"),
    Style.TERN: ("{up}\n", "---- create above / drop below ----\n{down}"),
    Style.NODE_PG_MIGRATE: ("-- Up Migration\n{up}\n", "-- Down Migration\n{down}"),
    Style.OTHER: ("-- ====  UP  ====\n{up}\n", "-- ==== DOWN ====\n{down}"),
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def fill(write: Write, *names: str, text: str = "SELECT 1;", **texts: str) -> Path:
    for name in names:
        write(f"db/{name}", texts.get(name, text))
    return Path("db")


def complaint(folder: Path) -> str:
    with pytest.raises(MigrationError) as caught:
        read_migrations(folder)
    return str(caught.value)


def tables(conn: psycopg.Connection) -> list[str]:
    rows = conn.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    return sorted(name for (name,) in rows)


@pytest.mark.parametrize("style", MARKED, ids=lambda style: style.value)
def test_marks_divide_a_file(conn: psycopg.Connection, write: Write, style: Style) -> None:
    """Those inside of functions and strings do not."""
    up, down = MARKED[style]
    write("db/20240101_first.sql", (up + down).format(up=f"CREATE TABLE a ();\n{DECOYS}", down="DROP TABLE a;"))
    write("db/20240102_second.sql", (up + down).format(up="CREATE TABLE b ();", down="DROP TABLE b;"))
    steps = read_migrations(Path("db"))
    assert [style] * 2 == [step.style for step in steps]
    apply_up(conn, steps)
    assert ["a", "b"] == tables(conn)
    apply_down(conn, steps)
    assert [] == tables(conn)


def test_golang_migrate_has_two_files_for_a_migration(conn: psycopg.Connection, write: Write) -> None:
    """They belong together by number, and go by number: 10 comes after 9."""
    for number in (9, 10, 1):
        write(f"db/{number}_make.up.sql", f"BEGIN;\nCREATE TABLE t{number} ();\nCOMMIT;")
        write(f"db/{number}_unmake.down.sql", f"DROP TABLE t{number};")
    steps = read_migrations(Path("db"))
    assert ["1_make", "9_make", "10_make"] == [step.name for step in steps]
    apply_up(conn, steps)
    assert ["t1", "t10", "t9"] == tables(conn)
    apply_down(conn, steps[1:])
    assert ["t1"] == tables(conn)


def test_a_migration_may_be_a_folder(conn: psycopg.Connection, write: Write) -> None:
    """As with Diesel; the folders' names order them, however their dates are written."""
    write("db/2024-03-01-110000_more/up.sql", "ALTER TABLE a ADD b int REFERENCES b;")
    write("db/2024-01-31-120000_first/up.sql", "CREATE TABLE a ();")
    write("db/2024-01-31-120000_first/down.sql", "DROP TABLE a;")
    write("db/2024-02-01-110000_second/up.sql", "CREATE TABLE b (id int PRIMARY KEY);")
    write("db/2024-02-01-110000_second/down.sql", "DROP TABLE b CASCADE;")
    write("db/diesel.toml", "")
    steps = read_migrations(Path("db"))
    assert ["2024-01-31-120000_first", "2024-02-01-110000_second", "2024-03-01-110000_more"] == [
        step.name for step in steps
    ]
    build_schema(conn, steps)
    assert ["a", "b"] == tables(conn)
    apply_down(conn, steps[:2])
    assert [] == tables(conn)


def test_a_folder_may_hold_one_file_for_a_migration(conn: psycopg.Connection, write: Write) -> None:
    """As with Prisma, which takes one date twice."""
    write("db/20240101000000_b/migration.sql", "ALTER TABLE a ADD b int;")
    write("db/20240101000000_a/migration.sql", "CREATE TABLE a ();")
    write("db/0_init/migration.sql", "CREATE SCHEMA IF NOT EXISTS public;")
    write("db/migration_lock.toml", 'provider = "postgresql"')
    steps = read_migrations(Path("db"))
    assert ["0_init", "20240101000000_a", "20240101000000_b"] == [step.name for step in steps]
    assert {Style.PLAIN} == {step.style for step in steps}
    build_schema(conn, steps)
    assert ["a"] == tables(conn)


def test_an_error_in_a_folder_of_one_migration_names_the_file(conn: psycopg.Connection, write: Write) -> None:
    """All of these files are called the same."""
    write("db/1_a/migration.sql", "SELECT 1;\nSELECT 1 +;")
    with pytest.raises(MigrationError) as caught:
        build_schema(conn, read_migrations(Path("db")))
    assert str(caught.value).startswith("db/1_a/migration.sql:2:")


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("-- +micrate Up\n-- +micrate StatementBegin", "-- +micrate StatementEnd\n-- +micrate Down"),
        ("-- rambler up", "-- rambler down"),
        ("-- !Ups", "-- !Downs"),
        ("-- --- !Ups", "-- --- !Downs"),
        ("-- // first users", "-- //@UNDO"),
    ],
)
def test_other_tools_have_their_marks(write: Write, up: str, down: str) -> None:
    """What is below the second is never run with what is above it."""
    write("db/1_a.sql", f"{up}\nSELECT 1;\n{down}\nSELECT 2;\n")
    [step] = read_migrations(Path("db"))
    assert step.down is not None
    assert (Style.OTHER, True, False) == (step.style, "SELECT 1;" in step.up.sql, "SELECT 2;" in step.up.sql)
    assert ["SELECT 2;"] == step.down.sql.split("\n")[1:2]


def test_sqlx_takes_files_without_a_way_back_beside_the_others(write: Write) -> None:
    """A file that only has a number is applied in its turn."""
    fill(write, "1_a.sql", "2_b.up.sql", "2_b.down.sql", "3_c.sql")
    steps = read_migrations(Path("db"))
    assert [("1_a", False), ("2_b", True), ("3_c", False)] == [(step.name, step.down is not None) for step in steps]


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("CREATE TABLE a (b blob);", "PostgreSQL calls it bytea: write that, or CREATE DOMAIN blob AS bytea in a file"),
        ("CREATE TABLE a (b no_such_type);", ""),
        ("CREATE TABLE a (b int REFERENCES auth.users);", "no migration makes it: put a file first that makes auth"),
        ("GRANT SELECT ON a TO ${reader};", "if this stands for something that a tool fills in"),
        ("CREATE TABLE `a` (b int);", 'PostgreSQL quotes names with "'),
        ("SELECT 1 +;", ""),
    ],
)
def test_what_is_of_another_dialect_is_explained(conn: psycopg.Connection, write: Write, sql: str, hint: str) -> None:
    """Other mistakes are not."""
    write("db/1_a.sql", sql)
    with pytest.raises(MigrationError) as caught:
        build_schema(conn, read_migrations(Path("db")))
    assert (True, bool(hint)) == (caught.value.hint.startswith(hint), bool(caught.value.hint))


def test_node_pg_migrate_needs_no_marks(write: Write) -> None:
    """A file without them is applied as a whole."""
    write("db/1700000000000_one.sql", "-- UP migration\nSELECT 1;\n-- Down Migration (not tried)\nSELECT 2;")
    write("db/1700000000001_two.sql", "SELECT 3;")
    assert [(["SELECT 1;"], ["SELECT 2;"]), (["SELECT 3;"], [])] == [
        (step.up.sql.split("\n")[1:-1] or [step.up.sql], step.down.sql.split("\n")[1:] if step.down else [])
        for step in read_migrations(Path("db"))
    ]


def test_an_error_in_a_down_file_is_shown_there(conn: psycopg.Connection, write: Write) -> None:
    """With its own lines."""
    write("db/1_a.up.sql", "CREATE TABLE a ();")
    write("db/1_a.down.sql", "\n\nDROP TABLE nothing;")
    with pytest.raises(MigrationError) as caught:
        apply_down(conn, read_migrations(Path("db")))
    assert str(caught.value).startswith('db/1_a.down.sql:3:12: table "nothing" does not exist')


def test_flyway_orders_versions_and_then_the_repeatable_ones(write: Write) -> None:
    """What undoes is left out."""
    folder = fill(write, "V2__b.sql", "V1.10__a.sql", "V1_9__a.sql", "R__views.sql", "U2__b.sql")
    assert ["V1_9__a", "V1.10__a", "V2__b", "R__views"] == [step.name for step in read_migrations(folder)]


def test_sql_migrate_takes_one_number_twice(write: Write) -> None:
    """It tells migrations apart by their whole names."""
    folder = fill(write, "2-b.sql", "10-c.sql", "2-a.sql", text="-- +migrate Up\n")
    assert ["2-a", "2-b", "10-c"] == [step.name for step in read_migrations(folder)]


def test_parts_may_take_turns_in_sql_migrate(write: Write) -> None:
    """Every character keeps its place."""
    text = "-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n-- +migrate Up\nSELECT 3;\n"
    write("db/1_a.sql", text)
    [step] = read_migrations(Path("db"))
    assert ["SELECT 1;", "SELECT 3;"] == [line.strip() for line in step.up.sql.splitlines() if line.strip()]
    assert text.index("SELECT 3") == step.up.offset + step.up.sql.index("SELECT 3")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;", False),
        ("-- +migrate Up notransaction\nSELECT 1;", False),
        ("-- migrate:up transaction:false\nSELECT 1;", False),
        ("-- migrate:up transaction:true\nSELECT 1;", True),
        ("-- atlas:txmode none\n\nSELECT 1;", False),
    ],
)
def test_a_file_may_ask_to_run_outside_a_transaction(write: Write, text: str, expected: bool) -> None:
    """Each tool has its own word for it."""
    write("db/1_a.sql", text)
    assert [expected] == [step.is_transactional for step in read_migrations(Path("db"))]


def test_plain_schemas_go_by_name_in_the_order_of_the_paths(write: Write) -> None:
    """A folder, a file, and the matches of a pattern."""
    for name in ("z/b.sql", "z/a.sql", "z/.hidden.sql", "one.sql", "p/2.sql", "p/1.sql"):
        write(name, "SELECT 1;")
    steps = read_migrations([Path("z"), Path("one.sql"), [Path("p/1.sql"), Path("p/2.sql")]])
    assert ["a", "b", "one", "1", "2"] == [step.name for step in steps]
    assert {Style.PLAIN} == {step.style for step in steps}


def test_numbers_of_several_parts_are_compared_part_by_part(write: Write) -> None:
    """Dates, for one."""
    folder = fill(write, "2024_10_a.sql", "2024_9_b.sql")
    assert ["2024_9_b", "2024_10_a"] == [step.name for step in read_migrations(folder)]


def test_goose_migrations_in_go_are_left_out(write: Write, caplog: pytest.LogCaptureFixture) -> None:
    """With a warning."""
    folder = fill(write, "0001_a.sql", text="-- +goose Up\n")
    write("db/0002_fill.go", "package db")
    write("db/embed.go", "package db")
    assert ["0001_a"] == [step.name for step in read_migrations(folder)]
    assert ["db/0002_fill.go: left out: it is written in Go"] == caplog.messages


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"1_a.up.sql": "", "01_b.up.sql": ""}, "1_a.up.sql: has the same number as 01_b.up.sql"),
        ({"1_a.up.sql": "", "2_a.down.sql": ""}, "2_a.down.sql: there is no .up.sql of this number"),
        ({"1_a.up.sql": "", "seed.sql": ""}, "seed.sql: is neither .up.sql nor .down.sql"),
        (
            {"1_a.sql": "-- +goose Up", "2_b.sql": "-- migrate:up"},
            "2_b.sql: is written for dbmate, and 1_a.sql for goose",
        ),
        ({"1_a.sql": "-- +goose Up", "1_b.sql": "-- +goose Up"}, "1_b.sql: has the same number as 1_a.sql"),
        ({"1_a.sql": "-- +goose Up", "2_b.sql": "SELECT 1;"}, "2_b.sql: has no line -- +goose Up"),
        ({"a.sql": "-- +goose Up"}, "a.sql: its name does not begin with a number"),
        ({"1_a.sql": "-- +goose Up\n-- +goose Up"}, "1_a.sql:2:1: a second -- +goose Up: the first one is in line 1"),
        ({"1_a.sql": "-- +goose Up\n-- +goose Upp"}, '1_a.sql:2:1: goose knows no mark "Upp"'),
        ({"1_a.sql": "-- +goose Up\n-- migrate:down"}, "1_a.sql:2:1: a mark of dbmate in a file for goose"),
        ({"1_a.sql": "-- migrate:down\n-- migrate:up"}, "1_a.sql:1:1: -- migrate:down stands before -- migrate:up"),
        ({"1_a.sql": "SELECT 1;\n-- +migrate Up"}, "1_a.sql:1:1: SQL before -- +migrate Up would never run"),
        (
            {"1_a.sql": "-- +goose Up\n  -- +goose StatementBegin\nSELECT 1;"},
            "1_a.sql:2:3: StatementBegin without StatementEnd",
        ),
        (
            {"1_a.sql": "-- +goose Up\n-- +goose StatementBegin\n-- +goose Down"},
            "1_a.sql:2:1: StatementBegin without StatementEnd",
        ),
        ({"1_a.sql": "-- +goose Up\n-- +goose StatementEnd"}, "1_a.sql:2:1: StatementEnd without StatementBegin"),
        ({"1_a/down.sql": ""}, "1_a/down.sql: there is no .up.sql of this number"),
    ],
)
def test_what_is_odd_is_refused(write: Write, files: dict[str, str], expected: str) -> None:
    """With the file, and the place in it."""
    for name, text in files.items():
        write(f"db/{name}", text)
    assert complaint(Path("db")).startswith(f"db/{expected}")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            ["pg/1_a.sql", "my/1_a.sql", ".git/x.sql"],
            'has no .sql file itself; name the folder that is meant: "db/my", "db/pg"',
        ),
        (["env.py", "versions/1a_users.py"], "has no .sql file, but env.py; write the schema that it makes to a file"),
    ],
)
def test_a_folder_without_sql_says_where_it_is(write: Write, files: list[str], expected: str) -> None:
    """Or how to get some; an empty folder is fine."""
    for name in files:
        write(f"db/{name}", "")
    assert complaint(Path("db")).startswith(f"db: {expected}")
    Path("empty").mkdir()
    assert [] == read_migrations(Path("empty"))


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    """As any other error."""
    assert complaint(Path("db")).startswith("db: cannot be read: ")


def build(conn: psycopg.Connection, write: Write, text: str, name: str = "schema.sql") -> list[Migration]:
    steps = read_migrations(write(f"db/{name}", text).parent)
    build_schema(conn, steps)
    return steps


def test_a_new_value_of_an_enum_can_be_used_at_once(conn: psycopg.Connection, write: Write) -> None:
    """Where a file does not fit into one transaction, it runs statement by statement."""
    write("db/1_a.sql", "-- +goose Up\nCREATE TYPE mood AS ENUM ('sad');")
    build(
        conn,
        write,
        "-- +goose Up\nALTER TYPE mood ADD VALUE 'ok';\nCREATE TABLE a (m mood DEFAULT 'ok');\n"
        "CREATE INDEX CONCURRENTLY ON a (m);\nVACUUM a;\nALTER SYSTEM SET work_mem = '1MB';",
        "2_b.sql",
    )
    assert ["a"] == tables(conn)
    assert ("'ok'::mood",) == conn.execute("SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef").fetchone()


DUMP = r"""
\restrict abc'def
SET statement_timeout = 0;
SET transaction_timeout = 0;
SET no_such_parameter_of_this_server = 1;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE SCHEMA app AUTHORIZATION nobody_here;
CREATE SCHEMA public;
ALTER SCHEMA app OWNER TO nobody_here;
COMMENT ON SCHEMA public IS 'standard public schema';
CREATE TABLE public.users (id integer NOT NULL, name text);
ALTER TABLE public.users OWNER TO nobody_here;
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
COPY public.users (id, name) FROM stdin;
1	it's; -- +goose Up
2	\N
\.

CREATE TABLE app.notes (id integer);
GRANT SELECT ON TABLE public.users TO nobody_here;
REVOKE ALL ON SCHEMA public FROM nobody_here;
ALTER DEFAULT PRIVILEGES FOR ROLE nobody_here IN SCHEMA public GRANT ALL ON TABLES TO nobody_here;
ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON public.users TO nobody_here USING (true);
ALTER DATABASE somewhere SET search_path = app;
GRANT CONNECT ON DATABASE somewhere TO PUBLIC;
SELECT 'CREATE DATABASE x' WHERE false\gexec
CREATE TABLE app.later (id integer);
\connect somewhere
\unrestrict abc'def
"""


def test_a_dump_is_a_schema(conn: psycopg.Connection, write: Write) -> None:
    """Its roles, its data and psql's lines are not needed to know types."""
    build(conn, write, DUMP)
    found = conn.execute("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND oid > 16384 ORDER BY 1")
    assert ["app.later", "app.notes", "users"] == [name for (name,) in found]
    assert (0,) == conn.execute("SELECT count(*) FROM users").fetchone()


def test_an_error_in_a_dump_is_shown_in_its_place(conn: psycopg.Connection, write: Write) -> None:
    """What is left out keeps its lines."""
    with pytest.raises(MigrationError) as caught:
        build(conn, write, DUMP + "CREATE TABLE b (x nothing);\n")
    assert f"db/schema.sql:{DUMP.count(chr(10)) + 1}:19: type" in str(caught.value)


def test_plain_files_may_name_what_a_later_one_makes(conn: psycopg.Connection, write: Write) -> None:
    """sqlc does not look at the order either."""
    write("db/a.sql", "CREATE TABLE a (b_id int REFERENCES b); CREATE VIEW v AS SELECT b_id FROM a;")
    build(conn, write, "CREATE TABLE b (id int PRIMARY KEY);", "b.sql")
    assert ["a", "b"] == tables(conn)


def test_queries_in_a_schema_are_left_out(conn: psycopg.Connection, write: Write) -> None:
    """A file may be a schema and hold queries at once."""
    build(
        conn, write, "CREATE TABLE a (x int);\n\n-- name: GetA :one\nSELECT * FROM a WHERE x = $1;\nCREATE TABLE b ();"
    )
    assert ["a", "b"] == tables(conn)


def test_a_role_that_exists_already_is_not_made_again(conn: psycopg.Connection, write: Write) -> None:
    """Roles belong to the server, which may have been used before."""
    [(me,)] = conn.execute("SELECT quote_ident(current_user)").fetchall()
    build(conn, write, f"CREATE ROLE {me};\nCREATE TABLE a ();\nALTER TABLE a OWNER TO {me};")
    assert ["a"] == tables(conn)


def test_our_own_files_are_built_as_they_are_applied(conn: psycopg.Connection, write: Write) -> None:
    """But for roles: what would fail when it is applied fails here."""
    write("db/0001_a.sql", "-- UP\nCREATE TABLE a (); GRANT SELECT ON a TO nobody_here;\n-- DOWN\n")
    with pytest.raises(MigrationError, match="COMMIT in a migration"):
        build(conn, write, "-- UP\nCREATE TABLE b (); COMMIT;", "0002_b.sql")
    assert ["a"] == tables(conn)
