"""The columns of the picture: what is referred to stands left of what refers to it, and each schema by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import sqrt

from janua_generator.diagram.boxes import box_height, box_width, slot_height
from janua_generator.diagram.entities import Entity, Reference

# Wider than high: most screens are.
_ASPECT = 1.6


def assign_columns(entities: Sequence[Entity], references: Sequence[Reference]) -> list[int]:
    """Return the column of each table, from 0 on. A column is about as high as the picture should be, not more."""
    limit = _limit(entities)
    columns = [0] * len(entities)
    first = 0
    for _, members in groupby(range(len(entities)), key=lambda number: entities[number].schema):
        group = list(members)
        local = _assign(group, entities, references, limit)
        for number in group:
            columns[number] = first + local[number]
        first += max(local.values()) + 1
    return columns


def _limit(entities: Sequence[Entity]) -> float:
    heights = [slot_height(box_height(each)) for each in entities]
    # What lines need is as much again as a table is wide, or half of that.
    area = sum(height * 1.5 * box_width(each) for height, each in zip(heights, entities, strict=True))
    return max([sqrt(area / _ASPECT), *heights])


def _assign(
    group: Sequence[int], entities: Sequence[Entity], references: Sequence[Reference], limit: float
) -> dict[int, int]:
    """Take tables after those that they refer to, and put each into the first column behind those that has room."""
    inside = set(group)
    parents: dict[int, set[int]] = {number: set() for number in group}
    for each in references:
        if each.child in inside and each.parent in inside and each.child != each.parent:
            parents[each.child].add(each.parent)
    column: dict[int, int] = {}
    filled: dict[int, float] = {}
    for number in _ordered(group, parents):
        height = slot_height(box_height(entities[number]))
        at = max((column[parent] + 1 for parent in parents[number] if parent in column), default=0)
        while filled.get(at, 0) and filled[at] + height > limit:
            at += 1
        column[number] = at
        filled[at] = filled.get(at, 0) + height
    # A column may have been passed over.
    dense = {at: index for index, at in enumerate(sorted(filled))}
    return {number: dense[at] for number, at in column.items()}


def _ordered(group: Iterable[int], parents: Mapping[int, set[int]]) -> list[int]:
    """
    Return the tables so that parents come first; where they refer to each other in a circle, the most referred to does.

    Those without any reference come last: they fill what is left.
    """
    children: dict[int, set[int]] = {number: set() for number in parents}
    for number, above in parents.items():
        for parent in above:
            children[parent].add(number)
    waiting = {number: len(above) for number, above in parents.items()}
    left = dict.fromkeys(group)
    ordered: list[int] = []
    while left:
        number = min(
            left, key=lambda each: (waiting[each], not children[each] and not parents[each], -len(children[each]), each)
        )
        del left[number]
        ordered.append(number)
        for child in children[number]:
            waiting[child] -= 1
    return ordered
