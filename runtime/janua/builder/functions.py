"""Aggregates, EXISTS, and functions of the server by name: typed, and as nullable, as PostgreSQL has them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, LiteralString, Never, TypeVar, overload
from uuid import UUID

from janua.builder.expressions import BigInt, Expression, Number, made
from janua.builder.relations import Relation
from janua.builder.select import Select
from janua.builder.slots import as_type, common_type, slot

V = TypeVar("V")
N = TypeVar("N")
M = TypeVar("M")

_NAME = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")
# The manual's table "General-Purpose Aggregate Functions".
_SUMS = {"smallint": "bigint", "integer": "bigint", "bigint": "numeric"}
_AVERAGES = {**dict.fromkeys(("smallint", "integer", "bigint"), "numeric"), "real": "double precision"}
# min and max have no variant for these, and give text and inet.
_BECOME_OTHERS = frozenset({"character varying", "name", "cidr"})
_ARGUMENTS = {
    bool: "boolean", int: "bigint", float: "double precision", Decimal: "numeric", str: "text", UUID: "uuid",
    datetime: "timestamp with time zone", date: "date", time: "time without time zone", timedelta: "interval",
}  # fmt: skip


def count(of: Expression[Any, Any] | Relation[Any, Any] | None = None, *, distinct: bool = False) -> BigInt[Never]:
    """Count rows; of an expression, those where it is not NULL; of an outer table, those where there is a match."""
    if isinstance(of, Relation):
        present = next((each for each in of._definition.columns if not each.nullable), None)
        if present is None and of._is_outer:
            raise TypeError(f"{of!r} has no column that is NOT NULL: count one of its columns")
        inner = getattr(of, present.attribute)._text if present and of._is_outer else "*"
        if distinct:
            raise TypeError("count distinct values of an expression, not rows")
        return BigInt(f"count({inner})", (), "bigint", of, True)
    if of is None:
        return BigInt("count(*)", (), "bigint", None, True)
    word = "DISTINCT " if distinct else ""
    return BigInt(f"count({word}{of._text})", of._values, "bigint", of._relation, True)


@overload
def sum(of: BigInt[Any]) -> Expression[Decimal, None]: ...  # type: ignore[overload-overlap]
@overload
def sum(of: Expression[int, Any]) -> BigInt[None]: ...
@overload
def sum(of: Expression[float, Any]) -> Expression[float, None]: ...
@overload
def sum(of: Expression[Decimal, Any]) -> Expression[Decimal, None]: ...
@overload
def sum(of: Expression[timedelta, Any]) -> Expression[timedelta, None]: ...
def sum(of: Expression[Any, Any]) -> Expression[Any, None]:
    """Add up the values that are not NULL; None where there are none. For a number in any case: ``coalesce``."""
    return made(f"sum({of._text})", of._values, _SUMS.get(of._type, of._type), of._relation, of._binary)


@overload
def avg(of: Expression[int, Any]) -> Expression[Decimal, None]: ...
@overload
def avg(of: Expression[Number, Any]) -> Expression[Number, None]: ...
@overload
def avg(of: Expression[timedelta, Any]) -> Expression[timedelta, None]: ...
def avg(of: Expression[Any, Any]) -> Expression[Any, None]:
    """Return the mean of the values that are not NULL; None where there are none."""
    return made(f"avg({of._text})", of._values, _AVERAGES.get(of._type, of._type), of._relation, of._binary)


@overload
def min(of: BigInt[Any]) -> BigInt[None]: ...
@overload
def min(of: Expression[V, M]) -> Expression[V, M | None]: ...
def min(of: Expression[Any, Any]) -> Expression[Any, None]:
    """Return the least value; None where there is none."""
    return _extreme("min", of)


@overload
def max(of: BigInt[Any]) -> BigInt[None]: ...
@overload
def max(of: Expression[V, M]) -> Expression[V, M | None]: ...
def max(of: Expression[Any, Any]) -> Expression[Any, None]:
    """Return the greatest value; None where there is none."""
    return _extreme("max", of)


@overload
def coalesce(first: Expression[int, Any], then: BigInt[M]) -> BigInt[M]: ...
@overload
def coalesce(first: BigInt[Any], then: Expression[int, M]) -> BigInt[M]: ...
@overload
def coalesce(first: BigInt[Any], then: int) -> BigInt[Never]: ...
@overload
def coalesce(first: Expression[V, Any], then: Expression[V, M]) -> Expression[V, M]: ...  # type: ignore[overload-overlap]
@overload
def coalesce(first: Expression[V, Any], then: V) -> Expression[V, Never]: ...
def coalesce(first: Expression[Any, Any], then: object) -> Expression[Any, Any]:
    """Return the first one, or the other where that is NULL."""
    if isinstance(then, Expression):
        text, values = f"coalesce({first._text}, {then._text})", first._values + then._values
        if first._type == then._type:
            return _like(first, text, values)
        relation, binary = first._relation or then._relation, first._binary and then._binary
        return made(text, values, common_type(first._type, then._type), relation, binary, first._own or then._own)
    if then is None:
        raise TypeError("coalesce() with None changes nothing")
    return _like(first, f"coalesce({first._text}, {slot(first._type, first._mark)})", (*first._values, then))


def exists(select: Select[Any]) -> Expression[bool, Never]:
    """Whether the select, which may use columns of the tables around it, has any row."""
    text, values = select._subquery()
    return Expression(f"(EXISTS {text})", values, "boolean", None, True)


def func(name: LiteralString, *arguments: object, like: Expression[V, M]) -> Expression[V, M | None]:
    """
    Call a function of the server: ``func("lower", users.name, like=users.name)``.

    Its result is cast to the type of ``like``, which is not evaluated, and may be NULL, as nothing is
    known of it. ``arguments`` are expressions, and values that travel as parameters. Raises ValueError for a name
    that is not an identifier, perhaps with a schema. What a statement with it touches is unknown.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("the name of a function is written in small letters, digits and _, perhaps behind a schema")
    texts: list[str] = []
    values: tuple[object, ...] = ()
    for each in arguments:
        if isinstance(each, Expression):
            texts.append(each._text)
            values += each._values
        else:
            texts.append(slot(_argument(each)))
            values += (each,)
    relation = next((each._relation for each in arguments if isinstance(each, Expression) and each._relation), None)
    text = as_type(f"\0x{name}\0{name}({', '.join(texts)})", like._type)
    return made(text, values, like._type, relation, like._binary, like._own)


def _extreme(name: str, of: Expression[Any, Any]) -> Expression[Any, Any]:
    text = f"{name}({of._text})"
    return _like(of, as_type(text, of._type) if of._type in _BECOME_OTHERS else text, of._values)


def _like(of: Expression[Any, Any], text: str, values: tuple[object, ...]) -> Expression[Any, Any]:
    return made(text, values, of._type, of._relation, of._binary, of._own)


def _argument(value: object) -> str:
    for cls, type_ in _ARGUMENTS.items():
        if isinstance(value, cls):
            return type_
    raise TypeError(f"func() takes expressions and plain values, not {type(value).__name__}")
