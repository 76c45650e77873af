"""
How Python values travel to the server and back, whatever the query.

Every value is sent as text of no declared type (oid 0), so that the server infers the very
types that it inferred when the query was described: psycopg's own dumpers choose int2, int4 or
int8 by the value's size, and thereby other functions. Only public parts of psycopg's adaptation
are used (its manual's section "Data adaptation configuration").
"""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Any, NoReturn
from uuid import UUID

import msgspec
import psycopg
from psycopg.adapt import AdaptersMap, Buffer, Dumper, Loader, PyFormat, RecursiveDumper
from psycopg.pq import Format
from psycopg.types import json as psycopg_json
from psycopg.types import multirange as pg_multirange
from psycopg.types import numeric
from psycopg.types import range as pg_range
from psycopg.types.string import TextBinaryLoader

from janua.database.jsontext import json_bytes
from janua.errors import SchemaDrift


class Encoded(bytes):
    """A value that is in PostgreSQL's text form already."""

    __slots__ = ()


class _EncodedDumper(Dumper):
    def dump(self, obj: Encoded) -> Buffer:
        return obj


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
    """Tuples inside a list are its further dimensions."""

    def dump(self, obj: list[Any] | tuple[Any, ...]) -> Buffer:
        nested = (
            self.dump(item) if isinstance(item, list) or type(item) is tuple else self.part(item, b"NULL")
            for item in obj
        )
        return b"{" + b",".join(bytes(item) for item in nested) + b"}"


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


class _JsonLoader(Loader):
    def load(self, data: Buffer) -> Any:
        try:
            return msgspec.json.decode(data)
        except msgspec.MsgspecError:
            # Numbers beyond a float's range and lone surrogates, both of which ``json`` may hold.
            return json.loads(bytes(data))


class _JsonBinaryLoader(_JsonLoader):
    format = Format.BINARY


class _JsonbBinaryLoader(_JsonLoader):
    format = Format.BINARY

    def load(self, data: Buffer) -> Any:
        # The first byte is the format's version, 1 since there is jsonb.
        return super().load(data[1:])


class _VoidLoader(Loader):
    """What a function returns that returns nothing: a text without characters."""

    def load(self, data: Buffer) -> None:
        return None


class _VoidBinaryLoader(_VoidLoader):
    format = Format.BINARY


class UnknownType(SchemaDrift):
    """A binary value whose type nobody has registered: psycopg would hand out its bytes."""


class _UnknownBinaryLoader(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> NoReturn:
        raise UnknownType(f"the server sent a value of the type with oid {self.oid}, which is not known here")


# OIDs that every server has (pg_type.dat), and the one under which psycopg looks for want of another.
_CSTRING = 2275
_VOID = 2278
_ANY_OTHER = 0

_DUMPERS: dict[type[Dumper], tuple[type, ...]] = {
    _EncodedDumper: (Encoded,),
    _BoolDumper: (bool,),
    _IntDumper: (int, numeric.Int2, numeric.Int4, numeric.Int8, numeric.IntNumeric, numeric.Oid),
    _DecimalDumper: (Decimal,),
    _BytesDumper: (bytes, bytearray, memoryview),
    _IntervalDumper: (timedelta,),
    _JsonDumper: (dict, psycopg_json.Json, psycopg_json.Jsonb),
    _ListDumper: (list,),
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
    for name in ("json", "jsonb"):
        adapters.register_loader(name, _JsonLoader)
    adapters.register_loader("json", _JsonBinaryLoader)
    adapters.register_loader("jsonb", _JsonbBinaryLoader)
    adapters.register_loader(_VOID, _VoidLoader)
    adapters.register_loader(_VOID, _VoidBinaryLoader)
    adapters.register_loader(_CSTRING, TextBinaryLoader)
    adapters.register_loader(_ANY_OTHER, _UnknownBinaryLoader)
    return adapters
