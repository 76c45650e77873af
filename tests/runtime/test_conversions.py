"""Types of the project's own in the place of the usual ones, whatever kind they are of."""

from __future__ import annotations

import json
import traceback
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from janua import AsyncDatabase, ConfigError, Database, ParameterError, Query, UnreadableValue
from psycopg.types.range import Range

from . import own

OWN = own.__name__
KEY = UUID(int=5)


def query(type_: str, python: str, *, text: bool = False) -> Query[Any]:
    """Send a value of the type, and receive it as a type of the project's own."""
    is_json = type_.removesuffix("[]") in ("json", "jsonb")
    return Query(
        name="q.get",
        sql=f"SELECT $1::{type_} AS it",
        params=(type_,),
        columns=(type_,),
        columns_as={0: f"{OWN}:{python}" if python not in ("str", "dict") else python},
        own_parameters=() if is_json else (0,),
        text=text,
    )


VALUES: list[tuple[str, str, Any]] = [
    ("text", "Word", own.Word("w")),
    ("text", "Size", "small"),
    ("integer", "Positive", 3),
    ("text", "Outer.Nested", own.Outer.Nested.ONE),
    ("text[]", "Outer.Nested", [own.Outer.Nested.ONE, None]),
    ("text[]", "Outer.Nested", [[own.Outer.Nested.ONE], [own.Outer.Nested.ONE]]),
    ("integer", "Plain", own.Plain.FIRST),
    ("text", "Label", own.Label("l")),
    ("numeric", "Wrapped", own.Wrapped(Decimal("1.10"))),
    ("numeric[]", "Wrapped", [own.Wrapped(Decimal(2)), None]),
    ("uuid", "Hooked", own.Hooked(KEY, "")),
    ("int4range", "Hooked", own.Hooked(Range(1, 2), "")),
    ("text", "Word", None),
    ("jsonb", "Model", own.Model(amount=Decimal("1.10"), innerKey=3)),
    ("json", "Models", [own.Model(amount=Decimal(1))]),
    ("jsonb", "Models", {"a": own.Model(amount=Decimal(1))}),
    ("jsonb", "Mixed", own.Mixed(own.Model(amount=Decimal(1)), own.Hooked({"a": [1]}, ""), {"b": 2})),
    ("jsonb", "Named", {"a": [{"key": KEY}], "b": None}),
    ("json", "Named", None),
    ("jsonb[]", "Model", [own.Model(amount=Decimal("0.1")), None]),
    ("json[]", "Inner", [{"key": KEY}]),
    ("json[]", "Inner", []),
    ("jsonb", "Strict", own.Strict("green")),
    ("jsonb", "Pet", own.Dog(1)),
    ("jsonb", "Pet", own.Cat(1)),
    ("jsonb", "Pets", {"a": [own.Dog(1), own.Cat(2)], "b": []}),
    ("jsonb", "Recursive", own.Recursive([own.Recursive(), own.Recursive([own.Recursive()])])),
    ("jsonb", "dict", {"a": 1}),
]


@pytest.mark.parametrize(("type_", "python", "value"), VALUES)
@pytest.mark.parametrize("text", [False, True], ids=["binary", "text"])
def test_a_value_comes_back_as_it_was_sent(db: Database, type_: str, python: str, value: Any, text: bool) -> None:
    """In either format."""
    found = db.fetch_one(query(type_, python, text=text), (value,))
    assert (value, type(value)) == (found, type(found))


async def test_it_does_so_asynchronously(adb: AsyncDatabase) -> None:
    """Through the same code."""
    assert own.Plain.FIRST is await adb.fetch_one(query("integer", "Plain"), (own.Plain.FIRST,))


def test_an_array_of_documents_has_dimensions(db: Database) -> None:
    """As any other: a list in a list."""
    statement = Query[Any](
        name="q.get",
        sql="""SELECT ARRAY[['{"meows": 1}', NULL], [NULL, '{"meows": 2}']]::jsonb[]""",
        columns=("jsonb[]",),
        columns_as={0: f"{OWN}:Cat"},
    )
    assert [[own.Cat(1), None], [None, own.Cat(2)]] == db.fetch_one(statement)


def test_a_json_null_is_one_of_the_types_values(db: Database) -> None:
    """Where it has None; SQL's NULL is None in any case."""
    statement = Query[Any](name="q", sql="SELECT 'null'::jsonb", columns=("jsonb",), columns_as={0: f"{OWN}:Pet"})
    assert db.fetch_one(statement) is None


def test_a_class_that_is_shown_as_text_is_sent_so(db: Database) -> None:
    """Where it says how it is shown."""
    assert "x" == db.fetch_one(query("text", "Shown"), (own.Shown("x"),)).text


def test_a_plain_value_is_sent_as_ever(db: Database) -> None:
    """What a type checker does not see must not be worse than without an override."""
    assert own.Plain.FIRST is db.fetch_one(query("integer", "Plain"), ("1",))


@pytest.mark.parametrize("value", [own.Mute(1), own.Pair(1, 2), own.Model(amount=Decimal(1)), own.Strict()])
def test_a_class_that_does_not_tell_cannot_be_sent(db: Database, value: Any) -> None:
    """The error names the parameter and the class."""
    name = type(value).__name__
    with pytest.raises(ParameterError, match=rf"^q\.get: parameter \$1 \(text\) cannot be sent: {name} has no __janua"):
        db.fetch_one(query("text", "Mute"), (value,))


SECRET = 'it\'s "secret" `x`'
REFUSED: list[tuple[str, str, str, str]] = [
    ("text", "Outer.Nested", SECRET, "its class refuses it"),
    ("text", "Size", SECRET, "Invalid enum value"),
    ("integer", "Positive", "-41", "Expected `int` >= 1"),
    ("jsonb", "Model", '{"amount": "$"}', "pydantic finds decimal_parsing"),
    ("jsonb", "Models", '["$", {"amount": []}]', "pydantic finds model_type, decimal_type, dict_type"),
    ("jsonb", "Mixed", '{"model": {"amount": "$"}, "hooked": 1}', "its class refuses it - at `$.model`"),
    ("jsonb", "Strict", '{"$": 1}', "Object contains unknown field"),
    ("jsonb", "Strict", '{"colour": "$"}', "Invalid enum value - at `$.colour`"),
    ("jsonb", "Choosy", '{"text": "$"}', "its class refuses it"),
    ("jsonb", "Pets", '{"a": [{"$": 1}]}', "it is none of the union's types"),
    ("jsonb", "Named", '{"$": [{"key": "$"}]}', "Invalid UUID - at `$[...][0].key`"),
]


@pytest.mark.parametrize(("type_", "python", "text", "reason"), REFUSED)
def test_a_value_that_is_none_of_the_type_is_unreadable(
    db: Database, type_: str, python: str, text: str, reason: str
) -> None:
    """The error says what is wrong, and shows no value, nor a key that is data."""
    sent = text.replace('"$"', json.dumps(SECRET))
    statement = Query[Any](
        name="q.get",
        sql=f"SELECT $1::text::{type_} AS it",
        params=("text",),
        columns=(type_,),
        columns_as={0: f"{OWN}:{python}"},
    )
    with pytest.raises(UnreadableValue) as caught:
        db.fetch_one(statement, (sent,))
    assert f"q.get: a value of the column it is no {OWN}:{python}: {reason}" == str(caught.value)
    assert "secret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("no_such:X", 'the Python type "no_such:X" is not there: no module no_such'),
        (f"{OWN}.more:X", f'the Python type "{OWN}.more:X" is not there: no module {OWN}.more'),
        (f"{OWN}:Outer.Other", f'the Python type "{OWN}:Outer.Other" is not there: no Outer.Other in {OWN}'),
    ],
)
def test_a_type_that_is_not_there_is_an_error(db: Database, reference: str, message: str) -> None:
    """Of the configuration, whether it is for JSON or not."""
    for type_ in ("text", "jsonb"):
        statement = Query[Any](name="q", sql=f"SELECT NULL::{type_}", columns=(type_,), columns_as={0: reference})
        with pytest.raises(ConfigError) as caught:
            db.fetch_one(statement)
        assert message == str(caught.value)


def test_json_that_cannot_be_decoded_into_a_type_says_so(db: Database) -> None:
    """Before any value is read."""
    statement = Query[Any](name="q", sql="SELECT '{}'::jsonb", columns=("jsonb",), columns_as={0: f"{OWN}:Sets"})
    with pytest.raises(TypeError, match="JSON cannot be decoded into"):
        db.fetch_one(statement)
