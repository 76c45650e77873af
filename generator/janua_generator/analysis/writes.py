"""
Statements that write: what their RETURNING gives.

It gives the row as written: what was assigned counts, unless a trigger may have put something else in its place.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from janua_generator.analysis import rowcount
from janua_generator.analysis.from_clause import enter_items
from janua_generator.analysis.nullability import evaluate
from janua_generator.analysis.nullability.predicates import keep_rows_where
from janua_generator.analysis.projection import output_name, projected
from janua_generator.analysis.relations import relation_columns
from janua_generator.analysis.scope import JOIN_IDS, OPAQUE, UNKNOWN, Column, Output, Scope, Source
from janua_generator.analysis.syntax import (
    is_row,
    name_of,
)
from janua_generator.analysis.targets import row_triggers, target_of
from janua_generator.analysis.values import Value, base_type, converted, not_null
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


def _returning(node: exp.Expr, scope: Scope) -> tuple[Column, ...] | None:
    returning = node.args.get("returning")
    if returning is None:
        return ()
    for column in returning.find_all(exp.Column):
        table = column.args.get("table")
        if table is not None and name_of(table) in ("old", "new"):
            # the row before an INSERT or after a DELETE is all NULL (PostgreSQL 18)
            return tuple(Column(output_name(item), UNKNOWN) for item in returning.expressions)
    return projected(returning.expressions, scope)


def _written(source: Source, assigned: dict[str, Value], scope: Scope, *events: str) -> None:
    """
    Make the target's columns what they are in RETURNING: the row as written.

    Under a row trigger, or through a view, only a table's own NOT NULL counts: the trigger may
    have put anything in place of what was assigned.
    """
    relation = source.relation
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
    changed_by_trigger = any(row_triggers(relation, scope, event) for event in events)
    computed = {column.name for column in relation.columns if column.generated} if assigned else set()
    source.known = set() if changed_by_trigger else source.known - set(assigned) - computed
    source.columns = tuple(
        Column(
            column.name,
            _as_written(
                column.value, _cast(assigned, own.name, relation, scope), changed_by_trigger, relation, own.name
            ),
        )
        for column, own in zip(source.columns, declared, strict=True)
    )


def _cast(assigned: dict[str, Value], name: str, relation: Relation, scope: Scope) -> Value | None:
    """What was assigned to the column, as of its type; of casts that the migrations made nothing is known."""
    introspection, type_ = scope.environment.introspection, relation.by_name[name].type
    if name not in assigned or {type_, base_type(type_, introspection.types)} & introspection.routines.redefined_casts:
        return None
    return converted(assigned[name], type_, introspection.types)


def _as_written(declared: Value, assigned: Value | None, by_trigger: bool, relation: Relation, name: str) -> Value:
    column = relation.by_name[name]
    if not declared.nullable or by_trigger or assigned is None or column.generated:
        return declared
    if not assigned.nullable:
        return not_null(f"it was assigned: {assigned.why}", declared.family)
    return declared


def output_of_insert(node: exp.Insert, scope: Scope) -> Output:
    body = node.expression
    schema = node.this if isinstance(node.this, exp.Schema) else None
    selected = scope.child().output_of(body) if body is not None else Output((), True, True, "DEFAULT VALUES")
    source = _enter_target(node, scope)
    if source is None:
        return OPAQUE
    relation = source.relation
    conflict = node.args.get("conflict")
    assigned: dict[str, Value] = {}
    if relation is not None and conflict is None and not relation.has_rules:
        names = [name_of(each) for each in schema.expressions] if schema else [c.name for c in relation.columns]
        assigned = _assigned_by_insert(names, body, selected)
    _written(source, assigned, scope, "insert", *(["update"] if conflict is not None else []))
    _refresh_star(scope)
    columns = _returning(node, scope)
    return rowcount.of_insert(node, scope, relation, selected, columns)


def _assigned_by_insert(names: list[str], body: exp.Expr | None, selected: Output) -> dict[str, Value]:
    if body is None or selected.columns is None:
        return {}
    if isinstance(body, exp.Values) and any(
        isinstance(item, exp.Column) and name_of(item.this) == "default" and item.args.get("table") is None
        for row in body.expressions
        for item in (row.expressions if isinstance(row, exp.Tuple) else [row])
    ):
        # DEFAULT stands for whatever the column's default gives
        return {}
    return {name: column.value for name, column in zip(names, selected.columns, strict=False)}


def output_of_update(node: exp.Update, scope: Scope) -> Output:
    source = _enter_target(node, scope)
    if source is None:
        return OPAQUE
    from_ = node.args.get("from_")
    if isinstance(from_, exp.From):
        enter_items([from_.this], node.args.get("joins") or from_.args.get("joins") or [], scope)
    where = node.args.get("where")
    keep_rows_where(where.this if where is not None else None, scope)
    assigned = _assigned_by_update(node.expressions, scope)
    output = rowcount.of_target(node, scope, source, "update")
    _written(source, assigned, scope, "update")
    _refresh_star(scope)
    return Output(_returning(node, scope), output.at_most_one, False, output.count_reason)


def _assigned_by_update(assignments: Iterable[exp.Expr], scope: Scope) -> dict[str, Value]:
    assigned: dict[str, Value] = {}
    for each in assignments:
        target, value = each.this, each.expression
        if isinstance(target, exp.Tuple):
            parts = value.expressions if is_row(value) else []
            for at, column in enumerate(target.expressions):
                known = at < len(parts) and column.args.get("table") is None
                assigned[name_of(column)] = _assigned_value(parts[at], scope) if known else UNKNOWN
        elif isinstance(target, exp.Column) and target.args.get("table") is None:
            assigned[name_of(target.this)] = _assigned_value(value, scope)
        else:
            # `a.b` is field b of column a, and `a[1]` an element of it
            field_of = target.args.get("table") if isinstance(target, exp.Column) else target
            assigned[name_of(field_of)] = UNKNOWN
    return assigned


def _assigned_value(value: exp.Expr, scope: Scope) -> Value:
    is_default = isinstance(value, exp.Column) and name_of(value.this) == "default" and not value.args.get("table")
    return UNKNOWN if is_default else evaluate(value, scope)


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
    return Output(_returning(node, scope), output.at_most_one, False, output.count_reason)


def output_of_merge(node: exp.Merge, scope: Scope) -> Output:
    """RETURNING of MERGE has the target's row and a source row that may be missing."""
    source = _enter_target(node, scope)
    using = node.args.get("using")
    if source is None or using is None:
        return OPAQUE
    own = scope.star
    scope.star = []
    enter_items([using], [], scope)
    _written(source, {}, scope, "insert", "update", "delete")
    for other in scope.sources:
        if other is not source:
            other.extended_by.add(next(JOIN_IDS))
    # `RETURNING *` lists the source's columns before the target's
    scope.star = None if scope.star is None or own is None else scope.star + own
    _refresh_star(scope)
    return Output(_returning(node, scope))
