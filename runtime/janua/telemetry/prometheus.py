"""Prometheus metrics of databases: their queries by name, their pools as they are when they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from janua.events import ErrorEvent, QueryEvent
from janua.extras import needed_by

with needed_by("janua.telemetry.prometheus"):
    from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
    from prometheus_client.core import GaugeMetricFamily, Metric
    from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from janua.database import AsyncDatabase, Database

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def collect(
    database: Database | AsyncDatabase, *, registry: CollectorRegistry = REGISTRY, name: str | None = None
) -> Callable[[], None]:
    """
    Register the metrics of one database, and return a function that takes them back.

    ``janua_query_duration_seconds`` (a histogram, by query), ``janua_query_rows_total``,
    ``janua_query_errors_total`` (by query and ``code``: SQLSTATE or the error's class), and
    ``janua_pool_connections`` by state and ``janua_pool_waiting``. Each has ``name`` as ``database``, by default
    host, port and name. Raises ValueError where the registry has a database of that name.
    """
    label = str(database._target) if name is None else name
    with _LOCK:
        metrics = _BY_REGISTRY.get(registry)
        if metrics is None:
            metrics = _BY_REGISTRY[registry] = _Metrics(registry)
        metrics.add(label, database)
    queries = _Queries(metrics, label)
    ends = [database.on("query", queries.succeeded), database.on("error", queries.failed)]

    def stop() -> None:
        for end in ends:
            end()
        with _LOCK:
            if metrics.remove(label, database):
                _BY_REGISTRY.pop(registry, None)

    return stop


class _Metrics(Collector):
    """The metrics of a registry, which all of its databases share."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._databases: dict[str, Database | AsyncDatabase] = {}
        labels = ["database", "query"]
        self.duration = Histogram(
            "janua_query_duration_seconds", "How long calls took.", labels, registry=registry, buckets=_BUCKETS
        )
        self.rows = Counter("janua_query_rows", "Rows returned or touched.", labels, registry=registry)
        self.errors = Counter("janua_query_errors", "Calls that failed.", [*labels, "code"], registry=registry)
        registry.register(self)

    def add(self, label: str, database: Database | AsyncDatabase) -> None:
        """Raise ValueError where there is one of this name."""
        if label in self._databases:
            raise ValueError(f"this registry has metrics of a database {label} already: give each a name")
        self._databases[label] = database

    def remove(self, label: str, database: Database | AsyncDatabase) -> bool:
        """Take back what there is of a database, and with the last one everything; then return True."""
        if self._databases.get(label) is not database:
            return False
        del self._databases[label]
        if not self._databases:
            for collector in (self, self.duration, self.rows, self.errors):
                self._registry.unregister(collector)
            return True
        # What was counted of the others' neighbour stays: a counter does not go back.
        return False

    def collect(self) -> Iterator[Metric]:
        connections = GaugeMetricFamily("janua_pool_connections", "Open connections.", labels=["database", "state"])
        waiting = GaugeMetricFamily("janua_pool_waiting", "Calls that wait for a connection.", labels=["database"])
        for label, database in list(self._databases.items()):
            stats = database.pool_stats()
            connections.add_metric([label, "idle"], stats.idle)
            connections.add_metric([label, "busy"], stats.busy)
            waiting.add_metric([label], stats.waiting)
        yield connections
        yield waiting


_LOCK = Lock()
_BY_REGISTRY: WeakKeyDictionary[CollectorRegistry, _Metrics] = WeakKeyDictionary()


class _Queries:
    """Counts the calls of one database."""

    def __init__(self, metrics: _Metrics, label: str) -> None:
        self._metrics = metrics
        self._label = label

    def succeeded(self, event: QueryEvent) -> None:
        self._metrics.duration.labels(self._label, event.name).observe(event.duration)
        self._metrics.rows.labels(self._label, event.name).inc(event.rows or 0)

    def failed(self, event: ErrorEvent) -> None:
        code = event.sqlstate or type(event.error).__name__
        self._metrics.duration.labels(self._label, event.name).observe(event.duration)
        self._metrics.errors.labels(self._label, event.name, code).inc()
