"""The table of rules, and the evaluation that goes by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sqlglot import exp

from janua_generator.analysis.bodies import sole_function, value_of_function
from janua_generator.analysis.scope import UNKNOWN, Scope
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
    return found(node, scope) if found is not None else UNKNOWN


def made_by_migrations(name: str, node: exp.Expr, scope: Scope, schema: str = "") -> Value:
    """A function of the project's own: what its body tells, where that can be read."""
    function = sole_function(name, scope, schema)
    if function is None or function.kind != "function":
        return nullable(f"nothing is known of function {name}")
    return value_of_function(function, [evaluate(each, scope) for each in node.iter_expressions()], scope)
