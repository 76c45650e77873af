"""The lines: in each gutter a net has a track of its own wherever another is at the same height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from janua_generator.diagram.boxes import MARGIN, TRACK, box_width
from janua_generator.diagram.entities import Entity
from janua_generator.diagram.nets import Net
from janua_generator.diagram.places import Places

_APART = 6


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight piece of a line, horizontal or vertical, from the upper or left end to the other."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class Routes:
    """The left edges and the widths of columns, the segments of each net, and the width of the picture."""

    lefts: tuple[int, ...]
    widths: tuple[int, ...]
    segments: tuple[tuple[Segment, ...], ...]
    width: int


def route(entities: Sequence[Entity], columns: Sequence[int], nets: Sequence[Net], places: Places) -> Routes:
    """Return the columns' horizontal places and all lines."""
    count = max(columns, default=-1) + 1
    widths = [
        max(box_width(entity) for entity, at in zip(entities, columns, strict=True) if at == column)
        for column in range(count)
    ]
    tracks = [_tracks(gutter, nets, places) for gutter in range(count + 1)]
    lefts: list[int] = []
    x = 0
    for column in range(count):
        x += _gutter_width(tracks[column])
        lefts.append(x)
        x += widths[column]
    edges = list(zip(lefts, widths, strict=True))
    segments = [_segments(number, net, edges, tracks, places) for number, net in enumerate(nets)]
    return Routes(tuple(lefts), tuple(widths), tuple(segments), x + _gutter_width(tracks[count]))


def _tracks(gutter: int, nets: Sequence[Net], places: Places) -> dict[int, int]:
    """Return the track of each net that turns in a gutter; nets that are apart in height share one."""
    spans = []
    for number in range(len(nets)):
        heights = _heights(number, gutter, places)
        if heights and min(heights) != max(heights):
            spans.append((min(heights), max(heights), number))
    ends: list[int] = []
    tracks: dict[int, int] = {}
    for top, bottom, number in sorted(spans):
        free = next((track for track, end in enumerate(ends) if end + _APART < top), len(ends))
        ends[free : free + 1] = [bottom]
        tracks[number] = free
    return tracks


def _heights(net: int, gutter: int, places: Places) -> list[int]:
    return [places.tops[each.item] + each.offset for each in places.attachments.get((net, gutter), ())]


def _gutter_width(tracks: dict[int, int]) -> int:
    return 2 * MARGIN + TRACK * max(0, len(set(tracks.values())) - 1)


def _segments(
    number: int, net: Net, edges: Sequence[tuple[int, int]], tracks: Sequence[dict[int, int]], places: Places
) -> tuple[Segment, ...]:
    found: list[Segment] = []
    for column in net.lanes:
        left, width = edges[column]
        height = places.lanes[number, column]
        found.append(Segment(left, height, left + width, height))
    for gutter in range(len(edges) + 1):
        touching = places.attachments.get((number, gutter), ())
        if not touching:
            continue
        start = edges[gutter - 1][0] + edges[gutter - 1][1] if gutter else 0
        x = start + MARGIN + TRACK * tracks[gutter].get(number, 0)
        heights = sorted({places.tops[each.item] + each.offset for each in touching})
        if len(heights) > 1:
            found.append(Segment(x, heights[0], x, heights[-1]))
        for each in touching:
            y = places.tops[each.item] + each.offset
            found.append(Segment(start, y, x, y) if each.is_left else Segment(x, y, edges[gutter][0], y))
    return tuple(found)
