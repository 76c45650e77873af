"""Scalar subqueries."""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.nullability.rules import rule
from janua_generator.analysis.scope import Scope
from janua_generator.analysis.values import Value, nullable


@rule(exp.Subquery)
def scalar_subquery(node: exp.Expr, scope: Scope) -> Value:
    """A scalar subquery is NULL where it finds no row."""
    output = scope.child().output_of(node)
    if output.columns is None or len(output.columns) != 1:
        return nullable("the subquery's result is not known")
    value = output.columns[0].value
    if not output.at_least_one:
        return nullable("the subquery may find no row", value.family)
    return value
