"""
Which values a parameter of a type takes, beyond what a type checker sees.

A checker takes a bool for an int, any int for a smallint, and a datetime with or without a zone
for either timestamp: the server would refuse some, and others it would silently change. A str
passes for every type, as the text form that PostgreSQL reads.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, TypeAlias
from uuid import UUID

from janua.database.encoded import Encoded
from janua.database.jsontext import json_bytes
from janua.query import Form

Encoder: TypeAlias = Callable[[Any], object]
"""Returns what is sent for a value that is not None. Raises TypeError, ValueError or OverflowError."""
WriteArray: TypeAlias = Callable[[Sequence[Any]], Encoded | None]
"""Writes a whole array in one go; gives None where an element needs a closer look."""

_BYTES = (bytes, bytearray, memoryview)
_CLOCKS = (datetime, time)


def _integer(low: int, high: int) -> Encoder:
    def encode(value: object) -> object:
        if type(value) is int and low <= value <= high:
            return value
        if isinstance(value, str):
            return value
        number = _index(value)
        if not low <= number <= high:
            raise OverflowError(f"the number is not between {low} and {high}")
        return number

    return encode


def _index(value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"it needs an int, not {type(value).__name__}") from None


def _number(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def _text(value: object) -> object:
    if isinstance(value, _BYTES):
        raise TypeError("it needs a str, not bytes: decode them")
    return value


def _date(value: object) -> object:
    if isinstance(value, datetime):
        raise TypeError("it needs a date, and a datetime would lose its time: pass its date()")
    return value


def _without_zone(value: object) -> object:
    if isinstance(value, _CLOCKS) and value.tzinfo is not None:
        raise ValueError("the type has no time zone, and the value's would be lost: pass replace(tzinfo=None)")
    return value


def _with_zone(value: object) -> object:
    if isinstance(value, _CLOCKS) and value.utcoffset() is None:
        raise ValueError("it needs a time zone, as datetime.now(UTC) or replace(tzinfo=UTC) give")
    if isinstance(value, date) and not isinstance(value, datetime):
        raise TypeError("it needs a datetime with a time zone: a date begins at another moment in each zone")
    return value


def _hstore(value: object) -> object:
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        raise TypeError(f"hstore needs a dict or another mapping, not {type(value).__name__}")
    return Encoded(",".join(f"{_hstore_text(key)}=>{_hstore_value(each)}" for key, each in value.items()).encode())


def _hstore_value(value: object) -> str:
    return "NULL" if value is None else _hstore_text(value)


def _hstore_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"the keys and values of an hstore are str, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError("a text cannot contain NUL (U+0000)")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _vector(value: object) -> object:
    if isinstance(value, str):
        return value
    if not isinstance(value, Iterable):
        raise TypeError(f"a vector needs a list of floats, not {type(value).__name__}")
    return Encoded(f"[{','.join(repr(float(each)) for each in value)}]".encode())


def _written_integers(low: int, high: int) -> WriteArray:
    def write(items: Sequence[Any]) -> Encoded | None:
        fits = _all_are(int, items) and low <= min(items) and max(items) <= high
        return Encoded(f"{{{','.join(map(str, items))}}}".encode()) if fits else None

    return write


def _write_texts(items: Sequence[Any]) -> Encoded | None:
    if not _all_are(str, items):
        return None
    # No text that the server takes holds NUL, so that it can stand between them while all are escaped at once.
    joined = "\0".join(items)
    if joined.count("\0") != len(items) - 1:
        return None
    escaped = joined.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
    return Encoded(f'{{"{escaped}"}}'.encode())


def _written_plainly(python: type) -> WriteArray:
    """For a class whose ``str()`` PostgreSQL reads, and which has nothing to quote."""

    def write(items: Sequence[Any]) -> Encoded | None:
        return Encoded(f"{{{','.join(map(str, items))}}}".encode()) if _all_are(python, items) else None

    return write


def _all_are(python: type, items: Sequence[object]) -> bool:
    return set(map(type, items)) == {python}


def encode_json(value: object) -> Encoded:
    """Return the value as JSON."""
    return Encoded(json_bytes(value))


LIMITS: Mapping[str, tuple[int, int]] = {
    "smallint": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
    **dict.fromkeys(("oid", "xid", "cid"), (0, 2**32 - 1)),
    "xid8": (0, 2**64 - 1),
}
TEXTS = ("text", "character varying", "character", "bpchar", "name")
_FLOATS = ("real", "double precision")

ENCODERS: Mapping[str, Encoder] = {
    **{name: _integer(low, high) for name, (low, high) in LIMITS.items()},
    **dict.fromkeys((*_FLOATS, "numeric"), _number),
    **dict.fromkeys(TEXTS, _text),
    "date": _date,
    **dict.fromkeys(("timestamp without time zone", "time without time zone"), _without_zone),
    **dict.fromkeys(("timestamp with time zone", "time with time zone"), _with_zone),
    **dict.fromkeys(("json", "jsonb"), encode_json),
}
"""By ``format_type``'s spelling; a value of any other type is sent as it is."""

ARRAYS: Mapping[str, WriteArray] = {
    **{name: _written_integers(low, high) for name, (low, high) in LIMITS.items()},
    **dict.fromkeys(TEXTS, _write_texts),
    **dict.fromkeys(_FLOATS, _written_plainly(float)),
    "uuid": _written_plainly(UUID),
}
"""By the elements' type: long arrays of these are common, and several times as fast as one by one."""

FORMS: Mapping[Form, Encoder] = {"hstore": _hstore, "vector": _vector, "halfvec": _vector}

TAKE_SEQUENCES = frozenset((encode_json, _vector))
"""Those for which a list is one value, and no further dimension of an array."""

RANGES: Mapping[str, str] = {
    "int4range": "integer", "int8range": "bigint", "numrange": "numeric", "daterange": "date",
    "tsrange": "timestamp without time zone", "tstzrange": "timestamp with time zone",
}  # fmt: skip
MULTIRANGES: Mapping[str, str] = {name.replace("range", "multirange"): each for name, each in RANGES.items()}
"""The types of the bounds, by the names of PostgreSQL's own ranges and multiranges."""
