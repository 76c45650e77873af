"""A database for tests without fixtures."""

from __future__ import annotations

import unittest
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from janua import ConfigError, Database, ParameterError, SeedError
from janua.scratch import ScratchServer
from janua.testing import AsyncTestDatabase, TestDatabase

from ..conftest import Write

MIGRATION = """-- UP
CREATE SCHEMA other;
CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL);
CREATE TABLE "Odd one" (note_id int REFERENCES notes);
CREATE TABLE other.notes (id int);
-- DOWN
"""


@pytest.fixture
def project(tmp_path: Path, write: Write, scratch: ScratchServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with some tables and a seed, around the current folder."""
    write("pyproject.toml", '[tool.janua]\nschemas = ["public", "other"]')
    write("migrations/0001_all.sql", MIGRATION)
    write("seeds/test.sql", "INSERT INTO notes (title) VALUES ('a'), ('b')")
    write("seeds/bad.sql", "INSERT INTO notes (title) VALUES ('c'); SELECT nonsense")
    write("src/empty.py", "")
    monkeypatch.setenv("JANUA_SCRATCH_URL", scratch.url("postgres"))
    monkeypatch.chdir(tmp_path / "src")
    yield tmp_path
    with psycopg.connect(scratch.url("postgres"), autocommit=True) as connection:
        own = ScratchServer(scratch.url("postgres"), tmp_path)
        prefix, rows = own.prefix, "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        for (name,) in connection.execute(rows, (prefix,)).fetchall():
            own.drop(name)
        own.close()


def databases(scratch: ScratchServer, project: Path) -> list[str]:
    """The clones that a project has."""
    own = ScratchServer(scratch.url("postgres"), project)
    try:
        return own._databases(f"{own.prefix}clone_")
    finally:
        own.close()


def test_it_is_migrated_seeded_and_dropped(project: Path, scratch: ScratchServer) -> None:
    """One step after the other, for whoever has no fixtures."""
    db = TestDatabase.create()
    db.migrate()
    db.seed()
    assert [1, 2] == [row["id"] for row in db.raw("SELECT id FROM notes ORDER BY id")]
    assert 1 == len(databases(scratch, project))
    db.cleanup()
    db.cleanup()
    assert [] == databases(scratch, project)


async def test_the_asynchronous_one_is_the_same(project: Path, scratch: ScratchServer) -> None:
    """Awaited."""
    async with await AsyncTestDatabase.create(project) as db:
        await db.migrate()
        await db.seed("test")
        async with db.rolled_back() as tx:
            await tx.raw("DELETE FROM notes")
        assert 2 == len(await db.raw("SELECT FROM notes"))
        await db.truncate(["notes"])
        assert [] == await db.raw("SELECT FROM notes")
    assert [] == databases(scratch, project)


def test_what_was_there_before_the_migrations_stays(project: Path) -> None:
    """A database that was used is migrated as it is."""
    with TestDatabase.create() as db:
        db.raw("CREATE TABLE mine (id int)")
        db.migrate()
        db.raw("SELECT FROM mine, notes")


def test_tables_are_emptied(project: Path) -> None:
    """By their names, with all that refers to them, or all of them; sequences begin anew."""
    with TestDatabase.create() as db:
        db.truncate()
        db.migrate()
        for tables in (["notes"], ["public.notes", "Odd one"], None):
            db.seed()
            db.raw('INSERT INTO "Odd one" SELECT id FROM notes; INSERT INTO other.notes VALUES (1)')
            db.truncate(tables)
            assert [] == db.raw('SELECT FROM notes UNION ALL SELECT FROM "Odd one"')
        assert [] == db.raw("SELECT FROM other.notes")
        db.seed()
        assert [1, 2] == [row["id"] for row in db.raw("SELECT id FROM notes ORDER BY id")]
        with pytest.raises(ParameterError, match='there is no table "note"; did you mean "notes"'):
            db.truncate(["note"])


def test_a_block_is_rolled_back(project: Path) -> None:
    """Whatever ends it: its end, an exception, a commit, an error of the server's."""
    with TestDatabase.create() as db:
        db.migrate()
        with db.rolled_back() as tx:
            tx.raw("INSERT INTO notes (title) VALUES ('a')")
            with tx.transaction() as nested:
                nested.raw("INSERT INTO notes (title) VALUES ('b')")
            assert 2 == len(tx.raw("SELECT FROM notes"))
        with db.rolled_back() as tx:
            tx.raw("INSERT INTO notes (title) VALUES ('a')")
            tx.commit()
        with pytest.raises(psycopg.errors.UndefinedColumn), db.rolled_back() as tx:
            tx.raw("SELECT nonsense")
        with pytest.raises(ZeroDivisionError), db.rolled_back() as tx:
            tx.raw("INSERT INTO notes (title) VALUES ('a')")
            _ = 1 / 0
        with db.rolled_back() as tx, pytest.raises(psycopg.errors.UndefinedColumn):
            tx.raw("SELECT nonsense")
        assert [] == db.raw("SELECT FROM notes")


def test_what_is_wrong_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed that fails or is not there, a folder without a project."""
    with TestDatabase.create() as db:
        db.migrate()
        with pytest.raises(SeedError, match="nonsense"):
            db.seed("bad")
        with pytest.raises(ConfigError, match='there is no seed "none"; there are bad, test'):
            db.seed("none")
        assert [] == db.raw("SELECT FROM notes")
    monkeypatch.chdir("/")
    with pytest.raises(ConfigError, match="no such file"):
        TestDatabase.create()


def test_it_serves_unittest(project: Path) -> None:
    """One database for a class, a transaction for each test."""

    class Notes(unittest.TestCase):
        db: Database

        @classmethod
        def setUpClass(cls) -> None:
            made = TestDatabase.create()
            cls.addClassCleanup(made.cleanup)
            made.migrate()
            cls.db = made

        def setUp(self) -> None:
            assert isinstance(self.db, TestDatabase)
            scope = self.db.rolled_back()
            self.tx = scope.__enter__()
            self.addCleanup(scope.__exit__, None, None, None)

        def test_one(self) -> None:
            self.tx.raw("INSERT INTO notes (title) VALUES ('a')")
            assert 1 == len(self.tx.raw("SELECT FROM notes"))

        def test_two(self) -> None:
            self.test_one()

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Notes).run(result)
    assert (2, True) == (result.testsRun, result.wasSuccessful()), result.errors + result.failures
