"""Rows as COPY takes them: binary where the form of every column's type is known, else text."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import psycopg
from psycopg.abc import AdaptContext, Transformer
from psycopg.adapt import PyFormat
from psycopg.adapt import Transformer as DefaultTransformer

from janua.database.columns import Column, column_for
from janua.database.parameters import encoder_for
from janua.database.sets import row_error, value_sets
from janua.database.values import Encoder
from janua.errors import JanuaError
from janua.query import Query

CHUNK = 500
"""How many rows are looked at in one go: fewer than the new objects after which Python's collector runs."""

WriteRow = Callable[[Sequence[Any]], Any]
"""psycopg's: gives bytes when enough have come together."""

# What psycopg and its dumpers raise for a value of another type; struct.error where it runs without its C part.
_REFUSALS = (psycopg.Error, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError, struct.error)


class RowFormat(Protocol):
    """One of COPY's formats. ``types`` are what psycopg is told of the columns; nothing where it goes by the values."""

    options: str
    types: Sequence[int]

    def ready(self, rows: list[tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
        """Return the rows with values that psycopg can write. Raises as ``check`` does."""
        ...

    def check(self, at: int, value: Any) -> None:
        """Write one value for nothing. Raises TypeError, ValueError or an error of psycopg."""
        ...


class BinaryRows:
    """COPY … (FORMAT binary)."""

    options = " (FORMAT binary)"

    def __init__(self, columns: Sequence[Column], transformer: Transformer) -> None:
        self.types: Sequence[int] = [each.oid for each in columns]
        self._columns = columns
        self._looked_at = [(at, column) for at, column in enumerate(columns) if column.fits is not None]
        self._transformer = transformer

    def ready(self, rows: list[tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
        """Look at columns as a whole; rows that are right as they are are given back."""
        changed: dict[int, Sequence[Any]] = {}
        for at, column in self._looked_at:
            values = [row[at] for row in rows]
            ready = column.ready(values)
            if ready is not values:
                changed[at] = ready
        if not changed:
            return rows
        columns = list(zip(*rows, strict=True))
        return list(zip(*(changed.get(at, values) for at, values in enumerate(columns)), strict=True))

    def check(self, at: int, value: Any) -> None:
        """Write one value for nothing."""
        self._transformer.set_dumper_types([self.types[at]], PyFormat.as_pq(PyFormat.BINARY))
        self._transformer.dump_sequence([self._columns[at].encode(value)], [PyFormat.BINARY])


class TextRows:
    """COPY in text, in which every type can be written."""

    options = ""

    def __init__(self, encoders: Sequence[Encoder | None], context: AdaptContext) -> None:
        self.types: Sequence[int] = ()
        self._encoders = encoders
        self._context = context

    def ready(self, rows: list[tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
        """Make each value ready as a parameter is."""
        return [tuple(map(_encoded, self._encoders, row)) for row in rows]

    def check(self, at: int, value: Any) -> None:
        """Write one value for nothing."""
        ready = _encoded(self._encoders[at], value)
        DefaultTransformer(self._context).dump_sequence([ready], [PyFormat.TEXT])


def _encoded(encode: Encoder | None, value: Any) -> object:
    return encode(value) if encode and value is not None else value


def row_format(query: Query[Any], context: AdaptContext) -> RowFormat:
    """Choose the format in which rows with values of these types are copied."""
    transformer = DefaultTransformer(context)
    declared = {each.name: each for each in query.types}
    columns = [column_for(type_name, declared, transformer) for type_name in query.params]
    known = [each for each in columns if each is not None]
    if len(known) == len(columns):
        return BinaryRows(known, transformer)
    return TextRows([encoder_for(type_name, query.types) for type_name in query.params], context)


def formatted(query: Query[Any], form: RowFormat, write: WriteRow, chunk: Sequence[object], first: int) -> list[Any]:
    """
    Return the buffers that some rows fill; what is left stays with ``write``.

    Raises ParameterError with the row's number and the column for a value that cannot be sent.
    """
    rows = value_sets(query, chunk, first)
    try:
        return [data for row in form.ready(rows) if (data := write(row))]
    except JanuaError:
        raise
    except _REFUSALS as error:
        _explain(query, form, rows, first)
        error.add_note(f"query: {query.name}")
        raise


def _explain(query: Query[Any], form: RowFormat, rows: Sequence[tuple[Any, ...]], first: int) -> None:
    for number, row in enumerate(rows, first):
        for at, value in enumerate(row):
            if value is not None:
                try:
                    form.check(at, value)
                except _REFUSALS as error:
                    raise row_error(query, number, at, query.params[at], error) from None
