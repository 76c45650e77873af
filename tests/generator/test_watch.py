"""``janua generate --watch``: what is saved is generated, whatever happens in between, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest
from janua.scratch import ScratchServer

from .conftest import NewProject
from .sandbox import GET_USER, USERS, Sandbox

FILES: dict[str, str | bytes] = {"migrations/0001_users.sql": USERS, "queries/users.sql": GET_USER}
SECONDS = 60


class Watch:
    """A watch that runs, and what it did."""

    def __init__(self, project: Sandbox, first: str = "written, ") -> None:
        self.project = project
        command = [sys.executable, "-u", "-m", "janua.cli", "generate", "--watch"]
        environment = {**os.environ, **project.environment}
        self.out, self.err = (project.root.parent / name for name in ("out", "err"))
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(command, cwd=project.root, env=environment, stdout=out, stderr=err)
        self.until_said(first)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until it holds."""
        deadline = time.monotonic() + SECONDS
        while not holds():
            assert self.process.poll() is None, self.err.read_text()
            assert time.monotonic() < deadline, self.out.read_text() + self.err.read_text()
            time.sleep(0.02)

    def until_said(self, text: str) -> None:
        """Wait until it was printed."""
        self.until(lambda: text in self.out.read_text() + self.err.read_text())

    def until_generated(self, text: str, file: str = "generated/users.py") -> None:
        """Wait until a generated file holds the text."""
        path = self.project.root / file
        self.until(lambda: path.exists() and text in path.read_text())

    def end(self) -> tuple[int, str, str]:
        """Press Ctrl-C; return the exit code and what was printed."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(SECONDS), self.out.read_text(), self.err.read_text()


@pytest.fixture
def watch(new_project: NewProject) -> Iterator[Watch]:
    """A watch over a project that has been generated."""
    found = Watch(new_project(FILES))
    yield found
    if found.process.poll() is None:
        found.process.kill()
        found.process.wait()


def test_a_saved_query_is_generated_and_ctrl_c_is_the_regular_end(watch: Watch) -> None:
    """Only that query is described; exit 0, nothing is left."""
    watch.project.write("queries/users.sql", GET_USER + "-- name: two :one\nSELECT 2 AS x;\n")
    watch.until_said("2 queries, 1 described anew")
    watch.until_said("1 file written, ")
    code, _, err = watch.end()
    assert (0, "\nended\n") == (code, err)
    assert "def two(" in watch.project.read("generated/users.py")
    assert [] == [path for path in (watch.project.root / ".janua").iterdir() if path.name == "new"]


def test_what_is_wrong_is_shown_and_the_watch_goes_on(watch: Watch) -> None:
    """In a query, in a migration, in pyproject.toml."""
    watch.project.write("queries/bad.sql", "-- name: bad\nSELECT nam FROM users;\n")
    watch.until_said('did you mean "name"?')
    watch.project.write("migrations/0002_bad.sql", "CREATE TABL x ();")
    watch.until_said('syntax error at or near "TABL"')
    watch.project.write("pyproject.toml", "[tool.janua\n")
    watch.until_said("not valid TOML")
    watch.project.write("pyproject.toml", "[tool.janua]\n")
    (watch.project.root / "migrations/0002_bad.sql").unlink()
    watch.project.write("queries/bad.sql", "-- name: good\nSELECT name FROM users;\n")
    watch.until_generated("def good(", "generated/bad.py")
    assert 0 == watch.end()[0]


def test_a_migration_makes_the_schema_anew(watch: Watch) -> None:
    """And so does taking it away."""
    watch.project.write("migrations/0002_x.sql", "ALTER TABLE users ADD COLUMN born date;")
    watch.until_generated("born: _dt.date | None", "generated/models.py")
    (watch.project.root / "migrations/0002_x.sql").unlink()
    models = watch.project.root / "generated/models.py"
    watch.until(lambda: "born" not in models.read_text())
    assert 0 == watch.end()[0]


def test_files_may_be_saved_by_renaming_and_in_new_folders(watch: Watch) -> None:
    """As editors and git do."""
    queries = watch.project.root / "queries"
    for number in range(3):
        watch.project.write("queries/.users.sql.swp", GET_USER + f"-- name: number_{number} :one\nSELECT 1 AS x;\n")
        os.replace(queries / ".users.sql.swp", queries / "users.sql")
        watch.until_generated(f"def number_{number}(")
    (queries / "deep/er").mkdir(parents=True)
    watch.project.write("queries/deep/er/inside.sql", "-- name: inside :one\nSELECT 1 AS x;\n")
    watch.until_generated("def inside(", "generated/inside.py")
    watch.project.write("queries/deep/er/inside.sql", "-- name: further :one\nSELECT 1 AS x;\n")
    watch.until_generated("def further(", "generated/inside.py")
    assert 0 == watch.end()[0]


def test_the_settings_may_change(watch: Watch) -> None:
    """Also where the queries are."""
    watch.project.write("sql/more.sql", "-- name: more :one\nSELECT 1 AS x;\n")
    watch.project.write("pyproject.toml", '[tool.janua]\nqueries = "sql"\n')
    watch.until_generated("def more(", "generated/more.py")
    watch.project.write("sql/more.sql", "-- name: most :one\nSELECT 1 AS x;\n")
    watch.until_generated("def most(", "generated/more.py")
    assert 0 == watch.end()[0]


def test_many_saves_at_once_are_few_runs(watch: Watch) -> None:
    """As a change of branches makes them."""
    for number in range(200):
        watch.project.write(f"queries/many{number}.sql", f"-- name: many{number} :one\nSELECT {number} AS x;\n")
    watch.until_generated("def many199(", "generated/many199.py")
    code, out, _ = watch.end()
    assert 0 == code
    assert out.count("described anew") < 10


def test_a_lost_connection_is_made_again(watch: Watch) -> None:
    """The server may have been restarted."""
    url = watch.project.url
    with closing(ScratchServer(url, watch.project.root)) as own, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE starts_with(datname, %s)", (own.prefix,)
        )
    watch.project.write("queries/users.sql", GET_USER + "-- name: two :one\nSELECT 2 AS x;\n")
    watch.until_generated("def two(")
    assert 0 == watch.end()[0]


def test_other_commands_may_run_beside_it(watch: Watch) -> None:
    """The project is locked only while something is generated."""
    assert 0 == watch.project.run("check").code
    assert 0 == watch.end()[0]


def test_watch_and_check_exclude_each_other(new_project: NewProject) -> None:
    """A usage error."""
    outcome = new_project(FILES).run("generate", "--watch", "--check")
    assert 2 == outcome.code
    assert "not allowed with argument" in outcome.err


def test_an_interrupt_in_a_run_ends_the_watch(new_project: NewProject) -> None:
    """Wherever it falls, there is no traceback."""
    project = new_project(FILES)
    for delay in (0, 0.1, 0.3, 0.6):
        started = Watch(project, first="[")
        time.sleep(delay)
        code, _, err = started.end()
        assert (0, False) == (code, "Traceback" in err), err
