"""
Columns of rows to be copied, in PostgreSQL's binary form.

COPY casts nothing: a value has the binary form of its column's type, or the server misreads it. psycopg's binary
dumpers write numbers, texts and dates, and refuse most of what they cannot; what they would change (a number out
of range, the time of a datetime) is looked for here, in a whole column at once, and only where something is
unusual value by value. What they do not know is made bytes, which are written as they are.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from ipaddress import ip_interface, ip_network
from typing import Any, TypeAlias
from uuid import UUID

from psycopg.abc import Transformer
from psycopg.pq import Format
from psycopg.types.string import TextBinaryLoader

from janua.database.jsontext import json_bytes
from janua.database.values import ENCODERS
from janua.query import DatabaseType, DomainType, EnumType, FormType, TextType
from janua.types import Interval

Encode: TypeAlias = Callable[[Any], object]
Fits: TypeAlias = Callable[[Sequence[Any]], bool]
"""Whether all values of a column, None among them, may be written as they are."""

_NONE = type(None)
_BYTEA = 17
_LARGEST_REAL = 3.4028234e38


@dataclass(frozen=True, slots=True)
class Column:
    """
    How the values of one type are written: by psycopg's dumper for ``oid``, after ``encode`` where they do not fit.

    ``encode`` is never called with None. It raises TypeError, ValueError or OverflowError. Without ``fits`` the dumper
    writes what is right and refuses the rest.
    """

    oid: int
    encode: Encode
    fits: Fits | None

    def ready(self, values: Sequence[Any]) -> Sequence[Any]:
        """Return what the dumper takes; the same sequence where nothing had to be changed."""
        if self.fits is None or self.fits(values):
            return values
        return [value if value is None else self.encode(value) for value in values]


def column_for(type_name: str, declared: Mapping[str, DatabaseType], transformer: Transformer) -> Column | None:
    """Return how values of the type are written, or None where their binary form is not known here."""
    match declared.get(type_name):
        case DomainType(base=base):
            return column_for(base, declared, transformer)
        case EnumType():
            return _as_bytes(_label)
        case FormType(form="interval"):
            return _COLUMNS["interval"]
        case TextType() if _sends_text(type_name, transformer):
            return _COLUMNS["text"]
        case None:
            pass
        case _:
            return None
    if type_name.endswith("[]"):
        return _array(type_name.removesuffix("[]"), declared, transformer)
    return _COLUMNS.get(type_name)


def _sends_text(type_name: str, transformer: Transformer) -> bool:
    """Whether the binary form of a type that is read as text is the text itself, as that of ``citext`` is."""
    info = transformer.adapters.types.get(type_name)
    return info is not None and transformer.adapters.get_loader(info.oid, Format.BINARY) is TextBinaryLoader


def _only(*classes: type) -> Fits:
    allowed = {*classes, _NONE}
    return lambda values: allowed.issuperset(map(type, values))


def _never(values: Sequence[Any]) -> bool:
    return False


def _as_bytes(encode: Callable[[Any], bytes]) -> Column:
    return Column(_BYTEA, encode, _never)


def _checked(type_name: str, *classes: type) -> Encode:
    """What parameters of the type are checked for as well, and then that psycopg's dumper knows the class."""
    check = ENCODERS.get(type_name)
    wanted = " or ".join(each.__name__ for each in classes)

    def encode(value: Any) -> object:
        ready = check(value) if check else value
        if not isinstance(ready, classes):
            raise TypeError(f"it needs {wanted}, not {type(value).__name__}")
        return ready

    return encode


def _fit_into(code: str) -> Fits:
    def fits(values: Sequence[Any]) -> bool:
        try:
            array(code, values)
        except (TypeError, OverflowError):
            return False
        return True

    return fits


def _fits_real(values: Sequence[Any]) -> bool:
    # one that is not a number makes the comparison false, or leaves it as it is
    return set(map(type, values)) == {float} and bool(max(map(abs, values)) <= _LARGEST_REAL)


def _real(value: Any) -> float:
    number = _double(value)
    try:
        struct.pack("!f", number)
    except OverflowError:
        raise OverflowError("the number is too large for the type real") from None
    return number


def _double(value: Any) -> float:
    if not isinstance(value, (int, float, Decimal)):
        raise TypeError(f"it needs a float, not {type(value).__name__}")
    return float(value)


def _numeric(value: Any) -> Decimal | int:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Decimal):
        return value if not value.is_snan() else Decimal("NaN")
    if isinstance(value, int):
        return int(value)
    raise TypeError(f"it needs a Decimal, not {type(value).__name__}")


def _fits_text(values: Sequence[Any]) -> bool:
    try:
        return "\0" not in "".join(values)
    except TypeError:
        return False


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"it needs a str, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError("a text cannot contain NUL (U+0000)")
    return str.__str__(value)


def _interval(value: Any) -> bytes:
    if isinstance(value, timedelta):
        value = Interval.of(value)
    if not isinstance(value, Interval):
        raise TypeError(f"it needs a timedelta, not {type(value).__name__}")
    return struct.pack("!qii", value.microseconds, value.days, value.months)


def _address(make: Callable[[Any], Any], is_network: bool, value: Any) -> bytes:
    try:
        found = make(value)
    except ValueError:
        raise ValueError("it is no address") from None
    net = found if is_network else found.network
    address = found.network_address if is_network else found.ip
    # PGSQL_AF_INET and PGSQL_AF_INET6 (utils/inet.h)
    packed: bytes = address.packed
    return bytes((2 if found.version == 4 else 3, net.prefixlen, is_network, len(packed))) + packed


def _label(value: Any) -> bytes:
    return _text(value).encode()


def _bytes(value: Any) -> bytes:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError(f"it needs bytes, not {type(value).__name__}")
    return bytes(value)


def _jsonb(value: Any) -> bytes:
    return b"\1" + json_bytes(value)


def _array(element: str, declared: Mapping[str, DatabaseType], transformer: Transformer) -> Column | None:
    """An array of a type: its dimensions, each from 1, and then its elements (``array_recv``)."""
    column = column_for(element, declared, transformer)
    info = transformer.adapters.types.get(element)
    if column is None or info is None or element.endswith("[]"):
        return None
    dumper = transformer.adapters.get_dumper_by_oid(column.oid, Format.BINARY)(_NONE, transformer)
    is_json = element in ("json", "jsonb") or isinstance(declared.get(element), DomainType)

    def item(value: Any) -> bytes:
        if value is None:
            return b"\xff\xff\xff\xff"
        data = dumper.dump(column.encode(value))
        return struct.pack("!i", len(data or b"")) + bytes(data or b"")

    def encode(value: Any) -> bytes:
        if not isinstance(value, Sequence) or isinstance(value, (str, bytes, bytearray, memoryview)):
            raise TypeError(f"an array needs a list or another sequence, not {type(value).__name__}")
        sizes, items = ([len(value)], list(value)) if is_json else _flat(value)
        if not items:
            return struct.pack("!iiI", 0, 0, info.oid)
        dimensions = b"".join(struct.pack("!ii", size, 1) for size in sizes)
        return struct.pack("!iiI", len(sizes), None in items, info.oid) + dimensions + b"".join(map(item, items))

    return _as_bytes(encode)


def _flat(value: Sequence[Any]) -> tuple[list[int], list[Any]]:
    """The sizes of the dimensions, and all elements. Raises ValueError where lists differ in length."""
    sizes, items = [len(value)], list(value)
    while items and any(isinstance(each, (list, tuple)) for each in items):
        if not all(isinstance(each, (list, tuple)) and len(each) == len(items[0]) for each in items):
            raise ValueError("the lists in a list are of different lengths")
        sizes.append(len(items[0]))
        items = [each for inner in items for each in inner]
    return sizes, items


_COLUMNS: Mapping[str, Column] = {
    "smallint": Column(21, _checked("smallint", int), _fit_into("h")),
    "integer": Column(23, _checked("integer", int), _fit_into("i")),
    "bigint": Column(20, _checked("bigint", int), None),
    "oid": Column(26, _checked("oid", int), _fit_into("I")),
    "real": Column(700, _real, _fits_real),
    "double precision": Column(701, _double, None),
    "numeric": Column(1700, _numeric, _only(int, Decimal)),
    "boolean": Column(16, _checked("boolean", bool), _only(bool)),
    **dict.fromkeys(
        ("text", "character varying", "character", "bpchar"),
        Column(25, _text, _fits_text),
    ),
    "bytea": Column(_BYTEA, _bytes, _only(bytes)),
    "uuid": Column(2950, _checked("uuid", UUID), None),
    "date": Column(1082, _checked("date", date), _only(date)),
    "time without time zone": Column(1083, _checked("time without time zone", time), _never),
    "time with time zone": Column(1266, _checked("time with time zone", time), _never),
    "timestamp without time zone": Column(1114, _checked("timestamp without time zone", datetime), None),
    "timestamp with time zone": Column(1184, _checked("timestamp with time zone", datetime), None),
    "interval": _as_bytes(_interval),
    "json": _as_bytes(json_bytes),
    "jsonb": _as_bytes(_jsonb),
    "inet": _as_bytes(partial(_address, ip_interface, False)),
    "cidr": _as_bytes(partial(_address, ip_network, True)),
}  # fmt: skip
