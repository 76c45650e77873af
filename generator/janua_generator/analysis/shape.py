"""The shape of a JSON value that a query builds: what its parts are, as PostgreSQL's types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Part:
    """A member of an object, or the element of a list or dict, whose ``key`` is empty."""

    key: str
    shape: Shape
    nullable: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """
    A value of the PostgreSQL type ``type``, or an object, list or dict of ``parts``.

    ``relation`` is the table or view whose row an object is.
    """

    kind: Literal["value", "object", "list", "dict"]
    type: str = ""
    parts: tuple[Part, ...] = ()
    relation: str = ""


def value_of(type_name: str) -> Shape:
    """A value of a type."""
    return Shape("value", type_name)


def list_of(element: Shape, nullable: bool) -> Shape:
    """A list of such elements."""
    return Shape("list", parts=(Part("", element, nullable),))


def dict_of(element: Shape, nullable: bool) -> Shape:
    """An object whose keys are data."""
    return Shape("dict", parts=(Part("", element, nullable),))


HOLDING_NULLS = list_of(value_of("unknown"), nullable=True)
"""The shape of an array that was put together of values that may be NULL."""
