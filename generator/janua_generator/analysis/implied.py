"""
Whether a query's own conditions contain the predicate of a partial index, so that its uniqueness holds for the query.
"""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.nullability import resolve
from janua_generator.analysis.plain import alternatives, asserted, means_the_same, plain
from janua_generator.analysis.scope import Scope, Source
from janua_generator.analysis.syntax import conjuncts, name_of, parse, unwrapped
from janua_generator.catalog.model import Relation


def is_implied(predicate: str, source: Source, scope: Scope) -> bool:
    """Whether every conjunct of a partial index's predicate holds in all rows of this relation that take part."""
    tree, relation = parse(f"SELECT 1 WHERE {predicate}"), source.relation
    where = tree.args.get("where") if tree is not None else None
    if where is None or relation is None or not means_the_same(where, scope.environment.introspection):
        return False
    given = [
        condition.predicate
        for condition in scope.conditions
        if source in condition.sources and _speaks_of(condition.predicate, source, scope)
    ]
    return all(_follows(each, given, source, relation, scope) for each in conjuncts(where.this))


def _speaks_of(predicate: exp.Expr, source: Source, scope: Scope) -> bool:
    references = [resolve(column, scope) for column in predicate.find_all(exp.Column)]
    return bool(references) and all(each is not None and each.source is source for each in references)


def _follows(needed: exp.Expr, given: list[exp.Expr], source: Source, relation: Relation, scope: Scope) -> bool:
    introspection = scope.environment.introspection
    spelled = [(plain(core, relation, introspection), holds) for core, holds in map(asserted, [needed, *given])]
    return (
        spelled[0] in spelled[1:]
        or _is_known(needed, source)
        or any(_is_narrower(each, needed, relation, scope) for each in given)
    )


def _is_known(needed: exp.Expr, source: Source) -> bool:
    """``c IS NOT NULL`` follows from whatever refuses a NULL in c."""
    test, holds = asserted(needed)
    is_not_null = isinstance(test, exp.Is) and isinstance(test.expression, exp.Null)
    column = unwrapped(test.this) if isinstance(test, exp.Is) else None
    if not is_not_null or holds is not bool(test.args.get("negate")) or not isinstance(column, exp.Column):
        return False
    own = source.column(name_of(column.this))
    return own is not None and not source.present_value(own).nullable


def _is_narrower(given: exp.Expr, needed: exp.Expr, relation: Relation, scope: Scope) -> bool:
    """``c IN (a, b)`` follows from ``c = a``, where the values are written out."""
    few, many = alternatives(given), alternatives(needed)
    if few is None or many is None:
        return False
    introspection = scope.environment.introspection
    sets = []
    for operand, values in (few, many):
        spelled = {plain(each, relation, introspection) for each in values}
        if any(each.find(exp.Column, exp.Parameter) is not None for each in values):
            return False
        sets.append((plain(operand, relation, introspection), spelled))
    return sets[0][0] == sets[1][0] and sets[0][1] <= sets[1][1]
