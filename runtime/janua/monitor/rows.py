"""
What PostgreSQL's part of the monitor answers, a class for the rows of each question.

Fields stand in the order of the columns in the question's ``.sql`` file. Sizes are in bytes, ``seconds`` and
``_s`` in seconds, ``_ms`` in milliseconds; rates, parts and shares are between 0 and 1,
None where there was nothing to count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from janua.monitor.statement import Statement


@dataclass(frozen=True, slots=True)
class Abilities:
    """What this role may see, and the schema of ``pg_stat_statements``, quoted, None where it is not installed."""

    role: str
    sees_all: bool
    statements_schema: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The database at a glance. ``replay_delay_s`` is how late a replica is, None on a primary."""

    server_version: str
    database: str
    started: datetime
    is_replica: bool
    replay_delay_s: float | None
    size_bytes: int
    tables: int


@dataclass(frozen=True, slots=True)
class Connections:
    """
    Connections to the database by what they do, those of the whole server, and how many it takes.

    ``hidden`` are those of roles that this one may not look at; they count in ``total`` only.
    """

    active: int
    idle: int
    idle_in_transaction: int
    waiting_for_lock: int
    hidden: int
    total: int
    server_total: int
    server_limit: int


@dataclass(frozen=True, slots=True)
class Counters:
    """What the database has counted ``since`` its statistics were reset, None where they never were."""

    committed: int
    rolled_back: int
    deadlocks: int
    conflicts: int
    temp_files: int
    temp_bytes: int
    checksum_failures: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class HitRates:
    """The part of block reads that PostgreSQL's own memory answered."""

    tables: float | None
    indexes: float | None


@dataclass(frozen=True, slots=True)
class QueryTotals:
    """How many statements there were, and their mean time."""

    count: int
    mean_ms: float | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class SlowQuery:
    """
    A query that takes long. ``forms`` are the statements of different shape under its name, such as its variants.

    ``share`` is its part of the time that all statements took, ``read_ms`` what of its time went to reading
    from disk (0 where the server's ``track_io_timing`` is off).
    """

    statement: Statement
    forms: int
    calls: int
    total_ms: float
    mean_ms: float
    max_ms: float
    rows: int
    hit_rate: float | None
    read_ms: float
    share: float


@dataclass(frozen=True, slots=True)
class Blocked:
    """
    A session that waits for a lock, and one of those that it waits for.

    ``lock_on`` is a table, or the kind of what is locked. A prepared transaction blocks with the pid 0.
    ``blocking_seconds`` is how long the blocking transaction has been open.
    """

    pid: int
    user: str
    application: str
    lock_mode: str
    lock_on: str
    seconds: float
    statement: Statement
    blocking_pid: int
    blocking_user: str
    blocking_application: str
    blocking_state: str
    blocking_seconds: float | None
    blocking_statement: Statement


@dataclass(frozen=True, slots=True)
class Activity:
    """
    A session: for how long it has been in its state, and its transaction open.

    ``waits_for`` is PostgreSQL's wait event, ``client`` an address, empty for a Unix socket.
    """

    pid: int
    user: str
    application: str
    client: str
    seconds: float
    transaction_seconds: float | None
    waits_for: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class UnusedIndex:
    """An index that is written and hardly ever read. ``last_scan`` is known from PostgreSQL 16 on."""

    schema: str
    table: str
    index: str
    size_bytes: int
    scans: int
    last_scan: datetime | None


@dataclass(frozen=True, slots=True)
class DuplicateIndex:
    """An index without which ``covered_by`` would answer the same."""

    schema: str
    table: str
    index: str
    covered_by: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class InvalidIndex:
    """An index that answers no query, because building it has failed or goes on."""

    schema: str
    table: str
    index: str
    is_being_built: bool


@dataclass(frozen=True, slots=True)
class UnindexedForeignKey:
    """A foreign key whose columns no index begins with."""

    schema: str
    table: str
    constraint: str
    columns: list[str]
    references: str
    table_bytes: int


@dataclass(frozen=True, slots=True)
class SequenceUse:
    """
    A sequence that runs out. ``limit`` is its own last number, or that of the column's type.

    ``table`` and ``column`` are empty where it belongs to none.
    """

    schema: str
    sequence: str
    table: str
    column: str
    last_value: int
    limit: int
    used: float


@dataclass(frozen=True, slots=True)
class TransactionIds:
    """How many transactions (and multixacts) old the oldest row of a database or table may be, and the part used up."""

    kind: str
    name: str
    age: int
    multixact_age: int
    used: float


@dataclass(frozen=True, slots=True)
class Follower:
    """A server that replicates this one."""

    application: str
    client: str
    state: str
    sync_state: str
    lag_bytes: int | None
    lag_s: float | None


@dataclass(frozen=True, slots=True)
class ReplicationSlot:
    """A replication slot and the write-ahead log that is kept for it."""

    slot: str
    type: str
    is_active: bool
    wal_status: str
    retained_bytes: int | None
    invalidated_because: str


@dataclass(frozen=True, slots=True)
class TableSize:
    """A table with its partitions: its size in all, without and of its indexes, and its rows as last estimated."""

    schema: str
    table: str
    partitions: int
    total_bytes: int
    table_bytes: int
    index_bytes: int
    rows: int
    dead_rows: int
    last_vacuum: datetime | None
    last_analyze: datetime | None


@dataclass(frozen=True, slots=True)
class Bloat:
    """A table that takes more pages than its rows need, as far as its statistics tell: an estimate."""

    schema: str
    table: str
    table_bytes: int
    wasted_bytes: int
    wasted: float
