"""How PostgreSQL and Redis are: a few numbers for a dashboard, and everything that one asks when a service is slow."""

from janua.monitor._async.monitor import AsyncMonitor
from janua.monitor._sync.monitor import Monitor
from janua.monitor.answer import Answer
from janua.monitor.metrics import Metrics, PostgresMetrics, PostgresReport, QueryNumbers, RedisReport, Report
from janua.monitor.redis import RedisMetrics, SlowCommand
from janua.monitor.statement import Statement

__all__ = [
    "Answer",
    "AsyncMonitor",
    "Metrics",
    "Monitor",
    "PostgresMetrics",
    "PostgresReport",
    "QueryNumbers",
    "RedisMetrics",
    "RedisReport",
    "Report",
    "SlowCommand",
    "Statement",
]
