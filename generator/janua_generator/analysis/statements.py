"""
Whole statements: which columns they give, whether those can be NULL, and how many rows.

``output_of`` takes a fresh scope, whose parent is the query level around the statement, and
fills it: FROM, WHERE, GROUP BY, then the select list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import zip_longest

from sqlglot import exp

from janua_generator.analysis import rowcount
from janua_generator.analysis.bodies import view_output
from janua_generator.analysis.from_clause import enter_from, enter_items
from janua_generator.analysis.nullability import evaluate, resolve
from janua_generator.analysis.nullability.predicates import keep_rows_where, true_facts
from janua_generator.analysis.nullability.sets import sets_multiplying
from janua_generator.analysis.projection import projected, star_columns
from janua_generator.analysis.questions import Questions
from janua_generator.analysis.relations import relation_columns
from janua_generator.analysis.scope import OPAQUE, UNKNOWN, Column, Environment, Origin, Output, Scope, renamed
from janua_generator.analysis.syntax import (
    alias_columns,
    alias_of,
    conjuncts,
    name_of,
)
from janua_generator.analysis.values import Family, Value, not_null, nullable
from janua_generator.analysis.writes import output_of_delete, output_of_insert, output_of_merge, output_of_update
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Relation


def output_of(node: exp.Expr, scope: Scope) -> Output:
    """Return what a statement gives; ``scope`` is its own, still empty."""
    with_ = node.args.get("with_")
    if isinstance(with_, exp.With):
        _enter_ctes(with_, scope)
    match node:
        case exp.Subquery():
            # `(SELECT …) LIMIT 1`: the parentheses may carry clauses of their own
            return rowcount.limited(node, output_of(node.this, scope))
        case exp.Select():
            return _select(node, scope)
        case exp.SetOperation():
            return rowcount.limited(node, _set_operation(node, scope))
        case exp.Values():
            return _values(node, scope)
        case exp.Table() if isinstance(node.this, exp.Identifier):
            enter_items([node], [], scope)
            return Output(star_columns(scope), is_whole=scope.sources[0].is_whole)
        case exp.Insert():
            return output_of_insert(node, scope)
        case exp.Update():
            return output_of_update(node, scope)
        case exp.Delete():
            return output_of_delete(node, scope)
        case exp.Merge():
            return output_of_merge(node, scope)
        case _:
            return OPAQUE


def columns_of(relation: Relation, introspection: Introspection) -> tuple[Column, ...]:
    """Return the columns of a relation and what is known of them outside any query."""
    return relation_columns(relation, Scope(Environment(introspection, output_of, views=definitions(introspection))))


def homes_of(view: Relation, introspection: Introspection) -> Mapping[str, Origin]:
    """Return the columns of relations that a view passes on unchanged, by the names that they have in it."""
    columns = definitions(introspection).get((view.qualified, False), OPAQUE).columns or ()
    pairs = zip(view.columns, columns, strict=True) if len(columns) == len(view.columns) else ()
    return {
        column.name: found.home for column, found in pairs if found.home is not None and found.home.type == column.type
    }


def definitions(introspection: Introspection) -> dict[tuple[str, bool], Output]:
    """
    Return what each view gives, for a statement's environment.

    Found once for all queries, and in the order of the catalog: what is known of a view must not
    depend on which queries were analysed before.
    """
    if "definitions" not in introspection.derived:
        define_views(introspection, Questions())
    return dict(introspection.derived["definitions"])


def define_views(introspection: Introspection, questions: Questions) -> None:
    """Find what each view gives with what the server answered; what is to be asked is in ``questions``."""
    known: dict[tuple[str, bool], Output] = {}
    for one_snapshot in (False, True):
        environment = Environment(introspection, output_of, views=known, one_snapshot=one_snapshot, questions=questions)
        for relation in introspection.catalog.relations:
            if relation.is_view:
                view_output(relation, Scope(environment))
    introspection.derived["definitions"] = known


def _enter_ctes(with_: exp.With, scope: Scope) -> None:
    if with_.args.get("recursive"):
        # with RECURSIVE a CTE may also mean one that stands behind it
        scope.ctes = {**scope.ctes, **{alias_of(cte): OPAQUE for cte in with_.expressions}}
    for cte in with_.expressions:
        name = alias_of(cte)
        names = alias_columns(cte)
        own = scope.sibling()
        if with_.args.get("recursive") and isinstance(cte.this, exp.SetOperation) and _mentions(cte.this, name):
            output = _recursive(cte.this, name, names, own)
        else:
            output = _named(output_of(cte.this, own), names)
        scope.ctes = {**scope.ctes, name: output}


def _mentions(node: exp.Expr, name: str) -> bool:
    return any(isinstance(t.this, exp.Identifier) and name_of(t.this) == name for t in node.find_all(exp.Table))


def _named(output: Output, names: list[str]) -> Output:
    if output.columns is None or not names:
        return output
    return replace(output, columns=renamed(output.columns, names))


def _recursive(union: exp.SetOperation, name: str, names: list[str], scope: Scope) -> Output:
    """
    A recursive CTE: start from what its first part gives, and weaken until nothing changes.

    Each round assumes what the last one found; nullability only ever grows, so it ends.
    """
    with_ = union.args.get("with_")
    if isinstance(with_, exp.With):
        _enter_ctes(with_, scope)
    seed = _named(output_of(union.left, scope.sibling()), names)
    if seed.columns is None:
        return OPAQUE
    # of the column that the first part reads, later parts need not
    columns = tuple(Column(each.name, each.value) for each in seed.columns)
    while True:
        own = scope.sibling()
        own.ctes = {**scope.ctes, name: Output(columns)}
        step = output_of(union.right, own).columns
        if step is None or len(step) != len(columns):
            return Output(tuple(Column(each.name, UNKNOWN) for each in columns))
        weaker = tuple(Column(a.name, _either(a.value, b.value)) for a, b in zip(columns, step, strict=True))
        if [each.value.nullable for each in weaker] == [each.value.nullable for each in columns]:
            return Output(weaker)
        columns = weaker


def _either(a: Value, b: Value) -> Value:
    """A value that comes from one side or the other."""
    family = a.family if b.family in (a.family, Family.LITERAL) else b.family
    if a.family not in (b.family, Family.LITERAL) and b.family is not Family.LITERAL:
        family = Family.OTHER
    if a.nullable or b.nullable:
        return nullable((a if a.nullable else b).why, family)
    return not_null(a.why, family)


def _select(node: exp.Select, scope: Scope) -> Output:
    enter_from(node, scope)
    where = node.args.get("where")
    keep_rows_where(where.this if where is not None else None, scope)
    group = node.args.get("group")
    scope.has_grouping_sets = group is not None and _has_grouping_sets(group)
    if group is not None and scope.has_grouping_sets:
        scope.groups_by_expressions = not _groups_by_columns(group, scope)
    grouped = group is not None and not _is_empty_grouping(group)
    having = node.args.get("having")
    scope.aggregates_over_none = not grouped or scope.has_grouping_sets
    if having is not None and not scope.has_grouping_sets:
        for predicate in conjuncts(having.this):
            scope.learn(true_facts(predicate, scope))
    columns = projected(node.expressions, scope)
    return rowcount.of_select(node, scope, columns)


def _has_grouping_sets(group: exp.Group) -> bool:
    if any(group.args.get(kind) for kind in ("grouping_sets", "cube", "rollup")):
        return True
    return any(isinstance(each, (exp.Rollup, exp.Cube, exp.GroupingSets)) for each in group.expressions)


def _groups_by_columns(group: exp.Expr, scope: Scope) -> bool:
    """
    Whether all that grouping sets name are columns of the FROM clause.

    ``1`` stands for an item of the select list, a name that FROM lacks for its alias, and an
    expression for every equal one there: in some rows each of them is NULL, even a constant.
    """
    structure = (exp.Group, exp.Rollup, exp.Cube, exp.GroupingSets, exp.Tuple, exp.Paren)
    stack = [group]
    while stack:
        each = stack.pop()
        if isinstance(each, structure):
            stack += list(each.iter_expressions())
        elif not isinstance(each, exp.Column):
            return False
        else:
            reference = resolve(each, scope)
            if reference is None or reference.scope is not scope:
                return False
    return True


def _is_empty_grouping(group: exp.Group) -> bool:
    """``GROUP BY ()`` is one group even of no rows."""
    return any(isinstance(each, exp.Tuple) and not each.expressions for each in group.expressions)


def _set_operation(node: exp.SetOperation, scope: Scope) -> Output:
    left, right = output_of(node.left, scope.sibling()), output_of(node.right, scope.sibling())
    if left.columns is None or right.columns is None or len(left.columns) != len(right.columns):
        return OPAQUE
    pairs = zip(left.columns, right.columns, strict=True)
    columns = tuple(Column(a.name, _combined(node, a.value, b.value)) for a, b in pairs)
    return rowcount.of_set_operation(node, left, right, columns)


def _combined(node: exp.SetOperation, a: Value, b: Value) -> Value:
    both = _either(a, b)
    if isinstance(node, exp.Except):
        return a.with_family(both.family)
    if isinstance(node, exp.Intersect):
        proven = next((value for value in (a, b) if not value.nullable), both)
        return proven.with_family(both.family)
    return both


def _values(node: exp.Values, scope: Scope) -> Output:
    rows = [_row(each, scope) for each in node.expressions]
    columns: list[Column] = []
    for at, values in enumerate(zip_longest(*rows, fillvalue=UNKNOWN)):
        value = values[0]
        for other in values[1:]:
            value = _either(value, other)
        columns.append(Column(f"column{at + 1}", value))
    if any(sets_multiplying(node, scope)):
        # allowed in the one row of an INSERT
        return Output(tuple(columns), count_reason="a set-returning function")
    single = len(rows) == 1
    return rowcount.limited(node, Output(tuple(columns), single, True, f"VALUES of {len(rows)} rows"))


def _row(row: exp.Expr, scope: Scope) -> list[Value]:
    items = row.expressions if isinstance(row, exp.Tuple) else [row]
    return [evaluate(item, scope) for item in items]
