"""Many sets of values for one statement: objects taken apart, and errors that say in which set a value is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

import psycopg
from psycopg.adapt import AdaptersMap, PyFormat, Transformer

from janua.database.adapt import base_adapters
from janua.database.composites import composite_dumper
from janua.database.conversions import dump
from janua.database.parameters import encoder_for, reason_of
from janua.dynamic import RowVariants
from janua.errors import ParameterError
from janua.query import CompositeType, Query, Types

T = TypeVar("T")


def fitting(query: Query[T] | RowVariants[T], rows: Sequence[object]) -> Query[T]:
    """Return the statement for these rows. Raises ParameterError where they give different columns."""
    return query[query.key_of(rows)] if isinstance(query, RowVariants) and rows else whole(query)


def check_columns(query: Query[T] | RowVariants[T], fit: Query[T], rows: Sequence[object], first: int) -> None:
    """Raise ParameterError where rows, numbered from ``first``, give other columns than the statement has."""
    if isinstance(query, RowVariants):
        query.key_of(rows, first, tuple(name in fit.attributes for name in query.optional))


def whole(query: Query[T] | RowVariants[T]) -> Query[T]:
    """Return the statement with all that it may have."""
    return query.query if isinstance(query, RowVariants) else query


def value_sets(query: Query[Any], sets: Iterable[object], first: int = 1) -> list[tuple[Any, ...]]:
    """
    Return the values of each set, in the order of the parameters; ``first`` is the number of the first set.

    Raises ParameterError for an object of another class, and for a text, whose letters would be the sets.
    """
    check_many(query, sets)
    if not query.attributes:
        found: list[tuple[Any, ...]] = list(zip(sets))
    else:
        found = _taken_apart(query, list(sets), first)
    return _of_usual_classes(query, found, first) if query.own_parameters else found


def _taken_apart(query: Query[Any], given: Sequence[object], first: int) -> list[tuple[Any, ...]]:
    take = attrgetter(*query.attributes)
    try:
        found = list(map(take, given))
    except AttributeError:
        raise _foreign(query, given, first) from None
    return found if len(query.attributes) > 1 else [(value,) for value in found]


def _of_usual_classes(query: Query[Any], sets: Sequence[tuple[Any, ...]], first: int) -> list[tuple[Any, ...]]:
    """The sets with values of the project's own classes as the usual ones."""
    own = [at for at in query.own_parameters if at < len(sets[0])] if sets else []
    found = []
    for number, given in enumerate(sets, first):
        values = list(given)
        for at in own:
            try:
                values[at] = dump(values[at])
            except TypeError as error:
                type_name = query.elements[at] if query.elements else query.params[at]
                raise row_error(query, number, at, type_name, error) from None
        found.append(tuple(values))
    return found


def check_many(query: Query[Any], sets: object) -> None:
    """Raise ParameterError for a text, whose letters would be the sets."""
    if isinstance(sets, str | bytes):
        raise ParameterError(f"{query.name} takes many values, and a {type(sets).__name__} is one: put it into a list")


def _foreign(query: Query[Any], sets: Sequence[object], first: int) -> ParameterError:
    names = ", ".join(dict.fromkeys(query.attributes))
    for number, each in enumerate(sets, first):
        if not all(hasattr(each, name) for name in query.attributes):
            return ParameterError(
                f"{query.name}: row {number} is a {type(each).__name__}, and an object with {names} is needed"
            )
    raise AssertionError("an attribute was missing")


def column_arrays(query: Query[Any], sets: Iterable[object]) -> tuple[Sequence[Any], ...]:
    """
    Return what is sent of each parameter: all its values, as texts where an array cannot hold them as they are.

    Nothing where there are no sets. Raises ParameterError with the row and the value that cannot be written.
    """
    columns = list(zip(*value_sets(query, sets), strict=True))
    return (
        tuple(
            values if query.params[at] == f"{element}[]" else _texts(query, at, values)
            for at, (values, element) in enumerate(zip(columns, query.elements, strict=True))
        )
        if columns
        else ()
    )


def explain_arrays(query: Query[Any], arrays: Sequence[Sequence[object]]) -> ParameterError | None:
    """Find the row and the value for which arrays of values could not be sent; None where all seem right."""
    try:
        for at, (array, element) in enumerate(zip(arrays, query.elements, strict=True)):
            if query.params[at] == f"{element}[]":
                _texts(query, at, array)
    except ParameterError as error:
        return error
    return None


def _texts(query: Query[Any], at: int, values: Sequence[object]) -> list[str | None]:
    """The values of one parameter as the texts that a cast to its type reads."""
    element = query.elements[at]
    encode = encoder_for(element, query.types)
    transformer = Transformer(_Offline(_adapters(query.types)))
    texts: list[str | None] = []
    for number, value in enumerate(values, 1):
        try:
            ready = encode(value) if encode and value is not None else value
            data = None if ready is None else transformer.get_dumper(ready, PyFormat.TEXT).dump(ready)
            texts.append(None if data is None else bytes(data).decode())
        except (psycopg.Error, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise row_error(query, number, at, element, error) from None
    return texts


@dataclass(frozen=True, slots=True)
class _Offline:
    """What values are written with where no connection is needed."""

    adapters: AdaptersMap
    connection: None = None


@lru_cache(maxsize=64)
def _adapters(types: Types) -> AdaptersMap:
    adapters = AdaptersMap(base_adapters())
    for declared in types:
        if isinstance(declared, CompositeType):
            encoders = [encoder_for(name, types) for _, name in declared.fields]
            adapters.register_dumper(declared.python, composite_dumper(declared.python, encoders))
    return adapters


def row_error(query: Query[Any], row: int, at: int, type_name: str, error: Exception) -> ParameterError:
    """Say which value of which row cannot be sent, and why; never the value itself."""
    place = f"{query.attributes[at]} ({type_name})" if query.attributes else f"the value ({type_name})"
    return ParameterError(f"{query.name}: row {row}: {place} cannot be sent: {reason_of(error)}")
