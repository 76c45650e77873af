"""Migrators beside each other, and beside the traffic of a service."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from janua.database import Database
from janua.errors import MigrationError
from janua.migrations import Migrator

from .conftest import Rows

Folder = Callable[..., Path]
TABLE = "CREATE TABLE a (x int); INSERT INTO a VALUES (1);"


class Told:
    """Keeps what a migrator tells, and lets others wait for it."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._heard = threading.Condition()

    @contextmanager
    def step(self, label: str, /) -> Iterator[Told]:
        """One migration."""
        self.note(label)
        yield self

    def note(self, text: str, /) -> None:
        """What it says."""
        with self._heard:
            self.notes.append(text)
            self._heard.notify_all()

    def wait_for(self, text: str) -> None:
        """Return when it has been said."""
        with self._heard:
            assert self._heard.wait_for(lambda: any(text in note for note in self.notes), timeout=60), self.notes


@contextmanager
def in_background(migrator: Migrator) -> Iterator[None]:
    """Migrate up beside the block, to the end."""
    failed: list[Exception] = []

    def up() -> None:
        try:
            migrator.up()
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=up)
    thread.start()
    try:
        yield
    finally:
        thread.join(timeout=60)
    assert not thread.is_alive()
    assert [] == failed


def test_eight_at_once_apply_everything_once(url: str, folder: Folder, rows: Rows, tmp_path: Path) -> None:
    """One works, the others wait, and find nothing left; an index that is built concurrently waits for none of them."""
    folder(
        _1_a=TABLE,
        _2_index="CREATE INDEX CONCURRENTLY a_x ON a (x);",
        _3_more="INSERT INTO a VALUES (3);",
        _4_slow="SELECT pg_sleep(0.5); INSERT INTO a VALUES (4);",
    )
    (tmp_path / "pyproject.toml").write_text("[tool.janua]\n")
    command = [sys.executable, "-m", "janua.cli", "migrate", "up", "--database-url", url]
    running = [
        subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
        )
        for _ in range(8)
    ]
    ended = [(process.communicate(timeout=120), process.returncode) for process in running]
    assert {0} == {code for _, code in ended}, ended
    assert 7 == sum("nothing to apply" in out for (out, _), _ in ended)
    assert [(1,), (3,), (4,)] == rows("SELECT x FROM a ORDER BY x")
    assert [(4,)] == rows("SELECT count(*) FROM janua_migrations")


def test_traffic_goes_on_while_a_statement_waits_for_its_lock(
    db: Database, url: str, folder: Folder, rows: Rows
) -> None:
    """It gives up its place in the queue, behind which everybody would stand, and comes again."""
    folder(_1_a=TABLE)
    told = Told()
    migrator = Migrator(db, folder(_1_a=TABLE), progress=told, lock_timeout=0.05, lock_attempts=100)
    migrator.up()
    folder(_1_a=TABLE, _2_b="ALTER TABLE a ADD y int;")
    with psycopg.connect(url) as reader, psycopg.connect(url, autocommit=True) as other:
        reader.execute("SELECT FROM a")
        with in_background(migrator):
            told.wait_for("attempt 2 found a lock taken")
            # The first reader is still there, and others get their answers.
            assert [(1,)] == other.execute("SELECT x FROM a").fetchall()
            assert "idle in transaction" in told.notes[-1] or told.notes[-1] == ""
            reader.rollback()
    assert [(1, None)] == rows("SELECT x, y FROM a")


def test_a_lock_that_is_never_free_ends_in_an_error(db: Database, url: str, folder: Folder, rows: Rows) -> None:
    """Which says who is in the way, without what they run; nothing is done."""
    migrator = Migrator(db, folder(_1_a=TABLE), lock_timeout=0.05, lock_attempts=2)
    migrator.up()
    folder(_1_a=TABLE, _2_b="CREATE TABLE b ();\nALTER TABLE a ADD y int;")
    with psycopg.connect(url, application_name="some report") as reader:
        reader.execute("SELECT FROM a WHERE x = 4711")
        with pytest.raises(MigrationError) as caught:
            migrator.up()
    assert ("55P03", 2) == (caught.value.sqlstate, caught.value.line)
    assert "tried 2 times; the oldest transactions: pid" in caught.value.hint
    assert "(some report) idle in transaction" in caught.value.hint
    assert "4711" not in str(caught.value)
    assert [("1_a.sql",)] == rows("SELECT name FROM janua_migrations")
    assert [(None,)] == rows("SELECT to_regclass('b')::text")


def test_what_runs_concurrently_waits_as_long_as_it_takes(db: Database, url: str, folder: Folder, rows: Rows) -> None:
    """Nobody waits behind it; giving up would leave an invalid index."""
    told = Told()
    migrator = Migrator(db, folder(_1_a=TABLE), progress=told, lock_timeout=0.05, lock_attempts=1)
    migrator.up()
    folder(_1_a=TABLE, _2_b="CREATE INDEX CONCURRENTLY a_x ON a (x);")
    with psycopg.connect(url) as writer:
        writer.execute("INSERT INTO a VALUES (2)")
        with in_background(migrator):
            told.wait_for("2_b.sql")
            while (
                rows("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND wait_event_type = 'Lock'")
                == []
            ):
                pass
            rows("SELECT pg_sleep(0.2)")
            writer.commit()
    assert [(True,)] == rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_x'::regclass")


def test_one_need_not_wait_for_another_for_ever(db: Database, url: str, folder: Folder) -> None:
    """Whoever is at work is named."""
    migrator = Migrator(db, folder(_1_a=f"{TABLE} SELECT pg_sleep(1);"))
    with Database(url, application_name="impatient") as other:
        told = Told()
        impatient = Migrator(other, folder(_1_a=f"{TABLE} SELECT pg_sleep(1);"), patience=0.1, progress=told)
        with in_background(migrator):
            with psycopg.connect(url, autocommit=True) as conn:
                while not conn.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'").fetchone():
                    pass
            with pytest.raises(MigrationError, match=r"another migrator is at work, .*: pid \d+, .*janua"):
                impatient.up()
