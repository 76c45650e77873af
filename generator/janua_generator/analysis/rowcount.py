"""How many rows a statement gives, as far as it can be proven: at most one, at least one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from janua_generator.analysis import foreign_keys, keys
from janua_generator.analysis.fixed import all_fixed, fixed_sources, is_constant
from janua_generator.analysis.nullability.columns import level_of
from janua_generator.analysis.nullability.sets import sets_multiplying
from janua_generator.analysis.projection import output_name
from janua_generator.analysis.scope import Column, Output, Scope, Source
from janua_generator.analysis.syntax import (
    conjuncts,
    function_name,
    name_of,
    unwrapped,
)
from janua_generator.analysis.triggers import effect_of_triggers
from janua_generator.catalog.model import Relation


def of_select(node: exp.Select, scope: Scope, columns: tuple[Column, ...] | None) -> Output:
    """Count the rows of a SELECT whose FROM and WHERE are in ``scope``, and say what tells them apart."""
    output = _of_select(node, scope, columns)
    return replace(output, is_key=keys.of_select(node, scope, lambda: _of_select(node, scope, columns).at_most_one))


def _of_select(node: exp.Select, scope: Scope, columns: tuple[Column, ...] | None) -> Output:
    output = _unlimited(node, scope, columns)
    if not output.at_most_one and _is_one_distinct(node, scope):
        output = Output(columns, True, output.at_least_one, "DISTINCT of what has one value")
    return limited(node, output)


def _is_one_distinct(node: exp.Select, scope: Scope) -> bool:
    """Whether all that DISTINCT tells rows apart by has one value; ``DISTINCT ON (1)`` is the first of the list."""
    distinct = node.args.get("distinct")
    if distinct is None or scope.has_grouping_sets or any(sets_multiplying(node, scope)):
        return False
    fixed = {source for source in fixed_sources(scope) if not source.extended_by}
    on = distinct.args.get("on")
    if on is None:
        return all(is_constant(each, fixed, scope) for each in node.expressions)
    listed = on.expressions if isinstance(on, exp.Tuple) else [on]
    names = {output_name(each) for each in node.expressions}
    # a name of the list comes before a column of FROM
    return all(
        not isinstance(each, exp.Literal)
        and not (isinstance(each, exp.Column) and not each.args.get("table") and name_of(each.this) in names)
        and is_constant(each, fixed, scope)
        for each in map(unwrapped, listed)
    )


def _unlimited(node: exp.Select, scope: Scope, columns: tuple[Column, ...] | None) -> Output:
    if any(sets_multiplying(node, scope)):
        return Output(columns, count_reason="a set-returning function in the select list")
    group = node.args.get("group")
    having = node.args.get("having") is not None
    if group is None and _aggregates(node, scope):
        return Output(columns, True, not having, "an aggregate without GROUP BY")
    finds_a_row = _finds_a_row(node, scope)
    if group is not None:
        single = not scope.has_grouping_sets and _is_one_group(group, scope)
        reason = "what it groups by has one value" if single else "a row for each group"
        return Output(columns, single, finds_a_row, reason)
    if not scope.sources:
        return Output(columns, True, node.args.get("where") is None and not having, "no FROM clause")
    if all_fixed(scope):
        return Output(columns, True, finds_a_row, "each relation is found by a unique key")
    return Output(columns, False, finds_a_row, "nothing limits it to one row", _is_whole(node, scope))


def _finds_a_row(node: exp.Select, scope: Scope) -> bool:
    """Whether FROM and WHERE leave a row for sure: no condition, or the row that a foreign key refers to."""
    if node.args.get("having") is not None:
        return False
    where = node.args.get("where")
    if where is None:
        return scope.at_least_one
    if len(scope.sources) != 1:
        return False
    referring = foreign_keys.referring(conjuncts(where.this), scope.sources[0], scope)
    return referring is not None and referring.is_sure


def _is_whole(node: exp.Select, scope: Scope) -> bool:
    """Whether it has every row of the one table that it reads."""
    cuts = any(node.args.get(clause) for clause in ("where", "having", "distinct", "limit", "offset"))
    return len(scope.sources) == 1 and scope.sources[0].is_whole and not cuts


def _is_one_group(group: exp.Expr, scope: Scope) -> bool:
    """One row a group, so one row where all that it groups by has one value."""
    if all_fixed(scope):
        return True
    fixed = {source for source in fixed_sources(scope) if not source.extended_by}
    return all(keys.groups_by_one_value(each, fixed, scope) for each in group.expressions)


def of_set_operation(node: exp.SetOperation, left: Output, right: Output, columns: tuple[Column, ...]) -> Output:
    """Count the rows of a UNION, INTERSECT or EXCEPT, none of which gives more than was put in."""
    reason = "a set operation"
    is_key = keys.of_set_operation(node, left, right)
    at_most_one, at_least_one = False, False
    match node:
        case exp.Except():
            at_most_one = left.at_most_one
        case exp.Intersect():
            at_most_one = left.at_most_one or right.at_most_one
        case _:
            at_least_one = left.at_least_one or right.at_least_one
    return Output(columns, at_most_one, at_least_one, reason, is_key=is_key)


def limited(node: exp.Expr, output: Output) -> Output:
    """Take LIMIT, OFFSET and FETCH into account."""
    limit, offset = node.args.get("limit"), node.args.get("offset")
    if limit is None and offset is None:
        return output
    at_most_one, reason = output.at_most_one, output.count_reason
    if limit is not None and _is_limit_one(limit):
        at_most_one, reason = True, "LIMIT 1"
    keeps_a_row = limit is not None and offset is None and (_row_limit(limit) or 0) >= 1
    at_least_one = output.at_least_one and keeps_a_row
    return Output(output.columns, at_most_one, at_least_one, reason, is_key=output.is_key)


def _is_limit_one(limit: exp.Expr) -> bool:
    rows = _row_limit(limit)
    return rows is not None and rows <= 1


def _row_limit(limit: exp.Expr) -> int | None:
    """The number of rows that LIMIT or FETCH allows, where it is written out."""
    if isinstance(limit, exp.Fetch):
        options = limit.args.get("limit_options")
        if options is not None and (options.args.get("with_ties") or options.args.get("percent")):
            return None
        count = limit.args.get("count")
        return 1 if count is None else _number(count)
    return _number(limit.expression) if isinstance(limit, exp.Limit) else None


def _number(node: exp.Expr | None) -> int | None:
    node = unwrapped(node) if node is not None else None
    return int(node.this) if isinstance(node, exp.Literal) and node.is_int else None


def _own_level(node: exp.Expr) -> Iterator[exp.Expr]:
    """The nodes of an expression, without those of subqueries in it."""
    stack = [node]
    while stack:
        each = stack.pop()
        yield each
        if not isinstance(each, (exp.Query, exp.Exists)):
            stack += list(each.iter_expressions())


def _aggregates(node: exp.Select, scope: Scope) -> bool:
    routines = scope.environment.introspection.routines
    items = list(node.expressions) + ([node.args["having"]] if node.args.get("having") else [])
    for item in items:
        for each in _own_level(item):
            if function_name(each) in routines.aggregates and not _is_windowed(each) and _is_own(each, scope):
                return True
    return False


def _is_windowed(call: exp.Expr) -> bool:
    """Whether OVER follows the call, perhaps behind FILTER, which makes it no aggregate."""
    while isinstance(call.parent, (exp.Filter, exp.Dot, exp.IgnoreNulls, exp.RespectNulls)):
        call = call.parent
    return isinstance(call.parent, exp.Window) and call.arg_key == "this"


def _is_own(call: exp.Expr, scope: Scope) -> bool:
    """
    Whether an aggregate belongs to this query level and not to one whose columns alone it takes.

    What it filters and sorts by counts among what it takes; a subquery there is not looked into.
    """
    if scope.parent is None:
        return True
    while isinstance(call.parent, (exp.Filter, exp.WithinGroup)):
        call = call.parent
    if call.find(exp.Query) is not None:
        return False
    levels = [level_of(column, scope) for column in call.find_all(exp.Column)]
    return not levels or any(each is scope for each in levels)


def of_insert(
    node: exp.Insert,
    scope: Scope,
    relation: Relation | None,
    selected: Output,
    columns: tuple[Column, ...] | None,
) -> Output:
    """Count the rows that RETURNING of an INSERT gives."""
    if relation is None or relation.has_rules:
        return Output(columns, count_reason="nothing is known of the target")
    reason = "an INSERT of one row" if selected.at_most_one else "an INSERT of several rows"
    conflict = node.args.get("conflict")
    action = str(conflict.args.get("action") or "") if conflict is not None else ""
    may_skip = conflict is not None and (
        "UPDATE" not in action.upper() or conflict.args.get("where") is not None or _writes_more_than(node)
    )
    events = ("insert", "update") if conflict is not None else ("insert",)
    opaque = effect_of_triggers(relation, scope, *events).opaque
    may_drop = relation.is_view or _has_foreign_part(relation, scope) or opaque
    at_least_one = selected.at_least_one and not may_skip and not may_drop
    if selected.at_most_one and not at_least_one:
        why = "ON CONFLICT may skip it" if may_skip else "a trigger or its query may leave it out"
        reason = f"{reason}, but {why}"
    return Output(columns, selected.at_most_one, at_least_one, reason)


def _writes_more_than(node: exp.Expr) -> bool:
    """
    Whether the statement writes elsewhere too.

    A row that it has written already is not updated once more, and RETURNING is silent about it (ExecUpdate).
    """
    return any(each is not node for each in node.root().find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge))


def _has_foreign_part(relation: Relation, scope: Scope) -> bool:
    """Whether a row may end up on another server, which may do with it what it likes."""
    below = [scope.environment.introspection.catalog.by_qualified_name.get(child) for child in relation.children]
    return relation.kind == "foreign table" or any(each is None or _has_foreign_part(each, scope) for each in below)


def of_target(node: exp.Expr, scope: Scope, target: Source, event: str) -> Output:
    """Count the rows that an UPDATE or DELETE touches: each row of the target at most once."""
    if target.relation is None or target.relation.has_rules:
        return Output((), count_reason="nothing is known of the target")
    # a trigger in place of a view's rows is called for each row of the join
    is_one = all_fixed(scope) if target.relation.is_view else not scope.has_full_join and target in fixed_sources(scope)
    if is_one:
        return Output((), True, False, "the row is found by a unique key")
    return Output((), count_reason="nothing limits it to one row")
