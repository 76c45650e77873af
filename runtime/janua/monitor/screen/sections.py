"""The parts of the page that are tables: what each shows of its rows."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from janua.monitor.answer import Answer
from janua.monitor.metrics import PostgresReport, RedisReport
from janua.monitor.quantities import duration, milliseconds, number, percent, size
from janua.monitor.rows import Activity, Blocked, SlowQuery, TableSize
from janua.monitor.screen.columns import Column, bar, labelled, table
from janua.monitor.statement import Statement

_BLOCKED = (
    Column[Blocked]("waits", lambda row: Text(duration(row.seconds), style="red")),
    Column[Blocked]("pid", lambda row: str(row.pid)),
    Column[Blocked]("for", lambda row: row.lock_on, 80),
    Column[Blocked]("statement", lambda row: _statement(row.statement), stretches=True),
    Column[Blocked]("held by", lambda row: str(row.blocking_pid)),
    Column[Blocked]("which is", lambda row: row.blocking_state, 100),
)
_ACTIVITY = (
    Column[Activity]("for", lambda row: Text(duration(row.seconds), style="yellow")),
    Column[Activity]("pid", lambda row: str(row.pid)),
    Column[Activity]("user", lambda row: row.user, 70),
    Column[Activity]("application", lambda row: row.application, 100),
    Column[Activity]("statement", lambda row: _statement(row.statement), stretches=True),
    Column[Activity]("waits for", lambda row: row.waits_for, 90),
)
_SLOW = (
    Column[SlowQuery]("query", lambda row: _statement(row.statement), stretches=True),
    Column[SlowQuery]("calls", lambda row: number(row.calls), 50),
    Column[SlowQuery]("mean", lambda row: milliseconds(row.mean_ms)),
    Column[SlowQuery]("max", lambda row: milliseconds(row.max_ms), 90),
    Column[SlowQuery]("rows", lambda row: number(row.rows), 110),
    Column[SlowQuery]("in memory", lambda row: percent(row.hit_rate), 110),
    Column[SlowQuery]("of all time", lambda row: percent(row.share)),
    Column[SlowQuery]("", lambda row: bar(row.share), 80, bars=True),
)
_TABLES = (
    Column[TableSize]("table", lambda row: f"{row.schema}.{row.table}", stretches=True),
    Column[TableSize]("size", lambda row: size(row.total_bytes)),
    Column[TableSize]("indexes", lambda row: size(row.index_bytes), 60),
    Column[TableSize]("rows", lambda row: number(row.rows)),
    Column[TableSize]("dead", lambda row: _dead(row), 80),
    Column[TableSize]("partitions", lambda row: str(row.partitions or ""), 110),
)


def postgres_sections(report: PostgresReport, width: int, rows: int) -> Iterator[RenderableType]:
    """Yield the tables, each with at most so many rows; those about trouble only where there is some."""
    if report.blocked.rows:
        yield table("Blocked", _BLOCKED, report.blocked.rows, width, rows)
    if report.idle_in_transaction.rows:
        yield table("Idle in transaction", _ACTIVITY, report.idle_in_transaction.rows, width, rows)
    blocked = {row.pid for row in report.blocked.rows}
    if running := [row for row in report.long_running.rows if row.pid not in blocked]:
        yield table("Running for long", _ACTIVITY, running, width, rows)
    yield _or_reason("Slow queries", report.slow_queries) or table(
        "Slow queries", _SLOW, report.slow_queries.rows, width, rows
    )
    yield _or_reason("Tables", report.table_sizes) or table("Tables", _TABLES, report.table_sizes.rows, width, rows)


def redis_line(report: RedisReport, width: int) -> RenderableType:
    """Return Redis in a line, or some where the terminal is narrow."""
    metrics = report.metrics.first
    if metrics is None:
        return Text(f"Redis: {report.metrics.unavailable}", style="yellow")
    limit = f" of {size(metrics.max_memory_bytes)}" if metrics.max_memory_bytes else ""
    parts = [
        f"{size(metrics.memory_bytes)}{limit}",
        f"{number(metrics.keys)} keys",
        f"{number(metrics.ops_per_second)} calls/s",
        f"hit rate {percent(metrics.hit_rate)}",
        f"{number(metrics.connections)} connections",
        f"{number(metrics.evicted_keys)} evicted",
        f"{len(report.slow_log)} slow",
    ]
    return labelled(Text(metrics.version, style="bold"), parts, width)


def _or_reason(title: str, answer: Answer[object]) -> Text | None:
    if answer.unavailable:
        return Text.assemble((f"{title}\n", "bold"), ("not available: ", "yellow"), answer.unavailable)
    if not answer.rows:
        return Text.assemble((f"{title}\n", "bold"), ("none", "green"))
    return None


def _statement(statement: Statement) -> Text:
    return Text(statement.name, style="bold cyan") if statement.name else Text(statement.sql)


def _dead(row: TableSize) -> Text:
    part = row.dead_rows / (row.rows + row.dead_rows) if row.dead_rows else 0
    return Text(percent(part), style="yellow" if part > 0.2 else "")
