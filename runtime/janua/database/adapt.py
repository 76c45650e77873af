"""
How Python values travel to the server and back, whatever the query.

Every value is sent as text of no declared type (oid 0), so that the server infers the very
types that it inferred when the query was described: psycopg's own dumpers choose int2, int4 or
int8 by the value's size, and thereby other functions. Only public parts of psycopg's adaptation
are used (its manual's section "Data adaptation configuration").
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Any, Never
from uuid import UUID

import psycopg
from psycopg.adapt import AdaptersMap, Buffer, Dumper, PyFormat, RecursiveDumper
from psycopg.types import json as psycopg_json
from psycopg.types import multirange as pg_multirange
from psycopg.types import numeric
from psycopg.types import range as pg_range

from janua.database import loaders
from janua.database.encoded import TEXT_OID, Elements, Encoded, Nothing
from janua.database.jsontext import json_bytes
from janua.dynamic import Unset
from janua.types import Interval


class _EncodedDumper(Dumper):
    def dump(self, obj: Encoded) -> Buffer:
        return obj


class _NothingDumper(Dumper):
    oid = TEXT_OID

    def dump(self, obj: Nothing) -> None:
        return None


class _UnsetDumper(Dumper):
    def dump(self, obj: Unset) -> Never:
        obj.__janua_dump__()


class _TextDumper(Dumper):
    """For the types whose ``str()`` is what PostgreSQL reads."""

    def dump(self, obj: object) -> Buffer:
        return str(obj).encode()


class _IntDumper(Dumper):
    def dump(self, obj: int) -> Buffer:
        # int() because the members of an IntEnum may have a str() of their own.
        return str(int(obj)).encode()


class _BoolDumper(Dumper):
    def dump(self, obj: bool) -> Buffer:
        return b"t" if obj else b"f"


class _DecimalDumper(Dumper):
    def dump(self, obj: Decimal) -> Buffer:
        return b"NaN" if obj.is_nan() else str(obj).encode()


class _BytesDumper(Dumper):
    def dump(self, obj: bytes | bytearray | memoryview) -> Buffer:
        return b"\\x" + obj.hex().encode()


class _IntervalDumper(Dumper):
    def dump(self, obj: timedelta) -> Buffer:
        # A sign on each part: read the same under every setting of IntervalStyle.
        return b"%+d day %+d second %+d microsecond" % (obj.days, obj.seconds, obj.microseconds)


class _ExactIntervalDumper(Dumper):
    def dump(self, obj: Interval) -> Buffer:
        return b"%+d month %+d day %+d microsecond" % (obj.months, obj.days, obj.microseconds)


class _JsonDumper(Dumper):
    """For a dict, or psycopg's wrappers, where the type of the parameter is not declared."""

    def dump(self, obj: object) -> Buffer:
        wrapped = isinstance(obj, psycopg_json.Json | psycopg_json.Jsonb)
        return json_bytes(obj.obj if wrapped else obj)  # type: ignore[attr-defined]


def quote(text: Buffer) -> bytes:
    """Return the text as an element of an array, composite or range: all three read the same quoting."""
    escaped = bytes(text).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'"' + escaped + b'"'


class PartsDumper(RecursiveDumper):
    """The base of those that are made of other values."""

    def part(self, value: object, null: bytes) -> bytes:
        """Return one part, quoted; ``null`` stands for None."""
        if value is None:
            return null
        text = self._tx.get_dumper(value, PyFormat.TEXT).dump(value)
        return null if text is None else quote(text)


class _ListDumper(PartsDumper):
    """Lists and tuples inside a list are its further dimensions."""

    def dump(self, obj: list[Any] | tuple[Any, ...]) -> Buffer:
        return self._array(obj, obj.delimiter if isinstance(obj, Elements) else b",")

    def _array(self, items: Iterable[object], delimiter: bytes) -> bytes:
        parts = (
            self._array(item, delimiter)
            if isinstance(item, list | tuple) and _is_dimension(item)
            else self.part(item, b"NULL")
            for item in items
        )
        return b"{" + delimiter.join(parts) + b"}"


def _is_dimension(item: list[Any] | tuple[Any, ...]) -> bool:
    return type(item) is tuple or (isinstance(item, list) and not isinstance(item, Elements))


class _RangeDumper(PartsDumper):
    def dump(self, obj: pg_range.Range[Any]) -> Buffer:
        if obj.isempty:
            return b"empty"
        opening, closing = obj.bounds.encode()[:1], obj.bounds.encode()[1:]
        return opening + self.part(obj.lower, b"") + b"," + self.part(obj.upper, b"") + closing


class _MultirangeDumper(_RangeDumper):
    def dump(self, obj: Any) -> Buffer:
        dump_range = super().dump
        return b"{" + b",".join(bytes(dump_range(item)) for item in obj) + b"}"


_DUMPERS: dict[type[Dumper], tuple[type, ...]] = {
    _EncodedDumper: (Encoded,),
    _NothingDumper: (Nothing,),
    _UnsetDumper: (Unset,),
    _BoolDumper: (bool,),
    _IntDumper: (int, numeric.Int2, numeric.Int4, numeric.Int8, numeric.IntNumeric, numeric.Oid),
    _DecimalDumper: (Decimal,),
    _BytesDumper: (bytes, bytearray, memoryview),
    _IntervalDumper: (timedelta,),
    _ExactIntervalDumper: (Interval,),
    _JsonDumper: (dict, psycopg_json.Json, psycopg_json.Jsonb),
    _ListDumper: (list, Elements),
    _RangeDumper: (
        pg_range.Range,
        pg_range.Int4Range,
        pg_range.Int8Range,
        pg_range.NumericRange,
        pg_range.DateRange,
        pg_range.TimestampRange,
        pg_range.TimestamptzRange,
    ),
    _MultirangeDumper: (
        pg_multirange.Multirange,
        pg_multirange.Int4Multirange,
        pg_multirange.Int8Multirange,
        pg_multirange.NumericMultirange,
        pg_multirange.DateMultirange,
        pg_multirange.TimestampMultirange,
        pg_multirange.TimestamptzMultirange,
    ),
    _TextDumper: (
        *(float, numeric.Float4, numeric.Float8, date, time, datetime, UUID),
        *(IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network),
    ),
}


@cache
def base_adapters() -> AdaptersMap:
    """Return what every connection starts with: psycopg's, with the dumpers and loaders of this module."""
    adapters = AdaptersMap(psycopg.adapters)
    for dumper, classes in _DUMPERS.items():
        for cls in classes:
            adapters.register_dumper(cls, dumper)
    loaders.register(adapters)
    return adapters
