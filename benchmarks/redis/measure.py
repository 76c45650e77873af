"""
What sessions and rate limits cost beside a bare GET of redis-py, on one embedded Valkey.

    taskset -c 0 python benchmarks/redis/measure.py

Candidates take turns within one run; a median of each is shown, in microseconds, and its ratio to the GET of its
kind. The GET fetches as many bytes as the session's data have, and decodes them.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import msgspec
import redis as blocking
import redis.asyncio as asynchronous
from janua.embedded import valkey
from janua.redis import (
    GCRA,
    AsyncRateLimiter,
    AsyncRedis,
    AsyncSessionStore,
    Limit,
    RateLimiter,
    Redis,
    SessionStore,
    SlidingWindow,
)

ROUNDS, CALLS = 30, 100
LIMITS: list[Limit] = [
    SlidingWindow(10_000_000, timedelta(seconds=1)),
    GCRA(1_000_000, timedelta(seconds=1), burst=1_000_000),
]


@dataclass
class Visit:
    ip_address: str
    user_agent: str
    cart: list[int]


VISIT = Visit("192.0.2.1", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101", list(range(10)))


def main() -> None:
    """Measure both kinds and print a table each."""
    with tempfile.TemporaryDirectory() as folder, valkey.serve(Path(folder)) as server:
        print_table("blocking", measure(server.url))
        print_table("asynchronous", asyncio.run(measure_asynchronously(server.url)))


def measure(url: str) -> dict[str, float]:
    """Return the median of each candidate, in seconds."""
    with blocking.Redis.from_url(url) as bare, Redis(url) as redis:
        bare.set("bare", msgspec.msgpack.encode(VISIT))
        redis.set("typed", VISIT)
        store = SessionStore(redis, Visit)
        identifier = store.create(VISIT, "ada")
        one, two = RateLimiter(redis, LIMITS[0]), RateLimiter(redis, *LIMITS)

        def get() -> object:
            stored: Any = bare.get("bare")
            return msgspec.msgpack.decode(stored, type=Visit)

        candidates: dict[str, Callable[[], object]] = {
            "bare GET": get,
            "Redis.get": lambda: redis.get("typed", Visit),
            "sessions.get": lambda: store.get(identifier),
            "sessions.touch": lambda: store.touch(identifier),
            "limiter.check, sliding window": lambda: one.check("ada"),
            "limiter.consume, sliding window": lambda: one.consume("ada"),
            "limiter.consume, two limits": lambda: two.consume("grace"),
        }
        times: dict[str, list[float]] = {name: [] for name in candidates}
        for _ in range(ROUNDS):
            for name, call in candidates.items():
                start = perf_counter()
                for _ in range(CALLS):
                    call()
                times[name].append((perf_counter() - start) / CALLS)
    return {name: median(each) for name, each in times.items()}


async def measure_asynchronously(url: str) -> dict[str, float]:
    """The same, awaited one after the other."""
    async with asynchronous.Redis.from_url(url) as bare, AsyncRedis(url) as redis:
        store = AsyncSessionStore(redis, Visit)
        identifier = await store.create(VISIT, "ada")
        one, two = AsyncRateLimiter(redis, LIMITS[0]), AsyncRateLimiter(redis, *LIMITS)

        async def get() -> object:
            stored: Any = await bare.get("bare")
            return msgspec.msgpack.decode(stored, type=Visit)

        candidates: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
            "bare GET": get,
            "Redis.get": lambda: redis.get("typed", Visit),
            "sessions.get": lambda: store.get(identifier),
            "sessions.touch": lambda: store.touch(identifier),
            "limiter.check, sliding window": lambda: one.check("ada"),
            "limiter.consume, sliding window": lambda: one.consume("ada"),
            "limiter.consume, two limits": lambda: two.consume("grace"),
        }
        times: dict[str, list[float]] = {name: [] for name in candidates}
        for _ in range(ROUNDS):
            for name, call in candidates.items():
                start = perf_counter()
                for _ in range(CALLS):
                    await call()
                times[name].append((perf_counter() - start) / CALLS)
    return {name: median(each) for name, each in times.items()}


def print_table(title: str, medians: dict[str, float]) -> None:
    """Print microseconds and ratios."""
    print(f"\n{title:34} {'µs':>7} {'ratio':>6}")
    for name, seconds in medians.items():
        print(f"{name:34} {seconds * 1e6:7.1f} {seconds / medians['bare GET']:6.2f}")


if __name__ == "__main__":
    main()
