"""``janua generate --check``, ``janua check``, ``janua inspect``, and the runs that have little to do."""

from __future__ import annotations

import json
import shutil
import sys
from subprocess import PIPE, run
from typing import Any

import psycopg
import pytest
from janua.errors import ConfigError
from janua_generator.workshop import refuse_old_server

from .conftest import NewProject
from .sandbox import GET_USER, USERS, Sandbox

ALL_USERS = "-- name: all_users\nSELECT * FROM users;\n"
FILES: dict[str, str | bytes] = {
    "migrations/0001_users.sql": USERS,
    "queries/users.sql": GET_USER + ALL_USERS,
    "queries/more.sql": "-- name: one :one\nSELECT 1 AS x;\n",
}
NOWHERE = "postgresql://joe:sekret@127.0.0.1:1/none"


@pytest.fixture
def project(new_project: NewProject) -> Sandbox:
    """A project that has been generated."""
    made = new_project(FILES)
    assert 0 == made.run().code
    return made


@pytest.mark.parametrize("command", [("generate", "--check"), ("check",)])
def test_check_tells_what_is_stale_and_writes_nothing(project: Sandbox, command: tuple[str, ...]) -> None:
    """Out of date, missing and left over; exit 1."""
    project.write("queries/users.sql", GET_USER)
    project.write("queries/new.sql", "-- name: two :one\nSELECT 2 AS x;\n")
    (project.root / "queries/more.sql").unlink()
    before = project.tree()
    outcome = project.run(*command)
    assert 1 == outcome.code
    assert (
        "generated/new.py: missing\n"
        "generated/users.py: out of date\n"
        "generated/more.py: left over\n"
        "the generated files do not match the SQL: run `janua generate`\n"
    ) == outcome.err
    assert before == project.tree()


def test_check_passes_on_a_fresh_checkout(project: Sandbox) -> None:
    """Without the state of earlier runs, and leaves none of its own but in the hidden folder."""
    shutil.rmtree(project.root / ".janua")
    before = project.tree()
    outcome = project.run("check")
    assert (0, "") == (outcome.code, outcome.err)
    assert before == project.tree()
    assert project.run("check").out.startswith("up to date: 1 table or view, 3 queries")


def test_a_run_after_no_change_asks_no_server(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one connection is opened, and no embedded server started."""
    before = project.tree()
    events: list[str] = []
    monkeypatch.setattr(psycopg, "connect", lambda *args, **kwargs: events.append("connect"))
    monkeypatch.setattr(psycopg.Connection, "connect", lambda *args, **kwargs: events.append("connect"))
    monkeypatch.setattr("subprocess.Popen", lambda *args, **kwargs: events.append("process"))
    outcome = project.run()
    assert (0, "", []) == (outcome.code, outcome.err, events)
    assert outcome.out.startswith("up to date: 1 table or view, 3 queries (")
    assert before == project.tree()


def test_the_fast_path_loads_neither_parser_nor_client_nor_templates(project: Sandbox) -> None:
    """So it ends in a fraction of the time that importing them takes."""
    program = (
        "import sys\nfrom janua.cli import main\ncode = main(['generate'])\n"
        "print(*sorted({'sqlglot', 'psycopg', 'jinja2', 'pytest', 'redis'} & set(sys.modules)))\nsys.exit(code)"
    )
    environment = {"JANUA_SCRATCH_URL": project.url, "PATH": ""}
    done = run([sys.executable, "-c", program], cwd=project.root, stdout=PIPE, text=True, env=environment, check=True)
    assert ["up to date", ""] == [done.stdout.partition(":")[0], done.stdout.splitlines()[1]]


def test_a_run_after_one_edit_describes_one_query(project: Sandbox) -> None:
    """Also where the edit moves the queries behind it."""
    project.write("queries/users.sql", "\n\n" + GET_USER.replace("id = :id", "name = :name") + ALL_USERS)
    outcome = project.run()
    assert (0, True) == (outcome.code, "3 queries, 1 described anew" in outcome.out)
    project.write("queries/users.sql", project.read("queries/users.sql") + "-- a comment\n")
    assert "3 queries, 0 described anew" in project.run().out


def test_a_migration_makes_everything_new(project: Sandbox) -> None:
    """What is known of a query holds for one schema."""
    project.write("migrations/0002_x.sql", "ALTER TABLE users ADD COLUMN born date;")
    outcome = project.run()
    assert (0, True) == (outcome.code, "3 queries, 3 described anew" in outcome.out)
    assert "    born: _dt.date | None\n" in project.read("generated/models.py")


def test_a_damaged_memory_is_forgotten(project: Sandbox) -> None:
    """It is only a memory."""
    for path in (project.root / ".janua").glob("*.*"):
        path.write_bytes(b"\xff")
    assert "3 queries, 3 described anew" in project.run().out


def test_an_unreachable_server_is_named_without_its_password(project: Sandbox) -> None:
    """Exit 3."""
    outcome = project.run("generate", "--database-url", NOWHERE)
    assert 3 == outcome.code
    assert outcome.err.startswith("postgresql://joe@127.0.0.1:1/none: ")
    assert "sekret" not in outcome.out + outcome.err


def test_a_malformed_url_is_not_quoted(project: Sandbox) -> None:
    """Exit 2."""
    outcome = project.run("generate", "--database-url", "postgresql://joe:sekret@[::1/")
    assert 2 == outcome.code
    assert "sekret" not in outcome.out + outcome.err


def test_a_role_that_may_not_create_databases_is_told_so(new_project: NewProject) -> None:
    """Exit 2."""
    project = new_project(FILES)
    role = f"weak_{project.root.parent.name.replace('-', '_')}"
    with psycopg.connect(project.url, autocommit=True) as connection:
        connection.execute(f'CREATE ROLE "{role}" LOGIN'.encode())
        try:
            outcome = project.run("generate", "--database-url", f"{project.url}&user={role}")
        finally:
            connection.execute(f'DROP ROLE "{role}"'.encode())
    assert 2 == outcome.code
    assert outcome.err.startswith(f"postgresql://{role}@")
    assert outcome.err.endswith(": permission denied to create database\n")


def test_an_old_server_is_refused() -> None:
    """PostgreSQL 15 is the oldest whose catalogs are read."""
    refuse_old_server(150000)
    with pytest.raises(ConfigError, match="the scratch server is PostgreSQL 14; janua needs 15 or later"):
        refuse_old_server(140012)


def test_inspect_shows_what_is_good_beside_what_is_not(project: Sandbox) -> None:
    """Clashes of names included; exit 1."""
    project.write("queries/bad.sql", "-- name: bad\nSELECT nme FROM users;\n-- name: twice\nSELECT 1;\n")
    project.write("queries/worse.sql", "-- name: list :one\nSELECT 1;\n-- name: list_ :one\nSELECT 2;\n")
    outcome = project.run("inspect", "--json")
    found: dict[str, Any] = json.loads(outcome.out)
    assert 1 == outcome.code
    assert 1 == found["version"]
    assert {"one", "twice", "get_user", "all_users"} <= {each["name"] for each in found["queries"]}
    messages = [each["message"] for each in found["errors"]]
    assert 'column "nme" does not exist' in messages
    assert "list_ and list (line 1) would both be called list_ in Python" in messages
    assert {"file": "queries/bad.sql", "line": 2, "column": 8, "sqlstate": "42703"}.items() <= found["errors"][
        0
    ].items()
