"""The rows of an answer as Python's values, and what is said of a value that has none."""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg.abc import Transformer
from psycopg.pq import Format
from psycopg.pq.abc import PGresult

from janua.database.shapes import Decode, decoder
from janua.errors import UnreadableValue
from janua.query import Query

# OIDs that every server has (pg_type.dat): a bytea's binary form and a text's textual one are the value as it came.
_JSONB_OID = 3802
_RAW = {Format.BINARY: 17, Format.TEXT: 25}

_UNREADABLE = (psycopg.DataError, psycopg.NotSupportedError, NotImplementedError, ArithmeticError, ValueError)
_MISSHAPEN = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError)


def load_rows(query: Query[Any], result: PGresult, transformer: Transformer, count: int) -> list[tuple[Any, ...]]:
    """
    Return the first ``count`` rows. Raises UnreadableValue, which names query and column.

    JSON of known shape is decoded once, into its classes, from the text as it came.
    """
    if query.shapes:
        return _shaped_rows(query, result, transformer, count)
    transformer.set_pgresult(result)
    try:
        return transformer.load_rows(0, count, tuple)
    except _UNREADABLE as error:
        raise _unreadable(query, result, transformer, count) or error from None


def _shaped_rows(query: Query[Any], result: PGresult, transformer: Transformer, count: int) -> list[tuple[Any, ...]]:
    types = [result.ftype(at) for at in range(result.nfields)]
    form = Format(result.fformat(0))
    # the first byte of a binary jsonb is the format's version
    decoders = [
        (at, decoder(shape), 1 if types[at] == _JSONB_OID and form is Format.BINARY else 0)
        for at, shape in query.shapes.items()
    ]
    for at in query.shapes:
        types[at] = _RAW[form]
    transformer.set_pgresult(result, set_loaders=False)
    transformer.set_loader_types(types, form)
    try:
        rows = transformer.load_rows(0, count, list)
    except _UNREADABLE as error:
        transformer.set_pgresult(result)
        raise _unreadable(query, result, transformer, count) or error from None
    for row in rows:
        for at, decode, start in decoders:
            if row[at] is not None:
                row[at] = _decoded(query, result, at, decode, row[at][start:])
    return list(map(tuple, rows))


def _decoded(query: Query[Any], result: PGresult, column: int, decode: Decode, text: bytes | str) -> Any:
    try:
        return decode(text)
    except _MISSHAPEN as error:
        raise _explained(query, result, column, error) from None


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
    reason = "a key is missing" if isinstance(error, KeyError) else re.sub(r":? '[^']*'", "", str(error))
    advice = "" if "cast it" in reason else ": cast it to text, or select what Python can hold"
    message = f"{query.name}: a value of the column {name}{declared} cannot be read: {reason}{advice}"
    return UnreadableValue(message, query.name, name)
