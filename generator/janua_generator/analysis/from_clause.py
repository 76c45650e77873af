"""
Walk a FROM clause: which relations it joins, and what each join does to them.

An outer join extends every relation on its nullable side. An ON condition is learned from by
the side that it filters: both for an inner join, only the nullable side for an outer one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from janua_generator.analysis import statements
from janua_generator.analysis.bodies import columns_of_function, sole_function
from janua_generator.analysis.nullability import evaluate
from janua_generator.analysis.predicates import true_facts
from janua_generator.analysis.scope import Column, Condition, Output, Scope, Source, columns_named, renamed
from janua_generator.analysis.syntax import alias_columns, alias_of, conjuncts, function_name, name_of
from janua_generator.analysis.values import Family, Value, family_of, not_null, nullable
from janua_generator.catalog.model import Function, Relation

Star = list[tuple[Source, Column]]


@dataclass(slots=True)
class Group:
    """A part of the FROM tree: its relations and what ``*`` means over it (None where that cannot be told)."""

    sources: list[Source] = field(default_factory=list)
    merged: list[Source] = field(default_factory=list)
    star: Star | None = field(default_factory=list)

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
            output = statements.output_of(item.this, scope.sibling())
            return _single(_derived(item, output, scope))
        case exp.Lateral() if isinstance(item.this, exp.Subquery):
            output = statements.output_of(item.this.this, _lateral_scope(scope, left))
            return _single(_derived(item, output, scope, (*scope.sources, *left.sources)))
        case exp.Values():
            return _single(_derived(item, statements.output_of(item, scope.sibling()), scope))
        case exp.Table() if isinstance(item.this, exp.Identifier):
            return _single(_table(item, scope))
        case _:
            return _single(_function(item, scope, left))


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
        columns = tuple(Column(column.name, source.value(column)) for source, column in group.star)
    return _single(Source(alias, renamed(columns, alias_columns(item))))


def _single(source: Source) -> Group:
    star = None if source.columns is None else [(source, column) for column in source.columns]
    return Group([source], [], star)


def _derived(item: exp.Expr, output: Output, scope: Scope, depends_on: tuple[Source, ...] = ()) -> Source:
    """A subquery in FROM. Without LATERAL it sees the outer query levels but not its neighbours."""
    return Source(
        alias_of(item),
        renamed(output.columns, alias_columns(item)),
        at_most_one=output.at_most_one,
        depends_on=depends_on,
        volatile=_is_volatile(item, scope),
    )


def _is_volatile(item: exp.Expr, scope: Scope) -> bool:
    """Whether reading it twice may give two results."""
    volatile = scope.environment.introspection.routines.volatile
    return any(function_name(call) in volatile for call in item.find_all(exp.Func))


def _lateral_scope(scope: Scope, left: Group) -> Scope:
    """A LATERAL item also sees what stands to its left."""
    visible = scope.sibling()
    visible.sources = scope.sources + left.sources
    visible.merged = scope.merged + left.merged
    return visible.child()


def _table(item: exp.Table, scope: Scope) -> Source:
    name = name_of(item.this)
    schema = name_of(item.args["db"]) if item.args.get("db") else ""
    alias = alias_of(item) or name
    if not schema and name in scope.ctes:
        cte = scope.ctes[name]
        return Source(alias, renamed(cte.columns, alias_columns(item)), at_most_one=cte.at_most_one)
    relation = scope.environment.introspection.catalog.relation(name, schema or None)
    if relation is None:
        return Source(alias, None)
    columns = relation_columns(relation, scope)
    names = alias_columns(item)
    return Source(alias, renamed(columns, names), None if names else relation)


def relation_columns(relation: Relation, scope: Scope) -> tuple[Column, ...]:
    """The columns of a table, view or materialized view, with what is known of them."""
    types = scope.environment.introspection.types
    declared = tuple(
        Column(
            column.name,
            _declared_value(relation, column.name, column.not_null, family_of(column.type, types)),
        )
        for column in relation.columns
    )
    if not relation.is_view:
        return declared
    computed = statements.view_output(relation, scope).columns
    if computed is None or len(computed) != len(declared):
        return declared
    return tuple(
        Column(column.name, computed[at].value.with_family(column.value.family)) for at, column in enumerate(declared)
    )


def _declared_value(relation: Relation, name: str, is_not_null: bool, family: Family) -> Value:
    if is_not_null:
        return not_null(f"{relation.name}.{name} is NOT NULL", family)
    what = f"a column of {relation.kind} {relation.name}" if relation.kind != "table" else f"{relation.name}.{name}"
    return nullable(f"{what} may be NULL", family)


def _function(item: exp.Expr, scope: Scope, left: Group) -> Source:
    """A function in FROM, ``unnest``, ROWS FROM, or anything else whose columns only the server knows."""
    alias = alias_of(item)
    names = alias_columns(item)
    call = item.this if isinstance(item, (exp.Table, exp.Lateral)) else item
    if isinstance(call, exp.Unnest) and len(call.expressions) == len(names):
        offset = call.args.get("offset")
        counted = (Column(name_of(offset), not_null("a position", Family.INTEGER)),) if offset else ()
        return Source(alias, columns_named(names, nullable("an element may be NULL")) + counted)
    if _has_definitions(item):
        return Source(alias, columns_named(names, nullable("a column of a record")))
    if item.args.get("ordinality"):
        return Source(alias, None)
    redefined = scope.environment.introspection.routines.redefined
    if isinstance(call, exp.ExplodingGenerateSeries) and "generate_series" not in redefined:
        arguments = [evaluate(each, _lateral_scope(scope, left)) for each in call.iter_expressions()]
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
        depends_on=(*scope.sources, *left.sources),
        volatile=True,
    )


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


def _crossed(left: Group, right: Group) -> Group:
    star = None if left.star is None or right.star is None else left.star + right.star
    return Group(left.sources + right.sources, left.merged + right.merged, star)


def _joined(left: Group, join: exp.Join, scope: Scope, before: Group) -> Group:
    """Join one more item to ``left``; ``before`` is what a LATERAL item may also see."""
    right = _walk(join.this, scope, _crossed(before, left))
    names = _merged_names(left, join, right)
    if names is None:
        result = Group(left.sources + right.sources, left.merged + right.merged, None)
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
    if names:
        _merge(result, left, right, names, side)
    _extend(scope, left, right, side)
    return result


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
    for source in group.all_sources:
        source.columns = None


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


def _extend(scope: Scope, left: Group, right: Group, side: str) -> None:
    if side in ("LEFT", "FULL"):
        join_id = next(scope.environment.join_ids)
        for source in right.all_sources:
            source.extended_by.add(join_id)
    if side in ("RIGHT", "FULL"):
        join_id = next(scope.environment.join_ids)
        for source in left.all_sources:
            source.extended_by.add(join_id)


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
            merged = Source("", (column,), extended_by=set(source.extended_by), known=set(source.known))
        result.merged.append(merged)
    if result.star is not None and left.star is not None and right.star is not None:
        merged_star: Star = [(source, source.columns[0]) for source in result.merged[-len(names) :] if source.columns]
        rest = [(s, c) for s, c in left.star + right.star if c.name not in names]
        result.star = merged_star + rest


def _offering(group: Group, name: str) -> tuple[Source, Column] | None:
    found = [(s, c) for s, c in group.star or () if c.name == name]
    return found[0] if len(found) == 1 else None
