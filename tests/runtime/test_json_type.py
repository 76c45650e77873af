"""``janua.types.Json`` in the hands of libraries that read annotations at run time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_type_hints

import msgspec
import pytest
from janua.database.typedjson import json_decoder
from janua.types import Json, JsonInput
from pydantic import TypeAdapter, ValidationError


@dataclass(slots=True)
class Row:
    id: int
    settings: Json
    more: Json | None
    many: list[Json]
    given: JsonInput = None


ROW = Row(1, {"a": [1, None, {"b": True}]}, None, ["x", 1.5])


@pytest.mark.parametrize("protocol", [msgspec.json, msgspec.msgpack])
def test_msgspec_reads_a_row_again(protocol: Any) -> None:
    """As it was written."""
    assert ROW == protocol.decode(protocol.encode(ROW), type=Row)


def test_json_of_ones_own_type_may_hold_it() -> None:
    """The class of an override or of @json."""
    text = msgspec.json.encode(ROW)
    assert ROW == json_decoder(f"{__name__}:Row")(text)


def test_pydantic_validates_it() -> None:
    """With what JSON can be, as deep as it goes."""
    adapter = TypeAdapter(Row)
    assert ROW == adapter.validate_python(msgspec.to_builtins(ROW))
    assert "Json" in adapter.json_schema()["$defs"]
    with pytest.raises(ValidationError):
        adapter.validate_python({"id": 1, "settings": {"a": [object()]}, "more": None, "many": []})


def test_it_is_a_type_at_run_time() -> None:
    """Of what json.loads returns."""
    assert {"id", "settings", "more", "many", "given"} == set(get_type_hints(Row))
    json: Any = Json
    assert [True, True, True, False] == [isinstance(each, json) for each in ({}, None, "x", object())]
