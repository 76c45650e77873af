"""Prometheus metrics of a database: its queries by name, its pool as it is when they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from janua.database import AsyncDatabase, Database
from janua.events import ErrorEvent, QueryEvent

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def collect(database: Database | AsyncDatabase, *, registry: CollectorRegistry = REGISTRY) -> Callable[[], None]:
    """
    Register the metrics of one database, and return a function that takes them back.

    ``janua_query_duration_seconds`` (a histogram, by query), ``janua_query_rows_total``,
    ``janua_query_errors_total`` (by query and ``code``: SQLSTATE or the error's class), and
    ``janua_pool_connections`` by state and ``janua_pool_waiting``. Raises ValueError where the registry has them.
    """
    metrics = _QueryMetrics(registry)
    pool = _PoolCollector(database)
    registry.register(pool)
    ends = [database.on("query", metrics.succeeded), database.on("error", metrics.failed)]

    def stop() -> None:
        for end in ends:
            end()
        for collector in (pool, *metrics.all):
            registry.unregister(collector)

    return stop


class _QueryMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._duration = Histogram(
            "janua_query_duration_seconds", "How long calls took.", ["query"], registry=registry, buckets=_BUCKETS
        )
        self._rows = Counter("janua_query_rows", "Rows returned or touched.", ["query"], registry=registry)
        self._errors = Counter("janua_query_errors", "Calls that failed.", ["query", "code"], registry=registry)
        self.all: tuple[Collector, ...] = (self._duration, self._rows, self._errors)

    def succeeded(self, event: QueryEvent) -> None:
        self._duration.labels(event.name).observe(event.duration)
        self._rows.labels(event.name).inc(event.rows or 0)

    def failed(self, event: ErrorEvent) -> None:
        self._duration.labels(event.name).observe(event.duration)
        self._errors.labels(event.name, event.sqlstate or type(event.error).__name__).inc()


class _PoolCollector(Collector):
    def __init__(self, database: Database | AsyncDatabase) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        stats = self._database.pool_stats()
        connections = GaugeMetricFamily("janua_pool_connections", "Open connections.", labels=["state"])
        connections.add_metric(["idle"], stats.idle)
        connections.add_metric(["busy"], stats.busy)
        yield connections
        yield GaugeMetricFamily("janua_pool_waiting", "Calls that wait for a connection.", value=stats.waiting)
