"""
Migrators that are killed and lose their connection at every statement, in both directions.

Each statement of the migrations leaves a trace, so that what was done twice, or not at all, can be seen.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from janua.database import Database
from janua.database._sync.session import Session
from janua.errors import MigrationError, ServerUnreachable
from janua.migrations import Migrator
from janua.scratch import ScratchServer

FILES = {
    "1_in_a_transaction": """
        -- UP
        CREATE TABLE trace (what text);
        CREATE TYPE mood AS ENUM ('sad');
        CREATE TABLE t (id int PRIMARY KEY, x int, m mood);
        INSERT INTO t SELECT i, i FROM generate_series(1, 300) AS i;
        INSERT INTO trace VALUES ('1');
        -- DOWN
        DROP TABLE t; DROP TYPE mood; DROP TABLE trace;
    """,
    "2_one_by_one": """
        -- UP
        INSERT INTO trace VALUES ('2a');
        CREATE INDEX CONCURRENTLY t_x ON t (x);
        INSERT INTO trace VALUES ('2b');
        CREATE UNIQUE INDEX CONCURRENTLY ON t (x, id);
        VACUUM t;
        REINDEX TABLE CONCURRENTLY t;
        INSERT INTO trace VALUES ('2c');
        -- DOWN
        DELETE FROM trace WHERE what = '2c';
        DROP INDEX CONCURRENTLY t_x_id_idx;
        DELETE FROM trace WHERE what IN ('2a', '2b');
        DROP INDEX CONCURRENTLY t_x;
    """,
    "3_with_its_own_transactions": """
        -- UP
        -- janua: no-transaction
        SET search_path = public;
        BEGIN;
        INSERT INTO trace VALUES ('3a');
        CREATE TABLE u (x int);
        COMMIT;
        DO $$ BEGIN INSERT INTO trace VALUES ('3b'); END $$;
        START TRANSACTION;
        INSERT INTO trace VALUES ('never');
        ROLLBACK;
        INSERT INTO trace VALUES ('3c');
        -- DOWN
        BEGIN; DELETE FROM trace WHERE what LIKE '3%'; DROP TABLE u; END;
    """,
    "4_new_label": """
        -- UP
        ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok';
        UPDATE t SET m = 'ok' WHERE id = 1;
        INSERT INTO trace VALUES ('4');
        -- DOWN
        DELETE FROM trace WHERE what = '4';
        UPDATE t SET m = NULL;
    """,
}
STRIDE = int(os.environ.get("JANUA_FAULTS_STRIDE", "1"))
"""Of so many statements one is taken; which one is another each time."""
TRACES = {"1": ["1"], "2": ["2a", "2b", "2c"], "3": ["3a", "3b", "3c"], "4": ["4"]}
INDEXES = [("t_pkey", True), ("t_x", True), ("t_x_id_idx", True)]


class Subject:
    """A database and the migrations."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def migrate(self, direction: str, moment: str, at: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.faults.killing", self.url, str(self.folder), direction, moment, str(at)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def complete(self, direction: str) -> None:
        with Database(self.url) as db:
            migrator = Migrator(db, self.folder, patience=30)
            if direction == "up":
                migrator.up()
            elif left := [each for each in migrator.status() if each.state != "pending"]:
                migrator.down(steps=len(left))

    def traces(self) -> list[str]:
        with psycopg.connect(self.url) as conn:
            if conn.execute("SELECT to_regclass('trace')").fetchone() == (None,):
                return []
            return sorted(what for (what,) in conn.execute("SELECT what FROM trace"))

    def indexes(self) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as conn:
            return conn.execute(
                "SELECT indexrelid::regclass::text, indisvalid FROM pg_index"
                " WHERE indrelid = to_regclass('public.t') ORDER BY 1"
            ).fetchall()

    def check_truth(self) -> None:
        """What the tracking table says must be so, at any time."""
        traces = self.traces()
        with Database(self.url) as db:
            found = Migrator(db, self.folder).status()
        for status in found:
            own = [trace for trace in traces if trace[0] == status.name[0]]
            if status.state == "applied":
                assert TRACES[status.name[0]] == own, status
            elif status.state == "pending":
                assert [] == own, status
            else:
                assert "unfinished" == status.state
                assert len(own) == len(set(own)), status


@pytest.fixture
def make(scratch: ScratchServer, tmp_path: Path) -> Iterator[Callable[[bool], Subject]]:
    """Make databases: empty ones, or such in which all is applied."""
    for name, text in FILES.items():
        (tmp_path / f"{name}.sql").write_text(text)
    template = scratch.migrated([], purpose="empty")
    full = ""
    made = []

    def make(is_full: bool) -> Subject:
        nonlocal full
        if is_full and not full:
            full = scratch.clone(template)
            Subject(scratch.url(full), tmp_path).complete("up")
        made.append(scratch.clone(full if is_full else template))
        return Subject(scratch.url(made[-1]), tmp_path)

    yield make
    for name in made:
        scratch.drop(name)


def _places() -> Iterator[int]:
    return itertools.count(random.randint(1, STRIDE), STRIDE)


def check_end(subject: Subject, direction: str) -> None:
    """All is applied exactly once, or nothing is left."""
    if direction == "up":
        assert sorted(trace for each in TRACES.values() for trace in each) == subject.traces()
        assert INDEXES == subject.indexes()
    else:
        assert [] == subject.traces()
        with Database(subject.url) as db:
            assert {"pending"} == {each.state for each in Migrator(db, subject.folder).status()}


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_a_migrator_may_be_killed_at_every_statement(
    direction: str, moment: str, make: Callable[[bool], Subject], count: Counter[str]
) -> None:
    """The tracking table tells the truth, and the next migrator brings it to its end, with nothing done twice."""
    for at in _places():
        subject = make(direction == "down")
        ended = subject.migrate(direction, moment, at)
        if ended.returncode == 0:
            # It has sent fewer than that.
            break
        assert -signal.SIGKILL == ended.returncode, ended.stderr
        if moment != "during":
            # What is still running may become recorded while one looks.
            subject.check_truth()
        subject.complete(direction)
        check_end(subject, direction)
        count[f"migrators killed ({direction}, {moment})"] += 1


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_connection_may_be_lost_at_every_statement(
    direction: str, make: Callable[[bool], Subject], count: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is one clear error; the next call goes on."""
    execute = Session.execute
    lose_at = sent = 0

    def counted(self: Session, query: Any, params: Any = None, **options: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == lose_at:
            with psycopg.connect(subject.url, autocommit=True) as conn:
                conn.execute("SELECT pg_terminate_backend(%s)", (self.info.backend_pid,))
        return execute(self, query, params, **options)

    monkeypatch.setattr(Session, "execute", counted)
    for lose_at in _places():  # noqa: B007
        sent = 10**6
        subject = make(direction == "down")
        sent = 0
        try:
            subject.complete(direction)
        except ServerUnreachable as error:
            complaint = str(error)
        else:
            # It has sent fewer than that.
            break
        assert "the connection to the server is lost" in complaint
        sent = 10**6
        subject.check_truth()
        subject.complete(direction)
        check_end(subject, direction)
        count[f"connections lost ({direction})"] += 1
    assert lose_at > 20


def test_a_statement_of_which_nobody_knows_is_left_to_people(make: Callable[[bool], Subject]) -> None:
    """A procedure that commits: whoever has looked says what became of it."""
    subject = make(False)
    text = "-- janua: no-transaction\nCREATE TABLE trace (what text);\n{}INSERT INTO trace VALUES ('end');"
    do = "DO $$ BEGIN INSERT INTO trace VALUES ('in'); COMMIT; PERFORM pg_sleep(0.1); END $$;\n"
    for path in subject.folder.glob("*.sql"):
        path.unlink()
    (subject.folder / "1_do.sql").write_text(text.format(do))
    total = int(subject.migrate("up", "during", 0).stdout)
    outcomes = set()
    for at in range(total - 8, total):
        with psycopg.connect(subject.url, autocommit=True) as conn:
            conn.execute("DROP TABLE IF EXISTS trace, janua_migrations")
        subject.migrate("up", "during", at)
        with Database(subject.url) as db:
            migrator = Migrator(db, subject.folder, patience=30)
            outcome = _up_or_complaint(migrator)
            outcomes.add(outcome)
            if outcome:
                migrator.repair(done=["1_do"])
                migrator.up()
        assert "end" in subject.traces()
    assert {"", "nobody can tell whether statement 2 is done"} == outcomes


def _up_or_complaint(migrator: Migrator) -> str:
    try:
        migrator.up()
    except MigrationError as error:
        return str(error).partition(": it was")[0].rpartition(": ")[2]
    return ""
