"""What the monitor hands out as a whole: a few numbers for a dashboard, or everything that it knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from janua.database.options import PoolStats
from janua.database.replicas import ReplicaStatus
from janua.monitor import rows
from janua.monitor.answer import Answer
from janua.monitor.redis import RedisMetrics, SlowCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryNumbers:
    """How many statements were run and their mean time; None where ``unavailable`` says why that is not known."""

    count: int | None = None
    mean_ms: float | None = None
    unavailable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresMetrics:
    """PostgreSQL in numbers: cheap enough to be asked for every few seconds."""

    server_version: str
    is_replica: bool
    size_bytes: int
    tables: int
    connections: rows.Connections
    queries: QueryNumbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """
    The numbers of both servers and of this process's pool.

    A server that cannot be reached is None, and ``unreachable`` says why under its name, ``postgres`` or ``redis``.
    Redis is None, too, where the monitor was given none.
    """

    at: datetime
    postgres: PostgresMetrics | None
    redis: RedisMetrics | None
    pool: PoolStats
    unreachable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresReport:
    """Everything about PostgreSQL, in the order in which it matters to somebody whose service is slow."""

    overview: Answer[rows.Overview]
    connections: Answer[rows.Connections]
    counters: Answer[rows.Counters]
    hit_rates: Answer[rows.HitRates]
    query_totals: Answer[rows.QueryTotals]
    blocked: Answer[rows.Blocked]
    long_running: Answer[rows.Activity]
    idle_in_transaction: Answer[rows.Activity]
    slow_queries: Answer[rows.SlowQuery]
    invalid_indexes: Answer[rows.InvalidIndex]
    missing_foreign_key_indexes: Answer[rows.UnindexedForeignKey]
    duplicate_indexes: Answer[rows.DuplicateIndex]
    unused_indexes: Answer[rows.UnusedIndex]
    sequences: Answer[rows.SequenceUse]
    transaction_ids: Answer[rows.TransactionIds]
    replicas: Answer[rows.Follower]
    replication_slots: Answer[rows.ReplicationSlot]
    table_sizes: Answer[rows.TableSize]
    bloat: Answer[rows.Bloat]


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisReport:
    """Everything about Redis."""

    metrics: Answer[RedisMetrics]
    slow_log: Answer[SlowCommand]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    All that the monitor can tell. What cannot be reached is None, and named in ``unreachable``, as in Metrics.

    ``replicas`` are those of this process's Database, as it last saw them.
    """

    at: datetime
    postgres: PostgresReport | None
    redis: RedisReport | None
    pool: PoolStats
    replicas: tuple[ReplicaStatus, ...] = ()
    unreachable: Mapping[str, str] = field(default_factory=dict)
