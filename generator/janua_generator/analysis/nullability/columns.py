"""Columns, parameters, literals: the leaves of an expression."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from janua_generator.analysis.nullability.rules import evaluate, rule
from janua_generator.analysis.scope import UNKNOWN, Reference, Scope, Source
from janua_generator.analysis.syntax import name_of, parameter_number
from janua_generator.analysis.values import Extension, Family, Value, family_of, not_null, nullable


def resolve(node: exp.Column, scope: Scope) -> Reference | None:
    """Find what a column reference means; None for ``*``, composite fields and unknown names."""
    if isinstance(node.this, exp.Star):
        return None
    table = node.args.get("table")
    return scope.resolve(name_of(node.this), name_of(table) if table is not None else "")


def level_of(node: exp.Column, scope: Scope) -> Scope | None:
    """The query level that a column is of, or a relation whose whole row it is (``t``, ``t.*``); None if unknown."""
    reference = resolve(node, scope)
    if reference is not None:
        return reference.scope
    table = node.args.get("table")
    if (table is not None) is not isinstance(node.this, exp.Star):
        return None
    name = name_of(node.this if table is None else table)
    level: Scope | None = scope
    while level is not None:
        if table is None and any(source.may_have(name) for source in level.sources):
            return None
        if any(source.alias == name for source in level.sources):
            return level
        level = level.parent
    return None


@rule(exp.Column)
def column(node: exp.Expr, scope: Scope) -> Value:
    """A column is what its relation makes of it; grouping sets put NULLs into the columns they leave out."""
    assert isinstance(node, exp.Column)
    reference = resolve(node, scope)
    if reference is None:
        return _whole_row(node, scope)
    if reference.scope.has_grouping_sets:
        return nullable("grouping sets leave it out of some rows", reference.value.family)
    return reference.value


def _whole_row(node: exp.Column, scope: Scope) -> Value:
    """``t`` for a relation t is its row, which an outer join makes NULL; ``t.*`` as an argument is the same."""
    table = node.args.get("table")
    if (table is not None) is not isinstance(node.this, exp.Star):
        return _of_unknown_relation(name_of(table), scope)
    name = name_of(node.this if table is None else table)
    level: Scope | None = scope
    while level is not None:
        if table is None and any(source.may_have(name) for source in level.sources):
            # PostgreSQL looks for a column of this name before it looks for a relation (colNameToVar)
            return UNKNOWN
        sources = [source for source in level.sources if source.alias == name]
        if sources:
            source = sources[0]
            if source.is_scalar and source.columns and table is None:
                return _value_of_function(source, level)
            is_there = (source.has_row or source.relation is not None) and not level.has_grouping_sets
            if len(sources) > 1 or source.extended_by or not is_there:
                return nullable(f"{name} may be absent", Family.COMPOSITE)
            return not_null(f"{name} is present", Family.COMPOSITE)
        level = level.parent
    return UNKNOWN


def _value_of_function(source: Source, level: Scope) -> Value:
    """``e`` for ``jsonb_array_elements(j) AS e`` is the element, though its column is called otherwise."""
    assert source.columns is not None
    value = source.value(source.columns[0])
    return nullable("grouping sets leave it out of some rows", value.family) if level.has_grouping_sets else value


def _of_unknown_relation(alias: str, scope: Scope) -> Value:
    """A column of a relation whose columns cannot be told is absent where that is."""
    level: Scope | None = scope
    while level is not None:
        sources = [source for source in level.sources if source.alias == alias]
        if sources:
            source = sources[0]
            if len(sources) > 1 or source.columns is not None or not source.extended_by:
                return UNKNOWN
            return replace(UNKNOWN, extension=Extension(frozenset(source.extended_by), UNKNOWN))
        level = level.parent
    return UNKNOWN


@rule(exp.Literal, exp.Boolean, exp.Interval, exp.HexString, exp.BitString, exp.ByteString, exp.National)
def literal(node: exp.Expr, scope: Scope) -> Value:
    """A literal is itself. ``INTERVAL`` may hold an expression, whose NULL it would pass on."""
    if isinstance(node, exp.Boolean):
        return not_null("a literal", Family.BOOLEAN)
    if isinstance(node, exp.Interval):
        return not_null("a literal", Family.TIME) if isinstance(node.this, exp.Literal) else UNKNOWN
    if isinstance(node, exp.Literal) and not node.is_string:
        return not_null("a literal", Family.INTEGER if node.is_int else Family.NUMBER)
    return not_null("a literal", Family.LITERAL)


@rule(exp.Null)
def null(node: exp.Expr, scope: Scope) -> Value:
    """NULL is NULL."""
    return nullable("it is NULL", Family.LITERAL)


@rule(exp.Parameter)
def parameter(node: exp.Expr, scope: Scope) -> Value:
    """A parameter is NULL only where its type says that None may be passed."""
    number = parameter_number(node)
    type_ = scope.environment.parameter_types.get(number or 0)
    family = family_of(type_.name, scope.environment.introspection.types) if type_ else Family.OTHER
    if number is None or number in scope.environment.nullable_parameters:
        return nullable("a parameter that takes None", family)
    return not_null("a parameter that does not take None", family)


@rule(exp.Paren, exp.Alias)
def wrapped(node: exp.Expr, scope: Scope) -> Value:
    """Parentheses and names change nothing."""
    return evaluate(node.this, scope)
