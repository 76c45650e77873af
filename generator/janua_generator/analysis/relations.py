"""
The leaves of a FROM clause: tables and subqueries, and the columns that each offers.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from janua_generator.analysis.bodies import is_volatile, is_volatile_view, view_output
from janua_generator.analysis.constraints import refusals
from janua_generator.analysis.scope import Column, IsKey, Origin, Output, Scope, Source, no_key, renamed
from janua_generator.analysis.syntax import alias_columns, alias_of, name_of
from janua_generator.analysis.values import Family, Value, family_of, not_null, nullable
from janua_generator.catalog.model import Relation


def derived(item: exp.Expr, output: Output, scope: Scope, depends_on: tuple[Source, ...] = ()) -> Source:
    """A subquery in FROM. Without LATERAL it sees the outer query levels but not its neighbours."""
    return Source(
        alias_of(item),
        renamed(output.columns, alias_columns(item)),
        at_most_one=output.at_most_one,
        at_least_one=output.at_least_one,
        is_whole=output.is_whole,
        is_key=output.is_key,
        has_row=True,
        depends_on=depends_on,
        volatile=is_volatile(item, scope.environment.introspection),
    )


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
            is_key=cte.is_key,
            has_row=True,
        )
    relation = scope.environment.introspection.relation(name, schema)
    if relation is None:
        return Source(alias, None)
    columns = relation_columns(relation, scope)
    if relation.kind == "table" and relation.children and not item.args.get("only"):
        # the rows of inheritance children are of those tables, whose keys are others
        columns = tuple(replace(each, origin=None) for each in columns)
    names = alias_columns(item)
    is_whole = not item.args.get("only") and not item.args.get("sample")
    is_key: IsKey = no_key
    if relation.kind == "view":
        output = view_output(relation, scope)
        is_whole = is_whole and output.is_whole
        is_key = output.is_key
    return Source(
        alias,
        renamed(columns, names),
        None if names else relation,
        is_whole=is_whole,
        is_key=is_key,
        volatile=is_volatile_view(relation, scope.environment.introspection),
        is_renamed=bool(names),
        has_row=True,
    )


def relation_columns(relation: Relation, scope: Scope) -> tuple[Column, ...]:
    """The columns of a table, view or materialized view, with what is known of them."""
    types = scope.environment.introspection.types
    declared = tuple(
        Column(
            column.name,
            _declared_value(relation, column.name, column.not_null, family_of(column.type, types)),
            Origin(relation, column.name) if relation.kind in ("table", "partitioned table") else None,
            Origin(relation, column.name),
        )
        for column in relation.columns
    )
    if not relation.is_view:
        proven = refusals(relation, declared, scope)
        return tuple(
            replace(each, value=not_null(proven[each.name], each.value.family)) if each.name in proven else each
            for each in declared
        )
    computed = view_output(relation, scope).columns
    if computed is None or len(computed) != len(declared):
        return declared
    # a materialized view is as of another moment
    is_live = relation.kind == "view"
    return tuple(
        replace(column, value=found.value.with_family(column.value.family), origin=found.origin if is_live else None)
        for column, found in zip(declared, computed, strict=True)
    )


def _declared_value(relation: Relation, name: str, is_not_null: bool, family: Family) -> Value:
    if is_not_null:
        return not_null(f"{relation.name}.{name} is NOT NULL", family)
    what = f"a column of {relation.kind} {relation.name}" if relation.kind != "table" else f"{relation.name}.{name}"
    return nullable(f"{what} may be NULL", family)
