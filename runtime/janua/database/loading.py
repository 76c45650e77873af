"""The rows of an answer as Python's values, and what is said of a value that has none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import psycopg
from psycopg import adapt
from psycopg.abc import AdaptContext, Buffer, Transformer
from psycopg.pq import Format
from psycopg.pq.abc import PGresult

from janua.database.conversions import Convert, in_lists, loader
from janua.database.shapes import decoder
from janua.database.typedjson import elements_of, json_decoder, reason_of
from janua.errors import UnreadableValue
from janua.query import Query

T = TypeVar("T")

# OIDs that every server has (pg_type.dat): a bytea's binary form and a text's textual one are the value as it came.
_JSONB_OID = 3802
_JSONB_ARRAY_OID = 3807
_JSON = frozenset({114, _JSONB_OID})
_JSON_ARRAYS = frozenset({199, _JSONB_ARRAY_OID})
_RAW = {Format.BINARY: 17, Format.TEXT: 25}
_RAW_ARRAYS = {Format.BINARY: 17, Format.TEXT: 1009}

# Settings on which the text of a value depends, and the value of each in which it can be read.
_USUAL_STYLES = {"DateStyle": "ISO", "IntervalStyle": "postgres"}
_UNREADABLE = (psycopg.DataError, psycopg.NotSupportedError, NotImplementedError, ArithmeticError, ValueError)
_MISSHAPEN = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError)


class Rows(Generic[T]):
    """
    Reads the answers to one query whose columns have the same types each time.

    The loaders are looked up with the first answer. They remember the session's settings (time zone,
    encoding) as they were then.

    ``tuples(result, count)`` returns the first ``count`` rows. It raises UnreadableValue, which names query
    and column. JSON of known shape is decoded once, into its classes, from the text as it came; so is what
    the project has a type of its own for.
    """

    __slots__ = ("_query", "_transformer", "tuples")

    def __init__(self, query: Query[T], context: AdaptContext) -> None:
        self._query = query
        self._transformer = adapt.Transformer(context)
        self.tuples: Callable[[PGresult, int], list[tuple[Any, ...]]] = self._first_answer

    def _first_answer(self, result: PGresult, count: int) -> list[tuple[Any, ...]]:
        if self._query.shapes or self._query.columns_as:
            self.tuples = self._shaped(result)
        else:
            self._transformer.set_pgresult(result)
            self.tuples = self._plain
        return self.tuples(result, count)

    def _plain(self, result: PGresult, count: int) -> list[tuple[Any, ...]]:
        transformer = self._transformer
        transformer.set_pgresult(result, set_loaders=False)
        try:
            if count == 1:
                return [transformer.load_row(0, tuple)]
            return transformer.load_rows(0, count, tuple)
        except _UNREADABLE as error:
            raise _unreadable(self._query, result, transformer, count) or error from None

    def _shaped(self, result: PGresult) -> Callable[[PGresult, int], list[tuple[Any, ...]]]:
        query, transformer = self._query, self._transformer
        form = Format(result.fformat(0))
        types, converters = _converters(query, [result.ftype(at) for at in range(result.nfields)], form)
        transformer.set_pgresult(result, set_loaders=False)
        transformer.set_loader_types(types, form)

        def load(result: PGresult, count: int) -> list[tuple[Any, ...]]:
            transformer.set_pgresult(result, set_loaders=False)
            try:
                rows = transformer.load_rows(0, count, list)
            except _UNREADABLE as error:
                self.tuples = self._first_answer
                transformer.set_pgresult(result)
                raise _unreadable(query, result, transformer, count) or error from None
            for row in rows:
                for at, convert in converters:
                    if row[at] is not None:
                        row[at] = _converted(query, result, at, convert, row[at])
            return list(map(tuple, rows))

        return load


def stored_rows(
    query: Query[Any], transformer: Transformer, types: Sequence[int], form: Format
) -> Callable[[Sequence[Sequence[Buffer | None]]], list[tuple[Any, ...]]]:
    """Return what reads rows that were kept as they had come from the server, with these types in this format."""
    read_as, converters = _converters(query, types, form)
    transformer.set_loader_types(read_as, form)
    load_row = transformer.load_sequence
    if not converters:
        return lambda rows: list(map(load_row, rows))

    def load(rows: Sequence[Sequence[Buffer | None]]) -> list[tuple[Any, ...]]:
        loaded = [list(load_row(row)) for row in rows]
        for row in loaded:
            for at, convert in converters:
                if row[at] is not None:
                    row[at] = convert(row[at])
        return list(map(tuple, loaded))

    return load


def _converters(query: Query[Any], types: Sequence[int], form: Format) -> tuple[list[int], list[tuple[int, Convert]]]:
    """As which types the columns are read, and what makes their values of that."""
    read_as = list(types)
    converters: list[tuple[int, Convert]] = []
    for at in (*query.shapes, *query.columns_as):
        convert, raw = _converter(query, at, read_as[at], form)
        read_as[at] = raw or read_as[at]
        if convert is not None:
            converters.append((at, convert))
    return read_as, converters


def _converter(query: Query[Any], column: int, oid: int, form: Format) -> tuple[Convert | None, int]:
    """What makes the column's value, and the type as which it is read before that; 0 is its own."""
    if column not in query.shapes and oid not in _JSON_ARRAYS and oid not in _JSON:
        convert = loader(query.columns_as[column])
        is_array = convert is not None and query.columns[column].endswith("[]")
        return in_lists(convert) if convert is not None and is_array else convert, 0
    shape = query.shapes.get(column)
    decode = json_decoder(query.columns_as[column]) if column in query.columns_as else decoder(shape)
    # the first byte of a binary jsonb is the format's version
    start = 1 if form is Format.BINARY and oid in (_JSONB_OID, _JSONB_ARRAY_OID) else 0
    if oid not in _JSON_ARRAYS:
        return (lambda text: decode(text[start:])) if start else decode, _RAW[form]
    each = in_lists(lambda text: decode(text[start:]))
    return (lambda data: each(elements_of(data))) if form is Format.BINARY else each, _RAW_ARRAYS[form]


def _converted(query: Query[Any], result: PGresult, column: int, convert: Convert, value: Any) -> Any:
    try:
        return convert(value)
    except _MISSHAPEN as error:
        if column in query.columns_as:
            raise _refused(query, result, column, error) from None
        raise _explained(query, result, column, error) from None


def _refused(query: Query[Any], result: PGresult, column: int, error: Exception) -> UnreadableValue:
    name = (result.fname(column) or b"").decode()
    python = query.columns_as[column]
    message = f"{query.name}: a value of the column {name} is no {python}: {reason_of(error)}"
    return UnreadableValue(message, query.name, name)


def _unreadable(query: Query[Any], result: PGresult, transformer: Transformer, count: int) -> UnreadableValue | None:
    """Find the first value that cannot be read, by reading again one by one."""
    for row in range(count):
        for column in range(result.nfields):
            value = result.get_value(row, column)
            loader = transformer.get_loader(result.ftype(column), Format(result.fformat(column)))
            try:
                loader.load(value) if value is not None else None
            except _UNREADABLE as error:
                return _explained(query, result, column, error)
    return None


def _explained(query: Query[Any], result: PGresult, column: int, error: Exception) -> UnreadableValue:
    name = (result.fname(column) or b"").decode()
    declared = f" ({query.columns[column]})" if query.columns else ""
    # psycopg and msgspec quote the value, which may be a secret.
    reason = "a key is missing" if isinstance(error, KeyError) else re.sub(r":? '.*'", "", str(error), flags=re.DOTALL)
    style = next((each for each in _USUAL_STYLES if each in reason), None)
    if style is not None:
        usual = f"?options=-c%20{style}%3D{_USUAL_STYLES[style]}"
        advice = f": the role or the database sets {style}; have connections begin with the usual one, by {usual}"
    else:
        advice = "" if "cast it" in reason else ": cast it to text, or select what Python can hold"
    message = f"{query.name}: a value of the column {name}{declared} cannot be read: {reason}{advice}"
    return UnreadableValue(message, query.name, name)
