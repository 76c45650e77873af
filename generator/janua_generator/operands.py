"""What a condition compares: a column, a function of one, a column and something more, or a constant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from janua_generator.analysis.syntax import function_name, name_of, unwrapped

_TEXT = frozenset({"text", "varchar", "character varying", "bpchar", "char", "citext", "name"})
# No factory makes a text with blanks around it or with capitals, so that these change nothing of it.
_IDENTICAL = frozenset({"btrim", "trim", "ltrim", "rtrim"})
_MEASURES = {
    "length": "length",
    "char_length": "length",
    "character_length": "length",
    "octet_length": "octet_length",
    "cardinality": "cardinality",
    "array_length": "cardinality",
    "jsonb_array_length": "cardinality",
    "json_array_length": "cardinality",
    "jsonb_typeof": "json_typeof",
    "json_typeof": "json_typeof",
    "abs": "abs",
    "lower": "lower",
    "upper": "upper",
}
_PARTS = frozenset({"year", "month", "day", "hour", "minute", "second", "isodow"})
_DAY = (("hour", "0"), ("minute", "0"), ("second", "0"))
TRUNCATED = {
    "trunc day": _DAY,
    "trunc week": (("isodow", "1"), *_DAY),
    "trunc month": (("day", "1"), *_DAY),
    "trunc year": (("month", "1"), ("day", "1"), *_DAY),
    "trunc hour": _DAY[1:],
    "trunc minute": _DAY[2:],
}
"""What the parts of a time are that ``date_trunc`` leaves as it is."""
# A date as a time is its first moment.
_TIMES = frozenset({"timestamp", "timestamptz", "timestampntz", "timestampltz"})
_SIMILAR = {"%": ".*", "_": ".", ".": "[.]", "^": r"\^", "$": r"\$"}
_NUMERIC = frozenset({"int", "smallint", "bigint", "decimal", "double", "float", "integer", "numeric"})


@dataclass(frozen=True, slots=True)
class Operand:
    """``of(column) + plus``, or the constant ``value`` where there is no column."""

    column: str = ""
    of: str = ""
    plus: str = ""
    value: str = ""


def operand_of(node: exp.Expr, attributes: Mapping[str, str]) -> Operand | None:
    """Return what is compared, or None where it is something else."""
    node = unwrapped(node)
    if isinstance(node, exp.Column):
        found = attributes.get(name_of(node))
        return Operand(found) if found else None
    if (value := constant_of(node)) is not None:
        return Operand(value=value)
    if isinstance(node, (exp.Collate, exp.Cast)):
        is_same = isinstance(node, exp.Collate) or _keeps_values(node)
        return operand_of(node.this, attributes) if is_same else None
    if isinstance(node, (exp.Add, exp.Sub)):
        return _sum(node, attributes)
    if isinstance(node, exp.Mod):
        divisor = constant_of(node.expression)
        return _measured(node.this, f"mod {divisor}", attributes) if divisor is not None else None
    if isinstance(node, exp.Extract) and node.this.name.lower() in _PARTS:
        return _measured(node.expression, node.this.name.lower(), attributes)
    if isinstance(node, (exp.TimestampTrunc, exp.DateTrunc)):
        unit = node.args["unit"]
        start = f"trunc {(constant_of(unit) or unit.name).lower()}"
        return _measured(node.this, start, attributes) if start in TRUNCATED else None
    name = function_name(node)
    argument = node.this if isinstance(node.this, exp.Expr) else next(iter(node.expressions), None)
    if argument is None:
        return None
    if name in _IDENTICAL and node.args.get("expression") is None:
        return operand_of(argument, attributes)
    return _measured(argument, _MEASURES[name], attributes) if name in _MEASURES else None


def _measured(node: exp.Expr, measure: str, attributes: Mapping[str, str]) -> Operand | None:
    inner = operand_of(node, attributes)
    return replace(inner, of=measure) if inner is not None and inner.column and not inner.of + inner.plus else None


def _sum(node: exp.Expr, attributes: Mapping[str, str]) -> Operand | None:
    inner, added = operand_of(node.this, attributes), constant_of(node.args["expression"])
    if inner is None or added is None or not inner.column or inner.of or inner.plus:
        return None
    return replace(inner, plus=added if isinstance(node, exp.Add) else f"-{added}")


def _keeps_values(node: exp.Cast) -> bool:
    return node.to.this.name.lower() in _TEXT | _NUMERIC | _TIMES or node.to.sql(dialect="postgres").lower() in _TEXT


def constant_of(node: exp.Expr) -> str | None:
    """Return a constant as its text, whatever it is cast to, or None where it is no constant."""
    node = unwrapped(node)
    if isinstance(node, (exp.Cast, exp.Collate)):
        return constant_of(node.this)
    if isinstance(node, exp.Literal):
        return str(node.this)
    if isinstance(node, exp.Boolean):
        return "true" if node.this else "false"
    if isinstance(node, exp.Neg) and (inner := constant_of(node.this)) is not None:
        return f"-{inner}"
    if isinstance(node, exp.CurrentDate) or function_name(node) in ("now", "current_date", "localtimestamp"):
        return "now()"
    return None


def pattern_of(node: exp.Expr) -> str | None:
    """Return a constant pattern; that of SIMILAR TO, which the server prints as a call, as a regular expression."""
    node = unwrapped(node)
    if function_name(node) != "similar_to_escape":
        return constant_of(node)
    pattern = constant_of(node.expressions[0]) if len(node.expressions) == 1 else None
    if pattern is None:
        return None
    parts = re.findall(r"\\.|\[[^]]*\]|.", pattern, re.DOTALL)
    return f"^(?:{''.join(_SIMILAR.get(each, each) for each in parts)})$"


def constants_of(node: exp.Expr) -> tuple[str, ...] | None:
    """Return the constants of ``ANY (ARRAY[…])``, ``ALL (ARRAY[…])`` or the array itself, or None."""
    node = unwrapped(node)
    while isinstance(node, (exp.Any, exp.Cast)) or function_name(node) in ("any", "all"):
        inner = node.this if isinstance(node.this, exp.Expr) else next(iter(node.expressions), None)
        if inner is None:
            return None
        node = unwrapped(inner)
    if not isinstance(node, exp.Array):
        return None
    found = [constant_of(each) for each in node.expressions]
    return tuple(each for each in found if each is not None) if all(each is not None for each in found) else None
