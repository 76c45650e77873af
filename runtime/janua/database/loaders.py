"""
How values of PostgreSQL's types are read where psycopg reads them otherwise, or not at all.

The frequent types stay with psycopg's loaders, which are written in C.
"""

from __future__ import annotations

import json
import re
import struct
from datetime import timedelta
from typing import Any, NoReturn

import msgspec
import psycopg
from psycopg.abc import AdaptContext
from psycopg.adapt import AdaptersMap, Buffer, Loader
from psycopg.pq import Format
from psycopg.types import TypeInfo
from psycopg.types.hstore import HstoreBinaryLoader, HstoreLoader
from psycopg.types.numeric import IntLoader, OidBinaryLoader
from psycopg.types.string import TextBinaryLoader, TextLoader

from janua.errors import SchemaDrift
from janua.query import Form
from janua.types import Interval

# OIDs that every server has (pg_type.dat), and the one under which psycopg looks for want of another.
_CHAR = 18
_XID = 28
_CID = 29
_INTERVAL = 1186
_CSTRING = 2275
_VOID = 2278
_XID8 = 5069
_ANY_OTHER = 0
# What the server's own types stay below (FirstNormalObjectId, access/transam.h).
_FIRST_OWN_OID = 16384


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
    """A value whose type nobody has registered, or is another than the registered one: psycopg would misread it."""


class _UnknownBinaryLoader(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> NoReturn:
        if self.oid < _FIRST_OWN_OID:
            known = psycopg.adapters.types.get(self.oid)
            raise _text_only(known.name if known else f"with oid {self.oid}")
        raise UnknownType(f"the server sent a value of the type with oid {self.oid}, which is not known here")


class _TextOnlyBinaryLoader(Loader):
    """For types of extensions, which a record of no declared type may hold."""

    format = Format.BINARY
    name: str

    def load(self, data: Buffer) -> NoReturn:
        raise _text_only(self.name)


def text_only_loader(name: str) -> type[Loader]:
    """Return what refuses the binary form of a type, which is not known here."""
    return type("TextOnlyBinaryLoader", (_TextOnlyBinaryLoader,), {"name": name})


def _text_only(name: str) -> ValueError:
    return ValueError(f"the type {name} is read as text only: cast it to text")


class _UnknownLoader(TextLoader):
    """Every value has a text form, but that of an own type that is not registered belongs to a class."""

    def load(self, data: Buffer) -> str:
        if self.oid < _FIRST_OWN_OID:
            return bytes(data).decode()
        raise UnknownType(f"the server sent a value of the type with oid {self.oid}, which is not known here")


class _CharBinaryLoader(Loader):
    """``"char"`` is any byte, and its text form is what PostgreSQL 16 made of it: nothing for NUL, else octal."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        [byte] = bytes(data)
        if not byte:
            return ""
        return chr(byte) if byte < 128 else f"\\{byte:03o}"


class _UnsignedBinaryLoader(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> int:
        return int.from_bytes(data, "big")


# In the IntervalStyle "postgres".
_INTERVAL_TEXT = re.compile(
    rb"(?:([-+]?\d+) years? ?)?(?:([-+]?\d+) mons? ?)?(?:([-+]?\d+) days? ?)?"
    rb"(?:([-+]?)(\d+):(\d\d):(\d\d)(?:\.(\d+))?)?"
)
_INTERVAL_BINARY = struct.Struct("!qii")
_NO_INFINITY = "an infinite interval has no Python form: cast it to text"
_INFINITE = (2**63 - 1, 2**31 - 1, 2**31 - 1), (-(2**63), -(2**31), -(2**31))


def parse_interval(data: Buffer) -> tuple[int, int, int]:
    """Return microseconds, days and months of an interval's text. Raises ValueError."""
    match = _INTERVAL_TEXT.fullmatch(data)
    if match is None and bytes(data) in (b"infinity", b"-infinity"):
        raise ValueError(_NO_INFINITY)
    if match is None:
        raise ValueError("intervals are read as text in the IntervalStyle postgres only")
    years, months, days = (int(each or 0) for each in match.group(1, 2, 3))
    sign, fraction = match[4] or b"", (match[8] or b"").ljust(6, b"0")
    hours, minutes, seconds = (int(each or 0) for each in match.group(5, 6, 7))
    micros = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + int(fraction)
    return -micros if sign == b"-" else micros, days, years * 12 + months


def _unpack_interval(data: Buffer) -> tuple[int, int, int]:
    parts: tuple[int, int, int] = _INTERVAL_BINARY.unpack(data)
    if parts in _INFINITE:
        raise ValueError(_NO_INFINITY)
    return parts


class _ExactIntervalLoader(Loader):
    def load(self, data: Buffer) -> Interval:
        micros, days, months = parse_interval(data)
        return Interval(months, days, micros)


class _ExactIntervalBinaryLoader(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> Interval:
        micros, days, months = _unpack_interval(data)
        return Interval(months, days, micros)


class _IntervalLoader(Loader):
    """psycopg takes a month for 30 days, without a word."""

    def load(self, data: Buffer) -> timedelta:
        return as_timedelta(*parse_interval(data))


class _IntervalBinaryLoader(Loader):
    """What has no months is left to psycopg, whose C makes a timedelta many times as fast as Python's call."""

    format = Format.BINARY

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        loader = psycopg.adapters.get_loader(_INTERVAL, Format.BINARY)
        assert loader is not None, "psycopg has one"
        self._load = loader(oid, context).load

    def load(self, data: Buffer) -> timedelta:
        _, _, months = _INTERVAL_BINARY.unpack(data)
        # An infinite one has months.
        found: timedelta = as_timedelta(*_unpack_interval(data)) if months else self._load(data)
        return found


def as_timedelta(micros: int, days: int, months: int) -> timedelta:
    """Return the same as a timedelta. Raises ValueError where there are months."""
    if months:
        raise ValueError(
            'an interval with months is no timedelta: cast it to text, or set intervals = "exact" in [tool.janua]'
        )
    return timedelta(days, 0, micros)


class _VectorLoader(Loader):
    def load(self, data: Buffer) -> list[float]:
        inside = bytes(data)[1:-1]
        return [float(each) for each in inside.split(b",")] if inside else []


class _VectorBinaryLoader(Loader):
    """A dimension and a reserved number, two bytes each, and then the floats."""

    format = Format.BINARY
    code = "f"

    def load(self, data: Buffer) -> list[float]:
        [dimension] = struct.unpack_from("!H", data)
        return list(struct.unpack_from(f"!{dimension}{self.code}", data, 4))


class _HalfBinaryLoader(_VectorBinaryLoader):
    code = "e"


FORMS: dict[Form, tuple[type[Loader], type[Loader]]] = {
    "hstore": (HstoreLoader, HstoreBinaryLoader),
    "vector": (_VectorLoader, _VectorBinaryLoader),
    "halfvec": (_VectorLoader, _HalfBinaryLoader),
    "interval": (_ExactIntervalLoader, _ExactIntervalBinaryLoader),
}
"""The text and the binary loader of each form."""

_LOADERS: dict[int | str, tuple[type[Loader], ...]] = {
    "json": (_JsonLoader, _JsonBinaryLoader),
    "jsonb": (_JsonLoader, _JsonbBinaryLoader),
    _CHAR: (_CharBinaryLoader,),
    _XID: (IntLoader, OidBinaryLoader),
    _CID: (IntLoader, OidBinaryLoader),
    _XID8: (IntLoader, _UnsignedBinaryLoader),
    _INTERVAL: (_IntervalLoader, _IntervalBinaryLoader),
    _VOID: (_VoidLoader, _VoidBinaryLoader),
    _CSTRING: (TextBinaryLoader,),
    _ANY_OTHER: (_UnknownBinaryLoader,),
}


def register(adapters: AdaptersMap) -> None:
    """Have the connections with these adapters use the loaders of this module."""
    for type_, classes in _LOADERS.items():
        for loader in classes:
            adapters.register_loader(type_, loader)
    # The only one of the server's own types with arrays that psycopg does not list.
    TypeInfo("pg_snapshot", 5038, 5039).register(adapters)


def refuse_unknown_texts(adapters: AdaptersMap) -> None:
    """Raise :class:`UnknownType` for texts of own types that are not registered, which are left as texts otherwise."""
    adapters.register_loader(_ANY_OTHER, _UnknownLoader)
