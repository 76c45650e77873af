"""
How many rows a statement gives, as far as it can be proven: at most one, at least one.

A relation is *fixed* where equalities tie every column of one of its unique keys to values
that are the same for all rows: constants, parameters, or columns of a fixed relation. A join
of fixed relations has at most one row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from janua_generator.analysis import statements
from janua_generator.analysis.nullability import evaluate, resolve
from janua_generator.analysis.scope import Column, Output, Scope, Source
from janua_generator.analysis.syntax import (
    conjuncts,
    function_name,
    is_star,
    name_of,
    parameter_number,
    parse,
    type_name,
    unwrapped,
)
from janua_generator.analysis.values import Family, base_type, family_of
from janua_generator.catalog.model import Key, PgType, Relation

# Comparing as floating point makes different values equal, and so does a time zone's change of hour.
_EXACT = frozenset({Family.INTEGER, Family.UUID, Family.BOOLEAN, Family.ENUM, Family.BYTES})


def of_select(node: exp.Select, scope: Scope, columns: tuple[Column, ...] | None) -> Output:
    """Count the rows of a SELECT whose FROM and WHERE are in ``scope``."""
    return limited(node, _unlimited(node, scope, columns))


def _unlimited(node: exp.Select, scope: Scope, columns: tuple[Column, ...] | None) -> Output:
    if _returns_sets(node, scope):
        return Output(columns, count_reason="a set-returning function in the select list")
    group = node.args.get("group")
    having = node.args.get("having") is not None
    if group is None and _aggregates(node, scope):
        return Output(columns, True, not having, "an aggregate without GROUP BY")
    if group is not None:
        single = not scope.has_grouping_sets and _is_one_group(group, scope)
        return Output(columns, single, False, "what it groups by has one value" if single else "a row for each group")
    if not scope.sources:
        return Output(columns, True, node.args.get("where") is None and not having, "no FROM clause")
    if _all_fixed(scope):
        return Output(columns, True, False, "each relation is found by a unique key")
    return Output(columns, count_reason="nothing limits it to one row")


def _is_one_group(group: exp.Expr, scope: Scope) -> bool:
    """One row a group, so one row where all that it groups by has one value."""
    if _all_fixed(scope):
        return True
    fixed = {source for source in _fixed(scope) if not source.extended_by}
    return all(_groups_by_one_value(each, fixed, scope) for each in group.expressions)


def _groups_by_one_value(node: exp.Expr, fixed: set[Source], scope: Scope) -> bool:
    """``GROUP BY 1`` means the first column of the result, as ``GROUP BY name`` may mean one of its names."""
    if isinstance(node, exp.Literal):
        return False
    if isinstance(node, exp.Column):
        reference = resolve(node, scope)
        return reference is not None and reference.scope is scope and reference.source in fixed
    return _is_constant(node, fixed, scope)


def limited(node: exp.Expr, output: Output) -> Output:
    """Take LIMIT, OFFSET and FETCH into account."""
    limit, offset = node.args.get("limit"), node.args.get("offset")
    if limit is None and offset is None:
        return output
    at_most_one, reason = output.at_most_one, output.count_reason
    if limit is not None and _is_limit_one(limit):
        at_most_one, reason = True, "LIMIT 1"
    return Output(output.columns, at_most_one, False, reason)


def _is_limit_one(limit: exp.Expr) -> bool:
    if isinstance(limit, exp.Fetch):
        options = limit.args.get("limit_options")
        if options is not None and (options.args.get("with_ties") or options.args.get("percent")):
            return False
        count = limit.args.get("count")
        return count is None or _is_small(count)
    return isinstance(limit, exp.Limit) and _is_small(limit.expression)


def _is_small(node: exp.Expr | None) -> bool:
    node = unwrapped(node) if node is not None else None
    return isinstance(node, exp.Literal) and node.is_int and int(node.this) <= 1


def _own_level(node: exp.Expr) -> Iterator[exp.Expr]:
    """The nodes of an expression, without those of subqueries in it."""
    stack = [node]
    while stack:
        each = stack.pop()
        yield each
        if not isinstance(each, (exp.Query, exp.Exists)):
            stack += list(each.iter_expressions())


def _returns_sets(node: exp.Select, scope: Scope) -> bool:
    """Whether a set-returning function multiplies the rows: in the select list, or sorted or grouped by."""
    clauses = [node.args.get(clause) for clause in ("order", "group", "distinct", "windows")]
    flat = [each for clause in clauses for each in (clause if isinstance(clause, list) else [clause])]
    return any(calls_set_returning(each, scope) for each in [*node.expressions, *flat] if each is not None)


def calls_set_returning(node: exp.Expr, scope: Scope) -> bool:
    """Whether a set-returning function stands in the expression, outside of its subqueries."""
    set_returning = scope.environment.introspection.routines.set_returning
    unfolding = (exp.Unnest, exp.Explode, exp.ExplodingGenerateSeries, exp.Posexplode)
    return any(isinstance(each, unfolding) or function_name(each) in set_returning for each in _own_level(node))


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
    columns = list(call.find_all(exp.Column))
    references = [resolve(column, scope) for column in columns if not is_star(column)]
    return not references or any(each is not None and each.scope is scope for each in references)


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
    may_skip = conflict is not None and ("UPDATE" not in action.upper() or conflict.args.get("where") is not None)
    may_drop = (
        relation.is_view
        or _has_foreign_part(relation, scope)
        or bool(statements.row_triggers(relation, scope, "insert"))
    )
    if conflict is not None:
        may_drop = may_drop or bool(statements.row_triggers(relation, scope, "update"))
    at_least_one = selected.at_least_one and not may_skip and not may_drop
    if selected.at_most_one and not at_least_one:
        why = "ON CONFLICT may skip it" if may_skip else "a trigger or its query may leave it out"
        reason = f"{reason}, but {why}"
    return Output(columns, selected.at_most_one, at_least_one, reason)


def _has_foreign_part(relation: Relation, scope: Scope) -> bool:
    """Whether a row may end up on another server, which may do with it what it likes."""
    below = [scope.environment.introspection.catalog.by_qualified_name.get(child) for child in relation.children]
    return relation.kind == "foreign table" or any(each is None or _has_foreign_part(each, scope) for each in below)


def of_target(node: exp.Expr, scope: Scope, target: Source, event: str) -> Output:
    """Count the rows that an UPDATE or DELETE touches: each row of the target at most once."""
    if target.relation is None or target.relation.has_rules:
        return Output((), count_reason="nothing is known of the target")
    if not scope.has_full_join and target in _fixed(scope):
        return Output((), True, False, "the row is found by a unique key")
    return Output((), count_reason="nothing limits it to one row")


# Fixed relations


def _all_fixed(scope: Scope) -> bool:
    """Whether the join has one row at most. A FULL JOIN of one row with one row may have two."""
    alone = {source for source in scope.sources if source.at_most_one}
    return not scope.has_full_join and set(scope.sources) <= _fixed(scope) | alone


def _fixed(scope: Scope) -> set[Source]:
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
            if _is_constant(other, fixed, scope) and _compares_exactly(reference.column, other, scope):
                tied.add(reference.column.name)
    return tied


def _is_constant(node: exp.Expr, fixed: set[Source], scope: Scope) -> bool:
    """Whether the expression has one value for all rows: columns only of fixed relations or outer queries."""
    node = unwrapped(node)
    if isinstance(node, (exp.Literal, exp.Parameter, exp.Boolean)):
        return True
    if isinstance(node, (exp.Cast, exp.Neg)):
        return _is_constant(node.this, fixed, scope)
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
