"""
Aggregates.

Without GROUP BY an aggregate may see no row at all, and with FILTER none that counts; only
``count`` has an answer for that. With GROUP BY every group has a row.
"""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.nullability.columns import level_of
from janua_generator.analysis.nullability.rules import evaluate, named, rule
from janua_generator.analysis.scope import Scope
from janua_generator.analysis.syntax import function_name
from janua_generator.analysis.values import Family, Value, not_null, nullable

COLLECTING = {
    "array_agg": Family.ARRAY,
    "json_agg": Family.JSON,
    "jsonb_agg": Family.JSON,
    "json_object_agg": Family.JSON,
    "jsonb_object_agg": Family.JSON,
}
"""They keep NULLs, so that one row is enough for a value."""

FOLDING = frozenset({
    "sum", "min", "max", "avg", "any_value", "bool_and", "bool_or", "every", "string_agg", "bit_and", "bit_or",
    "bit_xor", "stddev_pop", "var_pop", "range_agg", "range_intersect_agg",
})  # fmt: skip
"""They skip NULLs, so that one non-NULL argument is needed for a value."""

ORDERED = frozenset({"percentile_cont", "percentile_disc", "mode"})
"""They skip NULLs too, among what WITHIN GROUP sorts."""

NAMES = frozenset(COLLECTING) | FOLDING | {"count"}


@rule(exp.Count)
def count(node: exp.Expr, scope: Scope) -> Value:
    """``count`` of nothing is 0."""
    return not_null("count gives 0 for no rows", Family.INTEGER)


@named(*COLLECTING, *FOLDING)
def aggregate(node: exp.Expr, scope: Scope) -> Value:
    """An aggregate over the rows of a group."""
    name = function_name(node)
    family = COLLECTING.get(name) or result_family(name, argument_of(node), scope)
    if scope.aggregates_over_none:
        return nullable(f"{name} over no rows gives NULL", family)
    return over_rows(node, name, family, scope)


@rule(exp.WithinGroup)
def ordered(node: exp.Expr, scope: Scope) -> Value:
    """``percentile_cont``, ``percentile_disc`` and ``mode`` skip NULLs; ``rank`` and its kin always give a value."""
    name = function_name(node.this)
    if name in ("rank", "dense_rank", "percent_rank", "cume_dist"):
        return not_null(f"{name} always gives a value", Family.NUMBER)
    if name not in ORDERED or name in scope.environment.introspection.routines.redefined:
        return nullable(f"nothing is known of {name or 'the aggregate'}")
    (first, *_) = node.expression.expressions
    value = evaluate(first.this, scope)
    fractions = [evaluate(each, scope) for each in node.this.iter_expressions()]
    family = value.family
    if name == "percentile_cont" and family is not Family.TIME:
        family = Family.NUMBER
    if any(each.family is Family.ARRAY for each in fractions):
        family = Family.ARRAY
    if scope.aggregates_over_none:
        return nullable(f"{name} over no rows gives NULL", family)
    if value.nullable or any(each.nullable for each in fractions) or not _is_of_this_level(node, scope):
        return nullable(f"{name} of values that may all be NULL", family)
    return not_null(f"{name} over at least one row, none of them NULL", family)


def argument_of(node: exp.Expr) -> exp.Expr | None:
    """The first argument, without DISTINCT and ORDER BY."""
    argument = node.this if isinstance(node.this, exp.Expr) else next(iter(node.expressions), None)
    while isinstance(argument, (exp.Order, exp.Limit)):
        argument = argument.this
    if isinstance(argument, exp.Distinct):
        argument = argument.expressions[0] if argument.expressions else None
        while isinstance(argument, exp.Order):
            argument = argument.this
    return argument


def result_family(name: str, argument: exp.Expr | None, scope: Scope) -> Family:
    """The family of what the aggregate or window function gives."""
    if name in ("bool_and", "bool_or", "every"):
        return Family.BOOLEAN
    family = evaluate(argument, scope).family if argument is not None else Family.OTHER
    if name == "string_agg":
        return Family.BYTES if family is Family.BYTES else Family.TEXT
    if name in ("stddev_pop", "var_pop"):
        return Family.NUMBER
    return Family.NUMBER if name in ("sum", "avg") and family is Family.INTEGER else family


def _is_of_this_level(node: exp.Expr, scope: Scope) -> bool:
    """An aggregate whose columns are all an outer query's is computed there, over other rows."""
    levels = [level_of(column, scope) for column in node.find_all(exp.Column)]
    return scope.parent is None or not levels or any(each is scope for each in levels)


def over_rows(node: exp.Expr, name: str, family: Family, scope: Scope) -> Value:
    """The aggregate over at least one row."""
    if not _is_of_this_level(node, scope):
        return nullable(f"{name} of an outer query's columns", family)
    if name in COLLECTING:
        return not_null(f"{name} over at least one row", family)
    argument = argument_of(node)
    value = evaluate(argument, scope) if argument is not None else nullable("no argument")
    if value.nullable:
        return nullable(f"{name} of values that may all be NULL", family)
    if name in ("sum", "avg") and value.family not in (Family.INTEGER, Family.NUMBER, Family.TIME):
        return nullable(f"{name} of an unknown type", family)
    return not_null(f"{name} over at least one row, none of them NULL", family)


@rule(exp.Filter)
def filtered(node: exp.Expr, scope: Scope) -> Value:
    """FILTER may leave no row; only ``count`` has an answer for that."""
    value = evaluate(node.this, scope)
    if isinstance(node.this, exp.Count):
        return value
    return nullable("FILTER may leave no row", value.family)
