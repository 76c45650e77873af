"""
What a predicate proves about columns in the rows that pass it.

A row passes only where the predicate is true. A strict expression (NULL in, NULL out) that
is true had no NULL operand, so every column that reaches it through strict expressions alone
is not NULL, and neither is such an expression where it stands elsewhere. ``AND`` proves what
either side proves, ``OR`` only what both do.
"""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.nullability.columns import resolve
from janua_generator.analysis.nullability.rules import computed, evaluate
from janua_generator.analysis.rewriting import written_as
from janua_generator.analysis.scope import Condition, Fact, Scope
from janua_generator.analysis.syntax import conjuncts, function_name, is_any, is_quantified, is_row, unwrapped
from janua_generator.analysis.values import Family

Facts = frozenset[Fact]

NONE: Facts = frozenset()

# The operator behind each node, to be looked up among those that the server says are strict.
_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.Like: "~~", exp.ILike: "~~*", exp.RegexpLike: "~", exp.RegexpILike: "~*",
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%",
    exp.ArrayContainsAll: "@>", exp.ArrayContainedBy: "<@", exp.ArrayOverlaps: "&&",
    exp.JSONExtract: "->", exp.JSONExtractScalar: "->>",
}  # fmt: skip


def true_facts(node: exp.Expr, scope: Scope) -> Facts:
    """What is not NULL wherever the predicate is true."""
    node = unwrapped(node)
    match node:
        case exp.And():
            return true_facts(node.this, scope) | true_facts(node.expression, scope)
        case exp.Or():
            return true_facts(node.this, scope) & true_facts(node.expression, scope)
        case exp.Not():
            return false_facts(node.this, scope)
        case exp.Is():
            return _is_facts(node, scope)
        case exp.In():
            return strict_facts(node.this, scope) if _strict("=", scope) else NONE
        case exp.Exists():
            return NONE
        case exp.Between() if _strict("<=", scope) and _strict(">=", scope):
            return _union(scope, node.this, node.args["low"], node.args["high"])
        case exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE() if is_any(node.expression):
            # `x = ANY (array)` is true only where some comparison was
            return strict_facts(node.this, scope) if _strict(_OPERATORS[type(node)], scope) else NONE
        case _:
            return strict_facts(node, scope)


def false_facts(node: exp.Expr, scope: Scope) -> Facts:
    """What is not NULL wherever the predicate is false (so that its negation is true)."""
    node = unwrapped(node)
    match node:
        case exp.And():
            return false_facts(node.this, scope) & false_facts(node.expression, scope)
        case exp.Or():
            return false_facts(node.this, scope) | false_facts(node.expression, scope)
        case exp.Not():
            return true_facts(node.this, scope)
        case exp.Is():
            operand = node.expression
            if isinstance(operand, exp.Null) and not node.args.get("negate"):
                return strict_facts(node.this, scope)
            return NONE
        case exp.In():
            # `x NOT IN (no rows)` is true for a NULL x
            return strict_facts(node.this, scope) if node.expressions and _strict("=", scope) else NONE
        case exp.Exists():
            return NONE
        case _:
            return strict_facts(node, scope)


def untrue_facts(node: exp.Expr, scope: Scope) -> Facts:
    """What is not NULL wherever the predicate is not true: false or NULL."""
    node = unwrapped(node)
    match node:
        case exp.And():
            return untrue_facts(node.this, scope) & untrue_facts(node.expression, scope)
        case exp.Or():
            return untrue_facts(node.this, scope) | untrue_facts(node.expression, scope)
        case exp.Is():
            # of what is never NULL itself, not true is false
            return false_facts(node, scope)
        case _:
            return NONE


def _is_facts(node: exp.Is, scope: Scope) -> Facts:
    operand = node.expression
    negated = bool(node.args.get("negate"))
    if isinstance(operand, exp.Null):
        return strict_facts(node.this, scope) if negated else NONE
    if isinstance(operand, exp.Boolean) and not negated:
        return true_facts(node.this, scope) if operand.this else false_facts(node.this, scope)
    return NONE


def strict_facts(node: exp.Expr, scope: Scope) -> Facts:
    """The columns, and the expressions over them, of which a NULL makes the whole expression NULL."""
    node = unwrapped(node)
    itself = computed(node, scope)
    return _strict_operands(node, scope) | (frozenset({itself}) if itself is not None else NONE)


def _strict_operands(node: exp.Expr, scope: Scope) -> Facts:
    if isinstance(node, exp.Column):
        return _column(node, scope)
    if isinstance(node, (exp.Not, exp.AtTimeZone)) or (isinstance(node, exp.Neg) and _strict("-", scope)):
        return strict_facts(node.this, scope)
    if isinstance(node, exp.Cast):
        return strict_facts(node.this, scope) if _is_strict_cast(node, scope) else NONE
    if isinstance(node, exp.Between):
        # not strict in its bounds: `5 BETWEEN NULL AND 1` is false
        return strict_facts(node.this, scope) if _strict("<=", scope) and _strict(">=", scope) else NONE
    if isinstance(node, exp.DPipe):
        return _concatenation(node, scope)
    operator = _OPERATORS.get(type(node))
    if operator is not None:
        return _operation(node, operator, scope)
    if _is_strict_call(node, scope):
        return _union(scope, *node.iter_expressions())
    return NONE


def _column(node: exp.Column, scope: Scope) -> Facts:
    reference = resolve(node, scope)
    if reference is None or reference.scope is not scope:
        return NONE
    return frozenset({(reference.source, reference.column.name)})


def _operation(node: exp.Expr, operator: str, scope: Scope) -> Facts:
    left, right = node.this, node.expression
    if is_quantified(right) or is_quantified(left):
        # `x = ANY (empty)` is false and `x <> ALL (empty)` true, whatever x is
        return NONE
    if is_row(unwrapped(left)) or is_row(unwrapped(right)):
        # a row comparison may be decided before it meets the NULL
        return NONE
    if evaluate(left, scope).family is Family.COMPOSITE or not _strict(operator, scope):
        return NONE
    if operator in ("->", "->>"):
        return strict_facts(left, scope)
    return _union(scope, left, right)


def _strict(operator: str, scope: Scope) -> bool:
    return written_as(operator) <= scope.environment.introspection.routines.strict_operators


def _concatenation(node: exp.DPipe, scope: Scope) -> Facts:
    """``||`` is strict for text but not for arrays: ``array || NULL`` is the array."""
    families = {evaluate(node.this, scope).family, evaluate(node.expression, scope).family}
    if Family.TEXT in families and not families & {Family.ARRAY, Family.OTHER}:
        return _union(scope, node.this, node.expression)
    return NONE


def _is_strict_cast(node: exp.Cast, scope: Scope) -> bool:
    """PostgreSQL's own casts are strict; one that the migrations made may not be."""
    return not scope.environment.introspection.routines.redefined_casts


def _is_strict_call(node: exp.Expr, scope: Scope) -> bool:
    name = function_name(node)
    return bool(name) and name in scope.environment.introspection.routines.strict


def _union(scope: Scope, *operands: exp.Expr) -> Facts:
    facts: Facts = NONE
    for operand in operands:
        facts |= strict_facts(operand, scope)
    return facts


def keep_rows_where(predicate: exp.Expr | None, scope: Scope) -> None:
    """Learn from the WHERE clause."""
    for each in conjuncts(predicate):
        scope.learn(true_facts(each, scope))
        scope.conditions.append(Condition(each, tuple(scope.sources)))
