"""
JSON into types of the project's own: dataclasses, TypedDicts, msgspec's and pydantic's models, and lists, dicts
and unions of them. Decoded once, from the text as it came, and checked.
"""

from __future__ import annotations

import re
import struct
import types
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias, Union, get_args, get_origin

import msgspec

from janua.database.conversions import own_type

Decode: TypeAlias = Callable[[bytes | str], Any]

_LENGTH = struct.Struct("!i")
_HEADER = struct.Struct("!iiI")
_DIMENSION = struct.Struct("!ii")


@cache
def json_decoder(reference: str) -> Decode:
    """
    Return what decodes JSON text into the type that ``module:Name`` names.

    What it returns raises ValueError for text that is none of the type. Raises ConfigError where there is no
    such type, and TypeError where JSON cannot be decoded into it.
    """
    return _decoder(own_type(reference))


def _decoder(type_: Any) -> Decode:
    # `type X = …`, inside of another, too
    type_ = getattr(type_, "__value__", type_)
    if _mentions_pydantic(type_):
        # here, because the runtime does not depend on it: whoever has such a class has it
        from pydantic import TypeAdapter

        return TypeAdapter(type_).validate_json
    try:
        return msgspec.json.Decoder(type_, dec_hook=_decode_other).decode
    except TypeError:
        # msgspec takes no union of several classes without tags, wherever it stands
        return _of_parts(type_)


def _mentions_pydantic(type_: Any) -> bool:
    type_ = getattr(type_, "__value__", type_)
    return hasattr(type_, "__pydantic_validator__") or any(map(_mentions_pydantic, get_args(type_)))


def _of_parts(type_: Any) -> Decode:
    """For lists, dicts and unions: by what decodes their parts, and the first member of a union that fits."""
    origin, arguments = get_origin(type_), get_args(type_)
    if origin in (Union, types.UnionType):
        return _first_of([_decoder(each) for each in arguments])
    if origin is list:
        element = _decoder(arguments[0])
        elements = msgspec.json.Decoder(list[msgspec.Raw])
        return lambda text: [element(bytes(each)) for each in elements.decode(text)]
    if origin is dict:
        member = _decoder(arguments[1])
        members = msgspec.json.Decoder(dict[str, msgspec.Raw])
        return lambda text: {key: member(bytes(each)) for key, each in members.decode(text).items()}
    raise TypeError(f"JSON cannot be decoded into {type_}: give its unions a tag, or use a pydantic model")


def _first_of(members: list[Decode]) -> Decode:
    def decode(text: bytes | str) -> Any:
        for member in members:
            try:
                return member(text)
            except ValueError:
                continue
        raise msgspec.ValidationError("it is none of the union's types")

    return decode


def _decode_other(type_: Any, value: Any) -> Any:
    """A class that msgspec does not know, inside of one that it knows."""
    if hasattr(type_, "model_validate"):
        return type_.model_validate(value)
    load = getattr(type_, "__janua_load__", type_)
    return load(value)


def elements_of(data: bytes) -> list[Any]:
    """
    Return the elements of an array in its binary form, in a list for each dimension, as bytes or None.

    As ``array_recv`` reads it: dimensions, a flag, the elements' type; each dimension's length and lower bound.
    """
    count, _, _ = _HEADER.unpack_from(data)
    lengths = [_DIMENSION.unpack_from(data, 12 + 8 * at)[0] for at in range(count)]
    position = 12 + 8 * count

    def next_element() -> bytes | None:
        nonlocal position
        (length,) = _LENGTH.unpack_from(data, position)
        start = position = position + 4
        position += max(length, 0)
        return None if length < 0 else data[start:position]

    def next_list(depth: int) -> list[Any]:
        is_last = depth == count - 1
        return [next_element() if is_last else next_list(depth + 1) for _ in range(lengths[depth])]

    return next_list(0) if count else []


def reason_of(error: Exception) -> str:
    """
    Return in words why a text is none of a type, without any value of it.

    The message of an error that the project's own code raised may hold one, and so may pydantic's.
    """
    if hasattr(error, "errors"):
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return f"pydantic finds {', '.join(dict.fromkeys(each['type'] for each in found))}"
    place = re.search(r" - at `[^`]*`\Z", str(error))
    if error.__cause__ is not None or not isinstance(error, msgspec.MsgspecError):
        return f"its class refuses it{place[0] if place else ''}"
    text = re.sub(r" '.*'", "", str(error), flags=re.DOTALL)
    return re.sub(r" field `.*?`(?= - at|\Z)", " field", text, flags=re.DOTALL) if "unknown" in text else text
