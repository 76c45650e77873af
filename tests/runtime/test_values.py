"""Values of PostgreSQL's own types go to the server and come back as they were."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from ipaddress import IPv4Network, ip_interface, ip_network
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from janua import Database, Query, Types
from janua.query import DomainType, TextType
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
INT4 = st.integers(-(2**31), 2**31 - 1)
DECIMAL = st.decimals(-(10**30), 10**30, allow_nan=False)
DATETIME = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1))
HOURS = timedelta(hours=15)
EMPTY = st.just(Range[Any](empty=True))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(-1e15, 1e15) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)


def _offset(value: timedelta) -> timezone:
    return timezone(value - value % timedelta(seconds=1))


SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "integer": INT4,
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "numeric": DECIMAL | st.sampled_from([Decimal("Infinity"), Decimal("-Infinity")]),
    "real": st.integers(-(2**20), 2**20).map(lambda n: n / 4),
    "double precision": st.floats(allow_nan=False),
    "text": TEXT,
    "character varying": TEXT,
    "bytea": st.binary(),
    "date": st.dates(),
    "time without time zone": st.times(),
    "timestamp without time zone": st.datetimes(),
    "timestamp with time zone": st.datetimes(
        datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.timezones() | st.just(UTC), allow_imaginary=False
    ).filter(lambda value: value == value.astimezone(UTC)),
    "interval": st.timedeltas(),
    "oid": st.integers(0, 2**32 - 1),
    "xid8": st.integers(0, 2**64 - 1),
    "time with time zone": st.times(timezones=st.timedeltas(-HOURS, HOURS).map(_offset)),
    "uuid": st.uuids(),
    "inet": st.ip_addresses() | st.ip_addresses().map(lambda address: ip_interface(f"{address}/8")),
    "cidr": st.ip_addresses().map(lambda address: ip_network(f"{address}/16", strict=False)),
    "jsonb": JSON.filter(lambda value: value is not None),
    "json": JSON.filter(lambda value: value is not None),
    "int4range": st.builds(Range, INT4.filter(lambda n: n < 0), INT4.filter(lambda n: n > 0)),
    "numrange": st.builds(Range, DECIMAL.map(lambda n: -abs(n)), DECIMAL.map(abs), st.sampled_from(["[]"])),
    "tsrange": DATETIME.map(lambda start: Range(start, start + timedelta(days=1), "()")) | EMPTY,
    "tstzrange": DATETIME.map(lambda start: Range(start.replace(tzinfo=UTC), None)) | EMPTY,
    "daterange": st.dates().map(lambda end: Range(None, end)) | EMPTY,
}


def echo(pg_type: str, text: bool) -> Query[Any]:
    return Query(f"echo.{pg_type}", f"SELECT $1::{pg_type}", params=(pg_type,), text=text)


@pytest.mark.parametrize("text", [False, True], ids=["binary", "text"])
@pytest.mark.parametrize("pg_type", SCALARS)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_a_value_comes_back_as_it_was(shared_db: Database, pg_type: str, text: bool, data: st.DataObject) -> None:
    """In both result formats."""
    value = data.draw(SCALARS[pg_type])
    assert value == shared_db.fetch_one(echo(pg_type, text), (value,))


@pytest.mark.parametrize("pg_type", SCALARS)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_an_array_comes_back_as_it_was(shared_db: Database, pg_type: str, data: st.DataObject) -> None:
    """With NULLs, empty, and with two dimensions (json's lists being values, it has one)."""
    items = data.draw(st.lists(st.none() | SCALARS[pg_type], max_size=4))
    query = echo(f"{pg_type}[]", data.draw(st.booleans()))
    assert items == shared_db.fetch_one(query, (items,))
    assert items == shared_db.fetch_one(query, (tuple(items),))
    if items and not pg_type.startswith("json"):
        nested = [items, items]
        assert nested == shared_db.fetch_one(query, (nested,))
        assert nested == shared_db.fetch_one(query, (tuple(map(tuple, nested)),))


@given(st.lists(st.text(r"""ab\"'{},; NUL"""), min_size=1), st.booleans())
@settings(max_examples=100, deadline=None)
def test_an_array_of_texts_keeps_what_has_to_be_quoted(shared_db: Database, items: list[str], text: bool) -> None:
    """Without a NULL it is quoted as a whole; here also inside an array of a domain over it."""
    assert items == shared_db.fetch_one(echo("text[]", text), (items,))
    types = Types((DomainType("words", "text[]"),))
    query = Query[Any]("q", "SELECT $1::words[]", ("words[]",), types=types, text=text)
    assert [items, None] == shared_db.fetch_one(query, ([items, None],))


@given(
    st.lists(st.integers(-1000, 1000), min_size=2, max_size=6, unique=True).map(sorted),
)
@settings(max_examples=20, deadline=None)
def test_a_multirange_comes_back_as_it_was(shared_db: Database, bounds: list[int]) -> None:
    """Ranges that do not touch stay apart."""
    value = Multirange([Range(a * 2, a * 2 + 1) for a in bounds])
    for text in (False, True):
        assert value == shared_db.fetch_one(echo("int4multirange", text), (value,))


@pytest.mark.parametrize(
    ("pg_type", "value"),
    [
        ("int4range", Range(empty=True)),
        ("int4range", Range(None, 5)),
        ("int4range", Range(None, None)),
        ("tstzrange", Range(datetime(2020, 1, 1, tzinfo=UTC), None)),
        ("int4multirange", Multirange()),
        ("numeric", Decimal("Infinity")),
        ("numeric", Decimal("1E+100")),
        ("numeric", Decimal("1E-100")),
        ("double precision", float("-inf")),
        ("time with time zone", time(1, 2, 3, tzinfo=UTC)),
        ("bytea", bytes(range(256))),
        ("interval", timedelta(days=-1, seconds=1)),
        ("cidr", IPv4Network("10.0.0.0/8")),
        ("text[]", ['a"b', "c\\d", "{}", "NULL", "", "a,b", None]),
        ("integer[]", []),
        ("jsonb", [1, [2, {"a": "\\u0041"}]]),
        ("jsonb[]", [[1, 2], {"a": 1}, None]),
    ],
    ids=str,
)
def test_remarkable_values_come_back(shared_db: Database, pg_type: str, value: object) -> None:
    """The corners of the types."""
    for text in (False, True):
        assert value == shared_db.fetch_one(echo(pg_type, text), (value,))


def test_not_a_number_comes_back(shared_db: Database) -> None:
    """NaN of numeric and float, which is unequal to itself."""
    assert shared_db.fetch_one(echo("numeric", False), (Decimal("sNaN"),)).is_nan()
    value = shared_db.fetch_one(echo("double precision", False), (float("nan"),))
    assert value != value


@pytest.mark.parametrize("text", [False, True], ids=["binary", "text"])
@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ("'[0:1]={1,2}'::int[]", [1, 2]),
        ("'[-5:-4]={1,NULL}'::int[]", [1, None]),
        ("'[2:2][0:1]={{a,NULL}}'::text[]", [["a", None]]),
        ("'[7:7]={\"[0:1]={x}\"}'::text[]", ["[0:1]={x}"]),
        ("'1 2'::int2vector::int2[]", [1, 2]),
        ("'{{{1},{2}},{{NULL},{4}}}'::int[]", [[[1], [2]], [[None], [4]]]),
        ("'{}'::int[]", []),
        ("'[0:0]={empty}'::int4range[]", [Range(empty=True)]),
    ],
)
def test_the_bounds_of_an_array_are_not_kept(shared_db: Database, text: bool, literal: str, expected: object) -> None:
    """Its elements and dimensions are."""
    assert expected == shared_db.fetch_one(Query[Any]("q.bounds", f"SELECT {literal}", text=text))


@pytest.mark.parametrize("value", [1, 40_000, 2**40, 2**70, 1.5, Decimal(1), True, "x", b"x", [1], Range(1, 2)])
def test_every_parameter_travels_without_a_type(shared_db: Database, value: object) -> None:
    """So the server takes an unmarked parameter for text, whatever the value: nothing depends on its size."""
    assert [{"t": "text"}] == shared_db.raw("SELECT pg_typeof(v)::text AS t FROM (SELECT $1 AS v) s", (value,))


@pytest.mark.parametrize(("fold", "hour"), [(0, 0), (1, 1)])
def test_the_hour_that_comes_twice_keeps_which_it_is(shared_db: Database, fold: int, hour: int) -> None:
    """Python calls neither equal to a time elsewhere (PEP 495)."""
    value = datetime(2024, 10, 27, 2, 30, fold=fold, tzinfo=ZoneInfo("Europe/Berlin"))
    found = shared_db.fetch_one(echo("timestamp with time zone", False), (value,))
    assert datetime(2024, 10, 27, hour, 30, tzinfo=UTC) == found


def test_the_members_of_an_int_enum_are_numbers(shared_db: Database) -> None:
    """As which they are declared, not as their names."""
    level = IntEnum("level", {"HIGH": 3})
    assert 3 == shared_db.fetch_one(echo("integer", False), (level.HIGH,))


def test_memory_views_are_bytes(shared_db: Database) -> None:
    """All three classes of bytes may be passed."""
    for value in (bytearray(b"\0a"), memoryview(b"\0a")):
        assert b"\0a" == shared_db.fetch_one(echo("bytea", False), (value,))


@pytest.mark.parametrize("text", [False, True], ids=["binary", "text"])
def test_a_function_that_returns_nothing_gives_none(shared_db: Database, text: bool) -> None:
    """Not an empty text."""
    assert shared_db.fetch_one(Query[None]("void", "SELECT pg_sleep(0)", text=text)) is None


@pytest.mark.parametrize(("number", "expected"), [(-1, "\\377"), (-128, "\\200"), (0, ""), (127, "\x7f"), (65, "A")])
def test_a_char_in_quotes_is_any_byte(shared_db: Database, number: int, expected: str) -> None:
    """In octal where it is no character of ASCII, as PostgreSQL 16 writes it."""
    assert expected == shared_db.fetch_one(Query[str]("c", f'SELECT ({number})::"char"'))


@pytest.mark.parametrize("text", [False, True], ids=["binary", "text"])
def test_pseudo_types_of_text_are_text(shared_db: Database, text: bool) -> None:
    """As the output functions return them."""
    assert "5" == shared_db.fetch_one(Query[str]("c", "SELECT int4out(5)", text=text))


def test_intervals_do_not_depend_on_the_session_s_style(shared_db: Database) -> None:
    """In ``sql_standard`` a sign counts for all the fields that follow it."""
    with shared_db.transaction() as tx:
        tx.raw("SET LOCAL intervalstyle = sql_standard")
        value = timedelta(days=-1, hours=2)
        assert value == tx.fetch_one(echo("interval", False), (value,))


def test_json_that_only_the_standard_library_reads(shared_db: Database) -> None:
    """Numbers beyond a float and lone surrogates are legal in json."""
    assert [{"v": float("inf")}] == shared_db.raw("SELECT '1e400'::json AS v")
    assert "\ud800" == shared_db.fetch_one(Query[str]("s", "SELECT '\"\\ud800\"'::json"))


def test_extension_types_are_text(db: Database) -> None:
    """Parameters in their text form, results too where the query asks for text."""
    db.raw("CREATE EXTENSION IF NOT EXISTS citext")
    types = Types((TextType("citext"),))
    for pg_type, value in {"citext": "Ab", "citext[]": ["Ab", 'c"d']}.items():
        query = Query[object]("c", f"SELECT $1::{pg_type}", params=(pg_type,), types=types, text=True)
        assert value == db.fetch_one(query, (value,))
