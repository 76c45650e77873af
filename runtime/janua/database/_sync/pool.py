# Derived from runtime/janua/database/_async/pool.py by tools/derive_sync.py; do not edit.
"""psycopg's pool, opened on first use, with errors that say what is wrong."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Any

import psycopg
import psycopg_pool

from janua.database._sync.connecting import ConnectingPool
from janua.database._sync.session import Session
from janua.database.adapt import base_adapters
from janua.database.catalog import Catalog
from janua.database.concurrency import Lock, NoCancellation, cancellations, no_loop
from janua.database.options import PoolOptions, PoolStats
from janua.database.password import PasswordSource, read_password
from janua.database.process import keep_connection, keep_pool
from janua.database.target import Target
from janua.errors import AlreadyClosed, ServerUnreachable, WrongEventLoop
from janua.events import ConnectionErrorEvent, Events

if TYPE_CHECKING:
    from janua.database._sync.caching import Caching

_PREPARE_AFTER = 5
# psycopg_pool doubles the pause between attempts until it gives up: a low limit keeps the longest
# pause short, so that calls succeed soon after the server is back.
_RECONNECT_TIMEOUT = 10.0


class SessionPool:
    """Hands out sessions that are idle and alive, and takes them back in any state."""

    def __init__(
        self,
        target: Target,
        options: PoolOptions,
        prepare: bool,
        password: PasswordSource | None = None,
        cursor_secret: bytes | None = None,
        *,
        events: Events | None = None,
        comments: bool = True,
    ) -> None:
        self.cursor_secret = cursor_secret
        self.events = Events() if events is None else events
        self._comments = comments
        self._target = target
        self._options = options
        self._password = password
        self._parameters: dict[str, Any] = {
            **target.parameters,
            "connect_timeout": max(2, int(options.connect_timeout)),
            "autocommit": True,
            # Where psycopg prepares too, it deallocates all after a rollback: what sessions have prepared as well.
            "prepare_threshold": _PREPARE_AFTER if prepare and not options.statement_cache else None,
            "context": base_adapters(),
        }
        self.caching: Caching | None = None
        self._catalog = Catalog()
        self._statement_cache = options.statement_cache if prepare else 0
        self._pool: ConnectingPool | None = None
        self._loop: object = None
        self._opening = Lock()
        self._closed = False
        self._in_use: set[Session] = set()
        self._abandoned: deque[Session] = deque()
        # Another one after each use that may have written.
        self.last_use: object = None
        keep_pool(self)

    def open(self) -> ConnectingPool:
        """
        Connect once, to see that it is possible, and start the pool. Opening again changes nothing.

        Raises ServerUnreachable; a later call may try again.
        """
        if self._pool is not None and not self._closed:
            self._check_loop()
            return self._pool
        with self._opening:
            self.check_open()
            if self._pool is None:
                self._probe()
                pool = self._make_pool()
                pool.open()
                self._pool, self._loop = pool, no_loop()
            return self._pool

    def check_open(self) -> None:
        """Raise AlreadyClosed after ``close``."""
        if self._closed:
            raise self._already_closed()

    @property
    def timeout(self) -> float:
        """How long a call may wait for a connection, in seconds."""
        return self._options.timeout

    def close(self) -> None:
        """Close the idle connections now and those in use when they come back. May be called twice."""
        with self._opening:
            if self._pool is not None:
                self._check_loop()
            self._closed = True
            if self._pool is not None:
                self._reclaim(self._pool)
                self._pool.close(timeout=self._parameters["connect_timeout"] + 1.0)

    def start_over(self) -> None:
        """Forget all connections, without a word to the server: they belong to the process that forked this one."""
        if self._pool is not None:
            self._pool.disown()
            self._pool = None
        self._opening = Lock()
        self._in_use = set()
        self._abandoned = deque()

    def let_go(self) -> None:
        """Leave the connections to the end of the process, which closes them."""
        if self._pool is not None:
            self._pool.disown()

    def acquire(self, timeout: float | None = None) -> Session:
        """
        Return a session for the caller alone, who must release it.

        Raises psycopg_pool.PoolTimeout where none became free in time, TooManyRequests where
        too many wait already, ServerUnreachable where connecting fails.
        """
        pool = self._pool
        if pool is None or self._closed or self._loop is not no_loop():
            pool = self.open()
        if self._abandoned:
            self._reclaim(pool)
        session = pool.take()
        if session is not None and session.is_alive():
            self._in_use.add(session)
            return session
        deadline = monotonic() + (self._options.timeout if timeout is None else timeout)
        before = cancellations()
        while True:
            if session is not None:
                session.close()
                pool.putconn(session)
            session = self._next(pool, deadline)
            if cancellations() > before:
                pool.putconn(session)
                raise NoCancellation
            if session.is_alive():
                self._in_use.add(session)
                return session

    @property
    def address(self) -> str:
        """Where the server is, without user and password."""
        return str(self._target)

    def is_in_use(self) -> bool:
        """Return True while anybody holds a session."""
        return bool(self._in_use)

    def release(self, session: Session, *, has_written: bool = True) -> None:
        """Take a session back; one that is not idle or not usable any more is closed, and the pool opens another."""
        if has_written:
            # Before it counts as not in use: in between, there would be nothing to see of what it has written.
            self.last_use = object()
        self._in_use.discard(session)
        if session.is_demoted or not session.is_idle():
            session.close()
        if self._pool is not None:
            self._pool.put_back(session)

    def abandon(self, session: Session) -> None:
        """
        Close the connection of a session that nobody can release any more.

        Called from a finalizer, so nothing is awaited and no lock taken: the pool gets the
        session back with the next acquire.
        """
        session.hang_up()
        self._abandoned.append(session)

    def stats(self) -> PoolStats:
        """Count the connections; all zero before the pool is open and after it is closed."""
        if self._pool is None:
            return PoolStats()
        stats = self._pool.get_stats()
        idle, busy = stats.get("pool_available", 0), len(self._in_use)
        return PoolStats(idle + busy, idle, busy, stats.get("requests_waiting", 0))

    def _make_pool(self) -> ConnectingPool:
        return ConnectingPool(
            explain=self._target.unreachable,
            on_failure=self._tell_failure,
            has_sessions_out=lambda: bool(self._in_use),
            patience=min(self._options.connect_timeout, _RECONNECT_TIMEOUT),
            connection_class=Session,
            kwargs=self._connection_parameters,
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
        keep_connection(session)
        session.use(self._catalog, self._statement_cache)
        session.cursor_secret = self.cursor_secret
        session.announce(self.events, comments=self._comments)

    def _tell_failure(self, error: Exception) -> None:
        self.events.emit("connection_error", ConnectionErrorEvent(error))

    def _next(self, pool: ConnectingPool, deadline: float) -> Session:
        try:
            return pool.getconn(timeout=deadline - monotonic())
        except psycopg_pool.PoolClosed:
            raise self._already_closed() from None
        except psycopg_pool.PoolTimeout:
            # Where not all are in use, more could not be opened: the pool knows why, but only logs it.
            if len(self._in_use) < self._options.max_size:
                self._probe()
            raise

    def _probe(self) -> None:
        try:
            session = self.connect()
        except (psycopg.OperationalError, ServerUnreachable) as error:
            self._tell_failure(error)
            raise self._target.unreachable(error) from error.__cause__
        session.close()

    def connect(self) -> Session:
        """Open a connection beside the pool, for the caller to close. Raises psycopg.OperationalError."""
        session = Session.connect(**self._connection_parameters())
        keep_connection(session)
        return session

    def _connection_parameters(self) -> dict[str, Any]:
        if self._password is None:
            return self._parameters
        return {**self._parameters, "password": read_password(self._password)}

    def _already_closed(self) -> AlreadyClosed:
        return AlreadyClosed(f"the database {self._target} has been closed; make a new one")

    def _check_loop(self) -> None:
        if self._loop is not no_loop():
            raise WrongEventLoop(
                f"the database {self._target} was opened in another event loop, where its connections belong;"
                " make one AsyncDatabase for each loop"
            )

    def _reclaim(self, pool: ConnectingPool) -> None:
        while self._abandoned:
            session = self._abandoned.popleft()
            self._in_use.discard(session)
            session.close()
            pool.putconn(session)
