"""The database's own enums, composites, ranges and domains, known by name only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from janua import Database, Query, SchemaDrift, Types
from janua.query import CompositeType, DomainType, EnumType, RangeType
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range


class Mood(StrEnum):
    SAD = "sad"
    VERY_HAPPY = "very happy"

    @classmethod
    def _missing_(cls, value: object) -> Mood:
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member


class OtherMood(StrEnum):
    UNHAPPY = "sad"


@dataclass
class Point:
    x: int | None
    y: int | None


@dataclass
class Visit:
    at: datetime
    feeling: Mood | None
    place: Point | None
    notes: object
    tags: list[str] | None


class Colour(StrEnum):
    RED = "red"


OWN = Types(
    (
        EnumType("mood", Mood),
        DomainType("tag", "text"),
        DomainType("settings", "jsonb"),
        DomainType("numbers", "integer[]"),
        CompositeType("point2", Point),
        CompositeType("visit", Visit),
        RangeType("floatrange"),
    )
)

VISIT = Visit(
    datetime(2020, 1, 1, tzinfo=UTC),
    Mood.VERY_HAPPY,
    Point(1, None),
    {"a": ['"quoted"', "back\\slash", [1, 2]]},
    ["a,b", 'c"d', "(e)"],
)


def echo(pg_type: str, text: bool) -> Query[Any]:
    return Query(f"echo.{pg_type}", f"SELECT $1::{pg_type}", params=(pg_type,), types=OWN, text=text)


@pytest.mark.parametrize("text", [False, True], ids=["binary", "text"])
@pytest.mark.parametrize(
    ("pg_type", "value"),
    [
        ("mood", Mood.VERY_HAPPY),
        ("mood", Mood("ok")),
        ("mood[]", [Mood.SAD, None, Mood("ok")]),
        ("mood[]", [[Mood.SAD], [Mood.VERY_HAPPY]]),
        ("tag", "x"),
        ("tag[]", ["x", "y z"]),
        ("numbers", [1, 2]),
        ("settings", {"a": [1]}),
        ("settings[]", [{"a": [1]}, [2]]),
        ("point2", Point(1, -2)),
        ("point2", Point(None, None)),
        ("point2[]", [Point(1, 2), None]),
        ("visit", VISIT),
        ("visit", Visit(VISIT.at, None, None, None, None)),
        ("visit[]", [VISIT, VISIT]),
        ("floatrange", Range(1.5, 2.5)),
        ("floatrange[]", [Range(1.5, 2.5), Range(empty=True)]),
        ("floatmultirange", Multirange([Range(1.5, 2.5)])),
    ],
    ids=str,
)
def test_a_value_of_an_own_type_comes_back(shared_db: Database, pg_type: str, text: bool, value: object) -> None:
    """In both formats, in arrays and inside one another."""
    assert value == shared_db.fetch_one(echo(pg_type, text), (value,))


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
MOODS = st.sampled_from([*Mood, Mood("ok")])
POINTS = st.builds(Point, st.none() | st.integers(-5, 5), st.none() | st.integers(-5, 5))
VISITS = st.builds(
    Visit,
    at=st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)).map(lambda value: value.replace(tzinfo=UTC)),
    feeling=st.none() | MOODS,
    place=st.none() | POINTS,
    notes=st.none() | st.dictionaries(TEXT, TEXT | st.lists(st.none() | st.booleans())),
    tags=st.none() | st.lists(TEXT),
)


@given(value=VISITS, feelings=st.lists(st.none() | MOODS), text=st.booleans())
@settings(max_examples=100, deadline=None)
def test_composites_and_enums_come_back_as_they_were(
    shared_db: Database, value: Visit, feelings: list[Mood | None], text: bool
) -> None:
    """Whatever is in their fields, labels that the code does not know included."""
    assert value == shared_db.fetch_one(echo("visit", text), (value,))
    assert [value, None] == shared_db.fetch_one(echo("visit[]", text), ([value, None],))
    assert feelings == shared_db.fetch_one(echo("mood[]", text), (feelings,))


async def test_an_unknown_label_is_a_pseudo_member(twin: Any, settle: Any) -> None:
    """It keeps its value, and the class."""
    found = await settle(twin.fetch_one(echo("mood", False), ("ok",)))
    assert (Mood, "ok") == (type(found), found.value)


async def test_types_are_looked_up_once(twin: Any, settle: Any) -> None:
    """However many connections and calls there are."""
    seen = twin._pool._catalog.registrations

    async def look() -> object:
        await settle(twin.fetch_one(echo("mood", False), ("sad",)))
        return seen[OWN]

    assert await look() is await look()


async def test_two_packages_may_read_one_enum_into_two_classes(twin: Any, settle: Any, block: Any) -> None:
    """Even on the same connection."""
    others = Types((EnumType("mood", OtherMood),))
    query = Query[Any]("other", "SELECT 'sad'::mood", types=others)
    async with block(twin.connection()) as connection:
        assert Mood.SAD is await settle(connection.fetch_one(echo("mood", False), ("sad",)))
        assert OtherMood.UNHAPPY is await settle(connection.fetch_one(query))
        assert Mood.SAD is await settle(connection.fetch_one(echo("mood", False), ("sad",)))


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (EnumType("no_such", Mood), "the database has no type no_such, which the generated code uses"),
        (EnumType("nowhere.mood", Mood), "the database has no type nowhere.mood"),
        (CompositeType("mood", Point), "the database's type mood is not a composite type"),
    ],
    ids=str,
)
async def test_a_type_that_is_not_there_is_named(twin: Any, settle: Any, declared: Any, message: str) -> None:
    """Before the query is sent."""
    with pytest.raises(SchemaDrift, match=message):
        await settle(twin.fetch_one(Query[int]("q", "SELECT 1", types=Types((declared,)))))


async def test_a_type_made_anew_is_found_again(twin: Any, settle: Any, block: Any) -> None:
    """On the connection that notices it, and on the others, though the oid is another one."""
    await settle(twin.raw("DROP TYPE IF EXISTS colour; CREATE TYPE colour AS ENUM ('red')"))
    query = Query[Any]("q.colour", "SELECT 'red'::colour", types=Types((EnumType("colour", Colour),)))
    async with block(twin.connection()) as one, block(twin.connection()) as other:
        for connection in (one, other):
            assert Colour.RED is await settle(connection.fetch_one(query))
        await settle(one.raw("DROP TYPE colour; CREATE TYPE colour AS ENUM ('red')"))
        for connection in (one, other):
            assert Colour.RED is await settle(connection.fetch_one(query))


async def test_a_binary_value_of_an_undeclared_type_is_an_error(twin: Any, settle: Any) -> None:
    """psycopg would return its bytes."""
    with pytest.raises(SchemaDrift, match=r"q: the server sent a value of the type with oid \d+"):
        await settle(twin.fetch_one(Query[Any]("q", "SELECT 'sad'::mood")))
