"""What may be passed for a parameter, and the errors that name the one that cannot."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from janua import UNSET, Database, ParameterError, Query
from pydantic import create_model

SECRET = "hunter2"


@dataclass
class Wrapped:
    """Anything within a document."""

    value: object


@dataclass
class Price:
    amount: Decimal
    at: datetime
    of: UUID


def one(pg_type: str) -> Query[Any]:
    return Query("q.one", f"SELECT $1::{pg_type}", params=(pg_type,))


def test_json_takes_what_msgspec_encodes(shared_db: Database) -> None:
    """Dataclasses, UUIDs, dates and Decimals; the last are numbers."""
    value = Price(Decimal("1.10"), datetime(2020, 1, 2), UUID(int=1))
    expected = {"amount": 1.1, "at": "2020-01-02T00:00:00", "of": str(UUID(int=1))}
    assert expected == shared_db.fetch_one(one("jsonb"), (value,))


def test_json_decimals_keep_their_digits(shared_db: Database) -> None:
    """The server gets all of them."""
    query = Query[str]("q", "SELECT $1::jsonb::text", params=("jsonb",))
    assert "12345678901234567890.12" == shared_db.fetch_one(query, (Decimal("12345678901234567890.12"),))


def test_json_takes_any_mapping_and_sequence(shared_db: Database) -> None:
    """Read-only ones too."""
    value: Mapping[str, object] = MappingProxyType({"a": deque([1, None])})
    assert {"a": [1, None]} == shared_db.fetch_one(one("jsonb"), (value,))


def test_json_takes_pydantic_models(shared_db: Database) -> None:
    """By what they dump for JSON."""
    model = create_model("Model", at=(datetime, ...))(at=datetime(2020, 1, 2))
    assert {"at": "2020-01-02T00:00:00"} == shared_db.fetch_one(one("jsonb"), (model,))


@pytest.mark.parametrize("value", [float("nan"), {"a": [float("inf")]}, Decimal("NaN"), [Decimal("-Infinity")]])
def test_json_refuses_what_it_cannot_say(shared_db: Database, value: object) -> None:
    """NaN would become null without a word."""
    with pytest.raises(ParameterError, match=r"q.one: parameter \$1 \(jsonb\) cannot be sent: JSON has no NaN"):
        shared_db.fetch_one(one("jsonb"), (value,))


@pytest.mark.parametrize("value", ["null", "NaN", {"Infinity": None}])
def test_json_texts_that_look_like_it_are_taken(shared_db: Database, value: object) -> None:
    """The search for NaN looks at values."""
    assert value == shared_db.fetch_one(one("jsonb"), (value,))


def test_json_refuses_other_objects(shared_db: Database) -> None:
    """The class is named, the value is not shown."""
    with pytest.raises(ParameterError, match=r"\$1 \(jsonb\) cannot be sent: object has no JSON form"):
        shared_db.fetch_one(one("jsonb"), ({"a": object()},))


@pytest.mark.parametrize("value", ["abc", b"abc", {"a"}, 5, {"a": 1}])
def test_an_array_needs_a_sequence(shared_db: Database, value: object) -> None:
    """A bare text would become its letters."""
    with pytest.raises(ParameterError, match=r"\$1 \(text\[\]\) cannot be sent: an array needs a list"):
        shared_db.fetch_one(one("text[]"), (value,))


def test_an_array_takes_any_sequence(shared_db: Database) -> None:
    """Not only lists."""
    assert [1, 2] == shared_db.fetch_one(one("integer[]"), (deque([1, 2]),))
    assert [0, 1, 2] == shared_db.fetch_one(one("integer[]"), (range(3),))


@pytest.mark.parametrize(
    ("pg_type", "value", "reason"),
    [
        ("text", f"{SECRET}\0", r"a text cannot contain NUL \(U\+0000\)"),
        ("text[]", [SECRET, f"{SECRET}\0"], r"a text cannot contain NUL \(U\+0000\)"),
        ("text", f"{SECRET}\ud800", "the text contains a surrogate that has no UTF-8 form"),
        ("text", object(), "there is no PostgreSQL form for values of this class"),
        ("jsonb", f"{SECRET}\ud800", "the text contains a surrogate that has no UTF-8 form"),
    ],
)
def test_the_error_names_parameter_and_type_but_no_value(
    shared_db: Database, pg_type: str, value: object, reason: str
) -> None:
    """The second of two here."""
    query = Query[Any]("q.two", f"SELECT $1::int, $2::{pg_type}", params=("integer", pg_type))
    with pytest.raises(ParameterError, match=rf"q\.two: parameter \$2 \(.*\) cannot be sent: {reason}") as caught:
        shared_db.fetch_one(query, (1, value))
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_raw_names_the_position(shared_db: Database) -> None:
    """There is no declared type to name."""
    with pytest.raises(ParameterError, match=r"raw: parameter \$1 cannot be sent: a text cannot contain NUL"):
        shared_db.raw("SELECT $1", ("\0",))


def test_the_number_of_parameters_is_checked(shared_db: Database) -> None:
    """Before anything is sent."""
    with pytest.raises(ParameterError, match=r"q\.one takes 1 parameters, not 2"):
        shared_db.fetch_one(one("integer"), (1, 2))


def test_none_is_always_null(shared_db: Database) -> None:
    """For json too: its own null can be sent as SQL."""
    for pg_type in ("integer", "text", "jsonb", "integer[]"):
        assert shared_db.fetch_one(one(pg_type), (None,)) is None


async def test_a_refused_parameter_leaves_the_transaction_alone(twin: Any, settle: Any, block: Any) -> None:
    """Nothing has reached the server."""
    async with block(twin.transaction()) as tx:
        with pytest.raises(ParameterError):
            await settle(tx.fetch_one(one("text"), ("\0",)))
        assert "a" == await settle(tx.fetch_one(one("text"), ("a",)))


@pytest.mark.parametrize("own_parameters", [(), (0,)])
@pytest.mark.parametrize("prepare", [True, False])
@pytest.mark.parametrize(
    "pg_type", ["text", "character varying", "bytea", "json", "jsonb", "text[]", "integer", "uuid"]
)
def test_what_leaves_parameters_out_is_no_value(
    shared_db: Database, pg_type: str, prepare: bool, own_parameters: tuple[int, ...]
) -> None:
    """Where nothing can be left out, and within arrays, the word UNSET must not be stored."""
    value = [UNSET] if pg_type == "text[]" else UNSET
    query = replace(one(pg_type), own_parameters=own_parameters, kept=prepare)
    with pytest.raises(ParameterError, match=r"^q\.one: parameter \$1 .* cannot be sent: "):
        shared_db.fetch_one(query, (value,))


@pytest.mark.parametrize("value", [{"name": UNSET}, [[UNSET]], Wrapped(UNSET)])
def test_what_leaves_parameters_out_is_not_written_as_json(shared_db: Database, value: object) -> None:
    """Wherever it stands within a document."""
    with pytest.raises(ParameterError, match=r"^q\.one: parameter \$1 .* cannot be sent: UNSET is no value"):
        shared_db.fetch_one(one("jsonb"), (value,))
