"""
Columns that never hold NULL though they are not declared so: by a CHECK constraint, or by how they are computed.

Both hold of every row that is stored: BEFORE triggers come first. Nothing is proven of what other servers keep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from janua_generator.analysis.nullability import evaluate
from janua_generator.analysis.nullability.checks import facts_where_not_false
from janua_generator.analysis.plain import means_the_same
from janua_generator.analysis.scope import Column, Computed, Scope, Source
from janua_generator.analysis.syntax import parse
from janua_generator.catalog.model import Relation


def refusals(relation: Relation, columns: tuple[Column, ...], scope: Scope) -> Mapping[str, str]:
    """Return the columns of a table that are never NULL beyond those of NOT NULL, each with the reason."""
    known: dict[str, Mapping[str, str]] = scope.environment.introspection.derived.setdefault("refusals", {})
    if relation.qualified not in known:
        known[relation.qualified] = {}
        if relation.kind in ("table", "partitioned table") and _is_all_here(relation, scope):
            own = Scope(replace(scope.environment, nullable_parameters=frozenset(), parameter_types={}))
            own.sources.append(Source(relation.name, columns, relation))
            known[relation.qualified] = dict(_refusals(relation, own))
    return known[relation.qualified]


def _is_all_here(relation: Relation, scope: Scope) -> bool:
    """Whether no row is kept on another server, nor in a table of which nothing is known."""
    below = [scope.environment.introspection.catalog.by_qualified_name.get(child) for child in relation.children]
    if relation.kind == "foreign table":
        return False
    return all(each is not None and _is_all_here(each, scope) for each in below)


def _refusals(relation: Relation, scope: Scope) -> Iterator[tuple[str, str]]:
    for constraint in relation.constraints:
        if constraint.kind != "check" or not constraint.validated or (constraint.no_inherit and relation.children):
            continue
        condition = _condition(constraint.definition)
        for fact in facts_where_not_false(condition, scope) if condition is not None else ():
            if isinstance(fact, Computed):
                continue
            _, name = fact
            yield name, f"{constraint.name} refuses NULL in {relation.name}.{name}"
            scope.sources[0].known.add(name)
    if relation.children:
        # each may compute the column in its own way
        return
    for column in relation.columns:
        tree = parse(f"SELECT {column.default}") if column.generated else None
        # what a function of the project's own gave when the row was stored, it need not give today
        if isinstance(tree, exp.Select) and means_the_same(tree, scope.environment.introspection):
            value = evaluate(tree.expressions[0], scope)
            if not value.nullable:
                yield column.name, f"{relation.name}.{column.name} is computed: {value.why}"


def _condition(definition: str) -> exp.Expr | None:
    """The condition in ``CHECK (…)``."""
    found = re.fullmatch(r"CHECK (\(.*\))(?: NO INHERIT)?(?: NOT VALID)?(?: NOT ENFORCED)?", definition, re.DOTALL)
    tree = parse(f"SELECT 1 WHERE {found[1]}") if found else None
    where = tree.args.get("where") if tree is not None else None
    return where.this if isinstance(where, exp.Where) else None
