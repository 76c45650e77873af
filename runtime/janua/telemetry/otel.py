"""
Spans and metrics by OpenTelemetry's stable semantic conventions for database clients.

Follows "Semantic conventions for database client spans" and "… metrics": what is sent holds the text with its
placeholders, never a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation, get_meter_provider
from opentelemetry.trace import SpanKind, Status, StatusCode, TracerProvider, get_tracer_provider

from janua import __version__
from janua.database import AsyncDatabase, Database
from janua.events import ErrorEvent, QueryEvent
from janua.telemetry.operation import Operation, operation_of

# What the conventions advise for this histogram, in seconds.
_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)


def instrument(
    database: Database | AsyncDatabase,
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
) -> Callable[[], None]:
    """
    Send a span and a duration for each call of the database from now on, and the state of its pool.

    Providers are the global ones unless given. Returns a function that ends it. Spans are children of what is
    current in the calling thread or task.
    """
    telemetry = _Telemetry(database, tracer_provider or get_tracer_provider(), meter_provider or get_meter_provider())
    ends = [database.on("query", telemetry.record), database.on("error", telemetry.record)]

    def stop() -> None:
        telemetry.is_active = False
        for end in ends:
            end()

    return stop


class _Telemetry:
    def __init__(self, database: Database | AsyncDatabase, tracers: TracerProvider, meters: MeterProvider) -> None:
        self.is_active = True
        self._database = database
        self._server = server_attributes(database)
        self._tracer = tracers.get_tracer("janua", __version__)
        meter = meters.get_meter("janua", __version__)
        self._duration = meter.create_histogram(
            "db.client.operation.duration",
            unit="s",
            description="Duration of database client operations.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )
        meter.create_observable_up_down_counter(
            "db.client.connection.count",
            [self._connections],
            unit="{connection}",
            description="The number of connections that are currently in the state described by the state attribute.",
        )
        meter.create_observable_up_down_counter(
            "db.client.connection.pending_requests",
            [self._pending],
            unit="{request}",
            description="The number of current pending requests for an open connection.",
        )

    def record(self, event: QueryEvent) -> None:
        operation = operation_of(event.sql)
        attributes = {**self._server, **operation.attributes()}
        if event.calls > 1:
            attributes["db.operation.name"] = f"BATCH {operation.name}"
            attributes["db.operation.batch.size"] = event.calls
        error = None
        if isinstance(event, ErrorEvent):
            error = event.sqlstate or type(event.error).__qualname__
            attributes["error.type"] = error
            if event.sqlstate:
                attributes["db.response.status_code"] = event.sqlstate
        attributes["db.query.summary"] = event.name
        self._span(event, operation, attributes, error)
        attributes.pop("db.operation.batch.size", None)
        self._duration.record(event.duration, attributes)

    def _span(
        self, event: QueryEvent, operation: Operation, attributes: dict[str, str | int], error: str | None
    ) -> None:
        span = self._tracer.start_span(
            event.name if "." in event.name else operation.summary(),
            kind=SpanKind.CLIENT,
            attributes={**attributes, "db.query.text": event.sql},
            start_time=event.started_ns,
        )
        if error is not None:
            span.set_status(Status(StatusCode.ERROR, error))
        if event.rows is not None:
            span.set_attribute("db.response.returned_rows", event.rows)
        span.end(event.started_ns + int(event.duration * 1e9))

    def _connections(self, options: CallbackOptions) -> Iterable[Observation]:
        if not self.is_active:
            return
        stats = self._database.pool_stats()
        for state, count in (("idle", stats.idle), ("used", stats.busy)):
            yield Observation(count, {**self._pool(), "db.client.connection.state": state})

    def _pending(self, options: CallbackOptions) -> Iterable[Observation]:
        if self.is_active:
            yield Observation(self._database.pool_stats().waiting, self._pool())

    def _pool(self) -> dict[str, str | int]:
        keys = ("server.address", "server.port", "db.namespace")
        parts = [str(self._server[key]) for key in keys if key in self._server]
        return {"db.client.connection.pool.name": "/".join(parts)}


def server_attributes(database: Database | AsyncDatabase) -> dict[str, str | int]:
    """Return where the database is, without its user."""
    parameters = database._target.parameters
    attributes: dict[str, str | int] = {"db.system.name": "postgresql"}
    hosts, ports = str(parameters.get("host") or ""), str(parameters.get("port") or "")
    # Of several hosts, which one answers is known only later.
    if hosts and "," not in hosts:
        attributes["server.address"] = hosts
    if ports.isdecimal():
        attributes["server.port"] = int(ports)
    if parameters.get("dbname"):
        attributes["db.namespace"] = str(parameters["dbname"])
    return attributes
