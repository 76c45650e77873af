"""
The leaves of a FROM clause: tables, subqueries and functions, and the columns that each offers.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from janua_generator.analysis.bodies import columns_of_function, sole_function, view_output
from janua_generator.analysis.nullability import evaluate, resolve
from janua_generator.analysis.scope import Column, Origin, Output, Scope, Source, columns_named, renamed
from janua_generator.analysis.syntax import (
    alias_columns,
    alias_of,
    function_name,
    name_of,
    parameter_number,
    type_name,
    unwrapped,
)
from janua_generator.analysis.values import Family, Value, base_type, family_of, not_null, nullable
from janua_generator.catalog.model import Function, Relation


def derived(item: exp.Expr, output: Output, scope: Scope, depends_on: tuple[Source, ...] = ()) -> Source:
    """A subquery in FROM. Without LATERAL it sees the outer query levels but not its neighbours."""
    return Source(
        alias_of(item),
        renamed(output.columns, alias_columns(item)),
        at_most_one=output.at_most_one,
        at_least_one=output.at_least_one,
        is_whole=output.is_whole,
        depends_on=depends_on,
        volatile=_is_volatile(item, scope),
    )


def _is_volatile(item: exp.Expr, scope: Scope) -> bool:
    """Whether reading it twice may give two results."""
    volatile = scope.environment.introspection.routines.volatile
    return any(function_name(call) in volatile for call in item.find_all(exp.Func))


def table(item: exp.Table, scope: Scope) -> Source:
    name = name_of(item.this)
    schema = name_of(item.args["db"]) if item.args.get("db") else ""
    alias = alias_of(item) or name
    if not schema and name in scope.ctes:
        cte = scope.ctes[name]
        return Source(
            alias,
            renamed(cte.columns, alias_columns(item)),
            at_most_one=cte.at_most_one,
            at_least_one=cte.at_least_one,
            is_whole=cte.is_whole,
        )
    relation = scope.environment.introspection.catalog.relation(name, schema or None)
    if relation is None:
        return Source(alias, None)
    columns = relation_columns(relation, scope)
    if relation.kind == "table" and relation.children and not item.args.get("only"):
        # the rows of inheritance children are of those tables, whose keys are others
        columns = tuple(replace(each, origin=None) for each in columns)
    names = alias_columns(item)
    is_whole = not item.args.get("only") and not item.args.get("sample")
    if relation.kind == "view":
        is_whole = is_whole and view_output(relation, scope).is_whole
    return Source(alias, renamed(columns, names), None if names else relation, is_whole=is_whole)


def relation_columns(relation: Relation, scope: Scope) -> tuple[Column, ...]:
    """The columns of a table, view or materialized view, with what is known of them."""
    types = scope.environment.introspection.types
    declared = tuple(
        Column(
            column.name,
            _declared_value(relation, column.name, column.not_null, family_of(column.type, types)),
            Origin(relation, column.name) if relation.kind in ("table", "partitioned table") else None,
        )
        for column in relation.columns
    )
    if not relation.is_view:
        return declared
    computed = view_output(relation, scope).columns
    if computed is None or len(computed) != len(declared):
        return declared
    # a materialized view is as of another moment
    is_live = relation.kind == "view"
    return tuple(
        Column(column.name, found.value.with_family(column.value.family), found.origin if is_live else None)
        for column, found in zip(declared, computed, strict=True)
    )


def _declared_value(relation: Relation, name: str, is_not_null: bool, family: Family) -> Value:
    if is_not_null:
        return not_null(f"{relation.name}.{name} is NOT NULL", family)
    what = f"a column of {relation.kind} {relation.name}" if relation.kind != "table" else f"{relation.name}.{name}"
    return nullable(f"{what} may be NULL", family)


def called(item: exp.Expr, scope: Scope, neighbours: tuple[Source, ...]) -> Source:
    """
    A function in FROM, ``unnest``, ROWS FROM, or anything else whose columns only the server knows.

    ``scope`` is that of its arguments, which see the ``neighbours`` to its left.
    """
    alias = alias_of(item)
    names = alias_columns(item)
    call = item.this if isinstance(item, (exp.Table, exp.Lateral)) else item
    if isinstance(call, exp.Unnest) and len(call.expressions) == len(names):
        if not all(_has_plain_elements(each, scope) for each in call.expressions):
            # an element that is a row has a column for each of its fields, under names that the alias need not give
            return Source(alias, None)
        offset = call.args.get("offset")
        counted = (Column(name_of(offset), not_null("a position", Family.INTEGER)),) if offset else ()
        return Source(alias, columns_named(names, nullable("an element may be NULL")) + counted)
    if _has_definitions(item):
        return Source(alias, columns_named(names, nullable("a column of a record")))
    if item.args.get("ordinality"):
        return Source(alias, None)
    redefined = scope.environment.introspection.routines.redefined
    if isinstance(call, exp.ExplodingGenerateSeries) and "generate_series" not in redefined:
        arguments = [evaluate(each, scope) for each in call.iter_expressions()]
        proven = not any(each.nullable for each in arguments)
        value = not_null("generate_series gives no NULL") if proven else nullable("an argument may be NULL")
        name = names[0] if names else alias or "generate_series"
        return Source(alias or "generate_series", (Column(name, value),))
    function = _catalogued(item, call, scope)
    if function is None:
        return Source(alias or function_name(call), None)
    columns = columns_of_function(function, scope) if sole_function(function.name, scope) is function else None
    if columns is None:
        columns = columns_named(
            [name for name, _ in function.output], nullable(f"a result of function {function.name}")
        )
    if not columns:
        columns = columns_named([alias or function.name], nullable(f"the result of function {function.name}"))
    return Source(
        alias or function.name,
        renamed(columns, names),
        at_most_one=function.name not in scope.environment.introspection.routines.set_returning,
        depends_on=neighbours,
        volatile=True,
    )


def _has_plain_elements(node: exp.Expr, scope: Scope) -> bool:
    """Whether it is an array whose elements are no rows, for all that its expression tells."""
    types = scope.environment.introspection.types
    name = _array_type(unwrapped(node), scope)
    element = base_type(base_type(name, types).replace("[]", ""), types)
    if not element:
        return isinstance(node, exp.Array) and all(
            evaluate(each, scope).family not in (Family.COMPOSITE, Family.OTHER) for each in node.expressions
        )
    if element == "tsvector":
        # its own unnest gives three columns
        return False
    found = types.get(element)
    return family_of(element, types) is not Family.OTHER if found is None else found.kind not in ("composite", "pseudo")


def _array_type(node: exp.Expr, scope: Scope) -> str:
    """The type that an expression is declared with, or an empty string."""
    environment = scope.environment
    if isinstance(node, exp.Cast):
        return type_name(node.args["to"])
    if isinstance(node, exp.Parameter):
        type_ = environment.parameter_types.get(parameter_number(node) or 0)
        return type_.name if type_ is not None else ""
    if isinstance(node, exp.Column):
        reference = resolve(node, scope)
        origin = reference.column.origin if reference is not None else None
        return origin.type if origin is not None else ""
    return environment.introspection.routines.results.get(function_name(node), "")


def _has_definitions(item: exp.Expr) -> bool:
    """Whether the alias spells out every column: ``AS t (a integer, b text)``."""
    alias = item.args.get("alias")
    columns = alias.args.get("columns") or [] if isinstance(alias, exp.TableAlias) else []
    return bool(columns) and all(isinstance(column, exp.ColumnDef) for column in columns)


def _catalogued(item: exp.Expr, call: exp.Expr, scope: Scope) -> Function | None:
    """The function of the migrations that is called, where its name has no overloads."""
    functions = scope.environment.introspection.catalog.functions_by_name.get(function_name(call), ())
    schema = name_of(item.args["db"]) if item.args.get("db") else ""
    candidates = [each for each in functions if not schema or each.schema == schema]
    return candidates[0] if len(candidates) == 1 else None
