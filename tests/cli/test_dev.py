"""``janua dev``: two servers with the project's tables and data, until somebody has had enough."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from tests.generator.sandbox import Sandbox

FILES = {
    "migrations/0001_users.sql": "-- UP\nCREATE TABLE users (id int PRIMARY KEY);\n-- DOWN\nDROP TABLE users;\n",
    "queries/users.sql": "-- name: count_users\nSELECT count(*) FROM users;\n",
    "seeds/development.sql": "INSERT INTO users VALUES (1);\n",
    "seeds/more.sql": "INSERT INTO users VALUES (2);\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Sandbox:
    """A project with a table and two seeds."""
    made = Sandbox(tmp_path / "shop", "")
    made.fill(FILES)
    return made


@contextmanager
def developing(project: Sandbox, *options: str, end: signal.Signals = signal.SIGINT) -> Iterator[dict[str, str]]:
    """The variables that ``janua dev`` prints, while it runs."""
    with project.start("dev", *options, embedded=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline().strip() for _ in range(3)]
        assert "Ctrl-C ends both servers" == lines[-1], process.stderr.read()
        try:
            yield dict(line.split("=", 1) for line in lines[:-1])
        finally:
            process.send_signal(end)
            assert 0 == process.wait(30)


def users(found: dict[str, str]) -> list[int]:
    """Who is there."""
    with psycopg.connect(found["JANUA_DATABASE_URL"]) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM users ORDER BY id")]


def test_the_servers_are_there_with_tables_and_data(project: Sandbox) -> None:
    """Under the names that services read."""
    with developing(project) as found:
        assert [1] == users(found)
        with redis.Redis.from_url(found["JANUA_REDIS_URL"]) as client:
            assert client.ping()


def test_what_was_written_is_there_the_next_time(project: Sandbox) -> None:
    """Without being seeded once more, and with what has been migrated since."""
    with developing(project, end=signal.SIGTERM) as found, psycopg.connect(found["JANUA_DATABASE_URL"]) as connection:
        connection.execute("INSERT INTO users VALUES (7)")
    project.write("migrations/0002_name.sql", "-- UP\nALTER TABLE users ADD name text;\n-- DOWN\n")
    with developing(project) as found:
        assert [1, 7] == users(found)
        with psycopg.connect(found["JANUA_DATABASE_URL"]) as connection:
            assert [] == connection.execute("SELECT name FROM users WHERE name <> ''").fetchall()
    with developing(project, "--seed", "more") as found:
        assert [1, 2, 7] == users(found)
    with developing(project, "--fresh") as found:
        assert [1] == users(found)


def test_no_other_server_is_taken(project: Sandbox) -> None:
    """It is for development alone."""
    done = project.run("dev", "--database-url", "postgresql://localhost/x")
    assert (2, "") == (done.code, done.out)
    assert "without --database-url" in done.err
