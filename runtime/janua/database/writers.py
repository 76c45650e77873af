"""
How the values of one statement's parameters are written, decided by their declared types once.

The frequent types are written here in one step; all others take the longer way that every value can take:
checked by the declared type, then dumped by its class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

import psycopg
from psycopg import adapt
from psycopg.abc import AdaptContext, Transformer
from psycopg.adapt import Buffer, PyFormat

from janua.database.conversions import dump
from janua.database.encoded import Encoded
from janua.database.parameters import encoder_for, refusal, wrong_number
from janua.database.values import LIMITS, TEXTS, Encoder
from janua.query import Query

Write: TypeAlias = Callable[[Any], Buffer | None]
"""Returns the text form of a value that is not None."""

REFUSALS = (psycopg.Error, TypeError, ValueError, OverflowError, RecursionError)
"""What a value that cannot be sent raises."""


class Writers:
    """The writers of all parameters of a statement."""

    __slots__ = ("_query", "_writers")

    def __init__(self, query: Query[Any], count: int, context: AdaptContext) -> None:
        transformer = adapt.Transformer(context)
        self._query = query
        names = query.params or ("",) * count
        self._writers = tuple(_writer(index, name, query, transformer) for index, name in enumerate(names))

    def write(self, params: Sequence[object]) -> list[Buffer | None]:
        """Return what is sent. Raises ParameterError where the number of values or a value does not fit."""
        try:
            return [None if value is None else write(value) for value, write in zip(params, self._writers, strict=True)]
        except REFUSALS as error:
            raise self._explained(params) or error from None

    def _explained(self, params: Sequence[object]) -> Exception | None:
        if len(params) != len(self._writers):
            return wrong_number(self._query, len(self._writers), len(params))
        for index, (value, write) in enumerate(zip(params, self._writers, strict=True)):
            try:
                write(value) if value is not None else None
            except REFUSALS as error:
                return refusal(self._query, index, error)
        return None


def _writer(index: int, type_name: str, query: Query[Any], transformer: Transformer) -> Write:
    if index in query.unused:
        return _write_nothing
    encode = encoder_for(type_name, query.types) if type_name else None
    write = _dumping(encode, transformer)
    if direct := _DIRECT.get(type_name):
        write = direct(write)
    return _own(write) if index in query.own_parameters else write


def _write_nothing(value: object) -> None:
    """Whatever it is: the statement does not mention the parameter."""


def _own(write: Write) -> Write:
    """For a type of the project's own, of which the usual value is taken."""

    def write_own(value: object) -> Buffer | None:
        usual = dump(value)
        return None if usual is None else write(usual)

    return write_own


def _dumping(encode: Encoder | None, transformer: Transformer) -> Write:
    def write(value: object) -> Buffer | None:
        if encode is not None:
            value = encode(value)
        if type(value) is Encoded:
            return value
        return transformer.get_dumper(value, PyFormat.TEXT).dump(value)

    return write


def _integer(low: int, high: int) -> Callable[[Write], Write]:
    def direct(other: Write) -> Write:
        return lambda value: b"%d" % value if type(value) is int and low <= value <= high else other(value)

    return direct


def _text(other: Write) -> Write:
    def write(value: Any) -> Buffer | None:
        if type(value) is not str:
            return other(value)
        text = value.encode()
        # libpq would end the text there
        if b"\0" in text:
            raise ValueError("a text cannot contain NUL (U+0000)")
        return text

    return write


def _boolean(other: Write) -> Write:
    return lambda value: b"t" if value is True else b"f" if value is False else other(value)


def _uuid(other: Write) -> Write:
    # The hyphens may be left out, and str() takes four times as long.
    return lambda value: b"%032x" % value.int if type(value) is UUID else other(value)


def _date(other: Write) -> Write:
    return lambda value: str(value).encode() if type(value) is date else other(value)


def _zoned(other: Write) -> Write:
    def write(value: Any) -> Buffer | None:
        if type(value) is datetime and value.utcoffset() is not None:
            return str(value).encode()
        return other(value)

    return write


def _float(other: Write) -> Write:
    return lambda value: repr(value).encode() if type(value) is float else other(value)


_DIRECT: Mapping[str, Callable[[Write], Write]] = {
    **{name: _integer(low, high) for name, (low, high) in LIMITS.items()},
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(("real", "double precision"), _float),
    "boolean": _boolean,
    "uuid": _uuid,
    "date": _date,
    "timestamp with time zone": _zoned,
}
