# Derived from runtime/janua/database/_async/pool.py by tools/derive_sync.py; do not edit.
"""psycopg's pool, opened on first use, with errors that say what is wrong."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import Any

import psycopg
import psycopg_pool

from janua.database._sync.session import Session
from janua.database.adapt import base_adapters
from janua.database.catalog import Registration
from janua.database.concurrency import Lock
from janua.database.options import PoolOptions, PoolStats
from janua.database.target import Target
from janua.errors import AlreadyClosed, ServerUnreachable
from janua.query import Types

_PREPARE_AFTER = 5
# psycopg_pool doubles the pause between attempts until it gives up: a low limit keeps the longest
# pause short, so that calls succeed soon after the server is back.
_RECONNECT_TIMEOUT = 10.0


class SessionPool:
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
        self._pool: psycopg_pool.ConnectionPool[Session] | None = None
        self._opening = Lock()
        self._closed = False
        self._in_use: set[Session] = set()
        self._abandoned: deque[Session] = deque()

    def open(self) -> psycopg_pool.ConnectionPool[Session]:
        """
        Connect once, to see that it is possible, and start the pool. Opening again changes nothing.

        Raises ServerUnreachable; a later call may try again.
        """
        if self._pool is not None and not self._closed:
            return self._pool
        with self._opening:
            if self._closed:
                raise AlreadyClosed(f"the database {self._target} has been closed; make a new one")
            if self._pool is None:
                self._probe()
                pool = self._make_pool()
                pool.open()
                self._pool = pool
            return self._pool

    def close(self) -> None:
        """Close the idle connections now and those in use when they come back. May be called twice."""
        with self._opening:
            self._closed = True
            if self._pool is not None:
                self._reclaim(self._pool)
                self._pool.close(timeout=self._parameters["connect_timeout"] + 1.0)

    def acquire(self, timeout: float | None = None) -> Session:
        """
        Return a session for the caller alone, who must release it.

        Raises psycopg_pool.PoolTimeout where none became free in time, TooManyRequests where
        too many wait already, ServerUnreachable where connecting fails.
        """
        pool = self.open()
        self._reclaim(pool)
        deadline = monotonic() + (self._options.timeout if timeout is None else timeout)
        while True:
            session = self._next(pool, deadline)
            if session.is_alive():
                self._in_use.add(session)
                return session
            session.close()
            pool.putconn(session)

    def release(self, session: Session) -> None:
        """Take a session back; one that is not idle is closed, and the pool opens another."""
        self._in_use.discard(session)
        if not session.is_idle():
            session.close()
        if self._pool is not None:
            self._pool.putconn(session)

    def abandon(self, session: Session) -> None:
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

    def _make_pool(self) -> psycopg_pool.ConnectionPool[Session]:
        return psycopg_pool.ConnectionPool(
            connection_class=Session,
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

    def _configure(self, session: Session) -> None:
        session.known_types = self._known_types

    def _next(self, pool: psycopg_pool.ConnectionPool[Session], deadline: float) -> Session:
        try:
            return pool.getconn(timeout=deadline - monotonic())
        except psycopg_pool.PoolClosed:
            raise AlreadyClosed(f"the database {self._target} has been closed; make a new one") from None
        except psycopg_pool.PoolTimeout:
            # Where not all are in use, more could not be opened: the pool knows why, but only logs it.
            if len(self._in_use) < self._options.max_size:
                self._probe()
            raise

    def _probe(self) -> None:
        try:
            session = Session.connect(**self._parameters)
        except psycopg.OperationalError as error:
            reason = " ".join(str(error).split())
            raise ServerUnreachable(f"cannot connect to PostgreSQL at {self._target}: {reason}") from None
        session.close()

    def _reclaim(self, pool: psycopg_pool.ConnectionPool[Session]) -> None:
        while self._abandoned:
            session = self._abandoned.popleft()
            self._in_use.discard(session)
            pool.putconn(session)
