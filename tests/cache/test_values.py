"""Whatever type a value has, the cache gives what the server gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from janua import Database, UnreadableValue
from janua.cache import Cache
from janua.query import CachePolicy, CompositeType, DomainType, EnumType, FormType, Query, RangeType, Types
from janua.redis import Redis
from janua.types import OpenEnum
from psycopg.conninfo import make_conninfo

from tests.generator.test_every_type import SAMPLES

POLICY = CachePolicy(60.0, ())


@pytest.fixture(scope="module")
def place(template_url: str, janua_redis_url: str) -> Iterator[tuple[Database, Cache]]:
    """A database, and a cache of its own."""
    with (
        Redis(janua_redis_url, prefix=f"janua-test:{uuid4().hex}:") as redis,
        Cache(redis, strict=True, timeout=5.0) as cache,
        Database(template_url, cache=cache) as db,
    ):
        yield db, cache
        cache.flush()


def same(place: tuple[Database, Cache], query: Query[Any], params: tuple[object, ...] = ()) -> list[Any]:
    """Read three times and see that the last answer came out of the cache and is what an uncached query gives."""
    db, cache = place
    expected = db.fetch_all(replace(query, cache=None), params)
    for _ in range(2):
        assert described(expected) == described(db.fetch_all(query, params))
    before = cache.stats().hits
    found = db.fetch_all(query, params)
    assert 1 == cache.stats().hits - before
    assert described(expected) == described(found)
    return found


def described(value: Any) -> str:
    """All of a value: NaN is no equal of itself, and a time zone none of equal instants'."""
    return repr(value)


@pytest.mark.parametrize("type_name", sorted(SAMPLES))
@pytest.mark.parametrize("form", ["binary", "text", "array"])
def test_every_type_comes_back_as_it_came(place: tuple[Database, Cache], type_name: str, form: str) -> None:
    """In both formats, with NULL, and in arrays."""
    name = f'pg_catalog."{type_name}"'
    values = ", ".join(f"({number}, ({sample})::{name})" for number, sample in enumerate(SAMPLES[type_name]))
    rows = f"(VALUES {values}, (1000, NULL)) AS given (n, v)"
    sql = f"SELECT ARRAY(SELECT v FROM {rows} ORDER BY n)" if form == "array" else f"SELECT v FROM {rows} ORDER BY n"
    query = Query[Any](name=f"values.{type_name}", sql=sql, text=form == "text", cache=POLICY)
    try:
        place[0].fetch_all(replace(query, cache=None))
    except (UnreadableValue, psycopg.Error) as error:
        pytest.skip(f"without a cache: {type(error).__name__}")
    same(place, query)


class Mood(OpenEnum):
    """An enum, one of whose labels is not known to the code."""

    SAD = "sad"


class Point:
    """A composite type's class, by position."""

    def __init__(self, *fields: object) -> None:
        self.fields = fields

    def __repr__(self) -> str:
        return f"Point{self.fields!r}"


OWN = """
DROP SCHEMA IF EXISTS kinds CASCADE; CREATE SCHEMA kinds;
CREATE TYPE kinds.mood AS ENUM ('sad', 'new');
CREATE TYPE kinds.point AS (x int, at timestamptz, moods kinds.mood[]);
CREATE TYPE kinds.floats AS RANGE (subtype = float8);
CREATE DOMAIN kinds.tag AS text;
"""
TYPES = Types(
    (
        EnumType("kinds.mood", Mood),
        CompositeType("kinds.point", Point),
        RangeType("kinds.floats", "double precision", "kinds.floatmultirange"),
        DomainType("kinds.tag", "text"),
        FormType("interval", "interval"),
    )
)


@pytest.mark.parametrize(
    ("expression", "type_name"),
    [
        ("'new'::kinds.mood", "kinds.mood"),
        ("ARRAY['sad', NULL, 'new']::kinds.mood[]", "kinds.mood[]"),
        ("ROW(1, '2026-01-01 12:00+02', ARRAY['new'])::kinds.point", "kinds.point"),
        ("ARRAY[ROW(1, NULL, NULL)::kinds.point]", "kinds.point[]"),
        ("kinds.floats(0.5, NULL)", "kinds.floats"),
        ("ARRAY['a', NULL]::kinds.tag[]", "kinds.tag[]"),
        ("interval '1 mon -3 days 00:00:01'", "interval"),
        ("tstzrange('2026-01-01 00:00+00', NULL)", "tstzrange"),
        ("ARRAY['2026-07-01 00:00+00'::timestamptz]", "timestamp with time zone[]"),
        ("numeric 'NaN'", "numeric"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_types_of_the_database_s_own_do(
    template_url: str, janua_redis_url: str, expression: str, type_name: str, zone: str
) -> None:
    """With labels that the code does not know, and in the session's time zone."""
    with psycopg.connect(template_url, autocommit=True) as connection:
        connection.execute(OWN.encode())
    url = make_conninfo(template_url, options=f"-c TimeZone={zone}")
    query = Query[Any](
        name="kinds.value", sql=f"SELECT {expression} AS v", columns=(type_name,), types=TYPES, cache=POLICY
    )
    with (
        Redis(janua_redis_url, prefix=f"janua-test:{uuid4().hex}:") as redis,
        Cache(redis, strict=True, timeout=5.0) as cache,
        Database(url, cache=cache) as db,
    ):
        same((db, cache), query)
        cache.flush()


@settings(deadline=None)
@given(
    texts=st.lists(st.one_of(st.none(), st.text(st.characters(exclude_characters="\0", codec="utf-8"))), max_size=5),
    number=st.integers(-(2**63), 2**63 - 1),
    blob=st.binary(max_size=50),
    when=st.datetimes(timezones=st.just(UTC)),
)
def test_any_values_do(
    place: tuple[Database, Cache], texts: list[str | None], number: int, blob: bytes, when: Any
) -> None:
    """As parameters, too: each set of them has an answer of its own."""
    query = Query[Any](
        name="values.any",
        sql="SELECT $1::text[], $2::int8, $3::bytea, $4::timestamptz",
        params=("text[]", "bigint", "bytea", "timestamp with time zone"),
        columns=("text[]", "bigint", "bytea", "timestamp with time zone"),
        row=lambda *columns: columns,
        cache=POLICY,
    )
    [row] = same(place, query, (texts, number, blob, when))
    assert (texts, number, blob, when) == row
