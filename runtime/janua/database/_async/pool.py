"""psycopg's pool, opened on first use, with errors that say what is wrong."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import Any

import psycopg
import psycopg_pool

from janua.database._async.session import AsyncSession
from janua.database.adapt import base_adapters
from janua.database.catalog import Registration
from janua.database.concurrency import AsyncLock
from janua.database.options import PoolOptions, PoolStats
from janua.database.target import Target
from janua.errors import AlreadyClosed, ServerUnreachable
from janua.query import Types

_PREPARE_AFTER = 5
# psycopg_pool doubles the pause between attempts until it gives up: a low limit keeps the longest
# pause short, so that calls succeed soon after the server is back.
_RECONNECT_TIMEOUT = 10.0


class AsyncSessionPool:
    """Hands out sessions that are idle and alive, and takes them back in any state."""

    def __init__(self, target: Target, options: PoolOptions, prepare: bool) -> None:
        self._target = target
        self._options = options
        self._parameters: dict[str, Any] = {
            **target.parameters,
            "connect_timeout": max(2, int(options.connect_timeout)),
            "autocommit": True,
            "prepare_threshold": _PREPARE_AFTER if prepare else None,
            "context": base_adapters(),
        }
        self._known_types: dict[Types, tuple[Registration, ...]] = {}
        self._pool: psycopg_pool.AsyncConnectionPool[AsyncSession] | None = None
        self._opening = AsyncLock()
        self._closed = False
        self._in_use: set[AsyncSession] = set()
        self._abandoned: deque[AsyncSession] = deque()

    async def open(self) -> psycopg_pool.AsyncConnectionPool[AsyncSession]:
        """
        Connect once, to see that it is possible, and start the pool. Opening again changes nothing.

        Raises ServerUnreachable; a later call may try again.
        """
        if self._pool is not None and not self._closed:
            return self._pool
        async with self._opening:
            if self._closed:
                raise AlreadyClosed(f"the database {self._target} has been closed; make a new one")
            if self._pool is None:
                await self._probe()
                pool = self._make_pool()
                await pool.open()
                self._pool = pool
            return self._pool

    async def close(self) -> None:
        """Close the idle connections now and those in use when they come back. May be called twice."""
        async with self._opening:
            self._closed = True
            if self._pool is not None:
                await self._reclaim(self._pool)
                await self._pool.close(timeout=self._parameters["connect_timeout"] + 1.0)

    async def acquire(self, timeout: float | None = None) -> AsyncSession:
        """
        Return a session for the caller alone, who must release it.

        Raises psycopg_pool.PoolTimeout where none became free in time, TooManyRequests where
        too many wait already, ServerUnreachable where connecting fails.
        """
        pool = await self.open()
        await self._reclaim(pool)
        deadline = monotonic() + (self._options.timeout if timeout is None else timeout)
        while True:
            session = await self._next(pool, deadline)
            if session.is_alive():
                self._in_use.add(session)
                return session
            await session.close()
            await pool.putconn(session)

    async def release(self, session: AsyncSession) -> None:
        """Take a session back; one that is not idle is closed, and the pool opens another."""
        self._in_use.discard(session)
        if not session.is_idle():
            await session.close()
        if self._pool is not None:
            await self._pool.putconn(session)

    def abandon(self, session: AsyncSession) -> None:
        """
        Close the connection of a session that nobody can release any more.

        Called from a finalizer, so nothing is awaited and no lock taken: the pool gets the
        session back with the next acquire.
        """
        session.pgconn.finish()
        self._abandoned.append(session)

    def stats(self) -> PoolStats:
        """Count the connections; all zero before the pool is open and after it is closed."""
        if self._pool is None:
            return PoolStats()
        stats = self._pool.get_stats()
        idle, busy = stats.get("pool_available", 0), len(self._in_use)
        return PoolStats(idle + busy, idle, busy, stats.get("requests_waiting", 0))

    def _make_pool(self) -> psycopg_pool.AsyncConnectionPool[AsyncSession]:
        return psycopg_pool.AsyncConnectionPool(
            connection_class=AsyncSession,
            kwargs=self._parameters,
            configure=self._configure,
            min_size=self._options.min_size,
            max_size=self._options.max_size,
            timeout=self._options.timeout,
            max_waiting=self._options.max_waiting,
            max_lifetime=self._options.max_lifetime,
            max_idle=self._options.max_idle,
            reconnect_timeout=_RECONNECT_TIMEOUT,
            open=False,
        )

    async def _configure(self, session: AsyncSession) -> None:
        session.known_types = self._known_types

    async def _next(self, pool: psycopg_pool.AsyncConnectionPool[AsyncSession], deadline: float) -> AsyncSession:
        try:
            return await pool.getconn(timeout=deadline - monotonic())
        except psycopg_pool.PoolClosed:
            raise AlreadyClosed(f"the database {self._target} has been closed; make a new one") from None
        except psycopg_pool.PoolTimeout:
            # Where not all are in use, more could not be opened: the pool knows why, but only logs it.
            if len(self._in_use) < self._options.max_size:
                await self._probe()
            raise

    async def _probe(self) -> None:
        try:
            session = await AsyncSession.connect(**self._parameters)
        except psycopg.OperationalError as error:
            reason = " ".join(str(error).split())
            raise ServerUnreachable(f"cannot connect to PostgreSQL at {self._target}: {reason}") from None
        await session.close()

    async def _reclaim(self, pool: psycopg_pool.AsyncConnectionPool[AsyncSession]) -> None:
        while self._abandoned:
            session = self._abandoned.popleft()
            self._in_use.discard(session)
            await pool.putconn(session)
