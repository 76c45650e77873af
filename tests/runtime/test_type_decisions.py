"""Values at the edge of what a Python type holds: an error that says what to do, never another value."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from janua import Database, ParameterError, Query, SchemaDrift, Types, UnreadableValue
from janua.query import CompositeType, DomainType, EnumType, FormType, RangeType
from janua.types import Interval, OpenEnum
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range
from pydantic import BaseModel, ValidationError, create_model


class Mood(OpenEnum):
    SAD = "sad"


class Nothing(OpenEnum):
    """An enum that has no labels yet."""


@dataclass
class Point:
    x: int | None
    y: int | None


@dataclass
class Single:
    x: int | None


@dataclass
class Empty:
    pass


class Request(BaseModel):
    mood: Mood


def one(pg_type: str, types: Types | None = None, text: bool = False) -> Query[Any]:
    return Query("q.one", f"SELECT $1::{pg_type} AS v", (pg_type,), (pg_type,), types=types or Types(), text=text)


def read(pg_type: str, literal: str, text: bool, types: Types | None = None) -> Query[Any]:
    sql = f"SELECT {literal}::{pg_type} AS v"
    return Query("q.read", sql, columns=(pg_type,), types=types or Types(), text=text)


BOTH = pytest.mark.parametrize("text", [False, True], ids=["binary", "text"])


@BOTH
@pytest.mark.parametrize(
    ("pg_type", "literal", "reason"),
    [
        ("date", "'infinity'", "date too large"),
        ("date", "'0001-12-31 BC'", "date too small"),
        ("date", "'10000-01-01'", "date too large"),
        ("date[]", "'{-infinity}'", ""),
        ("daterange", "'[2020-01-01,infinity)'", "date too large"),
        ("timestamp with time zone", "'-infinity'", "timestamp too small"),
        ("timestamp without time zone", "'10000-01-01'", "timestamp too large"),
        ("time without time zone", "'24:00'", ""),
        (
            "interval",
            "'1 month'",
            'an interval with months is no timedelta: cast it to text, or set intervals = "exact"',
        ),
        ("interval", "'-1 year 2 days'", "an interval with months is no timedelta"),
        ("interval[]", "'{1 month}'", "an interval with months is no timedelta"),
        ("interval", "'2000000000 days'", ""),
    ],
)
def test_what_python_cannot_hold_is_an_error(
    shared_db: Database, text: bool, pg_type: str, literal: str, reason: str
) -> None:
    """It names the query, the column, its type, the reason and a way out, and not the value."""
    with pytest.raises(UnreadableValue) as caught:
        shared_db.fetch_one(read(pg_type, literal, text))
    assert f"q.read: a value of the column v ({pg_type}) cannot be read: {reason}" in str(caught.value)
    assert ("q.read", "v") == (caught.value.query, caught.value.column)
    assert "infinity" not in str(caught.value)
    assert 1 == shared_db.fetch_one(read("integer", "1", text))


@pytest.mark.parametrize(
    ("pg_type", "value", "reason"),
    [
        ("smallint", 2**15, "the number is not between -32768 and 32767"),
        ("integer", -(2**31) - 1, "the number is not between"),
        ("bigint", 2**63, "the number is not between"),
        ("oid", -1, "the number is not between 0 and"),
        ("integer[]", [1, [2**31]], "the number is not between"),
        ("integer[]", [1, 2**31], "the number is not between"),
        ("bigint[]", (-(2**63) - 1, 0), "the number is not between"),
        ("text[]", ["x", b"x"], "it needs a str, not bytes"),
        ("int4range", Range(0, 2**31), "the number is not between"),
        ("int8multirange", Multirange([Range(0, 2**63)]), "the number is not between"),
        ("integer", 1.0, "it needs an int, not float"),
        ("text", b"x", "it needs a str, not bytes"),
        ("date", datetime(2020, 1, 1, 2), "it needs a date, and a datetime would lose its time"),
        ("timestamp with time zone", datetime(2020, 1, 1), "it needs a time zone"),
        ("timestamp with time zone", date(2020, 1, 1), "it needs a datetime with a time zone: a date begins"),
        ("timestamp without time zone", datetime(2020, 1, 1, tzinfo=UTC), "the type has no time zone"),
        ("tstzrange", Range(datetime(2020, 1, 1), None), "it needs a time zone"),
        ("time with time zone", time(1), "it needs a time zone"),
        ("time with time zone", time(1, tzinfo=ZoneInfo("Europe/Berlin")), "it needs a time zone"),
        ("time without time zone", time(1, tzinfo=UTC), "the type has no time zone"),
    ],
)
def test_what_the_type_cannot_hold_is_refused(shared_db: Database, pg_type: str, value: object, reason: str) -> None:
    """Before it is sent, though type checkers take it."""
    with pytest.raises(ParameterError) as caught:
        shared_db.fetch_one(one(pg_type), (value,))
    assert str(caught.value).startswith(f"q.one: parameter $1 ({pg_type}) cannot be sent: {reason}")


@pytest.mark.parametrize(
    ("pg_type", "value", "expected"),
    [
        ("integer", True, 1),
        ("numeric", False, 0),
        ("double precision", True, 1.0),
        ("integer[]", [True, None], [1, None]),
        ("integer", "12", 12),
        ("date", "2020-01-02", date(2020, 1, 2)),
        ("timestamp with time zone", "2020-01-02 00:00+00", datetime(2020, 1, 2, tzinfo=UTC)),
        ("box[]", ["(1,1),(0,0)", None], ["(1,1),(0,0)", None]),
        ("interval", Interval(0, 1, 2), timedelta(days=1, microseconds=2)),
    ],
)
def test_what_fits_is_taken(shared_db: Database, pg_type: str, value: object, expected: object) -> None:
    """A bool is a number, and a str the text form that PostgreSQL reads."""
    assert expected == shared_db.fetch_one(one(pg_type, text=pg_type == "box[]"), (value,))


@BOTH
@given(st.builds(Interval, st.integers(-9999, 9999), st.integers(-9999, 9999), st.integers(-(10**15), 10**15)))
@settings(max_examples=50, deadline=None)
def test_exact_intervals_come_back_as_they_were(shared_db: Database, text: bool, value: Interval) -> None:
    """Months, days and time apart, in arrays too."""
    types = EXACT[text]
    assert value == shared_db.fetch_one(one("interval", types, text), (value,))
    assert [value, None] == shared_db.fetch_one(one("interval[]", types, text), ([value, None],))


EXACT = [Types((FormType("pg_catalog.interval", "interval"),)) for _ in range(2)]


@BOTH
def test_an_hstore_is_a_dict(db: Database, text: bool) -> None:
    """Of texts and None, whatever is in them."""
    db.raw("CREATE EXTENSION IF NOT EXISTS hstore")
    types = Types((FormType("public.hstore", "hstore"),))
    value = {"": "a", 'q"': "b\\c", "n": None, "N": "NULL", "=>": ","}
    for each in (value, {}):
        assert each == db.fetch_one(one("public.hstore", types, text), (each,))
    assert [value, None] == db.fetch_one(one("public.hstore[]", types, text), ([value, None],))
    with pytest.raises(ParameterError, match="a text cannot contain NUL"):
        db.fetch_one(one("public.hstore", types, text), ({"a": "\0"},))


@BOTH
def test_an_enum_without_labels_may_gain_some(db: Database, text: bool) -> None:
    """Python refuses to call a class without members."""
    db.raw("DROP TYPE IF EXISTS growing; CREATE TYPE growing AS ENUM (); ALTER TYPE growing ADD VALUE 'new'")
    found = db.fetch_one(read("growing", "'new'", text, Types((EnumType("growing", Nothing),))))
    assert (Nothing, "new") == (type(found), found.value)


@BOTH
def test_a_recreated_enum_is_a_member_again(db: Database, text: bool) -> None:
    """Also as text, where the label alone would pass for a str."""
    db.raw("DROP TYPE IF EXISTS changing; CREATE TYPE changing AS ENUM ('sad')")
    query = read("changing", "'sad'", text, Types((EnumType("changing", Mood),)))
    assert Mood.SAD is db.fetch_one(query)
    db.raw("DROP TYPE changing; CREATE TYPE changing AS ENUM ('sad')")
    assert Mood.SAD is db.fetch_one(query)


POINT = CompositeType("changing_point", Point, (("x", "integer"), ("y", "integer")))
CHANGES = [
    "ADD ATTRIBUTE z int",
    "DROP ATTRIBUTE y",
    "RENAME ATTRIBUTE x TO z",
    "DROP ATTRIBUTE x, ADD ATTRIBUTE x int",
]


@BOTH
@pytest.mark.parametrize("change", CHANGES)
def test_a_composite_with_other_attributes_is_drift(db: Database, text: bool, change: str) -> None:
    """It says which it has; no value is read as another attribute's."""
    db.raw("DROP TYPE IF EXISTS changing_point; CREATE TYPE changing_point AS (x int, y int)")
    db.raw(f"ALTER TYPE changing_point {change}")
    with pytest.raises(SchemaDrift, match=r"changing_point has the attributes .*, and the generated code expects x, y"):
        db.fetch_one(read("changing_point", "NULL", text, Types((POINT,))))


@BOTH
@pytest.mark.parametrize(("change", "row"), [("ADD ATTRIBUTE z int", "1, 2, 3"), ("DROP ATTRIBUTE y", "1")])
def test_a_composite_that_changes_meanwhile_is_drift(db: Database, text: bool, change: str, row: str) -> None:
    """On a connection that knew the old one."""
    db.raw("DROP TYPE IF EXISTS changing_point; CREATE TYPE changing_point AS (x int, y int)")
    types = Types((POINT,))
    assert Point(1, 2) == db.fetch_one(read("changing_point", "ROW(1, 2)", text, types))
    db.raw(f"ALTER TYPE changing_point {change}")
    with pytest.raises(SchemaDrift, match="changing_point has the attributes"):
        db.fetch_one(read("changing_point", f"ROW({row})", text, types))


def test_a_composite_whose_attribute_changes_its_type_is_read_by_the_new_one(db: Database) -> None:
    """Eight bytes read as four would be another number."""
    db.raw("DROP TYPE IF EXISTS changing_point; CREATE TYPE changing_point AS (x int, y int)")
    types = Types((POINT,))
    assert Point(1, 2) == db.fetch_one(read("changing_point", "ROW(1, 2)", False, types))
    db.raw("ALTER TYPE changing_point ALTER ATTRIBUTE x TYPE bigint")
    assert Point(2**40, 2) == db.fetch_one(read("changing_point", f"ROW({2**40}, 2)", False, types))


@BOTH
def test_a_composite_of_one_null_and_one_of_nothing(db: Database, text: bool) -> None:
    """Both are ``()`` as text."""
    db.raw("DROP TYPE IF EXISTS single, empty; CREATE TYPE single AS (x int); CREATE TYPE empty AS ()")
    types = Types((CompositeType("single", Single, (("x", "integer"),)), CompositeType("empty", Empty)))
    assert Single(None) == db.fetch_one(one("single", types, text), (Single(None),))
    assert Empty() == db.fetch_one(one("empty", types, text), (Empty(),))


@BOTH
def test_an_array_of_a_domain_over_arrays_is_no_matrix(db: Database, text: bool) -> None:
    """Its rows may have other lengths."""
    types = Types((DomainType("numbers", "integer[]"),))
    query = Query[Any]("q", "SELECT $1::numbers[]", ("integer[][]",), types=types, text=text)
    values: list[list[list[int] | None]] = [[[1, 2], [3]], [[], None]]
    for value in values:
        assert value == db.fetch_one(query, (value,))


@BOTH
def test_bounds_of_an_own_range_are_checked(shared_db: Database, text: bool) -> None:
    """By the type of its bounds; a bool is a number there too."""
    types = Types((RangeType("floatrange", "double precision", "floatmultirange"),))
    assert Range(0.0, 1.0) == shared_db.fetch_one(one("floatrange", types, text), (Range(False, True),))
    value: Multirange[float] = Multirange([Range(False, True)])
    assert [Range(0.0, 1.0)] == list(shared_db.fetch_one(one("floatmultirange", types, text), (value,)))


def test_records_are_tuples_of_what_their_parts_are(shared_db: Database) -> None:
    """In one another and in arrays."""
    types = Types((EnumType("mood", Mood),))
    query = Query[Any]("q", "SELECT ROW(1, 'a'::text, 'sad'::mood, ROW(true), ARRAY[ROW(2)])", types=types)
    assert (1, "a", Mood.SAD, (True,), [(2,)]) == shared_db.fetch_one(query)
    with pytest.raises(UnreadableValue, match=r"the type macaddr is read as text only: cast it"):
        shared_db.fetch_one(Query[Any]("q", "SELECT ROW('08:00:2b:01:02:03'::macaddr) AS v"))


def test_a_pydantic_request_refuses_a_label_that_the_code_does_not_know() -> None:
    """A response may hold one that came from the database."""
    assert Mood.SAD is Request.model_validate({"mood": "sad"}).mood
    with pytest.raises(ValidationError, match="must be one of 'sad'"):
        Request.model_validate({"mood": "glad"})
    with pytest.raises(ValidationError, match="must be one of 'sad'"):
        Request.model_validate_json('{"mood": "glad"}')
    assert '{"mood":"glad"}' == Request(mood=Mood("glad")).model_dump_json()
    assert ["sad"] == Request.model_json_schema()["$defs"]["Mood"]["enum"]


@dataclass
class Reading:
    mood: Mood | None
    moods: list[Mood | None] | None
    span: Range[Mood] | None


GROWN = Types(
    (
        EnumType("grown", Mood),
        RangeType("grownrange", "grown", "grownmultirange"),
        CompositeType("reading", Reading, (("mood", "grown"), ("moods", "grown[]"), ("span", "grownrange"))),
    )
)


@BOTH
def test_an_unknown_label_is_a_member_in_every_position(db: Database, text: bool) -> None:
    """In arrays, composites, ranges and all of it in one another, both ways."""
    db.raw(
        "DROP TYPE IF EXISTS reading, grownrange, grown; CREATE TYPE grown AS ENUM ('sad', 'glad', 'elated');"
        "CREATE TYPE grownrange AS RANGE (subtype = grown);"
        "CREATE TYPE reading AS (mood grown, moods grown[], span grownrange)"
    )
    glad, elated = Mood("glad"), Mood("elated")
    span = Range(glad, elated)
    reading = Reading(glad, [Mood.SAD, elated, None], span)
    for pg_type, value in {
        "grown": glad,
        "grown[]": [glad, None, Mood.SAD],
        "grownrange": span,
        "grownmultirange": Multirange([span]),
        "reading": reading,
        "reading[]": [reading, None],
    }.items():
        found = db.fetch_one(one(pg_type, GROWN, text), (value,))
        assert value == found
        assert set(_enum_classes(value)) == set(_enum_classes(found)) == {Mood}


def _enum_classes(value: Any) -> list[type]:
    """The classes of all texts in a value."""
    match value:
        case None:
            return []
        case str():
            return [type(value)]
        case Range():
            return _enum_classes([value.lower, value.upper])
        case Reading():
            return _enum_classes([value.mood, value.moods, value.span])
        case _:
            return [found for each in value for found in _enum_classes(each)]


def test_an_unknown_label_is_a_key_as_its_text_is() -> None:
    """Two members of one label are one key, and a copy is the same."""
    counts = {Mood("glad"): 1, Mood.SAD: 2}
    assert (1, 1, 2) == (counts[Mood("glad")], counts["glad"], counts["sad"])  # type: ignore[index]
    for copied in (copy.deepcopy(Mood("glad")), pickle.loads(pickle.dumps(Mood("glad")))):
        assert (Mood, "glad", "glad") == (type(copied), copied.value, copied.name)
    assert [Mood.SAD] == list(Mood)
    assert b'{"glad":"glad"}' == msgspec.json.encode({Mood("glad"): Mood("glad")})


def test_pydantic_refuses_unknown_labels_in_every_position() -> None:
    """Also as an element, as a key and where None is taken."""
    model = create_model("Moods", many=(list[Mood], []), by=(dict[Mood, int], {}), maybe=(Mood | None, None))
    assert [Mood.SAD] == model.model_validate({"many": ["sad"], "by": {"sad": 1}, "maybe": "sad"}).many  # type: ignore[attr-defined]
    for wrong in ({"many": ["sad", "glad"]}, {"by": {"glad": 1}}, {"maybe": "glad"}):
        with pytest.raises(ValidationError, match="must be one of 'sad'"):
            model.model_validate(wrong)


@BOTH
def test_json_that_a_query_built_holds_exact_intervals(shared_db: Database, text: bool) -> None:
    """Where that is their type; as a timedelta, a month is an error there too."""
    sql = "SELECT jsonb_build_array('1 mon 2 days -00:00:03'::interval, NULL) AS v"
    found = shared_db.fetch_one(Query[Any]("q.exact", sql, shapes={0: list[Interval]}, text=text))
    assert [Interval(1, 2, -3_000_000), None] == found
    with pytest.raises(UnreadableValue, match="an interval with months is no timedelta"):
        shared_db.fetch_one(Query[Any]("q.plain", sql, shapes={0: list[timedelta]}, text=text))


@BOTH
def test_a_value_beside_json_is_unreadable_by_its_own_column(shared_db: Database, text: bool) -> None:
    """The JSON is not taken for it."""
    sql = "SELECT jsonb_build_array(1) AS j, 'infinity'::date AS v"
    with pytest.raises(UnreadableValue) as caught:
        shared_db.fetch_one(Query[Any]("q.both", sql, row=tuple, shapes={0: list[int]}, text=text))
    assert "v" == caught.value.column
