"""What enable_query_logging writes, and what it keeps out of the log."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
import pytest
from janua import Database, Query

ITEM = Query[int]("items.one", "SELECT $1::int", params=("integer",), columns=("integer",))
WRONG = Query[int]("items.wrong", "SELECT $1::text::int", params=("text",), columns=("integer",))


def test_a_slow_query_is_a_warning_with_structured_extras(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    """From the threshold on."""
    db.enable_query_logging(slow_threshold=0)
    with caplog.at_level(logging.INFO, "janua.query"):
        db.fetch_one(ITEM, (4711,))
    [record] = caplog.records
    found: dict[str, Any] = record.__dict__
    assert ("WARNING", "items.one", "items", ITEM.sql, 1) == (
        record.levelname,
        *(found[name] for name in ("query", "query_module", "sql", "rows")),
    )
    assert found["duration_ms"] > 0


def test_a_quick_query_is_logged_only_where_all_are(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    """As information."""
    with caplog.at_level(logging.INFO, "janua.query"):
        stop = db.enable_query_logging(slow_threshold=1000)
        db.fetch_one(ITEM, (1,))
        stop()
        db.enable_query_logging(slow_threshold=1000, all=True)
        db.fetch_one(ITEM, (2,))
    assert ["INFO"] == [record.levelname for record in caplog.records]


def test_values_never_reach_the_log_unasked(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Not through the server's message either, which quotes them."""
    db.enable_query_logging(slow_threshold=0, all=True)
    with caplog.at_level(logging.DEBUG, "janua.query"), pytest.raises(psycopg.errors.InvalidTextRepresentation):
        db.fetch_one(WRONG, ("secret",))
    [record] = caplog.records
    assert "22P02" == record.__dict__["sqlstate"]
    assert "secret" not in repr(record.__dict__)


SPEAKING = """
CREATE OR REPLACE FUNCTION speaking(said text) RETURNS int LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'it was %', said; END $$
"""


@pytest.mark.parametrize(
    ("sql", "value", "message"),
    [
        ("SELECT $1::text::int", "sek ret", 'invalid input syntax for type integer: "…"'),
        ("SELECT $1::text::int", 'sek" or "ret', 'invalid input syntax for type integer: "…"'),
        ("SELECT $1::text::date", "sek", 'invalid input syntax for type date: "…"'),
        ("SELECT $1::text::smallint", "4711471147", 'value "…" is out of range for type smallint'),
        ("SELECT $1::text::mood", "sek", 'invalid input value for enum mood: "…"'),
        ("SELECT $1::text::json", "{sek", "invalid input syntax for type json"),
        ("SELECT convert_from($1::text::bytea, 'UTF8')", r"\xff", 'invalid byte sequence for encoding "…": 0x…'),
        ("SELECT nothing($1::text)", "sek", "function nothing(text) does not exist"),
        (
            "INSERT INTO items (id, name) SELECT 1, $1::text FROM generate_series(1, 2)",
            "sek",
            'duplicate key value violates unique constraint "items_pkey"',
        ),
        ("SELECT speaking($1::text)", "sek", ""),
    ],
)
def test_messages_are_logged_without_the_values_that_they_quote(
    db: Database, caplog: pytest.LogCaptureFixture, sql: str, value: str, message: str
) -> None:
    """What the server says of its own objects stays; what its functions say in words of their own does not."""
    db.raw(SPEAKING)
    db.enable_query_logging()
    seen: list[str] = []
    db.on("error", lambda event: seen.append(event.message))
    with pytest.raises(psycopg.Error):
        db.fetch_all(Query[Any]("items.bad", sql, params=("text",)), (value,))
    [record] = caplog.records
    assert (message, message, False) == (seen[0], record.__dict__["error_message"], value in caplog.text)


def test_the_error_of_a_call_keeps_the_servers_words(db: Database) -> None:
    """It is for the caller, who has the values anyway."""
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match='"nope"'):
        db.fetch_one(WRONG, ("nope",))


def test_values_are_logged_where_they_were_asked_for(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    """As an attribute of the record."""
    db.enable_query_logging(slow_threshold=0, parameters=True)
    with caplog.at_level(logging.INFO, "janua.query"):
        db.fetch_one(ITEM, (4711,))
    assert [(4711,)] == [record.__dict__["parameters"] for record in caplog.records]


@pytest.mark.parametrize("threshold", [-1, True, "1", float("nan")])
def test_a_threshold_that_is_no_duration_is_refused(db: Database, threshold: Any) -> None:
    """At once."""
    with pytest.raises(ValueError, match="slow_threshold must be a number of seconds"):
        db.enable_query_logging(slow_threshold=threshold)


def test_the_threshold_is_that_of_the_event_too(db: Database) -> None:
    """So that "slow_query" means one thing."""
    seen: list[str] = []
    db.on("slow_query", lambda event: seen.append(event.name))
    db.enable_query_logging(slow_threshold=0)
    db.fetch_one(ITEM, (1,))
    assert ["items.one"] == seen
