"""
What the condition of a CHECK constraint proves of the rows that it lets pass.

A row passes a CHECK where the condition is true or NULL (ExecRelCheck), so that only what can be false is refused.
"""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.nullability.predicates import NONE, Facts, strict_facts, true_facts
from janua_generator.analysis.scope import Scope
from janua_generator.analysis.syntax import function_name, unwrapped


def facts_where_not_false(node: exp.Expr, scope: Scope) -> Facts:
    """What is not NULL wherever the condition is true or NULL."""
    node = unwrapped(node)
    match node:
        case exp.And():
            return facts_where_not_false(node.this, scope) | facts_where_not_false(node.expression, scope)
        case exp.Or():
            return facts_where_not_false(node.this, scope) & facts_where_not_false(node.expression, scope)
        case exp.Is() if isinstance(node.expression, (exp.Null, exp.Boolean)):
            # never NULL itself
            return true_facts(node, scope)
        case exp.Not() if isinstance(unwrapped(node.this), exp.Is):
            test = unwrapped(node.this)
            return true_facts(node, scope) if isinstance(test.expression, (exp.Null, exp.Boolean)) else NONE
        case exp.EQ() if _counts_no_null(node):
            arguments = unwrapped(node.this).iter_expressions()
            return frozenset().union(*(strict_facts(each, scope) for each in arguments))
        case _:
            return NONE


def _counts_no_null(node: exp.EQ) -> bool:
    """``num_nulls(a, b) = 0`` and ``num_nonnulls(a, b) = 2``, which are never NULL."""
    call, number = unwrapped(node.this), unwrapped(node.expression)
    if not isinstance(number, exp.Literal) or not number.is_int:
        return False
    arguments = list(call.iter_expressions())
    wanted = {"num_nulls": 0, "num_nonnulls": len(arguments)}.get(function_name(call))
    return wanted == int(number.this) and not any(isinstance(each, exp.Variadic) for each in arguments)
