"""The server's own statistics name the queries."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from weakref import ref

import pytest
from janua import Database, Query
from janua.database.querycomment import _remembered
from janua.embedded.distributions import distributions

from tests.faults.servers import FaultServer

BY_KEY = Query[int]("items.by_key", "SELECT $1::integer + 0", params=("integer",), columns=("integer",))
ADD = Query[None]("items.add", "INSERT INTO items VALUES ($1)", params=("integer",))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that counts statements, which must be loaded when it starts."""
    server = FaultServer(next(iter(distributions())), {"shared_preload_libraries": "pg_stat_statements"})
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


def test_statements_are_counted_under_their_names(url: str) -> None:
    """One entry a query, however often it runs: the comment does not make statements differ."""
    with Database(url) as db:
        db.raw("CREATE EXTENSION pg_stat_statements")
        db.raw("CREATE TABLE items (id integer)")
        for number in range(10):
            db.fetch_one(BY_KEY, (number,))
            db.execute(ADD, (number,))
        found = db.raw(
            "SELECT query, calls::int AS calls FROM pg_stat_statements WHERE query LIKE '%items.%' ORDER BY query"
        )
    assert [
        {"query": "INSERT /* items.add */ INTO items VALUES ($1)", "calls": 10},
        {"query": "SELECT /* items.by_key */ $1::integer + $2", "calls": 10},
    ] == found


def test_queries_are_not_kept_for_their_names(pg_url: str) -> None:
    """Nor are the texts of streams, which never come again."""
    query = Query[int]("items.streamed", "SELECT n FROM generate_series(1, 9) AS n", columns=("integer",))
    # full, it would not grow
    _remembered.cache_clear()
    with Database(pg_url) as db:
        before = commented_texts()
        with db.stream(query) as rows:
            assert list(range(1, 10)) == list(rows)
        assert before == commented_texts()
        db.fetch_all(query)
        assert before + 1 == commented_texts()
    gone = ref(query)
    del query, db, rows
    gc.collect()
    assert gone() is None


def commented_texts() -> int:
    return _remembered.cache_info().currsize
