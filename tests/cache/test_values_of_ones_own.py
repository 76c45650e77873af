"""``remember``, ``get``, ``set`` and the rest: values that are no answers of queries."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from datetime import timedelta
from inspect import iscoroutinefunction
from typing import Any
from uuid import UUID

import msgspec
import pytest
from janua import ConfigError

from tests.cache import queries as q

MINUTE = timedelta(minutes=1)


@dataclass
class Cart:
    """A value."""

    owner: UUID
    items: list[int]


CART = Cart(UUID(int=7), [1, 2])


def returning(cache: Any, value: Any, calls: list[int]) -> Any:
    """A function of the cache's kind that returns a value and counts."""

    def blocking() -> Any:
        calls.append(1)
        return value

    async def asynchronous() -> Any:
        calls.append(1)
        return value

    return asynchronous if iscoroutinefunction(cache.get) else blocking


async def test_a_value_is_remembered(cache: Any, settle: Any) -> None:
    """The function is called once."""
    calls: list[int] = []
    fn = returning(cache, CART, calls)
    for _ in range(3):
        assert CART == await settle(cache.remember("cart", MINUTE, fn, type=Cart))
    assert 1 == len(calls)
    assert CART == await settle(cache.get("cart", Cart))


async def test_none_is_remembered(cache: Any, settle: Any) -> None:
    """As anything else."""
    calls: list[int] = []
    for _ in range(2):
        assert await settle(cache.remember("nothing", MINUTE, returning(cache, None, calls))) is None
    assert 1 == len(calls)


async def test_a_remembered_value_is_outdated_by_its_tables(db: Any, cache: Any, settle: Any) -> None:
    """As an answer is."""
    calls: list[int] = []
    for expected in (1, 1):
        await settle(cache.remember("sum", MINUTE, returning(cache, 1, calls), tables=["public.accounts"]))
        assert expected == len(calls)
    await settle(db.execute(q.ADD_NOTE, (1, "x")))
    await settle(cache.remember("sum", MINUTE, returning(cache, 1, calls), tables=["public.accounts"]))
    assert 1 == len(calls)
    await settle(db.execute(q.SET, (1, 1)))
    assert 2 == await settle(cache.remember("sum", MINUTE, returning(cache, 2, calls), tables=["public.accounts"]))
    assert 2 == len(calls)
    assert await settle(cache.get("sum", int)) is None


async def test_values_are_set_got_and_deleted(cache: Any, settle: Any) -> None:
    """And forgotten."""
    assert await settle(cache.get("a", Cart)) is None
    await settle(cache.set("a", CART, MINUTE))
    await settle(cache.set("b", CART, MINUTE))
    assert CART == await settle(cache.get("a", Cart))
    with pytest.raises(msgspec.ValidationError):
        await settle(cache.get("a", int))
    assert 2 == await settle(cache.delete("a", "b", "c"))
    await settle(cache.set("a", 1, MINUTE))
    assert [True, False] == [await settle(cache.forget("a")) for _ in range(2)]


async def test_values_end_with_their_time(cache: Any, settle: Any) -> None:
    """By the server's clock."""
    await settle(cache.set("a", 1, timedelta(milliseconds=30)))
    await asyncio.sleep(0.06)
    assert await settle(cache.get("a", int)) is None
    with pytest.raises(ValueError, match="ttl must be at least a millisecond"):
        await settle(cache.set("a", 1, timedelta(0)))


async def test_flush_deletes_what_is_the_cache_s(cache: Any, server: Any, janua_redis_prefix: str, settle: Any) -> None:
    """And nothing else."""
    server.set(f"{janua_redis_prefix}other", "x")
    for number in range(20):
        await settle(cache.set(str(number), number, MINUTE))
    assert 20 <= await settle(cache.flush())
    assert await settle(cache.get("1", int)) is None
    assert b"x" == server.get(f"{janua_redis_prefix}other")


async def test_tables_need_a_database(cache: Any, settle: Any) -> None:
    """Nobody tells of writes otherwise."""
    with pytest.raises(ConfigError, match="the cache belongs to no database"):
        await settle(cache.remember("x", MINUTE, returning(cache, 1, []), tables=["public.accounts"]))


def test_one_of_many_callers_calls_in_threads(other: Any) -> None:
    """The others wait for what it returns."""
    calls: list[int] = []
    barrier = threading.Barrier(20)
    answers: list[int] = []

    def slow() -> int:
        calls.append(1)
        threading.Event().wait(0.1)
        return 5

    def run() -> None:
        barrier.wait()
        answers.append(other.cache.remember("x", MINUTE, slow, type=int))

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ([5] * 20, 1) == (answers, len(calls))
