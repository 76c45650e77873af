"""
Values of the project's own types: made from the usual ones, and made into them.

A type is named as ``module:Name`` and imported when a query first needs it, because its module may import
the generated package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib import import_module
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from operator import attrgetter, methodcaller
from typing import Any, NewType, TypeAlias
from uuid import UUID

import msgspec
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from janua.errors import ConfigError
from janua.types import Interval

Convert: TypeAlias = Callable[[Any], Any]

_SENT_AS_THEY_ARE = (
    *(str, int, float, Decimal, bytes, bytearray, memoryview, date, time, timedelta, Interval, UUID),
    *(IPv4Address, IPv6Address, IPv4Network, IPv6Network, Range, Multirange, dict),
)


@cache
def own_type(reference: str) -> Any:
    """Return what ``module:Name`` names; without a module, a builtin. Raises ConfigError where it is not there."""
    module, _, path = reference.rpartition(":")
    try:
        found: Any = import_module(module or "builtins")
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        raise ConfigError(f'the Python type "{reference}" is not there: no module {error.name}') from None
    for name in path.split("."):
        if not hasattr(found, name):
            raise ConfigError(f'the Python type "{reference}" is not there: no {path} in {module or "builtins"}')
        found = getattr(found, name)
    # `type X = …` stands for what it is
    return getattr(found, "__value__", found)


@cache
def loader(reference: str) -> Convert | None:
    """
    Return what makes a value of the type from the usual one, or None where they are the same.

    A class is called with the value, unless its ``__janua_load__`` takes it; anything else (``Literal``, a
    union, ``Annotated``) is checked by msgspec.
    """
    type_ = own_type(reference)
    if isinstance(type_, NewType):
        return None
    load: Convert | None = getattr(type_, "__janua_load__", None)
    if load is not None:
        return load
    if isinstance(type_, type):
        return type_
    return lambda value: msgspec.convert(value, type_)


def in_lists(convert: Convert) -> Convert:
    """Return what does the same with each element of an array, whose NULLs stay None."""

    def converted(value: Any) -> Any:
        if value is None:
            return None
        return [converted(each) for each in value] if type(value) is list else convert(value)

    return converted


def dump(value: Any) -> Any:
    """
    Return the usual value that one of a class of the project's own stands for; in a list or tuple, for each.

    Raises TypeError for a class that does not tell.
    """
    if value is None:
        return None
    if type(value) in (list, tuple):
        return [dump(each) for each in value]
    cls: type = type(value)
    return _dumper(cls)(value)


@cache
def _dumper(cls: type) -> Convert:
    if hasattr(cls, "__janua_dump__"):
        return methodcaller("__janua_dump__")
    if issubclass(cls, Enum):
        return attrgetter("value")
    if issubclass(cls, _SENT_AS_THEY_ARE):
        return lambda value: value
    if is_dataclass(cls) and len(fields(cls)) == 1:
        return attrgetter(fields(cls)[0].name)
    if cls.__str__ is not object.__str__ and not hasattr(cls, "__pydantic_validator__"):
        return str
    raise TypeError(f"{cls.__name__} has no __janua_dump__ that gives what is sent for it")
