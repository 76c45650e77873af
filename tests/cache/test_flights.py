"""Of many who miss the same answer, one asks the server; and what is past its time may be given meanwhile."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from janua import AsyncDatabase
from janua.cache import AsyncCache
from janua.query import CachePolicy
from janua.redis import AsyncRedis

from tests.cache import queries as q

ROOT = Path(__file__).resolve().parents[2]
SLOW = replace(q.TOTAL, name="slow", sql="SELECT count(*)::int FROM accounts, nextval('asked'), pg_sleep(0.2)")


@pytest.fixture
def asked(behind: Any) -> Iterator[Any]:
    """How often the server was asked."""
    behind("CREATE SEQUENCE asked")
    yield lambda: behind("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM asked")[0][0]
    behind("DROP SEQUENCE asked")


async def test_a_thousand_misses_run_one_query(
    pg_url: str, janua_redis_url: str, janua_redis_prefix: str, asked: Any
) -> None:
    """Of one process."""
    async with (
        AsyncRedis(janua_redis_url, prefix=janua_redis_prefix) as redis,
        AsyncCache(redis, strict=True, timeout=5.0, wait=10.0) as cache,
        AsyncDatabase(pg_url, cache=cache) as db,
    ):
        await db.fetch_one(q.TOTAL)
        answers = await asyncio.gather(*(db.fetch_one(SLOW) for _ in range(1000)))
    assert [1] * 1000 == answers
    assert 1 == asked()


PROGRAM = """
import sys
from janua import Database
from janua.cache import Cache
from janua.redis import Redis
from tests.cache.test_flights import SLOW
pg_url, redis_url, prefix = sys.argv[1:]
with Redis(redis_url, prefix=prefix) as redis, Cache(redis, timeout=5.0, wait=20.0) as cache:
    with Database(pg_url, cache=cache) as db:
        sys.stdin.readline()
        print(db.fetch_one(SLOW))
"""


def test_misses_of_several_processes_run_one_query(
    pg_url: str, janua_redis_url: str, janua_redis_prefix: str, asked: Any, other: Any
) -> None:
    """The others wait for it."""
    other.db.fetch_one(q.TOTAL)
    command = [sys.executable, "-c", PROGRAM, pg_url, janua_redis_url, janua_redis_prefix]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    processes: list[Any] = [subprocess.Popen(command, **pipes) for _ in range(4)]
    answers = []
    for process in processes:
        process.stdin.write("\\n")
        process.stdin.flush()
    for process in processes:
        answers.append(process.communicate(timeout=60)[0].strip())
    assert (["1"] * 4, 1) == (answers, asked())


def test_whoever_asks_may_fail(other: Any) -> None:
    """The error is its own, and the next one asks anew."""
    broken = replace(q.TOTAL, name="broken", sql="SELECT 1 / (SELECT count(*) - 1 FROM accounts)::int")
    for _ in range(2):
        with pytest.raises(Exception, match="division by zero"):
            other.db.fetch_one(broken)


def test_what_is_past_its_time_is_given_while_one_asks(other: Any, behind: Any) -> None:
    """At most as long as ``stale`` says, and never after a write."""
    policy = CachePolicy(0.2, ("public.accounts",), stale=30.0)
    query = replace(q.TOTAL, name="kept", sql=f"{q.TOTAL.sql}, pg_sleep(0.3)", cache=policy)
    assert 10 == other.db.fetch_one(query) == other.db.fetch_one(query)
    behind("UPDATE accounts SET balance = 11")
    threading.Event().wait(0.25)
    answers: list[int] = []
    first = threading.Thread(target=lambda: answers.append(other.db.fetch_one(query)))
    first.start()
    threading.Event().wait(0.1)
    assert 10 == other.db.fetch_one(query)
    assert 1 == other.cache.stats().stale
    first.join()
    assert [11] == answers
    assert 11 == other.db.fetch_one(query)
    other.db.execute(q.SET, (1, 12))
    assert 12 == other.db.fetch_one(query)


def test_a_forked_child_has_connections_of_its_own(other: Any) -> None:
    """Two processes that read from one socket would be given each other's answers."""
    assert 10 == other.db.fetch_one(q.TOTAL) == other.db.fetch_one(q.TOTAL)
    child = os.fork()
    if child == 0:
        right = all(other.db.fetch_one(q.GET, (1,)).balance == 10 for _ in range(50))
        os._exit(0 if right else 1)
    assert all(other.db.fetch_one(q.TOTAL) == 10 for _ in range(50))
    assert 0 == os.waitpid(child, 0)[1]
