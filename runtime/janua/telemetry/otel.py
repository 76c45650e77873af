"""
Spans and metrics by OpenTelemetry's stable semantic conventions for database clients.

Follows "Semantic conventions for database client spans" and "… metrics": what is sent holds the text with its
placeholders, never a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import Token
from functools import partial
from typing import TYPE_CHECKING

from janua import __version__
from janua.events import Call, ErrorEvent, QueryEvent
from janua.extras import needed_by
from janua.telemetry.operation import operation_of

with needed_by("janua.telemetry.otel"):
    from opentelemetry.context import Context, attach, detach
    from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation, get_meter_provider
    from opentelemetry.trace import (
        Span,
        SpanKind,
        Status,
        StatusCode,
        TracerProvider,
        get_tracer_provider,
        set_span_in_context,
    )

if TYPE_CHECKING:
    from janua.database import AsyncDatabase, Database

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
    current in the calling thread or task, and current themselves while the call waits for a connection and runs;
    the duration that is measured is without the former.
    """
    telemetry = _Telemetry(database, tracer_provider or get_tracer_provider(), meter_provider or get_meter_provider())
    end = database._events.trace(telemetry.begin)

    def stop() -> None:
        telemetry.is_active = False
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

    def begin(self, call: Call) -> Callable[[QueryEvent], None]:
        """Begin a span, which is current until the call ends, unless others begin with it."""
        operation = operation_of(call.sql)
        attributes = {**self._server, **operation.attributes(), "db.query.summary": call.name}
        if call.calls > 1:
            attributes["db.operation.name"] = f"BATCH {operation.name}"
        span = self._tracer.start_span(
            call.name if "." in call.name else operation.summary(),
            kind=SpanKind.CLIENT,
            attributes={**attributes, **_about(call)},
        )
        token = attach(set_span_in_context(span)) if call.is_alone else None
        return partial(self._end, span, token, attributes)

    def _end(
        self, span: Span, token: Token[Context] | None, attributes: dict[str, str | int], event: QueryEvent
    ) -> None:
        if isinstance(event, ErrorEvent):
            attributes["error.type"] = event.sqlstate or type(event.error).__qualname__
            if event.sqlstate:
                attributes["db.response.status_code"] = event.sqlstate
            # Not span.record_exception: an error's text may quote values.
            span.set_status(Status(StatusCode.ERROR, event.message or str(attributes["error.type"])))
            span.set_attributes(attributes)
        if event.rows is not None:
            span.set_attribute("db.response.returned_rows", event.rows)
        # While the span is current, so that exemplars point to it.
        self._duration.record(event.duration, attributes)
        span.end()
        if token is not None:
            detach(token)

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


def _about(call: Call) -> dict[str, str | int]:
    """What a span has and the metric has not: it would have a series for each."""
    size: dict[str, str | int] = {"db.operation.batch.size": call.calls} if call.calls > 1 else {}
    return {"db.query.text": call.sql, **size}


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
