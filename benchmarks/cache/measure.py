"""
What an answer out of the cache costs, beside a bare GET of redis-py for the same bytes and the query itself.

    taskset -c 0 python benchmarks/cache/measure.py [--check]

PostgreSQL and Valkey are embedded. Candidates take turns within one run; a median of each is shown, in
microseconds, and its ratio to the GET of its kind. The same through Django's ORM, django-cachalot and django-cacheops,
each in a process of its own, is measured where ``requirements.txt`` is installed. ``--check`` exits with 1 where a hit
costs more than 1.6 GETs, or more than half of django-cachalot's, or one of the near cache more than a tenth of it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg
import redis as blocking
import redis.asyncio as asynchronous
from janua import AsyncDatabase, Database
from janua.cache import AsyncCache, Cache, NearCache
from janua.embedded import postgres, valkey
from janua.query import CachePolicy, Query
from janua.redis import AsyncRedis, Redis
from turns import Turn, django_turns, timed

ROUNDS, CALLS = 40, 100
GOAL = 1.6
NEAR_GOAL = 0.1
CACHALOT_HIT = "django-cachalot: hit"
CACHALOT_GOAL = 0.5


@dataclass(slots=True)
class User:
    id: int
    name: str
    email: str


GET = Query(
    name="users.get",
    sql="SELECT id, name, email FROM users WHERE id = $1",
    params=("integer",),
    columns=("integer", "text", "text"),
    row=User,
    cache=CachePolicy(600.0, ("public.users",)),
)
GET_UNCACHED = Query(name=GET.name, sql=GET.sql, params=GET.params, columns=GET.columns, row=User)
SET = Query[None](
    name="users.set",
    sql="UPDATE users SET name = $2 WHERE id = $1",
    params=("integer", "text"),
    writes=("public.users",),
)
SET_UNCACHED = Query[None](name=SET.name, sql=SET.sql, params=SET.params)


def main() -> int:
    """Measure both kinds and print a table each."""
    with (
        tempfile.TemporaryDirectory() as folder,
        valkey.serve(Path(folder) / "valkey") as redis,
        postgres.serve(Path(folder) / "postgres") as server,
    ):
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS users")
            connection.execute("CREATE TABLE users (id int PRIMARY KEY, name text, email text)")
            connection.execute("INSERT INTO users SELECT n, 'name ' || n, 'mail' || n FROM generate_series(1, 1000) n")
        tables = {
            "blocking": measure(server.url, redis.url),
            "asynchronous": asyncio.run(measure_asynchronously(server.url, redis.url)),
        }
    over = False
    for kind, times in tables.items():
        print(f"\n{kind}")
        bare = times["GET"]
        for name, seconds in times.items():
            print(f"    {name:42} {seconds * 1e6:8.1f} µs {seconds / bare:6.2f}")
        near = times["near hit"] / times["hit"]
        print(f"    a near hit is {near:.3f} of a hit (goal: {NEAR_GOAL})")
        over |= times["hit"] / bare > GOAL or near > NEAR_GOAL
        if CACHALOT_HIT in times:
            ratio = times["hit"] / times[CACHALOT_HIT]
            print(f"    a hit is {ratio:.2f} of django-cachalot's (goal: {CACHALOT_GOAL})")
            over |= ratio > CACHALOT_GOAL
    return int(over and "--check" in sys.argv)


def measure(pg_url: str, redis_url: str) -> dict[str, float]:
    """Measure the blocking classes."""
    with (
        blocking.Redis.from_url(redis_url) as bare,
        Redis(redis_url) as redis,
        Cache(redis, strict=True) as cache,
        Database(pg_url, cache=cache) as db,
        Cache(redis, strict=True, near=NearCache()) as near,
        Database(pg_url, cache=near) as near_db,
        django_turns(pg_url, redis_url) as through_django,
    ):
        db.fetch_one(GET, (1,))
        db.fetch_one(GET, (1,))
        [entry] = [key for key in bare.scan_iter() if b":q:" in key]
        while not near.stats().near_hits:
            near_db.fetch_one(GET, (1,))
        turns: dict[str, Turn] = {
            "GET": timed(lambda: bare.get(entry)),
            "hit": timed(lambda: db.fetch_one(GET, (1,))),
            "near hit": timed(lambda: near_db.fetch_one(GET, (1,))),
            "the query": timed(lambda: db.fetch_one(GET_UNCACHED, (1,))),
            "a write that nobody caches": timed(lambda: db.execute(SET_UNCACHED, (2, "x"))),
            "a write, the cache told": timed(lambda: db.execute(SET, (2, "x"))),
            **through_django,
        }
        times: dict[str, list[float]] = {name: [] for name in turns}
        for _ in range(ROUNDS):
            for name, turn in turns.items():
                if name.endswith("hit"):
                    turn(3)
                calls = CALLS if "a write" not in name else CALLS // 5
                times[name].append(turn(calls) / calls)
        return {name: median(each) for name, each in times.items()}


async def measure_asynchronously(pg_url: str, redis_url: str) -> dict[str, float]:
    """Measure the asynchronous classes."""
    async with (
        asynchronous.Redis.from_url(redis_url) as bare,
        AsyncRedis(redis_url) as redis,
        AsyncCache(redis, strict=True, prefix="asynchronous:") as cache,
        AsyncDatabase(pg_url, cache=cache) as db,
        AsyncCache(redis, strict=True, prefix="asynchronous:", near=NearCache()) as near,
        AsyncDatabase(pg_url, cache=near) as near_db,
    ):
        await db.fetch_one(GET, (1,))
        await db.fetch_one(GET, (1,))
        [entry] = [key async for key in bare.scan_iter() if key.startswith(b"asynchronous:") and b":q:" in key]
        while not near.stats().near_hits:
            await near_db.fetch_one(GET, (1,))
        candidates: dict[str, Callable[[], Awaitable[object]]] = {
            "GET": lambda: bare.get(entry),
            "hit": lambda: db.fetch_one(GET, (1,)),
            "near hit": lambda: near_db.fetch_one(GET, (1,)),
            "the query": lambda: db.fetch_one(GET_UNCACHED, (1,)),
            "a write that nobody caches": lambda: db.execute(SET_UNCACHED, (2, "x")),
            "a write, the cache told": lambda: db.execute(SET, (2, "x")),
        }
        times: dict[str, list[float]] = {name: [] for name in candidates}
        for _ in range(ROUNDS):
            for name, call in candidates.items():
                if name.endswith("hit"):
                    for _ in range(3):
                        await call()
                calls = CALLS if not name.startswith("a write") else CALLS // 5
                start = perf_counter()
                for _ in range(calls):
                    await call()
                times[name].append((perf_counter() - start) / calls)
        return {name: median(each) for name, each in times.items()}


if __name__ == "__main__":
    sys.exit(main())
