"""
Aggregates and window functions.

Without GROUP BY an aggregate may see no row at all, and with FILTER none that counts; only
``count`` has an answer for that. With GROUP BY every group has a row.
"""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.nullability.columns import resolve
from janua_generator.analysis.nullability.functions import call
from janua_generator.analysis.nullability.rules import evaluate, rule
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

FOLDING = frozenset({"sum", "min", "max", "avg", "bool_and", "bool_or", "every", "string_agg", "bit_and", "bit_or"})
"""They skip NULLs, so that one non-NULL argument is needed for a value."""

NAMES = frozenset(COLLECTING) | FOLDING | {"count"}


@rule(exp.Count)
def count(node: exp.Expr, scope: Scope) -> Value:
    """``count`` of nothing is 0."""
    return not_null("count gives 0 for no rows", Family.INTEGER)


@rule(
    exp.Sum,
    exp.Min,
    exp.Max,
    exp.Avg,
    exp.LogicalAnd,
    exp.LogicalOr,
    exp.GroupConcat,
    exp.ArrayAgg,
    exp.Anonymous,
)
def aggregate(node: exp.Expr, scope: Scope) -> Value:
    """An aggregate over the rows of a group."""
    name = function_name(node) or _name(node)
    if name not in NAMES or name in scope.environment.introspection.routines.redefined:
        return call(node, scope)
    family = COLLECTING.get(name) or _result_family(name, _argument(node), scope)
    if scope.aggregates_over_none:
        return nullable(f"{name} over no rows gives NULL", family)
    return _over_rows(node, name, family, scope)


def _name(node: exp.Expr) -> str:
    names: dict[type[exp.Expr], str] = {
        exp.LogicalAnd: "bool_and",
        exp.LogicalOr: "bool_or",
        exp.GroupConcat: "string_agg",
    }
    return names.get(type(node), node.key.lower())


def _argument(node: exp.Expr) -> exp.Expr | None:
    argument = node.this if isinstance(node.this, exp.Expr) else next(iter(node.expressions), None)
    while isinstance(argument, (exp.Order, exp.Limit)):
        argument = argument.this
    if isinstance(argument, exp.Distinct):
        argument = argument.expressions[0] if argument.expressions else None
        while isinstance(argument, exp.Order):
            argument = argument.this
    return argument


def _result_family(name: str, argument: exp.Expr | None, scope: Scope) -> Family:
    if name in ("bool_and", "bool_or", "every"):
        return Family.BOOLEAN
    if name == "string_agg":
        return Family.OTHER
    family = evaluate(argument, scope).family if argument is not None else Family.OTHER
    return Family.NUMBER if name in ("sum", "avg") and family is Family.INTEGER else family


def _is_of_this_level(node: exp.Expr, scope: Scope) -> bool:
    """An aggregate whose columns are all an outer query's is computed there, over other rows."""
    references = [resolve(column, scope) for column in node.find_all(exp.Column)]
    return scope.parent is None or not references or any(each and each.scope is scope for each in references)


def _over_rows(node: exp.Expr, name: str, family: Family, scope: Scope) -> Value:
    """The aggregate over at least one row."""
    if not _is_of_this_level(node, scope):
        return nullable(f"{name} of an outer query's columns", family)
    if name in COLLECTING:
        return not_null(f"{name} over at least one row", family)
    argument = _argument(node)
    value = evaluate(argument, scope) if argument is not None else nullable("no argument")
    if value.nullable:
        return nullable(f"{name} of values that may all be NULL", family)
    if name in ("sum", "avg") and value.family not in (Family.INTEGER, Family.NUMBER, Family.TIME):
        return nullable(f"{name} of an unknown type", family)
    if name in ("min", "max") and value.family is Family.OTHER:
        return nullable(f"{name} of an unknown type", family)
    return not_null(f"{name} over at least one row, none of them NULL", family)


@rule(exp.Filter)
def filtered(node: exp.Expr, scope: Scope) -> Value:
    """FILTER may leave no row; only ``count`` has an answer for that."""
    value = evaluate(node.this, scope)
    if isinstance(node.this, exp.Count):
        return value
    return nullable("FILTER may leave no row", value.family)


@rule(exp.Window)
def window(node: exp.Expr, scope: Scope) -> Value:
    """
    A window function.

    Without a frame of its own the frame holds at least the current row; with one, or with a
    window named elsewhere, it may be empty.
    """
    inner = node.this
    while isinstance(inner, (exp.IgnoreNulls, exp.RespectNulls)):
        inner = inner.this
    called = inner.this if isinstance(inner, exp.Filter) else inner
    if function_name(called) in scope.environment.introspection.routines.redefined:
        return nullable(f"nothing is known of function {function_name(called)}")
    if isinstance(called, exp.Count) or isinstance(inner, exp.RowNumber):
        return not_null("a count or a position", Family.INTEGER)
    name = function_name(inner)
    if name in ("rank", "dense_rank", "percent_rank", "cume_dist"):
        return not_null(f"{name} always gives a value", Family.NUMBER)
    if name == "ntile":
        buckets = _argument(inner)
        value = evaluate(buckets, scope) if buckets is not None else nullable("no argument")
        return Value(value.nullable, value.why, Family.INTEGER)
    family = COLLECTING.get(name) or _result_family(name, _argument(inner), scope)
    if name not in NAMES:
        return nullable(f"{name or 'a window function'} may find no row", family)
    if node.args.get("spec") is not None or node.args.get("alias") is not None or scope.has_grouping_sets:
        return nullable(f"the frame of {name} may be empty", family)
    return _over_rows(inner, name, family, scope)
