"""Parameters made ready by their declared types, and errors that say which one cannot be sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import psycopg
from psycopg.abc import AdaptContext
from psycopg.adapt import PyFormat, Transformer

from janua.database.adapt import Encoded
from janua.database.jsontext import json_bytes
from janua.errors import ParameterError
from janua.query import DomainType, Query, Types

Encoder: TypeAlias = Callable[[Any], object]

_NOT_ARRAYS = (str, bytes, bytearray, memoryview)


def encode_parameters(query: Query[Any], params: tuple[object, ...]) -> Sequence[object]:
    """
    Turn the values of ``json`` and array parameters into what is sent; None always means NULL.

    Raises ParameterError where the number of values or a value's kind does not fit.
    """
    if query.params and len(params) != len(query.params):
        raise ParameterError(f"{query.name} takes {len(query.params)} parameters, not {len(params)}")
    encoders = _encoders(query.params, query.types)
    if not encoders:
        return params
    values = list(params)
    for index, encode in encoders:
        if values[index] is not None:
            try:
                values[index] = encode(values[index])
            except (TypeError, ValueError, OverflowError, RecursionError) as error:
                raise _refusal(query, index, error) from None
    return values


def encoder_for(type_name: str, types: Types) -> Encoder | None:
    """Return what makes a value of this type ready, or None where it is sent as it is."""
    bases = {item.name: item.base for item in types if isinstance(item, DomainType)}
    return _encoder_for(type_name, bases)


def explain_refusal(query: Query[Any], params: Sequence[object], context: AdaptContext) -> ParameterError | None:
    """Find the parameter that psycopg could not dump; None where the cause lies elsewhere."""
    transformer = Transformer(context)
    for index, value in enumerate(params):
        if value is not None:
            try:
                transformer.get_dumper(value, PyFormat.TEXT).dump(value)
            except Exception as error:
                return _refusal(query, index, error)
    return None


@lru_cache(maxsize=4096)
def _encoders(params: tuple[str, ...], types: Types) -> tuple[tuple[int, Encoder], ...]:
    found = ((index, encoder_for(name, types)) for index, name in enumerate(params))
    return tuple((index, encode) for index, encode in found if encode is not None)


def _encoder_for(type_name: str, bases: dict[str, str]) -> Encoder | None:
    while type_name in bases:
        type_name = bases[type_name]
    if type_name in ("json", "jsonb"):
        return _encode_json
    if type_name.endswith("[]"):
        return _array_encoder(_encoder_for(type_name.removesuffix("[]"), bases))
    return None


def _encode_json(value: object) -> Encoded:
    return Encoded(json_bytes(value))


def _array_encoder(encode: Encoder | None) -> Encoder:
    def encode_array(value: object) -> list[object]:
        if not isinstance(value, Sequence) or isinstance(value, _NOT_ARRAYS):
            raise TypeError(f"an array needs a list or another sequence, not {type(value).__name__}")
        if encode is None:
            return list(value)
        return [None if item is None else encode(item) for item in value]

    return encode_array


def _refusal(query: Query[Any], index: int, error: Exception) -> ParameterError:
    declared = f" ({query.params[index]})" if query.params else ""
    return ParameterError(f"{query.name}: parameter ${index + 1}{declared} cannot be sent: {_reason(error)}")


def _reason(error: Exception) -> str:
    match error:
        case UnicodeError():
            return "the text contains a surrogate that has no UTF-8 form"
        case psycopg.DataError():
            return "a text cannot contain NUL (U+0000)"
        case psycopg.ProgrammingError():
            return "there is no PostgreSQL form for values of this class"
        case RecursionError():
            return "the value contains itself"
        case _:
            return str(error)
