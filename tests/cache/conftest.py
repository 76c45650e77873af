"""A database, a server for what is kept, and both kinds of classes on them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis as redis_py
from janua import AsyncDatabase, Database
from janua.cache import AsyncCache, Cache
from janua.embedded.postgres import serve
from janua.redis import AsyncRedis, Redis
from psycopg.conninfo import make_conninfo

from tests.cache import queries as q
from tests.runtime.redis.servers import Proxy, cluster, proxy


@pytest.fixture(scope="session")
def template_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """
    The address of a database with the tests' tables, on a server of their own.

    What runs in other databases of a server has ids, too: while it does, a key that is new waits for it.
    """
    with serve(tmp_path_factory.mktemp("cache")) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE cached")
        url = make_conninfo(server.url, dbname="cached")
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(q.SCHEMA)
        yield url


@pytest.fixture
def pg_url(template_url: str) -> str:
    """The address of a database in which there is one account, with a balance of 10."""
    with psycopg.connect(template_url, autocommit=True) as database:
        database.execute("TRUNCATE accounts, notes, unread, linked")
        database.execute("INSERT INTO accounts VALUES (1, 'Ada', 10)")
    return template_url


@pytest.fixture
def behind(pg_url: str) -> Iterator[Callable[..., Any]]:
    """What runs SQL behind the cache's back, as psql would."""
    with psycopg.connect(pg_url, autocommit=True) as connection:

        def run(sql: str, *params: object) -> list[Any]:
            cursor = connection.execute(sql, params or None)
            return cursor.fetchall() if cursor.description else []

        yield run


@dataclass(frozen=True)
class Kind:
    """The classes of one kind."""

    Database: Any
    Redis: Any
    Cache: Any


BLOCKING = Kind(Database, Redis, Cache)
ASYNCHRONOUS = Kind(AsyncDatabase, AsyncRedis, AsyncCache)


@pytest.fixture(params=["blocking", "asynchronous"])
def kind(request: pytest.FixtureRequest) -> Kind:
    """Either of the two."""
    return BLOCKING if request.param == "blocking" else ASYNCHRONOUS


@pytest.fixture(scope="session")
def settle() -> Callable[[Any], Awaitable[Any]]:
    """What awaits an answer where it is not there yet."""

    async def settle(answer: Any) -> Any:
        return await answer if isawaitable(answer) else answer

    return settle


@pytest.fixture(scope="session")
def block() -> Callable[[Any], AbstractAsyncContextManager[Any]]:
    """What enters a context manager of either kind."""

    @asynccontextmanager
    async def block(context: Any) -> AsyncIterator[Any]:
        if hasattr(context, "__aenter__"):
            async with context as value:
                yield value
        else:
            with context as value:
                yield value

    return block


@pytest.fixture
def network(janua_redis_url: str) -> Iterator[Proxy]:
    """What is between the cache and its server: it counts, and can be cut."""
    with proxy(urlsplit(janua_redis_url).port or 6379) as network:
        yield network


@pytest.fixture
async def cache(kind: Kind, network: Proxy, janua_redis_prefix: str, block: Any) -> AsyncIterator[Any]:
    """A strict cache with keys of this test's own."""
    async with (
        block(kind.Redis(network.url, prefix=janua_redis_prefix)) as redis,
        block(kind.Cache(redis, strict=True, timeout=5.0, resolve_after=0.05)) as cache,
    ):
        yield cache


@pytest.fixture
async def db(kind: Kind, cache: Any, pg_url: str, block: Any) -> AsyncIterator[Any]:
    """A database with this cache."""
    async with block(kind.Database(pg_url, cache=cache)) as database:
        yield database


@pytest.fixture
def server(janua_redis_url: str) -> Iterator[redis_py.Redis]:
    """The server itself."""
    with redis_py.Redis.from_url(janua_redis_url) as client:
        yield client


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """The address of a cluster of three nodes, one of which is named."""
    with cluster() as nodes:
        yield f"redis://127.0.0.1:{nodes[1].port}/0?cluster=true"


@dataclass(frozen=True)
class Place:
    """A process of its own, as far as the cache goes: database, cache and connection to Redis."""

    db: Database
    cache: Cache


@pytest.fixture
def other(pg_url: str, janua_redis_url: str, janua_redis_prefix: str) -> Iterator[Place]:
    """Another process's database and cache."""
    with (
        Redis(janua_redis_url, prefix=janua_redis_prefix) as redis,
        Cache(redis, strict=True, timeout=5.0, resolve_after=0.05) as cache,
        Database(pg_url, cache=cache) as db,
    ):
        yield Place(db, cache)
