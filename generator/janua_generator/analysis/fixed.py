"""
Which relations of a query are *fixed*: at most one of their rows takes part.

A relation is fixed where equalities tie every column of one of its unique keys to values that are the same
for all rows: constants, parameters, or columns of a fixed relation. A join of fixed relations has at most one row.
A query in FROM, a view too, has the keys that its own FROM clause gives it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from janua_generator.analysis.bodies import is_volatile
from janua_generator.analysis.implied import is_implied
from janua_generator.analysis.nullability import evaluate, resolve
from janua_generator.analysis.plain import alternatives, means_the_same, plain
from janua_generator.analysis.scope import Column, Scope, Source, no_key
from janua_generator.analysis.syntax import function_name, name_of, parameter_number, parse, unwrapped
from janua_generator.analysis.values import Family, Value, base_type

# Comparing as floating point makes different values equal, and so does a time zone's change of hour.
_EXACT = frozenset({Family.INTEGER, Family.UUID, Family.BOOLEAN, Family.ENUM, Family.BYTES})


def all_fixed(scope: Scope) -> bool:
    """Whether the join has one row at most. A FULL JOIN of one row with one row may have two."""
    if scope.has_full_join:
        return False
    fixed = fixed_sources(scope)
    return all(
        source in fixed or source.at_most_one or _is_found_by_key(source, fixed, scope) for source in scope.sources
    )


def fixed_sources(scope: Scope) -> set[Source]:
    """The relations that contribute the same row, or none, to all rows of the join."""
    fixed: set[Source] = set()
    while True:
        more = {source for source in scope.sources if source not in fixed and _is_fixed(source, fixed, scope)}
        if not more:
            return fixed
        fixed |= more


def _is_fixed(source: Source, fixed: set[Source], scope: Scope) -> bool:
    """Whether it has one row, which is the same however often the relation is read."""
    if source.volatile or not set(source.depends_on) <= fixed:
        return False
    return source.at_most_one or _is_found_by_key(source, fixed, scope)


def _is_found_by_key(source: Source, fixed: set[Source], scope: Scope) -> bool:
    """Whether a key of the table, or of the query that it is, tells the row."""
    keys = [key for key in source.relation.keys if key.proves_uniqueness] if source.relation is not None else []
    if not keys and source.is_key is no_key:
        return False
    tied, expressions = _tied(source, fixed, scope)
    if source.is_told_apart_by(tied):
        return True
    own = {column.name for column in source.columns or ()}
    return any(
        (key.columns or key.expressions)
        and set(key.columns) <= tied & own
        and {_of_index(each, source, scope) for each in key.expressions} <= expressions
        and (not key.predicate or is_implied(key.predicate, source, scope))
        for key in keys
    )


def _of_index(expression: str, source: Source, scope: Scope) -> str:
    """An index's expression as a query's would be spelled; empty where it cannot be told."""
    tree, introspection = parse(f"SELECT {expression}"), scope.environment.introspection
    if not isinstance(tree, exp.Select) or not means_the_same(tree, introspection) or source.relation is None:
        return ""
    return plain(tree.expressions[0], source.relation, introspection)


def _tied(source: Source, fixed: set[Source], scope: Scope) -> tuple[set[str], set[str]]:
    """The columns of a relation, and the expressions over it, that equalities tie to values the same for all rows."""
    tied = {name for each, name in scope.given if each is source}
    expressions: set[str] = set()
    if "=" in scope.environment.introspection.routines.redefined_operators:
        return tied, expressions
    tied |= set(_merged(source, fixed, scope))
    for condition in scope.conditions:
        for mine, other in _equalities(condition.predicate, scope) if source in condition.sources else ():
            if not _is_over(mine, source, scope) or not is_constant(other, fixed, scope):
                continue
            column = column_of(mine, scope)
            if column is not None and _compares_exactly(*column, other, scope):
                tied.add(column[1].name)
            elif column is None and source.relation is not None and _is_exact(evaluate(mine, scope), other, scope):
                expressions.add(plain(mine, source.relation, scope.environment.introspection))
    return tied, expressions


def _merged(source: Source, fixed: set[Source], scope: Scope) -> Iterator[str]:
    """The columns of a relation that USING made equal to those of a fixed one."""
    for equality in scope.equalities:
        sides = (own_column(*equality.left), own_column(*equality.right))
        for mine, other in (sides, sides[::-1]) if source in equality.sources else ():
            if mine[0] is source and has_one_value(other, fixed, scope) and _are_alike(mine, other, scope):
                yield mine[1].name


def own_column(source: Source, column: Column) -> tuple[Source, Column]:
    """The column itself, where it is one that USING merged."""
    return source.stands_for or (source, column)


def column_of(node: exp.Expr, scope: Scope) -> tuple[Source, Column] | None:
    """The column that an expression is, of this query level or one around it."""
    reference = resolve(node, scope) if isinstance(node, exp.Column) else None
    return own_column(reference.source, reference.column) if reference is not None else None


def has_one_value(column: tuple[Source, Column], fixed: set[Source], scope: Scope) -> bool:
    return column[0] in fixed or (column[0], column[1].name) in scope.given


def _equalities(predicate: exp.Expr, scope: Scope) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """Both ways round, what a true predicate shows to be equal: one value of a list, the fields of rows."""
    if isinstance(predicate, exp.NullSafeEQ):
        # of a value that is not NULL it is equality
        sides = (unwrapped(predicate.this), unwrapped(predicate.expression))
        if not any(evaluate(each, scope).nullable for each in sides):
            yield sides
            yield (sides[1], sides[0])
        return
    found = alternatives(predicate)
    if found is not None and len(found[1]) == 1:
        left, right = found[0], found[1][0]
        pairs = [(left, right)]
        if isinstance(left, exp.Tuple) and isinstance(right, exp.Tuple):
            pairs = list(zip(map(unwrapped, left.expressions), map(unwrapped, right.expressions), strict=False))
        for one, other in pairs:
            yield one, other
            yield other, one
    elif isinstance(predicate, exp.In) and _is_of_one_row(predicate.args.get("query"), scope):
        yield unwrapped(predicate.this), predicate.args["query"]


def _is_of_one_row(query: exp.Expr | None, scope: Scope) -> bool:
    """Whether ``IN (SELECT …)`` has one value at most to choose from, whenever it is computed."""
    if not isinstance(query, exp.Subquery):
        return False
    return not is_volatile(query, scope.environment.introspection) and scope.child().output_of(query).at_most_one


def _is_over(node: exp.Expr, source: Source, scope: Scope) -> bool:
    """Whether an expression reads this relation, and nothing but it."""
    columns = [column_of(each, scope) for each in node.find_all(exp.Column)]
    return bool(columns) and all(each is not None and each[0] is source for each in columns)


def is_constant(node: exp.Expr, fixed: set[Source], scope: Scope) -> bool:
    """Whether the expression has one value for all rows: columns only of fixed relations or outer queries."""
    node = unwrapped(node)
    if isinstance(node, (exp.Literal, exp.Parameter, exp.Boolean)):
        return True
    if isinstance(node, (exp.Cast, exp.Neg)):
        return is_constant(node.this, fixed, scope)
    if isinstance(node, exp.Column):
        reference = resolve(node, scope)
        if reference is None:
            return False
        return reference.scope is not scope or has_one_value(
            own_column(reference.source, reference.column), fixed, scope
        )
    if isinstance(node, exp.Subquery):
        return _is_uncorrelated(node, scope)
    if isinstance(node, (exp.Func, exp.Binary)) and not isinstance(node, exp.SubqueryPredicate):
        return _is_repeatable(node, scope) and all(is_constant(each, fixed, scope) for each in node.iter_expressions())
    return False


def _is_repeatable(node: exp.Expr, scope: Scope) -> bool:
    """Whether an operator or function gives the same for the same operands throughout a statement."""
    routines = scope.environment.introspection.routines
    if isinstance(node, exp.Func):
        return bool(function_name(node)) and function_name(node) not in (
            routines.volatile | routines.aggregates | routines.set_returning
        )
    return not routines.redefined_operators


def _is_uncorrelated(node: exp.Expr, scope: Scope) -> bool:
    """An uncorrelated subquery is computed once. Names that might be this query's own count as correlated."""
    aliases = {source.alias for source in scope.sources}
    for column in node.find_all(exp.Column):
        table = column.args.get("table")
        name = name_of(column.this if table is None else table)
        if name in aliases or (table is None and any(source.may_have(name) for source in scope.sources)):
            return False
    return True


def _compares_exactly(source: Source, column: Column, other: exp.Expr, scope: Scope) -> bool:
    """Whether equality means what the unique index means by it."""
    types = scope.environment.introspection.types
    declared, found = _declared(source, column), _declared_type(unwrapped(other), scope)
    if declared is not None and found is not None and base_type(declared, types) == base_type(found, types):
        return True
    return _is_exact(column.value, other, scope)


def _is_exact(value: Value, other: exp.Expr, scope: Scope) -> bool:
    """An untyped literal takes the type of what it meets; of the other families only some are compared exactly."""
    family = evaluate(other, scope).family
    return family is Family.LITERAL or are_exact(value.family, family)


def are_exact(one: Family, other: Family) -> bool:
    """Whether values of these families, brought to one type, are equal only if they were."""
    return one is other and one in _EXACT | {Family.TEXT}


def _are_alike(one: tuple[Source, Column], other: tuple[Source, Column], scope: Scope) -> bool:
    """Whether two columns are of one type, domains aside, or of types that are compared exactly."""
    types = scope.environment.introspection.types
    declared = [base_type(each, types) for each in (_declared(*one), _declared(*other)) if each is not None]
    is_one_type = len(declared) == 2 and declared[0] == declared[1]
    return is_one_type or are_exact(one[1].value.family, other[1].value.family)


def _declared(source: Source, column: Column) -> str | None:
    """The type that a column is declared with: by its relation, or where a query read it from."""
    if source.relation is not None:
        return source.relation.by_name[column.name].type if column.name in source.relation.by_name else None
    return column.home.type if column.home is not None else None


def _declared_type(node: exp.Expr, scope: Scope) -> str | None:
    if isinstance(node, exp.Parameter):
        type_ = scope.environment.parameter_types.get(parameter_number(node) or 0)
        return type_.name if type_ is not None else None
    column = column_of(node, scope)
    return _declared(*column) if column is not None else None
