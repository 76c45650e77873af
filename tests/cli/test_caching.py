"""What commands write is not answered from the cache of services, where JANUA_REDIS_URL says where that is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from janua import Database
from janua.cache import Cache
from janua.cli import main
from janua.query import CachePolicy, Query
from janua.redis import Redis
from janua.scratch import ScratchServer

from ..conftest import Write

CLOSED = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _project(scratch: ScratchServer, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database with one row, a migration that is pending, and seeds."""
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    monkeypatch.setenv("JANUA_DATABASE_URL", scratch.url(name))
    monkeypatch.chdir(tmp_path)
    write("pyproject.toml", "[tool.janua]\ncache_prefix = 'shop:cache:'\n")
    write("migrations/0001_a.sql", "-- UP\nCREATE TABLE a AS SELECT 1 AS x;\n")
    write("seeds/two.sql", "INSERT INTO a VALUES (2);")
    write("seeds/later.py", "async def seed(db):\n    await db.raw('INSERT INTO a VALUES (3)')\n")
    assert 0 == main(["migrate", "up"])
    yield
    scratch.drop(name)


@pytest.fixture
def kept(janua_redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A service whose cache, of the prefix that the project names, keeps the answer that there is one row."""
    monkeypatch.setenv("JANUA_REDIS_URL", janua_redis_url)
    with (
        Redis(janua_redis_url, prefix="shop:") as redis,
        Cache(redis, prefix="cache:") as cache,
        Database(cache=cache) as db,
    ):
        # What runs in other databases of the server may keep an answer from being kept.
        for _ in range(200):
            assert 1 == db.fetch_one(COUNT, ())
            if cache.stats().hits:
                break
        yield db
        cache.flush()


COUNT: Query[int] = Query(
    name="a.count", sql="SELECT count(*) FROM a", columns=("bigint",), cache=CachePolicy(600.0, ("public.a",))
)


@pytest.mark.parametrize(
    ("command", "count"),
    [
        (["migrate", "up"], 2),
        (["seed", "run", "two"], 2),
        (["seed", "run", "later"], 2),
        (["db", "truncate", "a", "--yes"], 0),
    ],
)
def test_what_a_command_writes_is_seen(kept: Database, write: Write, command: list[str], count: int) -> None:
    """By the next call of a service."""
    write("migrations/0002_b.sql", "-- UP\nINSERT INTO a VALUES (2);\n")
    assert 0 == main(command)
    assert count == kept.fetch_one(COUNT, ())


def test_what_changes_nothing_outdates_nothing(kept: Database) -> None:
    """As where each instance of a service migrates when it starts."""
    with Database() as other:
        other.raw("INSERT INTO a VALUES (2)")
    assert 0 == main(["migrate", "up"])
    assert 1 == kept.fetch_one(COUNT, ())


@pytest.mark.parametrize("command", [["migrate", "up"], ["db", "truncate", "a", "--yes"]])
def test_a_cache_that_cannot_be_told_is_told_of(
    command: list[str], write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is done is done; the exit code is that of a server that is away."""
    monkeypatch.setenv("JANUA_REDIS_URL", CLOSED)
    write("migrations/0002_b.sql", "-- UP\nINSERT INTO a VALUES (2);\n")
    assert 3 == main(command)
    assert "but the cache was not told, and may give what is outdated: Redis" in capsys.readouterr().err
    with Database() as db:
        assert 1 != db.fetch_one(COUNT, ())


def test_why_a_migration_fails_is_said_even_so(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It matters more than the cache."""
    monkeypatch.setenv("JANUA_REDIS_URL", CLOSED)
    write("migrations/0002_b.sql", "-- UP\nSELECT nonsense;\n")
    assert 1 == main(["migrate", "up"])
    assert "nonsense" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["two", "later"])
def test_a_seed_is_rolled_back_where_the_cache_cannot_be_told(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing comes after the command that could tell it later."""
    monkeypatch.setenv("JANUA_REDIS_URL", CLOSED)
    assert 0 != main(["seed", "run", name])
    assert "so it was rolled back" in capsys.readouterr().err
    with Database() as db:
        assert 1 == db.fetch_one(COUNT, ())
