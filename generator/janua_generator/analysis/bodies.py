"""
What is defined by a query: views, and functions in the SQL language. They give what their query gives.

Of a function's arguments nothing is known, so that one analysis holds for all calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from sqlglot import exp

from janua_generator.analysis.scope import OPAQUE, Column, Environment, Output, Scope
from janua_generator.analysis.syntax import alias_of, function_name, is_of_one_snapshot, name_of, parse
from janua_generator.analysis.values import Family, Value, base_type, converted, nullable
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Function, PgType, Relation

_MAX_ARGUMENTS = 100


def sole_function(name: str, scope: Scope, schema: str = "") -> Function | None:
    """
    The function of the migrations that a call can only mean: the one of its name in the whole database.

    Where the call names a ``schema``, it must be of that one.
    """
    introspection = scope.environment.introspection
    if name in introspection.routines.overloaded:
        return None
    found = introspection.catalog.functions_by_name.get(name, ())
    return found[0] if len(found) == 1 and schema in ("", found[0].schema) else None


def columns_of_function(function: Function, scope: Scope) -> tuple[Column, ...] | None:
    """
    The columns of a call in FROM, under the names that the function declares, or its own; None where its body does
    not tell.

    A function that returns no set has one row, of NULLs where its query finds none or where, being
    strict, it is not called at all.
    """
    output = _output(function, scope)
    types = scope.environment.introspection.types
    declared = function.output or _sole_value(function, types)
    if output.columns is None or len(output.columns) != len(declared):
        return None
    if not function.returns_set and (function.strict or not output.at_least_one):
        return None
    if any(column.value.family is Family.COMPOSITE for column in output.columns):
        # `SELECT t FROM t` gives one row value, whose fields are the function's columns
        return None
    return tuple(
        Column(name, converted(each.value, type_, types))
        for (name, type_), each in zip(declared, output.columns, strict=True)
    )


def _sole_value(function: Function, types: Mapping[str, PgType]) -> tuple[tuple[str, str], ...]:
    """The column, called as the function is, of what returns no row but a value."""
    result = function.result.removeprefix("SETOF ")
    type_ = types.get(base_type(result, types))
    is_value = type_ is not None and type_.kind not in ("composite", "pseudo") and not type_.relation
    return ((function.name, result),) if is_value else ()


def value_of_function(function: Function, arguments: list[Value], scope: Scope) -> Value:
    """What a call gives as a value: NULL where its query finds no row, or where a strict one meets a NULL."""
    output = _output(function, scope)
    unknown = nullable(f"function {function.name} may give NULL")
    if function.returns_set or function.output or function.result == "void":
        # of void, the last row is thrown away
        return unknown
    if output.columns is None or len(output.columns) != 1:
        return unknown
    if not output.at_least_one or (function.strict and not _is_called(function, arguments)):
        return unknown
    value = converted(output.columns[0].value, function.result, scope.environment.introspection.types)
    return unknown if value.family is Family.COMPOSITE else Value(value.nullable, value.why)


def _is_called(function: Function, arguments: list[Value]) -> bool:
    """Whether a strict function's body is run for sure: no argument is NULL, and none is left to its default."""
    declared = function.arguments.count(",") + 1 if function.arguments else 0
    return len(arguments) == declared and not any(each.nullable for each in arguments)


def _output(function: Function, scope: Scope) -> Output:
    known = scope.environment.views
    key = (f"{function.schema}.{function.name}({function.arguments})", False)
    if key not in known:
        # a function that calls itself tells nothing about itself
        known[key] = OPAQUE
        tree = body_of(function)
        has_casts = scope.environment.introspection.routines.redefined_casts
        if tree is not None and _means_the_same(function, tree) and not has_casts:
            known[key] = Scope(_with_unknown_arguments(scope.environment)).output_of(tree)
    return known[key]


def _with_unknown_arguments(environment: Environment) -> Environment:
    arguments = frozenset(range(1, _MAX_ARGUMENTS + 1))
    # it may be called in the midst of a statement, whose foreign keys are checked at its end
    return replace(environment, one_snapshot=False, nullable_parameters=arguments, parameter_types={})


def _means_the_same(function: Function, tree: exp.Expr) -> bool:
    """
    Whether its names mean what they mean elsewhere: it has no search path of its own, or needs none for its tables.

    A function of the migrations counts only where no other has its name, on whichever path.
    """
    if "SET search_path" not in function.definition:
        return True
    ctes = {alias_of(each) for each in tree.find_all(exp.CTE)}
    return all(each.args.get("db") or name_of(each.this) in ctes for each in tree.find_all(exp.Table))


def body_of(function: Function) -> exp.Expr | None:
    """
    The one statement of a function in the SQL language, or None.

    The standard's ``RETURN x`` is ``SELECT x``.
    """
    if function.language != "sql" or not function.body:
        return None
    body = function.body.strip().rstrip(";")
    atomic = re.fullmatch(r"BEGIN\s+ATOMIC\s+(.*?);?\s*END", body, re.DOTALL | re.IGNORECASE)
    if atomic:
        return parse(atomic[1].strip().rstrip(";"))
    return parse(re.sub(r"^RETURN\b", "SELECT", body, flags=re.IGNORECASE))


def view_output(relation: Relation, scope: Scope) -> Output:
    """Return what a view's definition gives, analysed once a statement."""
    environment = scope.environment
    views, key = environment.views, (relation.qualified, environment.one_snapshot)
    if key not in views:
        views[key] = OPAQUE
        tree = parse(relation.definition.rstrip().removesuffix(";"))
        if tree is not None and not relation.has_rules:
            own = replace(environment, one_snapshot=environment.one_snapshot and is_of_one_snapshot(tree))
            with suppress(RecursionError):
                views[key] = Scope(own).output_of(tree)
    return views[key]


def is_volatile(node: exp.Expr, introspection: Introspection) -> bool:
    """Whether reading it twice within a statement may give two results, by its functions or those of views."""
    if any(function_name(call) in introspection.routines.volatile for call in node.find_all(exp.Func)):
        return True
    relations = (
        introspection.catalog.relation(name_of(table.this), name_of(table.args.get("db")) or None)
        for table in node.find_all(exp.Table)
    )
    return any(each is not None and is_volatile_view(each, introspection) for each in relations)


def is_volatile_view(relation: Relation, introspection: Introspection) -> bool:
    """Whether a relation is a view that gives other rows each time it is read."""
    known: dict[str, bool] = introspection.derived.setdefault("volatile views", {})
    if relation.kind != "view":
        return False
    if relation.qualified not in known:
        # views that read each other are errors wherever they are read
        known[relation.qualified] = True
        tree = parse(relation.definition.rstrip().removesuffix(";"))
        known[relation.qualified] = tree is None or is_volatile(tree, introspection)
    return known[relation.qualified]
