"""CASE, COALESCE and their kin."""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.nullability.predicates import NONE, true_facts, untrue_facts
from janua_generator.analysis.nullability.rules import evaluate, rule
from janua_generator.analysis.scope import Scope
from janua_generator.analysis.values import Family, Value, not_null, nullable


def _common(values: list[Value]) -> Family:
    """The family that the branches agree on, untyped literals aside."""
    families = {value.family for value in values} - {Family.LITERAL}
    if not families:
        return Family.LITERAL
    if families == {Family.INTEGER, Family.NUMBER}:
        return Family.NUMBER
    return families.pop() if len(families) == 1 else Family.OTHER


@rule(exp.Coalesce)
def coalesce(node: exp.Expr, scope: Scope) -> Value:
    """NULL only where every argument is."""
    values = [evaluate(each, scope) for each in [node.this, *node.expressions]]
    proven = next((value for value in values if not value.nullable), None)
    if proven is not None:
        return not_null(f"coalesce ends in {proven.why}", _common(values))
    return nullable("every argument of coalesce may be NULL", _common(values))


@rule(exp.Greatest, exp.Least)
def extreme(node: exp.Expr, scope: Scope) -> Value:
    """PostgreSQL's greatest and least skip NULLs: NULL only where every argument is."""
    values = [evaluate(each, scope) for each in [node.this, *node.expressions]]
    if any(not value.nullable for value in values):
        return not_null("an argument is not NULL", _common(values))
    return nullable("every argument may be NULL", _common(values))


@rule(exp.Nullif)
def nullif(node: exp.Expr, scope: Scope) -> Value:
    """NULL where the arguments are equal."""
    return nullable("nullif gives NULL for equal arguments", evaluate(node.this, scope).family)


@rule(exp.Case)
def case(node: exp.Expr, scope: Scope) -> Value:
    """
    NULL where a branch is, or where none applies and there is no ELSE.

    A branch is taken where its condition is true and those before it are not.
    """
    is_searched = node.this is None
    passed = NONE
    branches = []
    for each in node.args["ifs"]:
        with scope.assuming(passed | true_facts(each.this, scope) if is_searched else NONE):
            branches.append(evaluate(each.args["true"], scope))
        passed |= untrue_facts(each.this, scope) if is_searched else NONE
    default = node.args.get("default")
    if default is None:
        return nullable("CASE without ELSE", _common(branches))
    with scope.assuming(passed):
        branches.append(evaluate(default, scope))
    doubtful = next((each for each in branches if each.nullable), None)
    if doubtful is not None:
        return nullable(f"a branch of CASE: {doubtful.why}", _common(branches))
    return not_null("no branch of CASE is NULL", _common(branches))
