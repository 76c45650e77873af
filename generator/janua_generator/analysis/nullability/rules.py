"""The table of rules, and the evaluation that goes by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sqlglot import exp

from janua_generator.analysis.bodies import sole_function, value_of_function
from janua_generator.analysis.scope import UNKNOWN, Computed, Scope
from janua_generator.analysis.syntax import function_name
from janua_generator.analysis.values import Value, nullable

Rule: TypeAlias = Callable[[exp.Expr, Scope], Value]

_RULES: dict[type[exp.Expr], Rule] = {}
_BY_NAME: dict[str, Rule] = {}


def rule(*kinds: type[exp.Expr]) -> Callable[[Rule], Rule]:
    """Register a function as the rule for these kinds of expression."""

    def register(function: Rule) -> Rule:
        for kind in kinds:
            _RULES[kind] = function
        return function

    return register


def named(*names: str) -> Callable[[Rule], Rule]:
    """Register a function as the rule for calls of these functions, whatever the parser made of them."""

    def register(function: Rule) -> Rule:
        _BY_NAME.update(dict.fromkeys(names, function))
        return function

    return register


def fallback(function: Rule) -> Rule:
    """Register the rule for function calls that have none of their own."""
    _RULES[exp.Func] = function
    return function


def evaluate(node: exp.Expr, scope: Scope) -> Value:
    """Return what is known of the expression's value in the rows that the scope gives."""
    name = function_name(node)
    if name in scope.environment.introspection.routines.redefined:
        return made_by_migrations(name, node, scope)
    found = _BY_NAME.get(name) or _RULES.get(type(node))
    if found is None and isinstance(node, exp.Func):
        found = _RULES.get(exp.Func)
    value = found(node, scope) if found is not None else UNKNOWN
    return _as_proven(value, node, scope) if value.nullable and scope.computed else value


def _as_proven(value: Value, node: exp.Expr, scope: Scope) -> Value:
    """An expression is not NULL where a condition on the same rows refuses a NULL in it."""
    if scope.has_grouping_sets or computed(node, scope) not in scope.computed:
        return value
    return Value(False, "a condition refuses NULL in it", value.family, shape=value.shape)


def computed(node: exp.Expr, scope: Scope) -> Computed | None:
    """Return what tells an expression from others, where it has one value a row, wherever it stands."""
    routines = scope.environment.introspection.routines
    calls = tuple(function_name(each) for each in node.find_all(exp.Func))
    if isinstance(node, (exp.Column, exp.Literal)) or node.find(exp.Query, exp.Window) is not None:
        return None
    changes = routines.redefined_operators or routines.redefined_casts or "current_setting" in calls
    return None if changes or not routines.volatile.isdisjoint(calls) else Computed(node, calls)


def made_by_migrations(name: str, node: exp.Expr, scope: Scope, schema: str = "") -> Value:
    """A function of the project's own: what its body tells, where that can be read."""
    function = sole_function(name, scope, schema)
    if function is None or function.kind != "function":
        return nullable(f"nothing is known of function {name}")
    return value_of_function(function, [evaluate(each, scope) for each in node.iter_expressions()], scope)
