"""
Which relations of a query are *fixed*: at most one of their rows takes part.

A relation is fixed where equalities tie every column of one of its unique keys to values that are the same
for all rows: constants, parameters, or columns of a fixed relation. A join of fixed relations has at most one row.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from janua_generator.analysis.implied import is_implied
from janua_generator.analysis.nullability import evaluate, resolve
from janua_generator.analysis.plain import alternatives, means_the_same, plain
from janua_generator.analysis.scope import Column, Scope, Source
from janua_generator.analysis.syntax import function_name, name_of, parameter_number, parse, unwrapped
from janua_generator.analysis.values import Family, Value, base_type
from janua_generator.catalog.model import Relation

# Comparing as floating point makes different values equal, and so does a time zone's change of hour.
_EXACT = frozenset({Family.INTEGER, Family.UUID, Family.BOOLEAN, Family.ENUM, Family.BYTES})


def all_fixed(scope: Scope) -> bool:
    """Whether the join has one row at most. A FULL JOIN of one row with one row may have two."""
    alone = {source for source in scope.sources if source.at_most_one}
    return not scope.has_full_join and set(scope.sources) <= fixed_sources(scope) | alone


def fixed_sources(scope: Scope) -> set[Source]:
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
    relation = source.relation
    if relation is None or not any(key.proves_uniqueness for key in relation.keys):
        return False
    tied, expressions = _tied(source, relation, fixed, scope)
    own = {column.name for column in source.columns or ()}
    return any(
        key.proves_uniqueness
        and (key.columns or key.expressions)
        and set(key.columns) <= tied & own
        and {_of_index(each, relation, scope) for each in key.expressions} <= expressions
        and (not key.predicate or is_implied(key.predicate, source, scope))
        for key in relation.keys
    )


def _of_index(expression: str, relation: Relation, scope: Scope) -> str:
    """An index's expression as a query's would be spelled; empty where it cannot be told."""
    tree, introspection = parse(f"SELECT {expression}"), scope.environment.introspection
    if not isinstance(tree, exp.Select) or not means_the_same(tree, introspection):
        return ""
    return plain(tree.expressions[0], relation, introspection)


def _tied(source: Source, relation: Relation, fixed: set[Source], scope: Scope) -> tuple[set[str], set[str]]:
    """The columns of a relation, and the expressions over it, that equalities tie to values the same for all rows."""
    tied: set[str] = set()
    expressions: set[str] = set()
    if "=" in scope.environment.introspection.routines.redefined_operators:
        return tied, expressions
    for condition in scope.conditions:
        for mine, other in _equalities(condition.predicate, scope) if source in condition.sources else ():
            if not _is_over(mine, source, scope) or not is_constant(other, fixed, scope):
                continue
            reference = resolve(mine, scope) if isinstance(mine, exp.Column) else None
            if reference is None and _has_exact_equality(evaluate(mine, scope), other, scope):
                expressions.add(plain(mine, relation, scope.environment.introspection))
            elif reference is not None and _compares_exactly(reference.column, other, scope):
                tied.add(reference.column.name)
    return tied, expressions


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
    volatile = scope.environment.introspection.routines.volatile
    if any(function_name(call) in volatile for call in query.find_all(exp.Func)):
        return False
    return scope.child().output_of(query).at_most_one


def _is_over(node: exp.Expr, source: Source, scope: Scope) -> bool:
    """Whether an expression reads this relation, and nothing but it."""
    references = [resolve(column, scope) for column in node.find_all(exp.Column)]
    return bool(references) and all(each is not None and each.source is source for each in references)


def is_constant(node: exp.Expr, fixed: set[Source], scope: Scope) -> bool:
    """Whether the expression has one value for all rows: columns only of fixed relations or outer queries."""
    node = unwrapped(node)
    if isinstance(node, (exp.Literal, exp.Parameter, exp.Boolean)):
        return True
    if isinstance(node, (exp.Cast, exp.Neg)):
        return is_constant(node.this, fixed, scope)
    if isinstance(node, exp.Column):
        reference = resolve(node, scope)
        return reference is not None and (reference.scope is not scope or reference.source in fixed)
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


def _compares_exactly(column: Column, other: exp.Expr, scope: Scope) -> bool:
    """Whether equality means what the unique index means by it."""
    return _has_type_of(other, column, scope) or _has_exact_equality(column.value, other, scope)


def _has_exact_equality(value: Value, other: exp.Expr, scope: Scope) -> bool:
    """An untyped literal takes the type of what it meets; of the other families only some are compared exactly."""
    family = evaluate(other, scope).family
    if family is Family.LITERAL:
        return True
    return value.family is family and family in _EXACT | {Family.TEXT}


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
