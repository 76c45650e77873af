# Derived from runtime/janua/database/_async/database.py by tools/derive_sync.py; do not edit.
"""The database: what services hold, one for each process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from types import ModuleType, TracebackType
from typing import Any, TypeVar

import psycopg
import psycopg_pool

from janua.database._sync.caching import Caching
from janua.database._sync.connection import Connection
from janua.database._sync.pool import SessionPool
from janua.database._sync.replicas import ReplicaSet
from janua.database._sync.session import Session
from janua.database._sync.statements import Statements
from janua.database._sync.telling import run_telling
from janua.database._sync.transaction import Transaction
from janua.database._sync.transaction_source import TransactionSource, begin
from janua.database._sync.verification import verify_on
from janua.database.commands import begin_command
from janua.database.eventsource import EventSource
from janua.database.lsn import WritePosition
from janua.database.observation import Observation
from janua.database.options import Isolation, PoolOptions, PoolStats, TargetSessionAttrs
from janua.database.password import PasswordSource
from janua.database.replicas import ReplicaOptions, ReplicaStatus, check_replicas, reading_after
from janua.database.results import Result
from janua.database.target import Field, find_target
from janua.database.verification import Verification
from janua.errors import ServerUnreachable, WriteTokenError
from janua.events import Events
from janua.health import Health
from janua.paging import secret_bytes
from janua.query import Query
from janua.querycache import QueryCache
from janua.tls import TLS

T = TypeVar("T")
R = TypeVar("R")


class Database(TransactionSource, EventSource):
    """
    A PostgreSQL database behind a pool of connections, which opens on first use.

    ``url`` and the fields say where it is, the fields taking precedence; with none of them it is
    ``JANUA_DATABASE_URL``. Of several hosts, the first that answers is taken; ``target_session_attrs``
    says what it must be. ``application_name`` counts where the URL has none. A ``password`` that
    is callable is called for each new connection.

    ``lazy`` has ``open`` and ``with`` connect to nothing: an address that cannot be reached then shows at
    the first call. ``pgbouncer`` is for PgBouncer in transaction mode: statements are not
    prepared, and no setting is sent when a connection begins. ``prepare=False`` is the former alone.
    ``query_comments`` puts each query's name into its text as the server sees it, after the first keyword.
    With a ``cursor_secret``, cursors of pages are signed, so that only those that were given out are taken;
    all processes that take them need the same.

    ``replicas`` are the URLs of streaming replicas, one server each, which have a pool each with the same options,
    ``tls``, and ``dbname``, ``user`` and ``password`` where given as fields. Queries with ``@replica`` go there outside
    transactions and connections, as ``replica_options`` say; where no replica will do, the primary answers.

    With a ``cache`` (``janua.cache``), queries with ``@cache`` are answered from it where it has an answer that
    no write has outdated since.

    Every call outside a transaction is a transaction of its own and may run on another connection.

    A connection that the server has closed is replaced; a statement that was running on it raises
    psycopg.OperationalError and is never repeated. All calls raise ServerUnreachable where no
    connection can be made, psycopg_pool.PoolTimeout where none becomes free in
    ``pool.timeout`` seconds, and AlreadyClosed after ``close``.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        host: str | Sequence[str] | None = None,
        port: int | Sequence[int] | None = None,
        dbname: str | None = None,
        user: str | None = None,
        password: str | PasswordSource | None = None,
        target_session_attrs: TargetSessionAttrs | None = None,
        pool: PoolOptions = PoolOptions(),
        tls: TLS | None = None,
        application_name: str = "janua",
        lazy: bool = False,
        pgbouncer: bool = False,
        prepare: bool = True,
        query_comments: bool = True,
        cursor_secret: str | bytes | None = None,
        replicas: Sequence[str] = (),
        replica_options: ReplicaOptions = ReplicaOptions(),
        cache: QueryCache | None = None,
    ) -> None:
        """
        Raises ConfigError where the address is missing or cannot be read, or the secret is empty.

        Nothing is connected yet.
        """
        source = password if callable(password) else None
        fields: dict[str, Field] = {"host": host, "port": port, "dbname": dbname, "user": user}
        fields |= {"password": None if callable(password) else password, "target_session_attrs": target_session_attrs}
        target = find_target(url, fields, tls, application_name)
        self._target = target.with_settings(pool, pgbouncer=pgbouncer)
        self._options = pool
        self._pgbouncer = pgbouncer
        self._lazy = lazy
        self._events = Events()
        secret = secret_bytes(cursor_secret)
        shared = {name: fields[name] for name in ("dbname", "user", "password")}
        targets = [find_target(each, shared, tls, application_name) for each in check_replicas(replicas)]
        primary, *pools = [
            SessionPool(
                each,
                pool,
                prepare and not pgbouncer,
                source,
                secret,
                events=self._events,
                comments=query_comments,
            )
            for each in (self._target, *(each.with_settings(pool, pgbouncer=pgbouncer) for each in targets))
        ]
        self._pool = primary
        self._replicas = ReplicaSet(primary, pools, replica_options)
        if cache is not None:
            primary.caching = Caching(cache, primary)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._target}>"

    def open(self) -> None:
        """
        Connect now, so that a wrong address shows at the start of a service.

        Raises ServerUnreachable, with ``lazy`` only AlreadyClosed.
        """
        if self._lazy:
            self._pool.check_open()
        else:
            self._pool.open()

    def close(self) -> None:
        """Close all connections, those in use when their block ends; the object cannot be opened again."""
        self._replicas.close()
        self._pool.close()

    def __enter__(self) -> Database:
        self.open()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Hold one connection for a block, for what belongs to a session."""
        session = self._pool.acquire()
        connection = Connection(session, self._pool)
        try:
            yield connection
        finally:
            connection._detach()
            self._pool.release(session)

    def begin(
        self,
        isolation: Isolation | None = None,
        *,
        read_only: bool = False,
        deferrable: bool = False,
        certain: bool = False,
    ) -> Transaction:
        """
        Begin a transaction that the caller ends with ``commit`` or ``rollback``.

        It holds a connection until then. Prefer ``transaction``, which cannot be forgotten.
        """
        command = begin_command(isolation, read_only, deferrable)
        session = self._pool.acquire()
        transaction = Transaction(
            session, self._pool, owns=True, read_only=read_only, certain=certain, isolation=isolation
        )
        return begin(transaction, command)

    def health(self) -> Health:
        """
        Measure a round trip to the server, waiting at most ``pool.connect_timeout`` for a connection.

        Never raises for a server that does not answer: the error is in the result.
        """
        try:
            session = self._pool.acquire(self._options.connect_timeout)
        except (ServerUnreachable, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests) as error:
            return Health(ok=False, error=str(error))
        try:
            start = perf_counter()
            session.execute(b"SELECT")
            latency_ms = (perf_counter() - start) * 1000
            version = session.pgconn.parameter_status(b"server_version") or b""
            return Health(ok=True, latency_ms=latency_ms, server_version=version.decode())
        except psycopg.OperationalError as error:
            return Health(ok=False, error=" ".join(str(error).split()))
        finally:
            self._pool.release(session)

    def verify(self, generated: ModuleType) -> Verification:
        """
        Compare this database with a generated package, and say which of its queries would break.

        Every query is described by the server, which looks at its tables, columns, functions and types; none is run.
        Types of parameters and columns, attributes of composite types and labels of enums are compared
        with the declared ones. ``print`` shows the answer.
        """
        with self._hold() as session:
            return verify_on(session, generated)

    def pool_stats(self) -> PoolStats:
        """Count the pool's connections and those who wait for one, at this moment."""
        return self._pool.stats()

    def replica_stats(self) -> tuple[ReplicaStatus, ...]:
        """Return how the replicas were last seen, in the order in which they were given."""
        return self._replicas.statuses()

    def write_token(self) -> str:
        """
        Return a text that stands for all that was committed before, for ``after`` in this or another process.

        It goes into a URL or a header, and tells nobody what was written. Raises WriteTokenError where the
        server is a replica.
        """
        position = self._replicas.position()
        if position is None:
            raise WriteTokenError(f"the server at {self._target} is a replica: only a primary writes")
        return position.to_token()

    @contextmanager
    def after(self, token: str) -> Iterator[None]:
        """
        Have queries with ``@replica fresh`` in the block, and in tasks made there, show what the token stands for.

        Raises WriteTokenError for one that is damaged or from another database cluster.
        """
        position = WritePosition.from_token(token)
        self._replicas.check_origin(position)
        with reading_after(position):
            yield

    def _note(self, query: Query[Any]) -> bool:
        return self._pool.caching is None or not (query.writes or query.changes_settings)

    @contextmanager
    def _hold(self) -> Iterator[Session]:
        session = self._pool.acquire()
        try:
            yield session
        finally:
            self._pool.release(session)

    @contextmanager
    def _same_connection(self) -> Iterator[Statements]:
        with self.connection() as connection:
            yield connection

    @property
    def _cursor_secret(self) -> bytes | None:
        return self._pool.cursor_secret

    def _run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        if self._pool.caching is not None:
            if query.cache is not None:
                return self._pool.caching.read(query, params, read)
            if query.writes or query.changes_settings:
                with self._hold() as session:
                    return run_telling(self._pool, session, query, params, read)
        if self._events.watches_calls and not isinstance(read, Observation):
            with Observation(self._events, query, params, read) as observation:
                return self._run(query, params, observation)
        if query.replica is not None:
            answer = self._replicas.run(query, params, read)
            if answer is not None:
                return answer[0]
        if query.timeout is not None:
            with self.transaction() as transaction:
                return transaction._run(query, params, read)
        session = self._pool.acquire()
        try:
            return session.run(query, params, read)
        finally:
            self._pool.release(session, has_written=query.replica is None)
