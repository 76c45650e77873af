"""What a database has of its cache: which answers may come from it, and which writes it is told of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from hashlib import blake2b
from time import monotonic
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import msgspec
import psycopg

from janua.database._async.deadline import run_in_transaction
from janua.database._async.pool import AsyncSessionPool
from janua.database._async.session import AsyncSession
from janua.database._async.transaction import AsyncTransaction
from janua.database._async.transaction_source import begin, run_alone
from janua.database.answers import AnswerReader, Recorder
from janua.database.facts import NEW_XID, SESSION_FACTS, WRITER_STATUS, SessionFacts, same_timeline
from janua.database.loaders import UnknownType
from janua.database.results import Result
from janua.database.writers import Writers
from janua.errors import RowCountError, ServerUnreachable
from janua.query import CachePolicy, Query
from janua.querycache import Answer, AsyncQueryCache, AsyncSettle, Marking, Place, Snapshot, Wanted, Writer

T = TypeVar("T")
R = TypeVar("R")

# Texts of parameters are bytes of classes of their own.
_encode = msgspec.msgpack.Encoder(enc_hook=bytes).encode
_NOT_TOLD = (psycopg.Error, ServerUnreachable)
_PAUSE = 5.0
_READ_COMMITTED = "read committed"


class _Known(Generic[T]):
    """What is known of one query: how its values are written and its answers are read."""

    def __init__(self, query: Query[T], session: AsyncSession, cursor: Any) -> None:
        self.write = Writers(query, len(query.params), cursor).write
        self.reader = AnswerReader(query, cursor)
        self.time_zone = session.pgconn.parameter_status(b"TimeZone")
        self._fingerprint = query.fingerprint

    def key(self, place: Place, context: bytes, params: tuple[object, ...]) -> bytes:
        """Return what the answer is kept under: a digest of all that it depends on, besides the tables."""
        parts = (self._fingerprint, place.database, context, self.write(params))
        return blake2b(_encode(parts), digest_size=16).hexdigest().encode()


class AsyncCaching:
    """
    The cache of one database.

    What a session's answers depend on is asked of a new connection for those that the pool hands out, and of the
    session itself where it is held. Before an answer is kept, its session is asked again: only what was answered
    under the very context of the key is kept.
    """

    def __init__(self, cache: AsyncQueryCache, pool: AsyncSessionPool) -> None:
        self.cache = cache
        self.pool = pool
        self._ask_again = self._trust_until = 0.0
        self._facts: dict[tuple[str, ...], SessionFacts] = {}
        self._known: WeakKeyDictionary[Query[Any], _Known[Any]] = WeakKeyDictionary()
        cache.attach(self)

    async def snapshot(self) -> Snapshot | None:
        """Return which transactions have ended by now; None where nothing of the database can be kept."""
        async with self._session() as session:
            try:
                facts = await session.run(SESSION_FACTS, ([],), Result.one)
            except psycopg.Error:
                return None
        return Snapshot(facts.place, facts.oldest_running) if facts.place is not None else None

    async def new_xid(self, session: AsyncSession | None = None) -> int:
        """Return an id that is higher than those of all transactions that have one now."""
        if session is not None:
            return await session.run(NEW_XID, (), Result.one)
        async with self._beside() as beside:
            return await beside.run(NEW_XID, (), Result.one)

    async def has_ended(self, writer: Writer) -> bool:
        """Ask the server what became of a transaction; one of an earlier run of the server's life has ended with it."""
        try:
            async with self._beside() as session:
                here = (await session.run(SESSION_FACTS, ([],), Result.one)).place
                if here is None or here.database != writer.place.database:
                    return False
                is_same_run = here.origin == writer.place.origin
                if not is_same_run and (here.origin < writer.place.origin or not same_timeline(here, writer.place)):
                    return writer.place.origin < here.origin
                # Statistics that were reset by hand look like a crash, which no process survives.
                asked = (str(writer.xid) if is_same_run else "0", writer.pid, writer.started)
                status = await session.run(WRITER_STATUS, asked, Result.one)
        except _NOT_TOLD:
            return False
        return status in ("committed", "aborted", None)

    async def read(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        """Return a kept answer, or have any session of the pool run the query."""
        assert query.cache is not None
        facts = self._facts.get(query.cache.settings) or await self._pool_facts(query.cache.settings)
        known = self._known.get(query)
        if known is None:
            async with self._session() as session:
                known = await self._learn(session, query)
        return await self._read(_Reading(self, query, params, read, known, facts, self._session))

    async def read_on(
        self, session: AsyncSession, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]
    ) -> R:
        """Return a kept answer, or have this session run the query."""
        assert query.cache is not None
        settings = query.cache.settings
        facts = session.facts.get(settings)
        if facts is None:
            facts = await session.run(SESSION_FACTS, (list(settings),), Result.one)
            session.facts[settings] = facts
        if facts.isolation != _READ_COMMITTED and not session.is_idle():
            return await run_in_transaction(session, query, params, read)
        known = self._known.get(query)
        if known is None or known.time_zone != session.pgconn.parameter_status(b"TimeZone"):
            known = await self._learn(session, query)

        @asynccontextmanager
        async def held() -> AsyncIterator[AsyncSession]:
            yield session

        return await self._read(_Reading(self, query, params, read, known, facts, held))

    async def mark(self, session: AsyncSession, tables: Sequence[str], *, anyway: bool = False) -> Marking | None:
        """
        Tell the cache that the session's transaction is about to write these tables; None where it has written nothing.

        ``anyway`` tells it also of a statement that has yet to begin. Raises InvalidationFailed.
        """
        writer = session.writer_of(await session.run(session.writer_query, (), Result.optional))
        return await self.mark_of(writer, tables, anyway=anyway)

    async def mark_of(self, writer: Writer | None, tables: Sequence[str], *, anyway: bool = False) -> Marking | None:
        """Do so for a transaction that has told of itself; None for one that cannot write."""
        if writer is None or not (writer.xid or anyway):
            return None
        if any(facts.place != writer.place for facts in self._facts.values()):
            self._facts = {}
        return await self.cache.mark(writer, tables)

    async def clear(self, marking: Marking | None) -> None:
        """Tell the cache that the transaction has ended."""
        if marking is not None:
            await self.cache.clear(marking)

    async def _read(self, reading: _Reading[T, R]) -> R:
        facts = reading.facts
        if facts is None or facts.place is None:
            await reading.answer(None)
        else:
            assert reading.query.cache is not None
            key = reading.known.key(facts.place, facts.context, reading.params)
            kept = await self.cache.read(Wanted(facts.place, key, reading.query.cache), reading)
            if kept is not None:
                try:
                    return reading.known.reader.read(kept, reading.read)
                except (psycopg.Error, UnknownType, ValueError, TypeError, LookupError):
                    # What was kept is of types that are not there any more: the server knows.
                    self._known.pop(reading.query, None)
                    await reading.answer(None)
        return reading.result()

    async def _pool_facts(self, settings: tuple[str, ...]) -> SessionFacts | None:
        """Ask a connection that nobody has used: others may have been left with settings of somebody's own."""
        if monotonic() < self._ask_again:
            return None
        # Where there is nothing to know, not with every call.
        self._ask_again = monotonic() + _PAUSE
        try:
            session = await self.pool.connect()
        except _NOT_TOLD:
            # The query itself will say why.
            return None
        try:
            facts = await session.run(SESSION_FACTS, (list(settings),), Result.one)
        except psycopg.Error:
            return None
        finally:
            await session.close()
        if facts.place is None:
            return None
        self._ask_again = 0.0
        self._trust_until = monotonic() + _PAUSE
        self._facts[settings] = facts
        return facts

    async def _learn(self, session: AsyncSession, query: Query[T]) -> _Known[T]:
        known = _Known(query, session, await session._cursor_for(query.types))
        facts = self._facts.get(())
        if facts is None or known.time_zone == facts.time_zone.encode():
            self._known[query] = known
        return known

    def doubt_facts(self, known: SessionFacts, met: SessionFacts) -> None:
        """Ask again what sessions are like: the server is another, or one of them was different, but not often."""
        if known.place != met.place or monotonic() >= self._trust_until:
            self._facts = {}

    @asynccontextmanager
    async def _beside(self) -> AsyncIterator[AsyncSession]:
        """Give a connection beside the pool: who asks may hold its last one, in a transaction."""
        session = await self.pool.connect()
        try:
            yield session
        finally:
            await session.close()

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        session = await self.pool.acquire()
        try:
            yield session
        finally:
            await self.pool.release(session, has_written=False)


class _Reading(Generic[T, R]):
    """One call of a cached query: what the cache has done for it by the server."""

    def __init__(
        self,
        caching: AsyncCaching,
        query: Query[T],
        params: tuple[object, ...],
        read: Callable[[Result[T]], R],
        known: _Known[T],
        facts: SessionFacts | None,
        session: Callable[[], AbstractAsyncContextManager[AsyncSession]],
    ) -> None:
        self.query = query
        self.params = params
        self.read = read
        self.known = known
        self.facts = facts
        self._caching = caching
        self._session = session
        self._result: list[R] = []
        self._error: Exception | None = None

    def result(self) -> R:
        """Return what the server's answer was read as. Raises what the read raised."""
        if self._error is not None:
            raise self._error
        return self._result[0]

    async def answer(self, settle: AsyncSettle | None) -> Answer:
        """Run the query; an answer in which the number of rows is wrong is one, too."""
        assert self.query.cache is not None
        async with self._session() as session:
            if settle is not None:
                # Without an id nothing is kept, and the query itself says what is wrong with the server.
                with suppress(*_NOT_TOLD):
                    await settle(await self._caching.new_xid(session if session.is_idle() else None))
            async with self._one_process(session):
                facts = await self._ask(session, self.query.cache) if self.facts is not None else None
                recorder: Recorder[R] = Recorder(self.read)
                try:
                    self._result = [await run_alone(self._caching.pool, session, self.query, self.params, recorder)]
                except RowCountError as error:
                    self._error = error
            return self._kept(session, recorder, facts)

    @asynccontextmanager
    async def _one_process(self, session: AsyncSession) -> AsyncIterator[None]:
        """Have what a session tells be true of its next statement: a pooler may give that to another process."""
        if session.keeps_process() or not session.is_idle() or self.facts is None:
            yield
            return
        transaction = AsyncTransaction(session, self._caching.pool, read_only=True)
        # Not READ ONLY for the server, which has a query do what it may alone.
        await begin(transaction, b"BEGIN")
        async with transaction._scope():
            yield

    def _kept(self, session: AsyncSession, recorder: Recorder[R], facts: SessionFacts | None) -> Answer:
        expected = self.facts
        if facts is None or expected is None or facts.place is None:
            return Answer(None)
        if (facts.context, facts.place) != (expected.context, expected.place):
            session.facts = {}
            self._caching.doubt_facts(expected, facts)
            return Answer(None, facts.place)
        return Answer(None if facts.has_id else recorder.answer, facts.place, facts.oldest_running)

    async def _ask(self, session: AsyncSession, policy: CachePolicy) -> SessionFacts:
        return await session.run(SESSION_FACTS, (list(policy.settings),), Result.one)

    async def has_ended(self, writer: Writer) -> bool:
        """Ask the server what became of a transaction."""
        return await self._caching.has_ended(writer)
