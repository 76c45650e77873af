"""
Nets: all lines that end at one row of a table, drawn as one tree, and the lanes in which they pass through columns.

A gutter is what lies between two columns: number ``g`` left of column ``g``. A net that leads on from a table at its
right side runs through the gutters behind it; where it must pass a column, it has a lane there, which stands between
the column's tables as one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from janua_generator.diagram.entities import Reference


@dataclass(frozen=True, slots=True)
class End:
    """Where a net meets a row of a table: on its right side, or its left."""

    entity: int
    row: int
    is_right: bool


@dataclass(frozen=True, slots=True)
class Net:
    """The tree of lines to one row. ``lanes`` are the columns that it passes through."""

    parent: End
    children: tuple[End, ...]
    lanes: tuple[int, ...]
    titles: tuple[str, ...]


def nets_of(references: Sequence[Reference], columns: Sequence[int]) -> list[Net]:
    """
    Return the nets. Children right of their parent, or that are the parent itself, hang at its right side, others left.

    Several foreign keys from one row to another are one line.
    """
    grouped: dict[End, dict[End, list[str]]] = defaultdict(dict)
    for each in references:
        away = columns[each.child] - columns[each.parent]
        parent = End(each.parent, each.parent_row, is_right=away >= 0)
        # In one column, lines leave and arrive on the same side.
        child = End(each.child, each.child_row, is_right=away <= 0)
        grouped[parent].setdefault(child, []).append(each.title)
    return [
        Net(
            parent=parent,
            children=tuple(children),
            lanes=_lanes(gutter_of(parent, columns), [gutter_of(child, columns) for child in children]),
            titles=tuple(title for titles in children.values() for title in titles),
        )
        for parent, children in sorted(grouped.items(), key=lambda item: _order(item[0]))
    ]


def gutter_of(end: End, columns: Sequence[int]) -> int:
    """Return the gutter beside a table's side."""
    return columns[end.entity] + end.is_right


def _lanes(start: int, gutters: Sequence[int]) -> tuple[int, ...]:
    return tuple(range(min(start, *gutters), max(start, *gutters)))


def _order(end: End) -> tuple[int, int, bool]:
    return (end.entity, end.row, end.is_right)
