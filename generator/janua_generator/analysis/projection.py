"""
Select and RETURNING lists: the columns that they give, ``*`` included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlglot import exp

from janua_generator.analysis.json_shape import shape_of
from janua_generator.analysis.nullability import evaluate, resolve
from janua_generator.analysis.nullability.elements import is_made_of_nulls
from janua_generator.analysis.scope import Column, Origin, Scope, Source
from janua_generator.analysis.shape import HOLDING_NULLS
from janua_generator.analysis.syntax import (
    function_name,
    is_star,
    name_of,
    unwrapped,
)
from janua_generator.analysis.values import Family, Value, nullable

_NAMELESS = "?column?"


def projected(items: Iterable[exp.Expr], scope: Scope) -> tuple[Column, ...] | None:
    columns: list[Column] = []
    for item in items:
        if is_star(item):
            star = _star_of(item, scope)
            if star is None:
                return None
            columns += star
        else:
            columns.append(Column(output_name(item), _selected(item, scope), *_origins(item, scope)))
    return tuple(columns)


def _origins(item: exp.Expr, scope: Scope) -> tuple[Origin | None, Origin | None]:
    """The origin and the home of an item of the select list that is a mere column."""
    column = unwrapped(item)
    reference = resolve(column, scope) if isinstance(column, exp.Column) else None
    return (reference.column.origin, reference.column.home) if reference is not None else (None, None)


def _selected(item: exp.Expr, scope: Scope) -> Value:
    """An item of the select list: NULL where grouping sets leave it out."""
    value = evaluate(item, scope)
    if value.family is Family.JSON:
        value = replace(value, shape=shape_of(item, scope))
    elif value.family is Family.ARRAY and is_made_of_nulls(item, scope):
        value = replace(value, shape=HOLDING_NULLS)
    if scope.groups_by_expressions and function_name(unwrapped(item)) not in ("count", "grouping"):
        return nullable("grouping sets leave it out of some rows", value.family)
    return value


def _star_of(item: exp.Expr, scope: Scope) -> tuple[Column, ...] | None:
    found = starred(item, scope)
    return None if found is None else tuple(_seen(source, column, found[0]) for source, column in found[1])


def starred(item: exp.Expr, scope: Scope) -> tuple[Scope, Sequence[tuple[Source, Column]]] | None:
    """Find what ``*`` or ``t.*`` stands for, and the query level that its relations are of."""
    table = item.args.get("table") if isinstance(item, exp.Column) else None
    if table is None:
        if scope.star is None or any(source.columns is None for source, _ in scope.star):
            return None
        return scope, scope.star
    level: Scope | None = scope
    while level is not None:
        found = [source for source in level.sources if source.alias == name_of(table)]
        if found:
            (source, *others) = found
            if others or source.columns is None:
                return None
            return level, [(source, each) for each in source.columns]
        level = level.parent
    return None


def star_columns(scope: Scope) -> tuple[Column, ...] | None:
    """Return what ``*`` gives."""
    return _star_of(exp.Star(), scope)


def _seen(source: Source, column: Column, scope: Scope) -> Column:
    value = source.value(column)
    if scope.has_grouping_sets:
        value = nullable("grouping sets leave it out of some rows", value.family)
    return Column(column.name, value, column.origin, column.home)


def output_name(item: exp.Expr) -> str:
    """The name that PostgreSQL gives a select item (FigureColname), or an empty string for one that is not sure."""
    match item:
        case exp.Alias():
            return name_of(item.args["alias"])
        case exp.Column():
            return name_of(item.this)
        case exp.Cast() | exp.Collate():
            inner = output_name(item.this)
            return inner if inner != _NAMELESS else ""
        case exp.Paren():
            return output_name(item.this)
        case exp.Subquery() if isinstance(item.this, exp.Select) and item.this.expressions:
            return output_name(item.this.expressions[0])
        case exp.Window() | exp.Filter():
            return output_name(item.this)
        case exp.Literal() | exp.Null() | exp.Parameter() | exp.Not() | exp.Binary() | exp.Is():
            return _NAMELESS if not function_name(item) else ""
        case _:
            return function_name(item)
