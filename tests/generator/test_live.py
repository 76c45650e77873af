"""``janua check --live``: what it finds in a database that is not as the migrations make it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from .conftest import NewProject
from .sandbox import Outcome, Sandbox

SCHEMA = """
CREATE TYPE state AS ENUM ('new', 'done');
CREATE TYPE place AS (x int, y int);
CREATE TABLE owners (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE, note text);
CREATE TABLE jobs (
    id int PRIMARY KEY, owner_id int NOT NULL REFERENCES owners, title text NOT NULL, state state NOT NULL,
    place place, done_on date
);
CREATE VIEW named AS SELECT j.id, o.name FROM jobs j JOIN owners o ON o.id = j.owner_id;
CREATE FUNCTION doubled(n int) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT n * 2';
"""
OWNERS = """-- name: owner
SELECT * FROM owners WHERE email = :email;

-- name: named_owner :one
SELECT id FROM owners WHERE email = :email;

-- name: add_owner
INSERT INTO owners (id, name, email, note) VALUES (:id, :name, :email, :note);

-- name: load_owners :copy
INSERT INTO owners (id, name, email) VALUES (:id, :name, :email);
"""
JOBS = """-- name: owner_of :one
-- @allow many-rows
SELECT name FROM named WHERE id = :id;

-- name: search :many
-- @optional title
-- @order newest = done_on DESC NULLS LAST; first = id
SELECT id, title, state FROM jobs WHERE owner_id = :owner AND title = :title ORDER BY 1;

-- name: pages
-- @page done_on, id
SELECT id, done_on, place FROM jobs;

-- name: double :one
SELECT doubled(3) AS n;

-- name: as_json :many
SELECT jsonb_build_object('id', id, 'title', title) AS job FROM jobs;
"""
FILES: dict[str, str | bytes] = {
    "migrations/0001_all.sql": SCHEMA,
    "queries/owners.sql": OWNERS,
    "queries/jobs.sql": JOBS,
}
LEFT_OUT = 'tables = "none"\n'


@dataclass(frozen=True)
class Live:
    """A project that has been generated, and a running database."""

    project: Sandbox
    url: str

    def change(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.encode())

    def check(self, *options: str) -> Outcome:
        return self.project.run("check", "--live", self.url, *options)

    def findings(self, severity: str = "errors") -> list[str]:
        """Return place and message of each."""
        outcome = self.check("--json")
        assert outcome.code in (0, 1), outcome.err
        found = json.loads(outcome.out)[severity]
        return [f"{each['file']}:{each['line']}:{each['column']}: {each['message']}" for each in found]


@contextmanager
def running(project: Sandbox) -> Iterator[Live]:
    assert 0 == project.run().code
    name = f"janua_live_{uuid4().hex[:12]}"
    with psycopg.connect(project.url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        live = Live(project, make_conninfo(project.url, dbname=name))
        live.change(SCHEMA)
        yield live
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def live(new_project: NewProject) -> Iterator[Live]:
    """A database that fits, to be changed; without tables for the builder, which find the same once more."""
    with running(new_project(FILES, LEFT_OUT)) as found:
        yield found


def test_a_database_that_fits_has_no_findings(live: Live) -> None:
    """Exit 0, with the address and no user."""
    live.change("CREATE TABLE others (id int); ALTER TABLE owners ADD COLUMN more text")
    outcome = live.check()
    assert (0, "") == (outcome.code, outcome.err)
    said = outcome.out.splitlines()[1]
    assert ("the live database ", True, False) == (said[:18], " fits (9 queries, " in said, "postgres@" in said)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "ALTER TABLE owners ALTER name DROP NOT NULL",
            [
                "jobs.sql:3:8: name may be NULL in the live database, and is never None in the generated code",
                "owners.sql:1:10: name may be NULL in the live database, and is never None in the generated code",
            ],
        ),
        (
            "ALTER TABLE jobs ALTER title DROP NOT NULL",
            [
                "jobs.sql:8:12: title may be NULL in the live database, and is never None in the generated code",
                "jobs.sql:18:56: the JSON in job is built otherwise in the live database",
            ],
        ),
        (
            "ALTER TABLE owners DROP CONSTRAINT owners_email_key",
            [
                "owners.sql:1:10: it is generated as :optional, and may return more than one row in the live database",
                "owners.sql:4:10: query named_owner is declared :one but may return more than one row"
                " in the live database",
            ],
        ),
        (
            "ALTER TABLE owners ALTER note SET NOT NULL",
            ["owners.sql:8:72: :note may be None in the generated code, and the live database takes no NULL there"],
        ),
        (
            "ALTER TABLE jobs ALTER done_on TYPE timestamp",
            [
                "jobs.sql:10:10: its pages go by done_on: timestamp without time zone, id: integer"
                " in the live database, and by done_on: date, id: integer in the generated code",
                "jobs.sql:12:12: done_on is timestamp without time zone in the live database,"
                " and date in the generated code",
            ],
        ),
        (
            "ALTER TABLE jobs RENAME title TO subject",
            [
                'jobs.sql:8:12: column "title" does not exist (in the live database)',
                'jobs.sql:18:46: column "title" does not exist (in the live database)',
            ],
        ),
        (
            "ALTER TABLE owners RENAME note TO notes",
            [
                "owners.sql:1:10: the live database has no column note",
                'owners.sql:8:38: column "note" of relation "owners" does not exist (in the live database)',
            ],
        ),
        ("DROP FUNCTION doubled", ["jobs.sql:15:8: function doubled(integer) does not exist (in the live database)"]),
        (
            "ALTER TABLE owners ADD COLUMN born date NOT NULL, ADD COLUMN seen date NOT NULL DEFAULT now()",
            [
                "owners.sql:8:13: the live database takes no row without born, which the generated code does not know",
                "owners.sql:11:13: the live database takes no row without born, which the generated code does not know",
            ],
        ),
        (
            "DROP TABLE jobs CASCADE",
            [
                'jobs.sql:3:18: relation "named" does not exist (in the live database)',
                'jobs.sql:8:30: relation "jobs" does not exist (in the live database)',
                'jobs.sql:12:32: relation "jobs" does not exist (in the live database)',
                'jobs.sql:18:65: relation "jobs" does not exist (in the live database)',
            ],
        ),
        (
            "ALTER TYPE state RENAME VALUE 'done' TO 'finished'",
            ["jobs.sql:8:19: the database's type state has no label 'done'"],
        ),
        (
            "ALTER TYPE place RENAME ATTRIBUTE x TO easting",
            [
                "jobs.sql:12:21: the type place is (easting integer, y integer) in the database,"
                " and (x integer, y integer) in the migrations"
            ],
        ),
    ],
)
def test_what_a_query_relies_on_is_missed(live: Live, sql: str, expected: list[str]) -> None:
    """Each at its place; exit 1."""
    live.change(sql)
    found = live.findings()
    assert [f"queries/{each}" for each in expected] == found
    assert 1 == live.check().code


def test_what_the_code_copes_with_is_a_warning(live: Live) -> None:
    """A label that it does not know, and tables that it does not know to be written; exit 0."""
    live.change("ALTER TYPE state ADD VALUE 'failed'")
    live.change(
        "CREATE TABLE log (id int); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END';"
        "CREATE TRIGGER note AFTER INSERT ON owners FOR EACH ROW EXECUTE FUNCTION note()"
    )
    assert ([], 0) == (live.findings(), live.check().code)
    assert [
        "queries/jobs.sql:8:19: the generated code knows no label 'failed' of the type state",
        "queries/owners.sql:7:10: it writes public.log in the live database, which the generated code does not know",
        "queries/owners.sql:10:10: it writes public.log in the live database, which the generated code does not know",
    ] == live.findings("warnings")


def test_a_finding_says_why_and_shows_the_place(live: Live) -> None:
    """As errors of the generator do."""
    live.change("ALTER TABLE owners ALTER name DROP NOT NULL; DROP VIEW named")
    live.change("CREATE VIEW named AS SELECT j.id, o.name FROM jobs j LEFT JOIN owners o ON o.id = j.owner_id")
    assert (
        "queries/jobs.sql:3:8: name may be NULL in the live database, and is never None in the generated code\n"
        "    3 | SELECT name FROM named WHERE id = :id;\n"
        "      |        ^^^^\n"
        "hint: "
    ) in live.check().err


def test_tables_of_the_builder_are_compared(new_project: NewProject) -> None:
    """At the module that declares them: missing, other, nullable, or not to be inserted into any more."""
    with running(new_project(FILES)) as live:
        live.change(
            "DROP VIEW named; ALTER TABLE owners ALTER note TYPE varchar USING note::varchar;"
            "ALTER TABLE owners ALTER name DROP NOT NULL; ALTER TABLE owners ADD COLUMN age int NOT NULL;"
            "ALTER TABLE jobs DROP COLUMN done_on"
        )
        assert [
            "public.jobs: the live database has no column done_on",
            "public.named: the live database has no such view",
            "public.owners: name may be NULL in the live database, and is never None in the generated code",
            "public.owners: note is character varying in the live database, and text in the generated code",
            "public.owners: the live database takes no row without age, which the generated code does not know",
        ] == [each.removeprefix("generated/tables.py:0:0: ") for each in live.findings() if "tables.py" in each]


def test_nothing_is_written_and_nothing_run(live: Live) -> None:
    """Each table, column and row is what it was, and no row has another version."""
    before = versions(live.url)
    assert 0 == live.check().code
    assert before == versions(live.url)


def versions(url: str) -> object:
    """What the database counts of its writes, which others on the server do not move, and its catalog's versions."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        return connection.execute(
            "SELECT (SELECT max(xmin::text::bigint) FROM pg_class), (SELECT count(*) FROM pg_attribute),"
            " (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables)"
        ).fetchone()


def test_the_environment_may_say_where_it_is(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a password is in no list of processes."""
    monkeypatch.setenv("JANUA_DATABASE_URL", live.url)
    assert 0 == live.project.run("check", "--live").code
    monkeypatch.delenv("JANUA_DATABASE_URL")
    assert (2, True) == ((outcome := live.project.run("check", "--live")).code, "JANUA_DATABASE_URL" in outcome.err)


def test_an_empty_url_is_refused(live: Live) -> None:
    """A variable that is not set must not mean another database."""
    assert (2, True) == ((outcome := live.project.run("check", "--live", "")).code, "the URL is empty" in outcome.err)


def test_a_live_database_that_cannot_be_reached(live: Live) -> None:
    """Exit 3, without the password."""
    outcome = live.project.run("check", "--live", "postgresql://joe:sekret@127.0.0.1:1/none")
    assert (3, True, False) == (outcome.code, "127.0.0.1:1/none" in outcome.err, "sekret" in outcome.err)


def test_a_schema_that_cannot_be_read_for_locks(live: Live) -> None:
    """Others that wait for the table would stand behind this: it gives up soon; exit 3."""
    with psycopg.connect(live.url) as migration:
        migration.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
        outcome = live.check()
    assert (3, True) == (outcome.code, "canceling statement due to lock timeout" in outcome.err)


def test_stale_code_is_told_beside(live: Live) -> None:
    """Both are found in one run."""
    live.project.write("queries/more.sql", "-- name: more :one\nSELECT 1 AS x;\n")
    live.change("DROP FUNCTION doubled")
    outcome = live.check()
    assert (1, True, True) == (
        outcome.code,
        "generated/more.py: missing" in outcome.err,
        "function doubled(integer) does not exist (in the live database)" in outcome.err,
    )


def test_the_search_path_is_that_of_the_connection(live: Live) -> None:
    """A service that connects there would not find its tables either."""
    user = str(conninfo_to_dict(live.url)["user"])
    live.change(f'ALTER ROLE "{user}" IN DATABASE {conninfo_to_dict(live.url)["dbname"]} SET search_path = pg_catalog')
    assert 'queries/owners.sql:2:15: relation "owners" does not exist (in the live database)' in live.findings()
