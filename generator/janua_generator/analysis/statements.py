"""
Whole statements: which columns they give, whether those can be NULL, and how many rows.

``output_of`` takes a fresh scope, whose parent is the query level around the statement, and
fills it: FROM, WHERE, GROUP BY, then the select list.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from sqlglot import exp

from janua_generator.analysis import rowcount
from janua_generator.analysis.from_clause import enter_from, enter_items, relation_columns
from janua_generator.analysis.nullability import evaluate, resolve
from janua_generator.analysis.predicates import true_facts
from janua_generator.analysis.scope import UNKNOWN, Column, Condition, Environment, Output, Scope, Source
from janua_generator.analysis.syntax import (
    alias_columns,
    alias_of,
    conjuncts,
    function_name,
    is_row,
    is_star,
    name_of,
    parse,
    unwrapped,
)
from janua_generator.analysis.values import Family, Value, not_null, nullable
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Relation, Trigger

_NAMELESS = "?column?"

OPAQUE = Output(None)
"""A statement of which nothing is known."""


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
            return Output(_star_columns(scope))
        case exp.Insert():
            return _insert(node, scope)
        case exp.Update():
            return _update(node, scope)
        case exp.Delete():
            return _delete(node, scope)
        case exp.Merge():
            return _merge(node, scope)
        case _:
            return OPAQUE


def columns_of(relation: Relation, introspection: Introspection) -> tuple[Column, ...]:
    """Return the columns of a relation and what is known of them outside any query."""
    return relation_columns(relation, Scope(Environment(introspection)))


def view_output(relation: Relation, scope: Scope) -> Output:
    """Return what a view's definition gives, analysed once a statement."""
    views = scope.environment.views
    if relation.qualified not in views:
        views[relation.qualified] = OPAQUE
        tree = parse(relation.definition.rstrip().removesuffix(";"))
        if tree is not None and not relation.has_rules:
            views[relation.qualified] = output_of(tree, Scope(scope.environment))
    return views[relation.qualified]


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
    columns = tuple(
        Column(names[at] if at < len(names) else each.name, each.value) for at, each in enumerate(output.columns)
    )
    return Output(columns, output.at_most_one, output.at_least_one, output.count_reason)


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
    columns = seed.columns
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
    _apply(where.this if where is not None else None, scope)
    group = node.args.get("group")
    scope.has_grouping_sets = group is not None and _has_grouping_sets(group)
    if group is not None and scope.has_grouping_sets:
        scope.groups_by_expressions = not _groups_by_columns(group, scope)
    grouped = group is not None and not _is_empty_grouping(group)
    having = node.args.get("having")
    scope.aggregates_over_none = not grouped or scope.has_grouping_sets
    if having is not None and grouped and not scope.has_grouping_sets:
        for predicate in conjuncts(having.this):
            scope.learn(true_facts(predicate, scope))
    columns = _projected(node.expressions, scope)
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


def _apply(predicate: exp.Expr | None, scope: Scope) -> None:
    """Learn from the WHERE clause."""
    for each in conjuncts(predicate):
        scope.learn(true_facts(each, scope))
        scope.conditions.append(Condition(each, tuple(scope.sources)))


def _projected(items: Iterable[exp.Expr], scope: Scope) -> tuple[Column, ...] | None:
    columns: list[Column] = []
    for item in items:
        if is_star(item):
            star = _star_of(item, scope)
            if star is None:
                return None
            columns += star
        else:
            columns.append(Column(_output_name(item), _selected(item, scope)))
    return tuple(columns)


def _selected(item: exp.Expr, scope: Scope) -> Value:
    """An item of the select list: NULL where grouping sets leave it out."""
    value = evaluate(item, scope)
    if scope.groups_by_expressions and not isinstance(unwrapped(item), exp.Count):
        return nullable("grouping sets leave it out of some rows", value.family)
    return value


def _star_of(item: exp.Expr, scope: Scope) -> tuple[Column, ...] | None:
    table = item.args.get("table") if isinstance(item, exp.Column) else None
    if table is None:
        return _star_columns(scope)
    name = name_of(table)
    level: Scope | None = scope
    while level is not None:
        found = [source for source in level.sources if source.alias == name]
        if found:
            source = found[0]
            if len(found) > 1 or source.columns is None:
                return None
            return tuple(_seen(source, each, level) for each in source.columns)
        level = level.parent
    return None


def _star_columns(scope: Scope) -> tuple[Column, ...] | None:
    if scope.star is None or any(source.columns is None for source, _ in scope.star):
        return None
    return tuple(_seen(source, column, scope) for source, column in scope.star)


def _seen(source: Source, column: Column, scope: Scope) -> Column:
    value = source.value(column)
    if scope.has_grouping_sets:
        value = nullable("grouping sets leave it out of some rows", value.family)
    return Column(column.name, value)


def _output_name(item: exp.Expr) -> str:
    """The name that PostgreSQL gives a select item (FigureColname), or an empty string for one that is not sure."""
    match item:
        case exp.Alias():
            return name_of(item.args["alias"])
        case exp.Column():
            return name_of(item.this)
        case exp.Cast() | exp.Collate():
            inner = _output_name(item.this)
            return inner if inner != _NAMELESS else ""
        case exp.Paren():
            return _output_name(item.this)
        case exp.Subquery() if isinstance(item.this, exp.Select) and item.this.expressions:
            return _output_name(item.this.expressions[0])
        case exp.Window() | exp.Filter():
            return _output_name(item.this)
        case exp.Literal() | exp.Null() | exp.Parameter() | exp.Not() | exp.Binary() | exp.Is():
            return _NAMELESS if not function_name(item) else ""
        case _:
            return function_name(item)


def _set_operation(node: exp.SetOperation, scope: Scope) -> Output:
    left = output_of(node.left, scope.sibling()).columns
    right = output_of(node.right, scope.sibling()).columns
    if left is None or right is None or len(left) != len(right):
        return OPAQUE
    return Output(
        tuple(Column(a.name, _combined(node, a.value, b.value)) for a, b in zip(left, right, strict=True)),
        count_reason="a set operation",
    )


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
    if any(rowcount.calls_set_returning(each, scope) for each in node.expressions):
        # allowed in the one row of an INSERT
        return Output(tuple(columns), count_reason="a set-returning function")
    single = len(rows) == 1
    return rowcount.limited(node, Output(tuple(columns), single, True, f"VALUES of {len(rows)} rows"))


def _row(row: exp.Expr, scope: Scope) -> list[Value]:
    items = row.expressions if isinstance(row, exp.Tuple) else [row]
    return [evaluate(item, scope) for item in items]


# Statements that write


def target_of(node: exp.Expr) -> exp.Table | None:
    """The table that an INSERT, UPDATE, DELETE or MERGE writes."""
    target = node.this
    if isinstance(target, exp.Schema):
        target = target.this
    return target if isinstance(target, exp.Table) and isinstance(target.this, exp.Identifier) else None


def row_triggers(relation: Relation, scope: Scope, event: str) -> list[Trigger]:
    """The triggers that may change or drop a row before it is written, partitions' own included."""
    found = [
        trigger
        for trigger in relation.triggers
        if trigger.timing != "after" and trigger.per_row and event in trigger.events
    ]
    for child in relation.children:
        below = scope.environment.introspection.catalog.by_qualified_name.get(child)
        found += row_triggers(below, scope, event) if below is not None else []
    return found


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
            return tuple(Column(_output_name(item), UNKNOWN) for item in returning.expressions)
    return _projected(returning.expressions, scope)


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
            _as_written(column.value, assigned.get(own.name), changed_by_trigger, relation, own.name),
        )
        for column, own in zip(source.columns, declared, strict=True)
    )


def _as_written(declared: Value, assigned: Value | None, by_trigger: bool, relation: Relation, name: str) -> Value:
    column = relation.by_name[name]
    if not declared.nullable or by_trigger or assigned is None or column.generated:
        return declared
    if not assigned.nullable:
        return not_null(f"it was assigned: {assigned.why}", declared.family)
    return declared


def _insert(node: exp.Insert, scope: Scope) -> Output:
    body = node.expression
    schema = node.this if isinstance(node.this, exp.Schema) else None
    selected = output_of(body, scope.child()) if body is not None else Output((), True, True, "DEFAULT VALUES")
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


def _update(node: exp.Update, scope: Scope) -> Output:
    source = _enter_target(node, scope)
    if source is None:
        return OPAQUE
    from_ = node.args.get("from_")
    if isinstance(from_, exp.From):
        enter_items([from_.this], node.args.get("joins") or from_.args.get("joins") or [], scope)
    where = node.args.get("where")
    _apply(where.this if where is not None else None, scope)
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


def _delete(node: exp.Delete, scope: Scope) -> Output:
    source = _enter_target(node, scope)
    if source is None:
        return OPAQUE
    using = node.args.get("using") or []
    for item in using:
        enter_items([item], [], scope)
    where = node.args.get("where")
    _apply(where.this if where is not None else None, scope)
    output = rowcount.of_target(node, scope, source, "delete")
    _written(source, {}, scope, "delete")
    _refresh_star(scope)
    return Output(_returning(node, scope), output.at_most_one, False, output.count_reason)


def _merge(node: exp.Merge, scope: Scope) -> Output:
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
            other.extended_by.add(next(scope.environment.join_ids))
    # `RETURNING *` lists the source's columns before the target's
    scope.star = None if scope.star is None or own is None else scope.star + own
    _refresh_star(scope)
    return Output(_returning(node, scope))
