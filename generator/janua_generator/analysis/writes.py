"""
Statements that write: what their RETURNING gives.

It gives the row as written: what was assigned counts, unless a trigger may have put something else in its place.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from janua_generator.analysis import rowcount
from janua_generator.analysis.assigned import Assigned, by_assignments, by_query, by_rows, either, explained
from janua_generator.analysis.from_clause import enter_items
from janua_generator.analysis.merge import count_pairs, given_by_actions, keep_pairs
from janua_generator.analysis.nullability.predicates import keep_rows_where
from janua_generator.analysis.relations import relation_columns
from janua_generator.analysis.returning import absent, after, before, returned
from janua_generator.analysis.scope import OPAQUE, UNKNOWN, Column, Output, Scope, Source
from janua_generator.analysis.syntax import name_of
from janua_generator.analysis.targets import target_of
from janua_generator.analysis.triggers import TriggerEffect, effect_of_triggers
from janua_generator.analysis.values import Value, not_null
from janua_generator.catalog.model import Relation


def _enter_target(node: exp.Expr, scope: Scope) -> Source | None:
    target = target_of(node)
    if target is None:
        return None
    before = len(scope.sources)
    saved, scope.ctes = scope.ctes, {}
    enter_items([target], [], scope)
    scope.ctes = saved
    return scope.sources[before]


def _written(source: Source, assigned: Assigned, scope: Scope, *events: str) -> None:
    """
    Make the target's columns what they are in RETURNING: the row as written.

    Through a view, and under a row trigger that may have put anything in place of what was assigned, only a
    table's own NOT NULL counts.
    """
    relation = source.relation
    # what a condition told of expressions, it told of the row as it was
    scope.computed = set()
    if relation is None or source.columns is None:
        source.columns = None
        return
    if relation.is_view or relation.kind == "foreign table" or relation.has_rules:
        # what a trigger or a rule returns in place of the row is its own
        source.known = set()
        source.columns = tuple(Column(each.name, UNKNOWN) for each in source.columns)
        return
    declared = relation_columns(relation, scope)
    if "update" in events and relation.children:
        # an UPDATE may move a row to another partition, where it counts as an INSERT
        events = (*events, "insert")
    effect = effect_of_triggers(relation, scope, *events)
    computed = (
        {column.name for column in relation.columns if column.generated} if assigned or effect.assigned else set()
    )
    changed = set(assigned) | effect.assigned | computed
    source.known = set() if effect.opaque else source.known - changed
    source.columns = tuple(
        Column(column.name, _as_written(column.value, assigned.get(own.name), effect, relation, own.name))
        for column, own in zip(source.columns, declared, strict=True)
    )


def _as_written(declared: Value, assigned: Value | None, effect: TriggerEffect, relation: Relation, name: str) -> Value:
    column = relation.by_name[name]
    if not declared.nullable or effect.may_clear(name) or assigned is None or column.generated:
        return declared
    return not_null(assigned.why, declared.family) if not assigned.nullable else declared


def output_of_insert(node: exp.Insert, scope: Scope) -> Output:
    body = node.expression
    selected = scope.child().output_of(body) if body is not None else Output((), True, True, "DEFAULT VALUES")
    values = scope.child()
    source = _enter_target(node, scope)
    if source is None:
        return OPAQUE
    relation, conflict = source.relation, node.args.get("conflict")
    assigned: Assigned = {}
    if relation is not None and not relation.has_rules:
        assigned = _inserted(node, relation, selected, values)
        effect = effect_of_triggers(relation, scope, "insert")
        assigned = {name: UNKNOWN if effect.may_clear(name) else value for name, value in assigned.items()}
    updates = conflict is not None and "UPDATE" in str(conflict.args.get("action") or "").upper()
    if conflict is not None and updates and relation is not None:
        assigned = _upserted(node, conflict, relation, assigned, scope)
    else:
        assigned = explained(assigned)
    _written(source, assigned, scope, "insert", *(["update"] if updates else []))
    _refresh_star(scope)
    was = "the row is new" if not updates else "the row may be new"
    columns = returned(node, scope, absent("old", source, was), after(source))
    return rowcount.of_insert(node, scope, relation, selected, columns)


def _inserted(node: exp.Insert, relation: Relation, selected: Output, values: Scope) -> Assigned:
    """What an INSERT puts into each column; ``values`` is the scope of its VALUES."""
    schema = node.this if isinstance(node.this, exp.Schema) else None
    names = [name_of(each) for each in schema.expressions] if schema else [each.name for each in relation.columns]
    if isinstance(node.expression, exp.Values):
        return by_rows(names, node.expression.expressions, relation, values)
    return by_query(names, selected, relation, values)


def _upserted(node: exp.Insert, conflict: exp.Expr, relation: Relation, inserted: Assigned, scope: Scope) -> Assigned:
    """The row of ON CONFLICT DO UPDATE: as inserted, or the old one, which WHERE may tell something of, as updated."""
    own = scope.sibling()
    target = _enter_target(node, own)
    if target is None or target.columns is None or not inserted:
        return {}
    columns = relation_columns(relation, scope)
    excluded = tuple(
        Column(each.name, inserted[each.name].with_family(each.value.family))
        if each.value.nullable and each.name in inserted and not relation.by_name[each.name].generated
        else Column(each.name, each.value)
        for each in columns
    )
    own.sources.append(Source("excluded", excluded))
    where = conflict.args.get("where")
    keep_rows_where(where.this if where is not None else None, own)
    updated = explained(by_assignments(conflict.expressions, relation, own))
    kept = {mine.name: target.value(seen) for mine, seen in zip(columns, target.columns, strict=True)}
    given = explained(inserted)
    return {name: either(given[name], updated.get(name) or value) for name, value in kept.items() if name in given}


def output_of_update(node: exp.Update, scope: Scope) -> Output:
    source = _enter_target(node, scope)
    if source is None:
        return OPAQUE
    from_ = node.args.get("from_")
    if isinstance(from_, exp.From):
        enter_items([from_.this], node.args.get("joins") or from_.args.get("joins") or [], scope)
    where = node.args.get("where")
    keep_rows_where(where.this if where is not None else None, scope)
    assigned = explained(by_assignments(node.expressions, source.relation, scope))
    output = rowcount.of_target(node, scope, source, "update")
    old = before(source)
    _written(source, assigned, scope, "update")
    _refresh_star(scope)
    return Output(returned(node, scope, old, after(source)), output.at_most_one, False, output.count_reason)


def _refresh_star(scope: Scope) -> None:
    """After the target's columns were replaced, ``*`` means the new ones."""
    if scope.star is None:
        return
    fresh: list[tuple[Source, Column]] = []
    for source, column in scope.star:
        found = source.column(column.name)
        if found is None:
            scope.star = None
            return
        fresh.append((source, found))
    scope.star = fresh


def output_of_delete(node: exp.Delete, scope: Scope) -> Output:
    source = _enter_target(node, scope)
    if source is None:
        return OPAQUE
    using = node.args.get("using") or []
    for item in using:
        enter_items([item], [], scope)
    where = node.args.get("where")
    keep_rows_where(where.this if where is not None else None, scope)
    output = rowcount.of_target(node, scope, source, "delete")
    _written(source, {}, scope, "delete")
    _refresh_star(scope)
    columns = returned(node, scope, before(source), absent("new", source, "the row is gone"))
    return Output(columns, output.at_most_one, False, output.count_reason)


def output_of_merge(node: exp.Merge, scope: Scope) -> Output:
    """RETURNING of MERGE has the target's row and a source row that may be missing."""
    source = _enter_target(node, scope)
    using = node.args.get("using")
    if source is None or using is None:
        return OPAQUE
    own = scope.star
    scope.star = []
    enter_items([using], [], scope)
    keep_pairs(node, source, scope)
    relation = source.relation
    counted = Output((), count_reason="nothing is known of the target")
    assigned: Assigned = {}
    if relation is not None and source.columns is not None and not relation.has_rules:
        counted = count_pairs(node, source, relation, scope)
        assigned = given_by_actions(node, source, relation, scope)
    _written(source, assigned, scope, "insert", "update", "delete")
    # `RETURNING *` lists the source's columns before the target's
    scope.star = None if scope.star is None or own is None else scope.star + own
    _refresh_star(scope)
    rows = (absent(name, source, f"an action may have no {name} row") for name in ("old", "new"))
    return replace(counted, columns=returned(node, scope, *rows))
