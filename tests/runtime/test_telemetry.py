"""What the real SDKs of OpenTelemetry and Prometheus get to see of calls and of the pool."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg
import psycopg_pool
import pytest
from janua import AsyncDatabase, Database, PoolOptions, Query
from janua.telemetry.operation import Operation, operation_of
from janua.telemetry.otel import instrument
from janua.telemetry.prometheus import collect
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import get_current_span
from prometheus_client import CollectorRegistry

ITEMS = Query[int]("items.by_id", "SELECT id FROM items WHERE id <> $1", params=("integer",), columns=("integer",))
BROKEN = Query[int]("items.broken", "SELECT 1 / $1::int", params=("integer",), columns=("integer",))
ADD = Query[None]("items.add", "INSERT INTO items VALUES ($1)", params=("integer",))


class Recorder:
    """Providers that keep everything in memory."""

    def __init__(self) -> None:
        self._spans, self._reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers, self.meters = TracerProvider(), MeterProvider([self._reader])
        self.tracers.add_span_processor(SimpleSpanProcessor(self._spans))

    def spans(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self._spans.get_finished_spans()}

    def metrics(self) -> dict[str, list[Any]]:
        data = self._reader.get_metrics_data()
        assert data is not None
        [scope] = data.resource_metrics[0].scope_metrics
        return {metric.name: list(metric.data.data_points) for metric in scope.metrics}


@pytest.fixture
def recorder() -> Recorder:
    """Fresh ones."""
    return Recorder()


def test_a_span_follows_the_conventions(db: Database, recorder: Recorder) -> None:
    """And holds no value."""
    instrument(db, tracer_provider=recorder.tracers, meter_provider=recorder.meters)
    db.fetch_all(ITEMS, (4711,))
    span = recorder.spans()["items.by_id"]
    attributes = dict(span.attributes or {})
    assert {
        "db.system.name": "postgresql",
        "db.operation.name": "SELECT",
        "db.collection.name": "items",
        "db.query.text": ITEMS.sql,
        "db.query.summary": "items.by_id",
        "db.response.returned_rows": 0,
    }.items() <= attributes.items()
    assert {"server.address", "db.namespace"} <= attributes.keys()
    assert ("CLIENT", False) == (span.kind.name, "4711" in repr(attributes))


def test_an_error_has_its_type(db: Database, recorder: Recorder) -> None:
    """In the span and in the metric."""
    instrument(db, tracer_provider=recorder.tracers, meter_provider=recorder.meters)
    with pytest.raises(psycopg.errors.DivisionByZero):
        db.fetch_one(BROKEN, (0,))
    span = recorder.spans()["items.broken"]
    assert ("22012", False) == ((span.attributes or {})["error.type"], span.status.is_ok)
    [point] = recorder.metrics()["db.client.operation.duration"]
    assert "22012" == point.attributes["error.type"]


async def test_concurrent_tasks_have_their_own_parents(adb: AsyncDatabase, recorder: Recorder) -> None:
    """Each span belongs to the task that made the call."""
    instrument(adb, tracer_provider=recorder.tracers, meter_provider=recorder.meters)
    tracer = recorder.tracers.get_tracer("test")

    async def request(number: int) -> tuple[int, str]:
        query = Query[int](f"items.n{number}", f"SELECT {number}")
        with tracer.start_as_current_span("request") as parent:
            await adb.fetch_one(query)
            return parent.get_span_context().span_id, query.name

    made = await asyncio.gather(*(request(number) for number in range(8)))
    spans = recorder.spans()
    assert [parent for parent, _ in made] == [getattr(spans[name].parent, "span_id", None) for _, name in made]


def test_the_pool_is_measured(db: Database, recorder: Recorder) -> None:
    """By state, when the metrics are read."""
    instrument(db, tracer_provider=recorder.tracers, meter_provider=recorder.meters)
    with db.connection():
        points = recorder.metrics()["db.client.connection.count"]
    counts = {point.attributes["db.client.connection.state"]: point.value for point in points}
    assert ({"idle", "used"}, 1) == (set(counts), counts["used"])


def test_a_batch_says_its_size(db: Database, recorder: Recorder) -> None:
    """It is one operation."""
    instrument(db, tracer_provider=recorder.tracers, meter_provider=recorder.meters)
    db.batch_execute(ADD, [1, 2, 3])
    attributes = recorder.spans()["items.add"].attributes or {}
    assert ("BATCH INSERT", 3) == (attributes["db.operation.name"], attributes["db.operation.batch.size"])


def test_nothing_is_sent_after_the_end(db: Database, recorder: Recorder) -> None:
    """The database is as it was."""
    instrument(db, tracer_provider=recorder.tracers, meter_provider=recorder.meters)()
    db.fetch_all(ITEMS, (1,))
    assert ({}, False) == (recorder.spans(), db._events.watches_calls)


def test_prometheus_counts_by_query(db: Database) -> None:
    """Calls, rows, errors and connections; taken back at the end."""
    registry = CollectorRegistry()
    stop = collect(db, registry=registry)
    db.batch_execute(ADD, [1, 2, 3])
    db.fetch_all(ITEMS, (1,))
    with pytest.raises(psycopg.errors.DivisionByZero):
        db.fetch_one(BROKEN, (0,))
    value, one = registry.get_sample_value, {"database": str(db._target)}
    assert (1, 2, 1, 0) == (
        value("janua_query_duration_seconds_count", {**one, "query": "items.by_id"}),
        value("janua_query_rows_total", {**one, "query": "items.by_id"}),
        value("janua_query_errors_total", {**one, "query": "items.broken", "code": "22012"}),
        value("janua_pool_waiting", one),
    )
    stop()
    assert [] == list(registry.collect())


def test_prometheus_tells_databases_apart(db: Database, adb: AsyncDatabase) -> None:
    """In one registry, by their names; the last one takes everything back."""
    registry = CollectorRegistry()
    stops = [collect(db, registry=registry, name="here"), collect(adb, registry=registry, name="there")]
    db.fetch_all(ITEMS, (1,))
    names = {"query": "items.by_id"}
    counts = [
        registry.get_sample_value("janua_query_duration_seconds_count", {"database": each, **names})
        for each in ("here", "there")
    ]
    assert [1, None] == counts
    assert {"here", "there"} == {
        sample.labels["database"] for metric in registry.collect() for sample in metric.samples
    }
    for stop in stops:
        stop()
    assert [] == list(registry.collect())


def test_prometheus_refuses_two_databases_of_one_name(db: Database) -> None:
    """The figures of two pools cannot stand in one place."""
    registry = CollectorRegistry()
    stop = collect(db, registry=registry)
    with pytest.raises(ValueError, match="give each a name"):
        collect(db, registry=registry)
    stop()
    collect(db, registry=registry)()


def test_a_span_begins_with_its_call(pg_url: str, recorder: Recorder) -> None:
    """While it waits for a connection it is current already; the duration that is measured is without that."""
    with Database(pg_url, pool=PoolOptions(max_size=1)) as db:
        instrument(db, tracer_provider=recorder.tracers, meter_provider=recorder.meters)
        tracer = recorder.tracers.get_tracer("test")
        acquire = db._pool.acquire

        def slow_acquire(timeout: float | None = None) -> Any:
            with tracer.start_as_current_span("pool"):
                time.sleep(0.05)
                return acquire(timeout)

        db._pool.acquire = slow_acquire  # type: ignore[method-assign]
        db.fetch_all(ITEMS, (1,))
    spans = recorder.spans()
    call, waited = spans["items.by_id"], spans["pool"]
    assert call.context is not None
    assert waited.parent is not None
    assert call.context.span_id == waited.parent.span_id
    assert (call.start_time or 0) <= (waited.start_time or 0)
    assert (waited.end_time or 0) <= (call.end_time or 0)
    [point] = recorder.metrics()["db.client.operation.duration"]
    assert point.sum < 0.05


def test_what_a_call_makes_is_its_child_and_nothing_else(db: Database, recorder: Recorder) -> None:
    """After the call, what was current before is again, after one that failed too."""
    instrument(db, tracer_provider=recorder.tracers, meter_provider=recorder.meters)
    before = get_current_span()
    db.fetch_all(ITEMS, (1,))
    with pytest.raises(psycopg.errors.DivisionByZero):
        db.fetch_one(BROKEN, (0,))
    with db.pipeline() as pipeline:
        pipeline.execute(ADD, (7,))
        pipeline.fetch_all(ITEMS, (1,))
    assert before is get_current_span()
    assert {None} == {span.parent for span in recorder.spans().values()}


def test_a_call_that_gets_no_connection_has_a_span(pg_url: str, recorder: Recorder) -> None:
    """With the error, as the event has it."""
    with Database(pg_url, pool=PoolOptions(max_size=1, timeout=0.05)) as db, db.connection():
        instrument(db, tracer_provider=recorder.tracers, meter_provider=recorder.meters)
        with pytest.raises(psycopg_pool.PoolTimeout):
            db.fetch_all(ITEMS, (1,))
    assert "PoolTimeout" == (recorder.spans()["items.by_id"].attributes or {})["error.type"]


def test_a_value_that_the_server_quotes_stays_out_of_spans(db: Database, recorder: Recorder) -> None:
    """Its message without it is the status."""
    instrument(db, tracer_provider=recorder.tracers, meter_provider=recorder.meters)
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        db.fetch_one(Query[int]("items.bad", "SELECT $1::text::int", params=("text",)), ("sekret 1",))
    span = recorder.spans()["items.bad"]
    assert 'invalid input syntax for type integer: "…"' == span.status.description
    assert "sekret" not in span.to_json()


@pytest.mark.parametrize(
    ("sql", "name", "table"),
    [
        ("SELECT * FROM users WHERE id = $1", "SELECT", "users"),
        ('select 1 from app."Users" u', "SELECT", 'app."Users"'),
        ("SELECT 1", "SELECT", None),
        ("SELECT * FROM a, b", "SELECT", None),
        ("SELECT * FROM a JOIN b USING (id)", "SELECT", None),
        ("SELECT * FROM (SELECT 1) x", "SELECT", None),
        ("INSERT INTO users (id) VALUES ($1)", "INSERT", "users"),
        ("UPDATE ONLY users SET a = 1", "UPDATE", "users"),
        ("SELECT * FROM a x, b y WHERE true", "SELECT", None),
        ("SELECT * FROM generate_series(1, 2)", "SELECT", None),
        ("DELETE FROM ONLY users", "DELETE", "users"),
        ("WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a", "INSERT", None),
        ("COPY audit (a) FROM STDIN", "COPY", "audit"),
        ("-- c\nTRUNCATE a", "TRUNCATE", None),
    ],
)
def test_operations_are_read_off_the_text(sql: str, name: str, table: str | None) -> None:
    """A table is named where it is the only one."""
    assert Operation(name, table) == operation_of(sql)
