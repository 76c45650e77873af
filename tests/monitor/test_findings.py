"""What of a report is found worth saying."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from janua.database.options import PoolStats
from janua.monitor import Answer, PostgresReport, RedisMetrics, RedisReport, Report, rows
from janua.monitor.findings import Finding, findings_of
from janua.monitor.quantities import duration, milliseconds, number, percent, size
from janua.monitor.statement import Statement

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUIET = PostgresReport(**{part.name: Answer() for part in fields(PostgresReport)})
SQL = Statement("", "SELECT")
BLOCKED = rows.Blocked(2, "u", "a", "m", "t", 3.0, SQL, 1, "u", "a", "active", 9.0, SQL)
ACTIVITY = rows.Activity(7, "u", "a", "", 90.0, 90.0, "", SQL)
CONNECTIONS = rows.Connections(0, 0, 0, 0, 0, 10, 95, 100)
COUNTERS = rows.Counters(1, 0, 0, 0, 0, 0, 0, None)
SLOT = rows.ReplicationSlot("s", "physical", False, "reserved", 2 << 30, "")
REDIS = RedisMetrics(
    version="Valkey 9",
    nodes=1,
    uptime_s=1,
    memory_bytes=95,
    peak_memory_bytes=95,
    max_memory_bytes=100,
    eviction_policy="noeviction",
    fragmentation=None,
    connections=1,
    blocked_connections=0,
    rejected_connections=0,
    replicas=0,
    keys=0,
    ops={},
    ops_per_second=0,
    hits=0,
    misses=0,
    hit_rate=None,
    expired_keys=0,
    evicted_keys=0,
)


def found(**answers: tuple[Any, ...]) -> list[Finding]:
    """The findings of a report with these rows alone."""
    postgres = replace(QUIET, **{name: Answer(given) for name, given in answers.items()})
    return list(findings_of(Report(at=NOW, postgres=postgres, redis=None, pool=PoolStats())))


CASES: dict[str, tuple[dict[str, tuple[Any, ...]], list[tuple[str, str]]]] = {
    "nothing": ({}, []),
    "blocked": ({"blocked": (BLOCKED,)}, [("danger", "1 session blocked, the longest for 3.0 s, by pid 1")]),
    "blocked by one another": (
        {"blocked": (BLOCKED, replace(BLOCKED, pid=1, blocking_pid=2))},
        [("danger", "2 sessions blocked, the longest for 3.0 s, by each other")],
    ),
    "idle": (
        {"idle_in_transaction": (ACTIVITY,)},
        [("danger", "1 transaction open and idle, the longest for 1 min 30 s (pid 7)")],
    ),
    "running": ({"long_running": (ACTIVITY,)}, [("advice", "1 statement running for long, one for 1 min 30 s")]),
    "full": ({"connections": (CONNECTIONS,)}, [("danger", "95 of the server's 100 connections are in use")]),
    "not full": ({"connections": (replace(CONNECTIONS, server_total=80),)}, []),
    "sequence": (
        {"sequences": (rows.SequenceUse("public", "s", "public.t", "id", 9, 10, 0.9),)},
        [("danger", "the sequence of public.t.id has used 90 %")],
    ),
    "sequence of its own": (
        {"sequences": (rows.SequenceUse("public", "Odd", "", "", 9, 10, 0.9),)},
        [("danger", 'the sequence public."Odd" has used 90 %')],
    ),
    "sequence with room": ({"sequences": (rows.SequenceUse("public", "s", "", "", 6, 10, 0.6),)}, []),
    "ids": (
        {
            "transaction_ids": (
                rows.TransactionIds("database", "d", 1, 1, 0.6),
                rows.TransactionIds("table", "t", 1, 1, 0.3),
            )
        },
        [
            ("danger", "the database d has used 60 % of the transaction ids"),
            ("advice", "the table t has used 30 % of the transaction ids"),
        ],
    ),
    "checksums": (
        {"counters": (replace(COUNTERS, checksum_failures=2),)},
        [("danger", "2 pages with a wrong checksum")],
    ),
    "slot": (
        {"replication_slots": (SLOT,)},
        [("danger", "the replication slot s, which nobody reads, keeps 2.0 GB of log")],
    ),
    "lost slot": (
        {"replication_slots": (replace(SLOT, wal_status="lost"),)},
        [("danger", "the replication slot s is lost or about to be")],
    ),
    "read slot": ({"replication_slots": (replace(SLOT, is_active=True),)}, []),
    "late replica": (
        {"replicas": (rows.Follower("r", "", "streaming", "async", 1, 61.0),)},
        [("advice", "the replica r is 1 min 1 s behind")],
    ),
    "late": (
        {"overview": (rows.Overview("18", "d", NOW, True, 120.0, 1, 1),)},
        [("advice", "this replica is 2 min behind")],
    ),
    "invalid": (
        {"invalid_indexes": (rows.InvalidIndex("public", "t", "i", False),)},
        [("danger", "the index public.i is invalid")],
    ),
    "being built": ({"invalid_indexes": (rows.InvalidIndex("public", "t", "i", True),)}, []),
    "missing": (
        {"missing_foreign_key_indexes": (rows.UnindexedForeignKey("public", "T", "k", ["a"], "u", 2 << 20),)},
        [("advice", "no index supports the foreign key k")],
    ),
    "missing on a small table": (
        {"missing_foreign_key_indexes": (rows.UnindexedForeignKey("public", "T", "k", ["a"], "u", 100),)},
        [],
    ),
    "duplicate": (
        {"duplicate_indexes": (rows.DuplicateIndex("public", "t", "i", "j", 3 << 20),)},
        [("advice", "1 duplicate index, 3.0 MB in all")],
    ),
    "hit rate": (
        {"hit_rates": (rows.HitRates(0.5, 1.0),)},
        [("advice", "only 50 % of table reads were in shared_buffers")],
    ),
    "bloat": (
        {"bloat": (rows.Bloat("public", "t", 300 << 20, 200 << 20, 0.66),)},
        [("advice", "public.t wastes about 200 MB (66 %)")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_finding_is_a_sentence(name: str) -> None:
    """And there is none where all is well."""
    answers, expected = CASES[name]
    assert expected == [(finding.level, finding.message) for finding in found(**answers)]


def test_a_remedy_is_sql_that_can_be_pasted() -> None:
    """Names are quoted where they must be."""
    key = rows.UnindexedForeignKey("public", "Odd", "k", ["a", 'b"c'], "u", 2 << 20)
    [finding] = found(missing_foreign_key_indexes=(key,))
    assert 'CREATE INDEX ON public."Odd" (a, "b""c")' == finding.remedy


def test_redis_and_the_pool_are_looked_at_too() -> None:
    """Dangers come first."""
    evicting = replace(REDIS, eviction_policy="allkeys-lru", evicted_keys=3, rejected_connections=1)
    for metrics, expected in (
        (REDIS, ["Redis's memory is nearly full, and it evicts nothing"]),
        (replace(REDIS, max_memory_bytes=0), []),
        (evicting, ["Redis has evicted 3 keys for lack of memory", "Redis has rejected 1 connection"]),
    ):
        redis = RedisReport(metrics=Answer((metrics,)), slow_log=Answer())
        report = Report(at=NOW, postgres=None, redis=redis, pool=PoolStats(waiting=2), unreachable={"postgres": "gone"})
        assert ["gone", "2 calls wait for a connection of the pool", *expected] == [
            finding.message for finding in findings_of(report)
        ]


def test_quantities_are_read_at_a_glance() -> None:
    """Three digits or so, and nothing rounded to all or nothing."""
    assert ["0 B", "999 B", "1.0 kB", "1.5 kB", "15 kB", "1.0 MB", "2.0 GB"] == [
        size(each) for each in (0, 999, 1024, 1536, 15 * 1024, 1 << 20, 2 << 30)
    ]
    assert ["0.0 s", "59 s", "1 min", "1 min 30 s", "2 h 5 min", "3 d 4 h"] == [
        duration(each) for each in (0, 59, 60, 90, 7500, 273_600)
    ]
    assert ["-", "0 %", "0.5 %", "50 %", "99.99 %", "100 %"] == [
        percent(each) for each in (None, 0.0, 0.005, 0.5, 0.999999, 1.0)
    ]
    assert ["0.50 ms", "5.0 ms", "1,234 ms", "20 s"] == [milliseconds(each) for each in (0.5, 5, 1234, 20_000)]
    assert ["9,999", "10.0k", "150k", "12.0M"] == [number(each) for each in (9999, 10_000, 150_000, 12e6)]
