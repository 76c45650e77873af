"""What a database tells of its calls, connections and transactions."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
import pytest
from janua import AsyncDatabase, Database, Query, ServerUnreachable
from janua.database.querycomment import commented
from janua.errors import NotFound
from janua.events import ErrorEvent, QueryEvent, TransactionEvent

ITEM = Query[int]("items.one", "SELECT $1::int", params=("integer",), columns=("integer",))
ADD = Query[None]("items.add", "INSERT INTO items VALUES ($1)", params=("integer",), attributes=())
BROKEN = Query[int]("items.broken", "SELECT 1 / $1::int", params=("integer",), columns=("integer",))
NONE = Query[int]("items.none", "SELECT 1 WHERE false", columns=("integer",))


def test_a_call_is_told_with_its_name_rows_and_duration(db: Database) -> None:
    """And without its parameters."""
    seen: list[QueryEvent] = []
    db.on("query", seen.append)
    db.fetch_one(ITEM, (4711,))
    [event] = seen
    assert ("items.one", "items", ITEM.sql, 1, None) == (
        event.name,
        event.module,
        event.sql,
        event.rows,
        event.parameters,
    )
    assert 0 < event.duration < 30


async def test_the_asynchronous_database_tells_the_same(adb: AsyncDatabase) -> None:
    """With a plain function as handler."""
    seen: list[QueryEvent] = []
    adb.on("query", seen.append)
    await adb.fetch_one(ITEM, (1,))
    assert ["items.one"] == [event.name for event in seen]


def test_parameters_are_told_to_who_asked_for_them_alone(db: Database) -> None:
    """Another handler of the same call does not see them."""
    open_: list[QueryEvent] = []
    closed: list[QueryEvent] = []
    db.on("query", open_.append, parameters=True)
    db.on("query", closed.append)
    db.fetch_one(ITEM, (4711,))
    assert ([(4711,)], [None]) == ([each.parameters for each in open_], [each.parameters for each in closed])


def test_a_handler_is_removed_by_what_on_returned(db: Database) -> None:
    """Then calls look for nothing any more."""
    seen: list[QueryEvent] = []
    unsubscribe = db.on("query", seen.append)
    unsubscribe()
    unsubscribe()
    db.fetch_one(ITEM, (1,))
    assert ([], False) == (seen, db._events.watches_calls)


def test_an_error_is_told_with_its_sqlstate(db: Database) -> None:
    """And is raised as before."""
    seen: list[ErrorEvent] = []
    db.on("error", seen.append)
    with pytest.raises(psycopg.errors.DivisionByZero):
        db.fetch_one(BROKEN, (0,))
    assert [("items.broken", "22012")] == [(event.name, event.sqlstate) for event in seen]


def test_an_error_of_ours_has_no_sqlstate(db: Database) -> None:
    """Such as a row that is not there."""
    seen: list[ErrorEvent] = []
    db.on("error", seen.append)
    with pytest.raises(NotFound):
        db.fetch_one(NONE)
    assert [(NotFound, None, 0)] == [(type(event.error), event.sqlstate, event.rows) for event in seen]


def test_what_a_handler_raises_breaks_no_call(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Its class and place are logged, and no text: that may hold values."""

    def fail(event: QueryEvent) -> None:
        raise ZeroDivisionError("sek" + "ret")

    db.on("query", fail)
    with caplog.at_level(logging.ERROR, "janua.events"):
        assert 5 == db.fetch_one(ITEM, (5,))
    assert "a handler of the event query failed: ZeroDivisionError" == caplog.messages[0].splitlines()[0]
    assert (True, False) == ("in fail" in caplog.text, "sekret" in caplog.text)


def test_a_handler_of_errors_that_fails_does_not_log_what_it_was_told_of(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Python shows the error that was being handled, too, whose message quotes a value."""

    def fail(event: ErrorEvent) -> None:
        raise AttributeError

    db.on("error", fail)
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        db.fetch_one(Query[int]("wrong", "SELECT $1::text::int", params=("text",)), ("sek" + "ret",))
    assert (True, False) == ("AttributeError" in caplog.text, "sekret" in caplog.text)


def test_a_tracer_that_fails_breaks_no_call(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    """At the beginning or at the end."""

    def fail(_: object) -> Any:
        raise ZeroDivisionError

    db._events.trace(fail)
    db._events.trace(lambda _: fail)
    assert 5 == db.fetch_one(ITEM, (5,))
    assert 2 == caplog.text.count("a tracer failed: ZeroDivisionError")


def test_an_unknown_event_is_refused(db: Database) -> None:
    """With the names that there are."""
    wrong: Any = "slow-query"
    with pytest.raises(ValueError, match="there is no event 'slow-query'; there are query, slow_query"):
        db.on(wrong, print)


def test_an_asynchronous_handler_is_refused(adb: AsyncDatabase) -> None:
    """Nobody would await it."""

    async def handler(event: QueryEvent) -> None: ...

    with pytest.raises(TypeError, match="plain function"):
        adb.on("query", handler)


def test_a_batch_is_told_once(db: Database) -> None:
    """With the number of sets and the rows of all."""
    seen: list[QueryEvent] = []
    db.on("query", seen.append)
    db.batch_execute(ADD, [1, 2, 3])
    assert [("items.add", 3, 3)] == [(event.name, event.calls, event.rows) for event in seen]


def test_a_failed_batch_is_told_as_an_error(db: Database) -> None:
    """With the error of the set that failed."""
    seen: list[ErrorEvent] = []
    db.on("error", seen.append)
    with pytest.raises(psycopg.errors.UniqueViolation):
        db.batch_execute(ADD, [1, 1])
    assert [("items.add", "23505")] == [(event.name, event.sqlstate) for event in seen]


def test_connections_are_told_when_they_open_and_close(pg_url: str) -> None:
    """By the process that served them."""
    opened, closed = [], []
    with Database(pg_url) as database:
        database.on("connect", lambda event: opened.append(event.pid))
        database.on("disconnect", lambda event: closed.append(event.pid))
        with database.connection() as connection:
            [row] = connection.raw("SELECT pg_backend_pid() AS pid")
            connection._session.pgconn.finish()  # type: ignore[union-attr]
        database.raw("SELECT 1")
    assert row["pid"] in closed
    assert set(opened) <= set(closed)
    assert len(opened) >= 1


def test_a_failed_attempt_to_connect_is_told(tmp_path: Any) -> None:
    """To on_connection_error too."""
    seen: list[Exception] = []
    database = Database(host=str(tmp_path), dbname="none", user="nobody")
    database.on_connection_error(lambda event: seen.append(event.error))
    with pytest.raises(ServerUnreachable):
        database.open()
    assert 1 == len(seen)


def test_transactions_are_told_with_their_outcome(db: Database) -> None:
    """The outermost ones, savepoints are not."""
    seen: list[TransactionEvent] = []
    db.on("transaction", seen.append)
    with db.transaction() as outer, outer.transaction():
        pass
    with pytest.raises(ZeroDivisionError), db.transaction():
        raise ZeroDivisionError
    assert ["committed", "rolled back"] == [event.outcome for event in seen]


def test_the_server_sees_the_name_after_the_first_keyword(pg_url: str) -> None:
    """In a statement that is prepared once."""
    texts = Query[str](
        "texts.all", "-- mine\nSELECT statement FROM pg_prepared_statements WHERE statement LIKE '%texts.all%'"
    )
    with Database(pg_url) as database, database.connection() as connection:
        first = connection.fetch_all(texts)
        second = connection.fetch_all(texts)
    assert first == second == ["-- mine\nSELECT /* texts.all */" + texts.sql.removeprefix("-- mine\nSELECT")]


def test_comments_are_left_out_where_they_are_not_wanted(pg_url: str) -> None:
    """The text is then the author's own."""
    text = Query[str]("texts.one", "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()")
    with Database(pg_url, query_comments=False) as database:
        assert text.sql == database.fetch_one(text)


@pytest.mark.parametrize(
    ("name", "sql", "expected"),
    [
        ("a.b", "select 1", "select /* a.b */ 1"),
        ("a.b", "/* c */ WITH x AS (SELECT 1) TABLE x", "/* c */ WITH /* a.b */ x AS (SELECT 1) TABLE x"),
        ("a.b", "(SELECT 1)", "(SELECT 1)"),
        ("raw", "SELECT 1", "SELECT 1"),
        ("a.b*/ DROP", "SELECT 1", "SELECT 1"),
        ("a.b", "", ""),
    ],
)
def test_where_the_comment_stands(name: str, sql: str, expected: str) -> None:
    """Nothing but a plain name gets into the text."""
    assert expected == commented(Query(name, sql))
