"""
Which relations of a query are *fixed*: at most one of their rows takes part.

A relation is fixed where equalities tie every column of one of its unique keys to values that are the same
for all rows: constants, parameters, or columns of a fixed relation. A join of fixed relations has at most one row.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from janua_generator.analysis.nullability import evaluate, resolve
from janua_generator.analysis.scope import Column, Scope, Source
from janua_generator.analysis.syntax import (
    conjuncts,
    name_of,
    parameter_number,
    parse,
    type_name,
    unwrapped,
)
from janua_generator.analysis.values import Family, base_type, family_of
from janua_generator.catalog.model import Key, PgType

# Comparing as floating point makes different values equal, and so does a time zone's change of hour.
_EXACT = frozenset({Family.INTEGER, Family.UUID, Family.BOOLEAN, Family.ENUM, Family.BYTES})


def all_fixed(scope: Scope) -> bool:
    """Whether the join has one row at most. A FULL JOIN of one row with one row may have two."""
    alone = {source for source in scope.sources if source.at_most_one}
    return not scope.has_full_join and set(scope.sources) <= fixed_sources(scope) | alone


def fixed_sources(scope: Scope) -> set[Source]:
    """The relations that contribute the same row, or none, to all rows of the join."""
    fixed: set[Source] = set()
    while True:
        more = {source for source in scope.sources if source not in fixed and _is_fixed(source, fixed, scope)}
        if not more:
            return fixed
        fixed |= more


def _is_fixed(source: Source, fixed: set[Source], scope: Scope) -> bool:
    if source.at_most_one and not source.volatile and set(source.depends_on) <= fixed:
        return True
    return _is_found_by_key(source, fixed, scope)


def _is_found_by_key(source: Source, fixed: set[Source], scope: Scope) -> bool:
    if source.relation is None:
        return False
    tied = _tied_columns(source, fixed, scope)
    own = {column.name for column in source.columns or ()}
    return any(
        key.proves_uniqueness
        and key.columns
        and set(key.columns) <= tied
        and set(key.columns) <= own
        and (not key.predicate or _implied(key, source, scope))
        for key in source.relation.keys
    )


def _tied_columns(source: Source, fixed: set[Source], scope: Scope) -> set[str]:
    tied: set[str] = set()
    if "=" in scope.environment.introspection.routines.redefined_operators:
        return tied
    for condition in scope.conditions:
        if source not in condition.sources or not isinstance(condition.predicate, exp.EQ):
            continue
        left, right = unwrapped(condition.predicate.this), unwrapped(condition.predicate.expression)
        for column, other in ((left, right), (right, left)):
            if not isinstance(column, exp.Column):
                continue
            reference = resolve(column, scope)
            if reference is None or reference.source is not source:
                continue
            if is_constant(other, fixed, scope) and _compares_exactly(reference.column, other, scope):
                tied.add(reference.column.name)
    return tied


def is_constant(node: exp.Expr, fixed: set[Source], scope: Scope) -> bool:
    """Whether the expression has one value for all rows: columns only of fixed relations or outer queries."""
    node = unwrapped(node)
    if isinstance(node, (exp.Literal, exp.Parameter, exp.Boolean)):
        return True
    if isinstance(node, (exp.Cast, exp.Neg)):
        return is_constant(node.this, fixed, scope)
    if isinstance(node, exp.Column):
        reference = resolve(node, scope)
        return reference is not None and (reference.scope is not scope or reference.source in fixed)
    if isinstance(node, exp.Subquery):
        return _is_uncorrelated(node, scope)
    return False


def _is_uncorrelated(node: exp.Expr, scope: Scope) -> bool:
    """An uncorrelated subquery is computed once. Names that might be this query's own count as correlated."""
    aliases = {source.alias for source in scope.sources}
    for column in node.find_all(exp.Column):
        table = column.args.get("table")
        name = name_of(column.this if table is None else table)
        if name in aliases or (table is None and any(source.may_have(name) for source in scope.sources)):
            return False
    return True


def _compares_exactly(column: Column, other: exp.Expr, scope: Scope) -> bool:
    """Whether equality means what the unique index means by it."""
    value = evaluate(other, scope)
    if value.family is Family.LITERAL or _has_type_of(other, column, scope):
        return True
    if column.value.family is Family.TEXT:
        return value.family is Family.TEXT
    return column.value.family in _EXACT and value.family is column.value.family


def _has_type_of(node: exp.Expr, column: Column, scope: Scope) -> bool:
    """Whether a parameter or column has the very type that the table's column is declared with, domains aside."""
    types = scope.environment.introspection.types
    declared = [
        base_type(source.relation.by_name[column.name].type, types)
        for source in scope.sources
        if source.relation is not None and source.column(column.name) is column
    ]
    found = _declared_type(unwrapped(node), scope)
    return bool(declared) and found is not None and base_type(found, types) == declared[0]


def _declared_type(node: exp.Expr, scope: Scope) -> str | None:
    if isinstance(node, exp.Parameter):
        type_ = scope.environment.parameter_types.get(parameter_number(node) or 0)
        return type_.name if type_ is not None else None
    reference = resolve(node, scope) if isinstance(node, exp.Column) else None
    if reference is None or reference.source.relation is None:
        return None
    return reference.source.relation.by_name[reference.column.name].type


def _implied(key: Key, source: Source, scope: Scope) -> bool:
    """Whether the query's own conditions contain every conjunct of a partial index's predicate."""
    tree = parse(f"SELECT 1 WHERE {key.predicate}")
    where = tree.args.get("where") if tree is not None else None
    if where is None:
        return False
    types = scope.environment.introspection.types
    needed = {_plain(each, types) for each in conjuncts(where.this)}
    given = {
        _plain(condition.predicate, types)
        for condition in scope.conditions
        if source in condition.sources and _speaks_of(condition.predicate, source, scope)
    }
    return needed <= given


def _speaks_of(predicate: exp.Expr, source: Source, scope: Scope) -> bool:
    references = [resolve(column, scope) for column in predicate.find_all(exp.Column)]
    return bool(references) and all(each is not None and each.source is source for each in references)


def _plain(predicate: exp.Expr, types: Mapping[str, PgType]) -> str:
    """
    A predicate without qualifiers, so that ``u.deleted_at IS NULL`` is ``deleted_at IS NULL``.

    And without the casts that the server shows: ``status = 'active'::text``. A cast to a type whose
    equality is another one, or that shortens, stays.
    """

    def strip(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            return exp.column(node.this.copy())
        if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
            name = type_name(node.args["to"])
            return node.this if name == "text" or family_of(name, types) is Family.ENUM else node
        return node.this if isinstance(node, exp.Paren) else node

    return predicate.copy().transform(strip).sql(dialect="postgres", normalize=True)
