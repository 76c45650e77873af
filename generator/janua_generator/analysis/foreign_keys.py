"""
What foreign keys prove: the row that a row refers to is there.

PostgreSQL checks a key that is not deferrable at the end of each statement, so that every snapshot has
both rows. Nothing is proven in statements that lock or write: after waiting for another session they pair
a row's new version with what the old one referred to (EvalPlanQual, READ COMMITTED).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from janua_generator.analysis.nullability.columns import resolve
from janua_generator.analysis.scope import Origin, Reference, Referring, Scope, Source
from janua_generator.analysis.syntax import unwrapped
from janua_generator.analysis.values import Family, base_type, family_of

Pair = tuple[Reference, Origin]
"""A referring column, and the column of the whole table that it is compared with."""

_SAME_EQUALITY = (frozenset({"smallint", "integer", "bigint"}), frozenset({"text", "character varying"}))


def referring(predicates: Iterable[exp.Expr], target: Source, scope: Scope) -> Referring | None:
    """
    The columns for which a row of ``target`` always fulfils the predicates; None where no key says so.

    The predicates are equalities along one key and nothing else, and ``target`` is read whole: not filtered,
    sampled or thinned out by row level security.
    """
    pairs = [_pair(each, target, scope) for each in predicates]
    return along_key([each for each in pairs if each is not None], scope) if all(pairs) else None


def _pair(predicate: exp.Expr, target: Source, scope: Scope) -> Pair | None:
    predicate = unwrapped(predicate)
    if not isinstance(predicate, exp.EQ):
        return None
    left, right = unwrapped(predicate.this), unwrapped(predicate.expression)
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
        return None
    first, second = resolve(left, scope), resolve(right, scope)
    if first is None or second is None:
        return None
    if first.source is target:
        first, second = second, first
    return pair(first, second, target)


def referring_by_name(names: Iterable[str], target: Source, among: Iterable[Source], scope: Scope) -> Referring | None:
    """The same for USING: the columns of these names in one of the relations ``among`` which it joins."""
    pairs = []
    for name in names:
        other = target.column(name)
        offering = [(source, source.column(name)) for source in among if source.may_have(name)]
        (source, column), *rest = offering or [(target, None)]
        if other is None or column is None or rest:
            return None
        pairs.append(pair(Reference(scope, source, column), Reference(scope, target, other), target))
    return along_key([each for each in pairs if each is not None], scope) if all(pairs) else None


def pair(referring: Reference, referred: Reference, target: Source) -> Pair | None:
    """The two sides of an equality, where the second is a column of the whole of a table."""
    origin = referred.column.origin
    if referred.source is not target or referring.source is target or not target.is_whole or origin is None:
        return None
    return referring, origin


def along_key(pairs: Sequence[Pair], scope: Scope) -> Referring | None:
    """The columns of the foreign key that all pairs are of."""
    environment = scope.environment
    if not pairs or not environment.one_snapshot or "=" in environment.introspection.routines.redefined_operators:
        return None
    origins = [reference.column.origin for reference, _ in pairs]
    sources = {reference.source for reference, _ in pairs}
    compared = {(mine.column, other.column) for mine, (_, other) in zip(origins, pairs, strict=True) if mine}
    first, target = origins[0], pairs[0][1].relation
    if first is None or len(sources) > 1 or len(compared) < len(pairs):
        return None
    if any(mine is None or mine.relation is not first.relation for mine in origins) or target.row_security:
        return None
    for key in first.relation.foreign_keys:
        along = tuple(zip(key.columns, key.referenced_columns, strict=True))
        if key.dependable and key.references == target.qualified and compared <= set(along):
            references = _all_columns(key.columns, pairs[0][0])
            if references is not None and all(_same_equality(pair, scope) for pair in pairs):
                return Referring(references)
    return None


def _all_columns(names: tuple[str, ...], one: Reference) -> tuple[Reference, ...] | None:
    """
    All columns of a key in the row that ``one`` of them is of.

    Those of a query's result need not be of one row, so there a key has one column only.
    """
    if len(names) == 1:
        return (one,)
    relation = one.source.relation
    columns = [one.source.column(name) for name in names] if relation is not None and not relation.is_view else [None]
    return tuple(Reference(one.scope, one.source, each) for each in columns if each) if all(columns) else None


def _same_equality(pair: Pair, scope: Scope) -> bool:
    """Whether ``=`` of the two types is the key's own: a char(n) is compared otherwise with text."""
    types = scope.environment.introspection.types
    reference, other = pair
    assert reference.column.origin is not None
    left, right = (base_type(each.type, types) for each in (reference.column.origin, other))
    exact = left == right and family_of(left, types) is not Family.COMPOSITE
    return exact or any({left, right} <= same for same in _SAME_EQUALITY)
