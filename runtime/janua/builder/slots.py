"""The places of values in a statement's text, and the types that they are given there. See ``janua.builder.texts``."""

from __future__ import annotations

_JSON = ("json", "jsonb")
# What PostgreSQL makes of two numbers (its manual, "Type Conversion"): the later one of these.
_PROMOTION = ("smallint", "integer", "bigint", "numeric", "real", "double precision")


def slot(type_: str, mark: str = "p") -> str:
    """Return the place of a value of this type; the mark ``q`` stands for one of the project's own classes."""
    return f"\0{mark}{type_}\0"


def mark_of(own: str, type_: str) -> str:
    """
    Return the mark for values of a type, in whose place the project may have its ``own`` (``module:Name``).

    Values of that are sent as the usual ones that they stand for, but for JSON.
    """
    return "q" if ":" in own and type_.removesuffix("[]") not in _JSON else "p"


def as_type(text: str, type_: str) -> str:
    """Return a cast. ``character`` and ``bit`` alone would mean a length of one, and cut."""
    element = type_.removesuffix("[]")
    name = {"character": "bpchar", "bit": "varbit"}.get(element, element)
    return f"CAST({text} AS {name}{type_[len(element) :]})"


def common_type(left: str, right: str) -> str:
    """Return the type that the server finds for two values of one class; nothing where that is not known."""
    if left == right:
        return left
    ranks = [_PROMOTION.index(each) for each in (left, right) if each in _PROMOTION]
    return _PROMOTION[max(ranks)] if len(ranks) == 2 else ""
