"""
Walk a FROM clause: which relations it joins, and what each join does to them.

An outer join extends every relation on its nullable side. An ON condition is learned from by
the side that it filters: both for an inner join, only the nullable side for an outer one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlglot import exp

from janua_generator.analysis import foreign_keys
from janua_generator.analysis.nullability.predicates import true_facts
from janua_generator.analysis.relations import derived, table
from janua_generator.analysis.scope import JOIN_IDS, Column, Condition, Equality, Referring, Scope, Source, renamed
from janua_generator.analysis.syntax import alias_columns, alias_of, conjuncts, name_of, unwrapped
from janua_generator.analysis.table_functions import called
from janua_generator.analysis.values import not_null, nullable

Star = list[tuple[Source, Column]]


@dataclass(slots=True)
class Group:
    """
    A part of the FROM tree: its relations and what ``*`` means over it (None where that cannot be told).

    ``at_least_one``: it gives a row for sure.
    """

    sources: list[Source] = field(default_factory=list)
    merged: list[Source] = field(default_factory=list)
    star: Star | None = field(default_factory=list)
    at_least_one: bool = True

    @property
    def all_sources(self) -> list[Source]:
        """Its relations and the columns that USING merged."""
        return self.sources + self.merged


def enter_from(select: exp.Expr, scope: Scope) -> None:
    """Bring the relations of a SELECT's FROM clause into its scope."""
    from_ = select.args.get("from_")
    if isinstance(from_, exp.From):
        enter_items([from_.this], select.args.get("joins") or [], scope)


def enter_items(items: Iterable[exp.Expr], joins: Iterable[exp.Expr], scope: Scope) -> None:
    """Bring these FROM items, and what is joined to the last, into the scope beside what it already has."""
    group = Group()
    *others, last = items
    for item in others:
        group = _crossed(group, _walk(item, scope, group))
    group = _crossed(group, _walk(last, scope, group, joins))
    scope.sources += group.sources
    scope.merged += group.merged
    scope.at_least_one = scope.at_least_one and group.at_least_one
    if scope.star is not None:
        scope.star = None if group.star is None else scope.star + group.star


def _walk(item: exp.Expr, scope: Scope, left: Group, joins: Iterable[exp.Expr] = ()) -> Group:
    """
    An item and what is joined to it; ``left`` is what a LATERAL item may see besides.

    The tree keeps commas among the joins, though they bind less: what NATURAL and ON are about
    does not reach over them.
    """
    done, current = Group(), _leaf(item, scope, left)
    for join in (*(item.args.get("joins") or ()), *joins):
        before = _crossed(left, done)
        if not isinstance(join, exp.Join):
            continue
        if _is_comma(join):
            done = _crossed(done, current)
            current = _walk(join.this, scope, _crossed(before, current))
        else:
            current = _joined(current, join, scope, before)
    return _crossed(done, current)


def _is_comma(join: exp.Join) -> bool:
    return not any(join.args.get(part) for part in ("side", "kind", "method", "on", "using"))


def _leaf(item: exp.Expr, scope: Scope, left: Group) -> Group:
    match item:
        case exp.Subquery() if _is_from_item(item.this):
            return _parenthesised(item, scope, left)
        case exp.Subquery():
            output = scope.sibling().output_of(item.this)
            return _single(derived(item, output, scope))
        case exp.Lateral() if isinstance(item.this, exp.Subquery):
            output = _lateral_scope(scope, left).output_of(item.this.this)
            return _single(derived(item, output, scope, (*scope.sources, *left.sources)))
        case exp.Values():
            return _single(derived(item, scope.sibling().output_of(item), scope))
        case exp.Table() if isinstance(item.this, exp.Values):
            # a VALUES list that begins a parenthesised join
            return _single(derived(item, scope.sibling().output_of(item.this), scope))
        case exp.Table() if isinstance(item.this, exp.Identifier):
            return _single(table(item, scope))
        case _:
            return _single(called(item, _lateral_scope(scope, left), (*scope.sources, *left.sources)))


def _is_from_item(node: exp.Expr) -> bool:
    """Whether what stands in parentheses is a relation or a join of such, and not a query."""
    if isinstance(node, exp.Subquery):
        return bool(node.args.get("alias") or node.args.get("joins")) or _is_from_item(node.this)
    if isinstance(node, (exp.Query, exp.Values)):
        return isinstance(node, exp.Values) and bool(node.args.get("alias") or node.args.get("joins"))
    return True


def _parenthesised(item: exp.Subquery, scope: Scope, left: Group) -> Group:
    group = _walk(item.this, scope, left)
    alias = alias_of(item)
    if not alias:
        return group
    # `(a JOIN b …) AS x` hides a and b: the columns are seen through one relation.
    columns = None
    if group.star is not None:
        columns = tuple(replace(column, value=source.value(column)) for source, column in group.star)
    return _single(Source(alias, renamed(columns, alias_columns(item)), at_least_one=group.at_least_one))


def _single(source: Source) -> Group:
    star = None if source.columns is None else [(source, column) for column in source.columns]
    return Group([source], [], star, source.at_least_one)


def _lateral_scope(scope: Scope, left: Group) -> Scope:
    """A LATERAL item also sees what stands to its left."""
    visible = scope.sibling()
    visible.sources = scope.sources + left.sources
    visible.merged = scope.merged + left.merged
    visible.matched_by = scope.matched_by
    return visible.child()


def _crossed(left: Group, right: Group) -> Group:
    star = None if left.star is None or right.star is None else left.star + right.star
    at_least_one = left.at_least_one and right.at_least_one
    return Group(left.sources + right.sources, left.merged + right.merged, star, at_least_one)


def _joined(left: Group, join: exp.Join, scope: Scope, before: Group) -> Group:
    """Join one more item to ``left``; ``before`` is what a LATERAL item may also see."""
    right = _walk(join.this, scope, _crossed(before, left))
    names = _merged_names(left, join, right)
    if names is None:
        result = Group(left.sources + right.sources, left.merged + right.merged, None, False)
        _extend_all(result)
        return result
    side = join.side.upper()
    scope.has_full_join = scope.has_full_join or side == "FULL"
    if not side:
        _filter(scope, join, names, left, right, left.all_sources + right.all_sources)
    elif side == "LEFT":
        _filter(scope, join, names, left, right, right.all_sources)
    elif side == "RIGHT":
        _filter(scope, join, names, left, right, left.all_sources)
    result = _crossed(left, right)
    result.at_least_one = _gives_a_row(left, right, join, names)
    if names:
        _merge(result, left, right, names, side)
    if side in ("LEFT", "FULL"):
        _extend(scope, left, right, join, names)
    if side in ("RIGHT", "FULL"):
        _extend(scope, right, left, join, names)
    return result


def _gives_a_row(left: Group, right: Group, join: exp.Join, names: list[str]) -> bool:
    match join.side.upper():
        case "LEFT":
            return left.at_least_one
        case "RIGHT":
            return right.at_least_one
        case "FULL":
            return left.at_least_one or right.at_least_one
        case _:
            return left.at_least_one and right.at_least_one and _always_matches(join, names)


def _always_matches(join: exp.Join, names: list[str]) -> bool:
    on = [unwrapped(each) for each in conjuncts(join.args.get("on"))]
    return not names and all(isinstance(each, exp.Boolean) and each.this for each in on)


def _merged_names(left: Group, join: exp.Join, right: Group) -> list[str] | None:
    """The columns that USING or NATURAL merges; None where NATURAL cannot be resolved."""
    if join.method.upper() == "NATURAL":
        if left.star is None or right.star is None:
            return None
        offered = {column.name for _, column in right.star}
        return [column.name for _, column in left.star if column.name in offered]
    return [name_of(each) for each in join.args.get("using") or ()]


def _extend_all(group: Group) -> None:
    """What a join does cannot be told: nothing about its relations is relied on."""
    join_id = next(JOIN_IDS)
    for source in group.all_sources:
        source.columns = None
        source.extended_by.add(join_id)


def _filter(scope: Scope, join: exp.Join, names: list[str], left: Group, right: Group, filtered: list[Source]) -> None:
    """Let the relations that the join condition filters learn from it."""
    visible = _lateral_scope(scope, _crossed(left, right))
    within = visible.parent
    assert within is not None
    for predicate in conjuncts(join.args.get("on")):
        within.learn(true_facts(predicate, within), among=filtered)
        scope.conditions.append(Condition(predicate, tuple(filtered)))
    for name in names:
        pairs = [(source, name) for source in filtered if source.column(name) is not None]
        if all(len([1 for s in side.all_sources if s.column(name)]) == 1 for side in (left, right)):
            within.learn(pairs, among=filtered)
        offered = _offering(left, name), _offering(right, name)
        if offered[0] is not None and offered[1] is not None:
            scope.equalities.append(Equality(offered[0], offered[1], tuple(filtered)))


def _extend(scope: Scope, kept: Group, extended: Group, join: exp.Join, names: list[str]) -> None:
    """
    Let an outer join replace what finds no partner among the rows that it keeps.

    None is replaced where there is a partner for all of them: one row at least and no condition, or the row
    that a foreign key refers to.
    """
    if join.side.upper() != "FULL" and extended.at_least_one and _always_matches(join, names):
        return
    join_id = next(JOIN_IDS)
    referring = _referring(scope, kept, extended, join, names)
    if referring is not None and referring.is_sure_where_present:
        # the two are there together, or neither
        joins = set(referring.source.extended_by)
        extended.sources[0].referred_to_by = f"{referring.source.alias}.{referring.references[0].column.name}"
    else:
        joins = {join_id}
        if referring is not None:
            scope.matched_by[join_id] = referring
    for source in extended.all_sources:
        source.extended_by |= joins


def _referring(scope: Scope, kept: Group, extended: Group, join: exp.Join, names: list[str]) -> Referring | None:
    if join.side.upper() == "FULL" or len(extended.sources) > 1 or not scope.environment.one_snapshot:
        return None
    (target,) = extended.sources
    if names:
        return foreign_keys.referring_by_name(names, target, kept.sources, scope)
    visible = _lateral_scope(scope, _crossed(kept, extended)).parent
    assert visible is not None
    found = foreign_keys.referring(conjuncts(join.args.get("on")), target, visible)
    return found if found is not None and found.source in kept.sources else None


def _merge(result: Group, left: Group, right: Group, names: list[str], side: str) -> None:
    """Add the columns that USING merged, as one more relation without a name."""
    leading = right if side == "RIGHT" else left
    pairs = [(_offering(left, name), _offering(right, name)) for name in names]
    if any(first is None or second is None for first, second in pairs):
        result.star = None
        for source in result.all_sources:
            source.columns = None
        return
    for name, (first, second) in zip(names, pairs, strict=True):
        assert first is not None
        assert second is not None
        source, column = second if leading is right else first
        if side == "FULL":
            both = first[0].value(first[1]).nullable or second[0].value(second[1]).nullable
            value = nullable("both sides may be NULL") if both else not_null("one side of the join is there")
            merged = Source("", (Column(name, value.with_family(column.value.family)),))
        else:
            merged = Source("", (column,), stands_for=source.stands_for or (source, column))
            merged.extended_by, merged.known = set(source.extended_by), set(source.known)
        result.merged.append(merged)
    if result.star is not None and left.star is not None and right.star is not None:
        merged_star: Star = [(source, source.columns[0]) for source in result.merged[-len(names) :] if source.columns]
        rest = [(s, c) for s, c in left.star + right.star if c.name not in names]
        result.star = merged_star + rest


def _offering(group: Group, name: str) -> tuple[Source, Column] | None:
    found = [(s, c) for s, c in group.star or () if c.name == name]
    return found[0] if len(found) == 1 else None
