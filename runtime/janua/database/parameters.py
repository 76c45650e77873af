"""Parameters made ready by their declared types, and errors that say which one cannot be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.abc import AdaptContext
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from janua.database.conversions import dump
from janua.database.encoded import NOTHING, TEXT_OID, Elements
from janua.database.values import ARRAYS, ENCODERS, FORMS, MULTIRANGES, RANGES, TAKE_SEQUENCES, Encoder
from janua.errors import ParameterError
from janua.query import DatabaseType, DomainType, FormType, Query, RangeType, TextType, Types

_NOT_ARRAYS = (str, bytes, bytearray, memoryview)


def encode_parameters(query: Query[Any], params: tuple[object, ...]) -> Sequence[object]:
    """
    Check the values by the declared types, and turn them into what is sent; None always means NULL.

    Raises ParameterError where the number of values or a value's kind does not fit.
    """
    if query.params and len(params) != len(query.params):
        raise wrong_number(query, len(query.params), len(params))
    if query.unused:
        params = tuple(NOTHING if at in query.unused else value for at, value in enumerate(params))
    if query.own_parameters:
        params = _dumped(query, params)
    encoders = _encoders(query.params, query.types)
    if not encoders:
        return params
    values = list(params)
    for index, encode in encoders:
        if values[index] is not None and values[index] is not NOTHING:
            try:
                values[index] = encode(values[index])
            except (TypeError, ValueError, OverflowError, RecursionError) as error:
                raise refusal(query, index, error) from None
    return values


def types_at_parse(query: Query[Any]) -> list[int] | None:
    """
    Return the OIDs of the types that Parse declares: the server infers all but those of unused parameters.

    Any type would do for these; text has the same OID in every database.
    """
    if not query.unused:
        return None
    return [TEXT_OID if at in query.unused else 0 for at in range(len(query.params))]


def _dumped(query: Query[Any], params: tuple[object, ...]) -> tuple[object, ...]:
    """The values with those of the project's own classes as the usual ones."""
    values = list(params)
    for index in query.own_parameters:
        try:
            values[index] = NOTHING if values[index] is NOTHING else dump(values[index])
        except TypeError as error:
            raise refusal(query, index, error) from None
    return tuple(values)


def encoder_for(type_name: str, types: Types) -> Encoder | None:
    """Return what makes a value of this type ready, or None where it is sent as it is."""
    return _encoder_for(type_name, {item.name: item for item in types})


def explain_refusal(query: Query[Any], params: Sequence[object], context: AdaptContext) -> ParameterError | None:
    """Find the parameter that psycopg could not dump; None where the cause lies elsewhere."""
    transformer = Transformer(context)
    for index, value in enumerate(params):
        if value is not None:
            try:
                transformer.get_dumper(value, PyFormat.TEXT).dump(value)
            except Exception as error:
                return refusal(query, index, error)
    return None


@lru_cache(maxsize=4096)
def _encoders(params: tuple[str, ...], types: Types) -> tuple[tuple[int, Encoder], ...]:
    found = ((index, encoder_for(name, types)) for index, name in enumerate(params))
    return tuple((index, encode) for index, encode in found if encode is not None)


def _encoder_for(type_name: str, declared: Mapping[str, DatabaseType]) -> Encoder | None:
    if type_name.endswith("[]"):
        return _array_encoder(type_name.removesuffix("[]"), declared)
    match declared.get(type_name):
        case DomainType(base=base):
            return _encoder_for(base, declared)
        case FormType(form=form):
            return FORMS.get(form)
        case RangeType(subtype=subtype):
            return _range_encoder(_encoder_for(subtype, declared))
    if type_name in RANGES:
        return _range_encoder(_encoder_for(RANGES[type_name], declared))
    own = {item.multirange: item.subtype for item in declared.values() if isinstance(item, RangeType)}
    if bound := MULTIRANGES.get(type_name) or own.get(type_name):
        return _multirange_encoder(_encoder_for(bound, declared))
    return ENCODERS.get(type_name)


def _array_encoder(element: str, declared: Mapping[str, DatabaseType]) -> Encoder:
    encode = _encoder_for(element, declared)
    delimiter = _delimiter(element, declared)
    is_array = _base(element, declared).endswith("[]")
    has_dimensions = not is_array and encode not in TAKE_SEQUENCES
    write = ARRAYS.get(_base(element, declared))

    def encode_item(item: Any) -> object:
        if item is None:
            return None
        if has_dimensions and (isinstance(item, list) or type(item) is tuple):
            return [encode_item(each) for each in item]
        ready = encode(item) if encode else item
        return Elements(ready) if is_array and isinstance(ready, list) else ready

    def encode_array(value: Any) -> object:
        if write and type(value) in (list, tuple) and (written := write(value)):
            return written
        if not isinstance(value, Sequence) or isinstance(value, _NOT_ARRAYS):
            raise TypeError(f"an array needs a list or another sequence, not {type(value).__name__}")
        items = list(value) if encode is None else [encode_item(item) for item in value]
        return items if delimiter == "," else Elements(items, delimiter.encode())

    return encode_array


def _base(type_name: str, declared: Mapping[str, DatabaseType]) -> str:
    while isinstance(item := declared.get(type_name), DomainType):
        type_name = item.base
    return type_name


def _delimiter(element: str, declared: Mapping[str, DatabaseType]) -> str:
    item = declared.get(element)
    if isinstance(item, TextType):
        return item.delimiter
    return ";" if element == "box" else ","


def _range_encoder(encode: Encoder | None) -> Encoder | None:
    if encode is None:
        return None
    return lambda value: _encoded_range(value, encode) if isinstance(value, Range) else value


def _multirange_encoder(encode: Encoder | None) -> Encoder | None:
    if encode is None:
        return None

    def encode_multirange(value: object) -> object:
        if not isinstance(value, Multirange):
            return value
        return Multirange([_encoded_range(each, encode) for each in value])

    return encode_multirange


def _encoded_range(value: Range[Any], encode: Encoder) -> Range[Any]:
    if value.isempty:
        return value
    lower, upper = (bound if bound is None else encode(bound) for bound in (value.lower, value.upper))
    return Range(lower, upper, value.bounds)


def wrong_number(query: Query[Any], expected: int, given: int) -> ParameterError:
    """Return the error for another number of values than the statement has parameters."""
    return ParameterError(f"{query.name} takes {expected} parameters, not {given}")


def refusal(query: Query[Any], index: int, error: Exception) -> ParameterError:
    """Return the error for a value that could not be written, which says why and does not show it."""
    declared = f" ({query.params[index]})" if query.params else ""
    return ParameterError(f"{query.name}: parameter ${index + 1}{declared} cannot be sent: {reason_of(error)}")


def reason_of(error: Exception) -> str:
    """Return why a value cannot be sent, without the value."""
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
