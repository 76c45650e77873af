"""Many sets of values for one statement: objects taken apart, and errors that say in which set a value is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer

from janua.database.adapt import base_adapters
from janua.database.parameters import encoder_for, reason_of
from janua.errors import ParameterError
from janua.query import Query


def value_sets(query: Query[Any], sets: Iterable[object], first: int = 1) -> list[tuple[Any, ...]]:
    """
    Return the values of each set, in the order of the parameters; ``first`` is the number of the first set.

    Raises ParameterError for an object of another class, and for a text, whose letters would be the sets.
    """
    check_many(query, sets)
    if not query.attributes:
        return list(zip(sets))
    given = list(sets)
    take = attrgetter(*query.attributes)
    try:
        found = list(map(take, given))
    except AttributeError:
        raise _foreign(query, given, first) from None
    return found if len(query.attributes) > 1 else [(value,) for value in found]


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


def column_arrays(query: Query[Any], sets: Iterable[object]) -> tuple[list[Any], ...]:
    """Return the values by parameter, a list for each; nothing where there are no sets."""
    return tuple(map(list, zip(*value_sets(query, sets), strict=True)))


def explain_arrays(query: Query[Any], arrays: Sequence[Sequence[object]]) -> ParameterError | None:
    """Find the row and the value for which arrays of values could not be sent; None where all seem right."""
    context: Any = SimpleNamespace(adapters=base_adapters(), connection=None)
    transformer = Transformer(context)
    for at, (array, type_name) in enumerate(zip(arrays, query.params, strict=False)):
        element = type_name.removesuffix("[]")
        encode = encoder_for(element, query.types)
        for number, value in enumerate(array, 1):
            try:
                ready = encode(value) if encode and value is not None else value
                if ready is not None:
                    transformer.get_dumper(ready, PyFormat.TEXT).dump(ready)
            except psycopg.ProgrammingError:
                # a class of the database's own types: only the connection knows how to write it
                continue
            except (psycopg.Error, TypeError, ValueError, OverflowError, RecursionError) as error:
                return row_error(query, number, at, element, error)
    return None


def row_error(query: Query[Any], row: int, at: int, type_name: str, error: Exception) -> ParameterError:
    """Say which value of which row cannot be sent, and why; never the value itself."""
    place = f"{query.attributes[at]} ({type_name})" if query.attributes else f"the value ({type_name})"
    return ParameterError(f"{query.name}: row {row}: {place} cannot be sent: {reason_of(error)}")
