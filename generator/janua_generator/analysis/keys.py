"""
Which columns of a query's result tell its rows apart: its keys.

They do where the query, with one value for each of them, would give one row at most; or where no two rows can be the
same in all that it groups by, or in anything at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TypeAlias

from sqlglot import exp

from janua_generator.analysis.fixed import are_exact, column_of, fixed_sources, is_constant, own_column
from janua_generator.analysis.nullability import resolve
from janua_generator.analysis.nullability.sets import sets_multiplying
from janua_generator.analysis.projection import output_name, starred
from janua_generator.analysis.scope import Column, IsKey, Output, Scope, Source
from janua_generator.analysis.syntax import is_star, name_of, unwrapped

Item: TypeAlias = "exp.Expr | tuple[Source, Column]"
"""An item of a select list; a column for each that a star stands for."""


def of_select(node: exp.Select, scope: Scope, has_one_row: Callable[[], bool]) -> IsKey:
    """Return what says which are keys; ``has_one_row`` says whether it gives one row, with what the scope is given."""

    @cache
    def is_key(columns: frozenset[int]) -> bool:
        items = _items(node, scope)
        if items is None:
            return False
        chosen = _Chosen(items, columns)
        if _is_one_of_each(node, chosen):
            return True
        with scope.giving({(source, column.name) for source, column in chosen.own_columns(scope)}):
            return has_one_row() or _is_grouped_by(node, chosen, scope)

    return is_key


def of_set_operation(node: exp.SetOperation, left: Output, right: Output) -> IsKey:
    """Return what says which are keys of a UNION, INTERSECT or EXCEPT, whose columns are known."""
    pairs = list(zip(left.columns or (), right.columns or (), strict=True))
    exact = {at for at, (one, other) in enumerate(pairs) if are_exact(one.value.family, other.value.family)}

    def is_key(columns: frozenset[int]) -> bool:
        if node.args.get("distinct") and len(columns) == len(pairs):
            return True
        if isinstance(node, exp.Union) or not columns <= exact:
            return False
        return left.is_key(columns) or (isinstance(node, exp.Intersect) and right.is_key(columns))

    return is_key


class _Chosen:
    """Some columns of a select list."""

    def __init__(self, items: Sequence[Item], columns: frozenset[int]) -> None:
        self._items = [items[at] for at in columns]
        self._numbers = {str(at + 1) for at in columns}
        self.is_all = len(columns) == len(items)
        self._expressions = [unwrapped(item) for item in self._items if isinstance(item, exp.Expr)]
        self.names = {_output_name(item) for item in self._items}
        self.all_names = {_output_name(item) for item in items}

    def has(self, node: exp.Expr) -> bool:
        """Whether GROUP BY and DISTINCT ON mean one of them, which a number does by its place."""
        return node.name in self._numbers if isinstance(node, exp.Literal) else node in self._expressions

    def own_columns(self, scope: Scope) -> Iterator[tuple[Source, Column]]:
        """Those that are of the FROM clause: a condition on them before grouping is one on the result."""
        for item in self._items:
            column = own_column(*item) if isinstance(item, tuple) else column_of(unwrapped(item), scope)
            if column is not None and column[0] in scope.sources:
                yield column


def _output_name(item: Item) -> str:
    return item[1].name if isinstance(item, tuple) else output_name(item)


def _items(node: exp.Select, scope: Scope) -> list[Item] | None:
    """The items of the select list; None where it cannot be told what a star stands for."""
    items: list[Item] = []
    for item in node.expressions:
        found = starred(item, scope) if is_star(item) else None
        if found is not None:
            items += found[1]
        elif is_star(item):
            return None
        else:
            items.append(item)
    return items


def groups_by_one_value(node: exp.Expr, fixed: set[Source], scope: Scope) -> bool:
    """``GROUP BY 1`` means the first column of the result; a name means one of its names before one from outside."""
    if isinstance(node, exp.Literal):
        return False
    if isinstance(node, exp.Column):
        reference = resolve(node, scope)
        return reference is not None and reference.scope is scope and is_constant(node, fixed, scope)
    return is_constant(node, fixed, scope)


def _is_grouped_by(node: exp.Select, chosen: _Chosen, scope: Scope) -> bool:
    """Whether each group has a row of its own, and what is chosen tells the groups apart."""
    group = node.args.get("group")
    if group is None or scope.has_grouping_sets or any(sets_multiplying(node, scope)):
        return False
    fixed = {source for source in fixed_sources(scope) if not source.extended_by}
    return all(
        chosen.has(each)
        or groups_by_one_value(each, fixed, scope)
        or (_name(each) in chosen.names and not _is_of_from(_name(each), scope))
        for each in map(unwrapped, group.expressions)
    )


def _is_one_of_each(node: exp.Select, chosen: _Chosen) -> bool:
    """Whether DISTINCT leaves one row for each value of what is chosen; a name means an item of the list first."""
    distinct = node.args.get("distinct")
    if distinct is None:
        return False
    if distinct.args.get("on") is None:
        return chosen.is_all
    on = distinct.args["on"]
    return all(
        _name(each) in chosen.names if _name(each) in chosen.all_names else chosen.has(each)
        for each in map(unwrapped, on.expressions if isinstance(on, exp.Tuple) else [on])
    )


def _name(node: exp.Expr) -> str | None:
    """The name that a mere name is."""
    return name_of(node.this) if isinstance(node, exp.Column) and not node.args.get("table") else None


def _is_of_from(name: str | None, scope: Scope) -> bool:
    """Whether a relation may have a column of this name."""
    return name is not None and any(source.may_have(name) for source in (*scope.sources, *scope.merged))
