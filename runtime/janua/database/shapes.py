"""
JSON that a query built, into the classes of its shape.

The server writes values into JSON by rules of its own (the manual's table "JSON Creation Functions"):
a bytea as ``\\x``-hex, an interval as its output function does, a numeric NaN as a text. msgspec decodes
shapes whose values all look as it expects; the others are put together value by value, and so is an
array with NULL among its elements, of which the types of arrays say nothing.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from typing import Any, NewType, TypeAlias, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from janua.database.loaders import as_timedelta, parse_interval
from janua.types import Interval, Json

Decode: TypeAlias = Callable[[bytes | str], Any]

_NONE = type(None)
# What msgspec reads as the server writes it; NaN and infinity are texts, which its lax mode takes for floats.
_NATIVE = frozenset({str, int, float, bool, UUID, Decimal, dt.datetime, dt.date, _NONE})
_HOSTS = {IPv4Address, IPv6Address, IPv4Interface, IPv6Interface}
_NETWORKS = {IPv4Network, IPv6Network}


@cache
def decoder(shape: Any) -> Decode:
    """
    Return what decodes JSON text into ``shape``: dataclasses, lists, dicts and scalars of them.

    What it returns raises ValueError where the text has another shape, or a value that Python cannot hold.
    """
    convert = _converter(shape)
    # as Decimals, so that a numeric keeps its digits
    plain = msgspec.json.Decoder(float_hook=Decimal)

    def decode(text: bytes | str) -> Any:
        return convert(plain.decode(text))

    if not _is_native(shape, set()):
        return decode
    native = msgspec.json.Decoder(shape, strict=False)

    def decode_fast(text: bytes | str) -> Any:
        try:
            return native.decode(text)
        except msgspec.ValidationError:
            return decode(text)

    return decode_fast


def _is_native(shape: Any, seen: set[Any]) -> bool:
    shape = _without_names(shape)
    if shape in _NATIVE or shape in seen:
        return True
    if shape in _SCALARS:
        return False
    origin = get_origin(shape)
    if origin in (list, dict, Union, types.UnionType):
        return all(_is_native(each, seen) for each in get_args(shape))
    if isinstance(shape, type) and issubclass(shape, Enum):
        return True
    if not is_dataclass(shape) or any(field.metadata.get("key") for field in fields(shape)):
        return False
    seen.add(shape)
    return all(_is_native(each, seen) for each in get_type_hints(shape).values())


def _converter(shape: Any) -> Callable[[Any], Any]:
    """What makes a value of the shape from decoded JSON."""
    shape = _without_names(shape)
    if shape in _SCALARS:
        return _scalar(_SCALARS[shape])
    arguments = get_args(shape)
    origin = get_origin(shape)
    if origin is list:
        element = _converter(arguments[0])
        return lambda value: [None if each is None else element(each) for each in value]
    if origin is dict:
        element = _converter(arguments[1])
        return lambda value: {key: element(each) for key, each in value.items()}
    if shape is Json:
        return _plain
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if is_dataclass(shape) and isinstance(shape, type):
        return _object(shape)
    return _scalar(shape)


def _without_names(shape: Any) -> Any:
    """The base of a ``NewType``, which a domain may be."""
    while isinstance(shape, NewType):
        shape = shape.__supertype__
    return shape


def _scalar(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def present(value: Any) -> Any:
        if value is None:
            raise ValueError("null, where the statement builds none")
        return convert(value)

    return present


def _union(members: tuple[Any, ...]) -> Callable[[Any], Any]:
    present = [each for each in members if each is not _NONE]
    if set(present) <= _HOSTS:
        convert: Callable[[Any], Any] = _host
    elif set(present) <= _NETWORKS:
        convert = ip_network
    else:
        convert = _converter(present[0])
    return lambda value: None if value is None else convert(value)


def _object(shape: type) -> Callable[[Any], Any]:
    hints = get_type_hints(shape)
    members = [(field.metadata.get("key", field.name), _converter(hints[field.name])) for field in fields(shape)]

    def convert(value: Any) -> Any:
        return shape(*[make(value[key]) for key, make in members])

    return convert


def _plain(value: Any) -> Any:
    """Any JSON as it is decoded elsewhere: with floats."""
    match value:
        case Decimal():
            return float(value)
        case list():
            return [_plain(each) for each in value]
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case _:
            return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text, where the statement builds one")
    return value


def _host(value: str) -> Any:
    return ip_interface(value) if "/" in value else ip_address(value)


_SCALARS: dict[Any, Callable[[Any], Any]] = {
    str: _text,
    bytes: lambda value: bytes.fromhex(value.removeprefix("\\x")),
    dt.date: dt.date.fromisoformat,
    dt.datetime: dt.datetime.fromisoformat,
    dt.time: dt.time.fromisoformat,
    dt.timedelta: lambda value: as_timedelta(*parse_interval(value.encode())),
    Interval: lambda value: Interval(*reversed(parse_interval(value.encode()))),
}
