"""
Window functions.

Unless its bounds say otherwise, a frame holds the current row, and so is not empty.
"""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.nullability.aggregates import COLLECTING, NAMES, argument_of, over_rows, result_family
from janua_generator.analysis.nullability.operators import strictly
from janua_generator.analysis.nullability.rules import evaluate, rule
from janua_generator.analysis.scope import Scope
from janua_generator.analysis.syntax import function_name, name_of
from janua_generator.analysis.values import Family, Value, not_null, nullable


@rule(exp.Window)
def window(node: exp.Expr, scope: Scope) -> Value:
    """A call with OVER: a position, a row of the frame, or an aggregate over the frame."""
    inner = node.this
    while isinstance(inner, (exp.IgnoreNulls, exp.RespectNulls)):
        inner = inner.this
    called = inner.this if isinstance(inner, exp.Filter) else inner
    name = function_name(called)
    if name in scope.environment.introspection.routines.redefined:
        return nullable(f"nothing is known of function {name}")
    if name in ("count", "row_number"):
        return not_null("a count or a position", Family.INTEGER)
    if name in ("rank", "dense_rank", "percent_rank", "cume_dist"):
        return not_null(f"{name} always gives a value", Family.NUMBER)
    if name == "ntile":
        buckets = argument_of(called)
        value = evaluate(buckets, scope) if buckets is not None else nullable("no argument")
        return Value(value.nullable, value.why, Family.INTEGER)
    family = COLLECTING.get(name) or result_family(name, argument_of(called), scope)
    if isinstance(inner, exp.Filter):
        return nullable("FILTER may leave no row", family)
    if name in ("lag", "lead"):
        return _neighbour(name, called, family, scope)
    if name not in NAMES and name not in ("first_value", "last_value"):
        return nullable(f"{name or 'a window function'} may find no row", family)
    if scope.has_grouping_sets or not _holds_current_row(node):
        return nullable(f"the frame of {name} may be empty", family)
    if name in NAMES:
        return over_rows(called, name, family, scope)
    return _of_some_row(called, f"{name} of a frame that holds the current row", family, scope)


def _neighbour(name: str, call: exp.Expr, family: Family, scope: Scope) -> Value:
    """``lag`` and ``lead`` give the default where there is no such row."""
    if call.args.get("default") is None or scope.has_grouping_sets:
        return nullable(f"{name} may find no row", family)
    return _of_some_row(call, f"{name} has a default", family, scope)


def _of_some_row(call: exp.Expr, why: str, family: Family, scope: Scope) -> Value:
    """What another row has: what is assumed of this one does not count."""
    with scope.everywhere():
        value = strictly([evaluate(each, scope) for each in call.iter_expressions()], family)
    return value if value.nullable else not_null(why, family)


def _holds_current_row(node: exp.Expr) -> bool:
    """Whether the frame holds the current row for sure; without bounds of its own it ends there."""
    spec = node.args.get("spec") or _named_spec(node)
    if spec is None:
        return True
    if spec is _UNKNOWN or spec.args.get("exclude") is not None:
        return False
    start, end = _bound(spec, "start"), _bound(spec, "end") or "current row"
    if str(spec.args.get("kind") or "").upper() == "RANGE" and "offset" in f"{start} {end}":
        return False
    return not start.endswith("following") and not end.endswith("preceding")


_UNKNOWN = exp.WindowSpec()
"""The frame of a window that cannot be found."""


def _named_spec(node: exp.Expr) -> exp.Expr | None:
    name = node.args.get("alias")
    if name is None:
        return None
    select = node.find_ancestor(exp.Select)
    for each in (select.args.get("windows") or ()) if select is not None else ():
        if name_of(each.this) == name_of(name):
            found: exp.Expr | None = each.args.get("spec") or _named_spec(each)
            return found
    return _UNKNOWN


def _bound(spec: exp.Expr, which: str) -> str:
    """``unbounded preceding``, ``current row``, ``offset following`` and so on; empty where it is left out."""
    value = spec.args.get(which)
    if value is None:
        return ""
    side = str(spec.args.get(f"{which}_side") or "").lower()
    word = value.lower() if isinstance(value, str) else "offset"
    return f"{word} {side}".strip()
