"""Conditions on values: what a constant in one means, and whether one holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from janua.testing.factories.patterns import compiled
from janua.testing.factories.scales import Scale, scale_of
from janua.testing.factories.types import TypeBook

_LENGTHS = ("length", "octet_length", "cardinality")
_COUNTED = scale_of("bigint")
_PARTS = ("year", "month", "day", "hour", "minute", "second", "isodow")
_JSON_KINDS = ((bool, "boolean"), (int, "number"), (float, "number"), (str, "string"), (type(None), "null"))


class Condition(NamedTuple):
    """``of(value) operator right``, of a value that is still to be found."""

    operator: str
    of: str
    right: Any


def scale_for(book: TypeBook, type_: str, of: str, modifier: tuple[int, ...] = ()) -> Scale | None:
    """Return the scale of what is compared: the value, or what is measured of it."""
    if of in _LENGTHS or of in _PARTS or of.startswith("mod "):
        return _COUNTED
    if of in ("lower", "upper"):
        subtype = book.subtype(type_) or book.multirange(type_)
        return scale_of(subtype) if subtype else None
    return scale_of(type_, modifier)


def read(book: TypeBook, type_: str, of: str, text: str) -> Any:
    """Return the constant that a column of the type is compared with. Raises ValueError where it cannot be read."""
    if of in ("isempty", "lower_inf", "upper_inf", "lower_inc", "upper_inc") or (type_ == "boolean" and not of):
        return text in ("true", "t")
    scale = scale_for(book, type_, of)
    if scale is not None:
        try:
            return scale.read(text)
        except ArithmeticError:
            raise ValueError("no number") from None
    if type_ == "bytea" and text.startswith("\\x"):
        return bytes.fromhex(text[2:])
    if of:
        return text
    if type_.endswith("[]") and text == "{}":
        return []
    if type_ in ("json", "jsonb"):
        return json.loads(text)
    if type_.endswith("[]") or book.subtype(type_) or book.multirange(type_) or book.composite(type_):
        raise ValueError("no constant that is read here")
    return text


def measured(of: str, value: Any) -> Any:
    """Return what is compared of a value."""
    if of == "octet_length":
        return len(value if isinstance(value, bytes) else str(value).encode())
    if of in _LENGTHS:
        return len(value)
    if of == "json_typeof":
        named = "object" if isinstance(value, dict) else "array" if isinstance(value, Sequence) else "object"
        return next((name for kind, name in _JSON_KINDS if isinstance(value, kind)), named)
    if of in ("lower", "upper") and isinstance(value, str):
        return value.lower() if of == "lower" else value.upper()
    if of.startswith("mod "):
        return value % int(of[4:])
    if of in _PARTS:
        # A date has no hours: they count as none.
        return value.isoweekday() if of == "isodow" else getattr(value, of, 0)
    if of == "abs":
        return abs(value)
    return getattr(value, of) if of else value


def holds(book: TypeBook, type_: str, condition: Condition, value: Any) -> bool:
    """Return False where the condition is known to fail, as one on NULL does not."""
    operator, of, right = condition
    if operator in ("null", "not null"):
        return (value is None) == (operator == "null")
    if value is None or right is None:
        return True
    try:
        return _compared(operator, measured(of, value), right, scale_for(book, type_, of))
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        # A value of the project's own, or a constant that nobody here understands: the server will say.
        return True


def _compared(operator: str, left: Any, right: Any, scale: Scale | None) -> bool:
    if left is None:
        return True
    if operator in ("in", "not in"):
        return any(_compared("=", left, each, scale) for each in right) == (operator == "in")
    if operator == "<@":
        return all(str(each) in right for each in left)
    if operator == "has":
        return right in left
    if operator.lstrip("!") in ("~", "~*", "like", "ilike"):
        pattern = compiled(operator.lstrip("!"), right)
        return pattern is None or (pattern.search(str(left)) is not None) != operator.startswith("!")
    if scale is not None:
        left, right = scale.number(left), scale.number(right)
    elif not isinstance(right, (bool, bytes)):
        left, right = str(left), str(right)
    match operator:
        case "=":
            return bool(left == right)
        case "<>":
            return bool(left != right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
    return True
