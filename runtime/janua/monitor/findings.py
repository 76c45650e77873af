"""What in a report needs somebody's attention, said in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from janua.monitor.metrics import PostgresReport, RedisReport, Report
from janua.monitor.quantities import count, duration, percent, size

Level: TypeAlias = Literal["danger", "advice"]

_FULL = 0.9
_SEQUENCE_DANGER = 0.8
_IDS_ADVICE, _IDS_DANGER = 0.25, 0.5
_LATE_S = 60
_KEPT_LOG = 1 << 30
_WORTH_IT = 1 << 20
_LOW_HIT_RATE = 0.9
_BLOAT, _MUCH_BLOAT = 0.5, 100 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """
    Something to look at. ``danger`` stops a service now or soon, ``advice`` makes it slower or dearer.

    ``remedy`` is what can be done, empty where that depends.
    """

    level: Level
    message: str
    remedy: str = ""


def findings_of(report: Report) -> tuple[Finding, ...]:
    """Return what is found, dangers first."""
    found = [Finding("danger", message) for message in report.unreachable.values()]
    if report.pool.waiting:
        found.append(Finding("danger", f"{count(report.pool.waiting, 'call')} wait for a connection of the pool"))
    if report.postgres is not None:
        for look in (_sessions, _limits, _replication, _indexes, _storage):
            found += look(report.postgres)
    if report.redis is not None:
        found += _redis(report.redis)
    return tuple(sorted(found, key=lambda finding: finding.level != "danger"))


def _sessions(report: PostgresReport) -> Iterator[Finding]:
    waiting = {row.pid for row in report.blocked}
    if (longest := report.blocked.first) is not None:
        roots = sorted({row.blocking_pid for row in report.blocked} - waiting)
        yield Finding(
            "danger",
            f"{count(len(waiting), 'session')} blocked, the longest for {duration(longest.seconds)},"
            f" by {'pid ' + ', '.join(map(str, roots)) if roots else 'each other'}",
            f"SELECT pg_terminate_backend({roots[0]})" if roots and roots[0] else "",
        )
    if (idle := report.idle_in_transaction.first) is not None:
        yield Finding(
            "danger",
            f"{count(len(report.idle_in_transaction), 'transaction')} open and idle, the longest for"
            f" {duration(idle.seconds)} (pid {idle.pid})",
            "set idle_in_transaction_session_timeout",
        )
    if (slow := report.long_running.first) is not None:
        yield Finding(
            "advice",
            f"{count(len(report.long_running), 'statement')} running for long, one for {duration(slow.seconds)}",
        )


def _limits(report: PostgresReport) -> Iterator[Finding]:
    connections = report.connections.first
    if connections is not None and connections.server_total >= _FULL * connections.server_limit:
        yield Finding(
            "danger",
            f"{connections.server_total} of the server's {connections.server_limit} connections are in use",
            "use smaller pools, or PgBouncer",
        )
    for sequence in report.sequences:
        if sequence.used >= _SEQUENCE_DANGER:
            owner = f"{sequence.table}.{sequence.column}"
            place = f"of {owner}" if sequence.table else _name(sequence.schema, sequence.sequence)
            yield Finding("danger", f"the sequence {place} has used {percent(sequence.used)}", "make it a bigint")
    for ids in report.transaction_ids:
        if ids.used >= _IDS_ADVICE:
            level: Level = "danger" if ids.used >= _IDS_DANGER else "advice"
            yield Finding(
                level,
                f"the {ids.kind} {ids.name} has used {percent(ids.used)} of the transaction ids",
                "VACUUM FREEZE, and look for what keeps autovacuum from it",
            )
    counters = report.counters.first
    if counters is not None and counters.checksum_failures:
        yield Finding("danger", f"{count(counters.checksum_failures, 'page')} with a wrong checksum", "check the disks")


def _replication(report: PostgresReport) -> Iterator[Finding]:
    for slot in report.replication_slots:
        if slot.invalidated_because or slot.wal_status in ("unreserved", "lost"):
            yield Finding("danger", f"the replication slot {slot.slot} is lost or about to be")
        elif not slot.is_active and (slot.retained_bytes or 0) >= _KEPT_LOG:
            yield Finding(
                "danger",
                f"the replication slot {slot.slot}, which nobody reads, keeps {size(slot.retained_bytes or 0)} of log",
                f"SELECT pg_drop_replication_slot('{slot.slot}')",
            )
    for replica in report.replicas:
        if (replica.lag_s or 0) >= _LATE_S:
            yield Finding("advice", f"the replica {replica.application} is {duration(replica.lag_s or 0)} behind")
    overview = report.overview.first
    if overview is not None and (overview.replay_delay_s or 0) >= _LATE_S:
        yield Finding("advice", f"this replica is {duration(overview.replay_delay_s or 0)} behind")


def _indexes(report: PostgresReport) -> Iterator[Finding]:
    for index in report.invalid_indexes:
        if not index.is_being_built:
            name = _name(index.schema, index.index)
            yield Finding(
                "danger",
                f"the index {name} is invalid",
                f"REINDEX INDEX CONCURRENTLY {name}",
            )
    missing = [key for key in report.missing_foreign_key_indexes if key.table_bytes >= _WORTH_IT]
    for key in missing[:3]:
        yield Finding(
            "advice",
            f"no index supports the foreign key {key.constraint}",
            f"CREATE INDEX ON {_name(key.schema, key.table)} ({', '.join(map(_name, key.columns))})",
        )
    for kind, indexes in (("duplicate", report.duplicate_indexes), ("unused", report.unused_indexes)):
        wasted = sum(index.size_bytes for index in indexes)
        if wasted >= _WORTH_IT:
            yield Finding("advice", f"{count(len(indexes), f'{kind} index', f'{kind} indexes')}, {size(wasted)} in all")


def _storage(report: PostgresReport) -> Iterator[Finding]:
    rates = report.hit_rates.first
    if rates is not None and rates.tables is not None and rates.tables < _LOW_HIT_RATE:
        yield Finding("advice", f"only {percent(rates.tables)} of table reads were in shared_buffers", "give it more")
    for table in report.bloat:
        if table.wasted >= _BLOAT and table.wasted_bytes >= _MUCH_BLOAT:
            yield Finding(
                "advice",
                f"{table.schema}.{table.table} wastes about {size(table.wasted_bytes)} ({percent(table.wasted)})",
                "VACUUM FULL in a quiet hour, or pg_repack",
            )


def _redis(report: RedisReport) -> Iterator[Finding]:
    metrics = report.metrics.first
    if metrics is None:
        return
    full = bool(metrics.max_memory_bytes) and metrics.memory_bytes >= _FULL * metrics.max_memory_bytes
    if full and metrics.eviction_policy == "noeviction":
        yield Finding("danger", "Redis's memory is nearly full, and it evicts nothing", "raise maxmemory")
    if metrics.evicted_keys:
        yield Finding("advice", f"Redis has evicted {count(metrics.evicted_keys, 'key')} for lack of memory")
    if metrics.rejected_connections:
        yield Finding("advice", f"Redis has rejected {count(metrics.rejected_connections, 'connection')}")


def _name(*parts: str) -> str:
    """Return a name as SQL has it."""
    is_plain = re.compile(r"[a-z_][a-z0-9_]*").fullmatch
    return ".".join(part if is_plain(part) else '"' + part.replace('"', '""') + '"' for part in parts)
