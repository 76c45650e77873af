"""The monitor: questions to both servers, each answered by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import TypeVar

import psycopg
from redis.exceptions import ResponseError

from janua.database._async.database import AsyncDatabase
from janua.errors import ServerUnreachable
from janua.events import ConnectionErrorEvent, Unsubscribe
from janua.monitor import questions, rows
from janua.monitor.answer import Answer
from janua.monitor.failures import raise_where_lost, reason_of
from janua.monitor.metrics import Metrics, PostgresMetrics, PostgresReport, QueryNumbers, RedisReport, Report
from janua.monitor.questions import Question, query_of
from janua.monitor.redis import RedisMetrics, SlowCommand, read_metrics, read_slow_log
from janua.redis._async.connection import AsyncRedis

R = TypeVar("R")

_SMALLEST_WASTE = 10 << 20


class AsyncMonitor:
    """
    Asks PostgreSQL and, where one is given, Redis how they are.

    Every question runs in a read-only transaction of its own that ends after ``timeout`` seconds and waits for
    no lock, and changes nothing. What cannot be answered here (an extension is not installed, a right is missing,
    it took too long) is an answer that says so; ServerUnreachable is raised where there is no server, but by
    ``metrics`` and ``report``, which tell of it. Texts of statements come without literals.

    Answers are about the database that ``db`` is connected to; only a role in ``pg_monitor`` sees all sessions.
    """

    def __init__(self, db: AsyncDatabase, redis: AsyncRedis | None = None, *, timeout: float = 5.0) -> None:
        """``timeout`` is in seconds, for each question."""
        if not timeout > 0:
            raise ValueError(f"timeout must be a number of seconds above 0, not {timeout!r}")
        self._db = db
        self._redis = redis
        self._timeout_ms = max(1, round(timeout * 1000))

    async def metrics(self) -> Metrics:
        """Return the numbers that a dashboard shows. Never raises for a server that cannot be reached."""
        unreachable: dict[str, str] = {}
        postgres = await _reached("postgres", self._postgres_metrics, unreachable)
        redis = await _reached("redis", self.redis_metrics, unreachable)
        return Metrics(
            at=datetime.now(UTC),
            postgres=postgres,
            redis=redis.first if redis is not None else None,
            pool=self._db.pool_stats(),
            unreachable=unreachable,
        )

    async def report(self) -> Report:
        """Ask everything, with the questions' usual limits. Never raises for a server that cannot be reached."""
        unreachable: dict[str, str] = {}
        return Report(
            at=datetime.now(UTC),
            postgres=await _reached("postgres", self._postgres_report, unreachable),
            redis=await _reached("redis", self._redis_report, unreachable),
            pool=self._db.pool_stats(),
            replicas=self._db.replica_stats(),
            unreachable=unreachable,
        )

    def on_connection_error(self, handler: Callable[[ConnectionErrorEvent], object]) -> Unsubscribe:
        """Call ``handler`` with each failed attempt to connect to PostgreSQL; what is returned ends this."""
        return self._db.on_connection_error(handler)

    async def overview(self) -> Answer[rows.Overview]:
        """Return version, size and age of the server and its database, in one row."""
        return await self._ask(questions.OVERVIEW)

    async def connections(self) -> Answer[rows.Connections]:
        """Count the connections by what they do, in one row."""
        return await self._ask(questions.CONNECTIONS)

    async def counters(self) -> Answer[rows.Counters]:
        """Return what the database has counted: transactions, deadlocks, temporary files, in one row."""
        return await self._ask(questions.COUNTERS)

    async def hit_rates(self) -> Answer[rows.HitRates]:
        """Return how much of what was read was in PostgreSQL's memory, in one row. Below 0.99 more memory may help."""
        return await self._ask(questions.HIT_RATES)

    async def query_totals(self) -> Answer[rows.QueryTotals]:
        """Count all statements, in one row."""
        return await self._ask(questions.QUERY_TOTALS)

    async def slow_queries(self, threshold_ms: float = 100.0, *, limit: int = 20) -> Answer[rows.SlowQuery]:
        """Return the queries whose mean time is at least ``threshold_ms``, those that took most time in all first."""
        return await self._ask(questions.SLOW_QUERIES, float(threshold_ms), limit)

    async def blocked(self) -> Answer[rows.Blocked]:
        """Return who waits for a lock of whom, the longest first."""
        return await self._ask(questions.BLOCKED)

    async def long_running(self, seconds: float = 60.0) -> Answer[rows.Activity]:
        """Return the statements that have been running for ``seconds`` or longer."""
        return await self._ask(questions.LONG_RUNNING, float(seconds))

    async def idle_in_transaction(self, seconds: float = 60.0) -> Answer[rows.Activity]:
        """Return the transactions that have stood idle for ``seconds`` or longer: they keep locks and dead rows."""
        return await self._ask(questions.IDLE_IN_TRANSACTION, float(seconds))

    async def unused_indexes(self, at_most_scans: int = 0) -> Answer[rows.UnusedIndex]:
        """Return the indexes that nothing needs; look on the replicas, too, which count their own scans."""
        return await self._ask(questions.UNUSED_INDEXES, at_most_scans)

    async def duplicate_indexes(self) -> Answer[rows.DuplicateIndex]:
        """Return the indexes that another one makes superfluous."""
        return await self._ask(questions.DUPLICATE_INDEXES)

    async def invalid_indexes(self) -> Answer[rows.InvalidIndex]:
        """Return the indexes that answer no query."""
        return await self._ask(questions.INVALID_INDEXES)

    async def missing_foreign_key_indexes(self) -> Answer[rows.UnindexedForeignKey]:
        """Return the foreign keys that no index supports, those of the largest tables first."""
        return await self._ask(questions.MISSING_FOREIGN_KEY_INDEXES)

    async def sequences(self, at_least: float = 0.5) -> Answer[rows.SequenceUse]:
        """Return the sequences of which this part (0 to 1) or more is used up."""
        return await self._ask(questions.SEQUENCES, float(at_least))

    async def transaction_ids(self, *, tables: int = 5) -> Answer[rows.TransactionIds]:
        """Return how near each database, and the nearest tables of this one, are to running out of transaction ids."""
        return await self._ask(questions.TRANSACTION_IDS, tables)

    async def replicas(self) -> Answer[rows.Follower]:
        """Return the servers that follow this one, with how far they are behind."""
        return await self._ask(questions.REPLICAS)

    async def replication_slots(self) -> Answer[rows.ReplicationSlot]:
        """Return the replication slots, with the write-ahead log that each keeps from being removed."""
        return await self._ask(questions.REPLICATION_SLOTS)

    async def table_sizes(self, *, limit: int = 20) -> Answer[rows.TableSize]:
        """Return the largest tables."""
        return await self._ask(questions.TABLE_SIZES, limit)

    async def bloat(self, at_least_bytes: int = _SMALLEST_WASTE, *, limit: int = 20) -> Answer[rows.Bloat]:
        """Return the tables that waste this much or more, as estimated by the statistics of ANALYZE."""
        return await self._ask(questions.BLOAT, at_least_bytes, limit)

    async def redis_metrics(self) -> Answer[RedisMetrics]:
        """Return Redis's memory, keys, calls and hit rate, in one row."""
        if self._redis is None:
            return Answer(unavailable="the monitor was given no Redis")
        try:
            return Answer((read_metrics(await self._redis.ask_primaries("INFO", "everything")),))
        except ResponseError as error:
            return Answer(unavailable=f"Redis refuses INFO: {error}")

    async def slow_log(self, *, limit: int = 20) -> Answer[SlowCommand]:
        """Return the latest entries of Redis's slow log, without arguments."""
        if self._redis is None:
            return Answer(unavailable="the monitor was given no Redis")
        try:
            return Answer(read_slow_log(await self._redis.ask_primaries("SLOWLOG GET", limit), limit))
        except ResponseError as error:
            return Answer(unavailable=f"Redis refuses SLOWLOG: {error}")

    async def _ask(self, question: Question[R], *values: object) -> Answer[R]:
        try:
            async with self._db.transaction(read_only=True) as transaction:
                await transaction.set_local(self._settings("pg_catalog"))
                abilities = await transaction.fetch_one(query_of(questions.ABILITIES))
                if (lack := question.lack(abilities)) is not None:
                    return lack
                if abilities.statements_schema is not None:
                    await transaction.set_local(self._settings(f"pg_catalog, {abilities.statements_schema}"))
                return Answer(tuple(await transaction.fetch_all(query_of(question), values)))
        except psycopg.OperationalError as error:
            raise_where_lost(error)
            return Answer(unavailable=reason_of(error))
        except psycopg.DatabaseError as error:
            return Answer(unavailable=reason_of(error))

    def _settings(self, search_path: str) -> dict[str, str | int]:
        return {
            "search_path": search_path,
            "statement_timeout": self._timeout_ms,
            "lock_timeout": min(self._timeout_ms, 1000),
        }

    async def _postgres_metrics(self) -> PostgresMetrics:
        overview = _only(await self.overview())
        totals = await self.query_totals()
        return PostgresMetrics(
            server_version=overview.server_version,
            is_replica=overview.is_replica,
            size_bytes=overview.size_bytes,
            tables=overview.tables,
            connections=_only(await self.connections()),
            queries=QueryNumbers(
                count=totals.first.count if totals.first else None,
                mean_ms=totals.first.mean_ms if totals.first else None,
                unavailable=totals.unavailable,
            ),
        )

    async def _postgres_report(self) -> PostgresReport:
        # Each part is named as the method that asks for it.
        return PostgresReport(**{part.name: await getattr(self, part.name)() for part in fields(PostgresReport)})

    async def _redis_report(self) -> RedisReport | None:
        if self._redis is None:
            return None
        return RedisReport(metrics=await self.redis_metrics(), slow_log=await self.slow_log())


async def _reached(name: str, ask: Callable[[], Awaitable[R]], unreachable: dict[str, str]) -> R | None:
    try:
        return await ask()
    except ServerUnreachable as error:
        unreachable[name] = str(error)
        return None


def _only(answer: Answer[R]) -> R:
    if answer.first is None:
        raise ServerUnreachable(f"PostgreSQL does not answer: {answer.unavailable}")
    return answer.first
