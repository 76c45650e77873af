"""The cache in which services keep answers: commands that write the database outdate what is there."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from janua.config import Project
from janua.errors import ServerUnreachable

if TYPE_CHECKING:
    from janua.cache import AsyncCache, Cache

VARIABLE = "JANUA_REDIS_URL"
# Nobody else is waiting, and nothing comes after that could make up for it.
_TIMEOUT_S = 5.0


def cache_url() -> str:
    """Where the cache is; nothing where ``JANUA_REDIS_URL`` is not set."""
    return os.environ.get(VARIABLE, "")


@contextmanager
def cache_at(url: str, project: Project) -> Iterator[Cache | None]:
    """The project's cache in this Redis, for a ``Database``, or None without a URL."""
    if not url:
        yield None
        return
    from janua.cache import Cache
    from janua.redis import Redis

    with (
        Redis(url, connect_timeout=_TIMEOUT_S, max_retries=0) as redis,
        Cache(redis, prefix=project.cache_prefix, strict=True, timeout=_TIMEOUT_S) as cache,
    ):
        yield cache


@asynccontextmanager
async def async_cache_at(url: str, project: Project) -> AsyncIterator[AsyncCache | None]:
    """The same for an ``AsyncDatabase``."""
    if not url:
        yield None
        return
    from janua.cache import AsyncCache
    from janua.redis import AsyncRedis

    async with (
        AsyncRedis(url, connect_timeout=_TIMEOUT_S, max_retries=0) as redis,
        AsyncCache(redis, prefix=project.cache_prefix, strict=True, timeout=_TIMEOUT_S) as cache,
    ):
        yield cache


def outdate_cache(database_url: str | None, project: Project, done: str) -> None:
    """Outdate all that is kept of the database. Raises ServerUnreachable, which says what was ``done`` before."""
    with cache_at(cache_url(), project) as cache:
        if cache is None:
            return
        from janua.database import Database

        with Database(database_url or None, cache=cache, application_name="janua db", lazy=True):
            try:
                cache.invalidate()
            except ServerUnreachable as error:
                told = "but the cache was not told, and may give what is outdated"
                raise ServerUnreachable(f"{done}, {told}: {error}") from error
