"""The picture as text: rectangles, lines and texts, each text as wide as it was reckoned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files

from janua_generator.diagram.boxes import (
    CHARACTER,
    HEADER,
    MARK,
    MARKER,
    PAD,
    box_height,
    row_middle,
)
from janua_generator.diagram.entities import Entity, Row, shortened, width_of
from janua_generator.diagram.nets import End, Net
from janua_generator.diagram.places import Places
from janua_generator.diagram.routes import Routes

_EDGE = 24
_TITLE = 36
_GROUP_PAD = 12
# The base line of a text, below its middle.
_BASE = 4
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_svg(
    entities: Sequence[Entity],
    columns: Sequence[int],
    nets: Sequence[Net],
    places: Places,
    routes: Routes,
    heading: str,
) -> str:
    """Return the whole document."""
    has_groups = len({each.schema for each in entities}) > 1
    top = _EDGE + _TITLE * has_groups
    width, height = routes.width + 2 * _EDGE, places.height + top + _EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<!-- {_safe(heading)} -->",
        f"<style>\n{_style()}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        f'<g transform="translate({_EDGE} {top})">',
    ]
    if has_groups:
        parts += _groups(entities, columns, routes, places.height)
    for number, net in enumerate(nets):
        parts += _net(number, net, columns, places, routes)
    for number, entity in enumerate(entities):
        column = columns[number]
        parts += _box(entity, routes.lefts[column], places.tops[number], routes.widths[column])
    return "\n".join([*parts, "</g>", "</svg>", ""])


@cache
def _style() -> str:
    return files("janua_generator.diagram").joinpath("style.css").read_text("utf-8")


def _groups(entities: Sequence[Entity], columns: Sequence[int], routes: Routes, height: int) -> Iterator[str]:
    for schema in dict.fromkeys(each.schema for each in entities):
        own = {column for column, entity in zip(columns, entities, strict=True) if entity.schema == schema}
        left = routes.lefts[min(own)] - _GROUP_PAD
        right = routes.lefts[max(own)] + routes.widths[max(own)] + _GROUP_PAD
        yield (
            f'<rect class="group" x="{left}" y="{-_TITLE}" width="{right - left}" height="{height + _TITLE}" rx="8"/>'
        )
        name = shortened(schema, int((right - left) // (CHARACTER * 14 / 12)) - 2)
        yield _text(name, left + PAD, -_TITLE + 18, "group-name", scale=14 / 12)


def _net(number: int, net: Net, columns: Sequence[int], places: Places, routes: Routes) -> Iterator[str]:
    yield f'<g class="net"><title>{_safe(chr(10).join(net.titles))}</title>'
    lines = "".join(f"M{each.x1} {each.y1}L{each.x2} {each.y2}" for each in routes.segments[number])
    yield f'<path class="line" d="{lines}"/>'
    marks = [_one(*_at(net.parent, number, columns, places, routes))]
    marks += [_many(*_at(child, number, columns, places, routes)) for child in net.children]
    yield f'<path class="end" d="{"".join(marks)}"/></g>'


def _at(end: End, net: int, columns: Sequence[int], places: Places, routes: Routes) -> tuple[int, int, int]:
    """Return where an end is, and in which direction away from the table."""
    column = columns[end.entity]
    x = routes.lefts[column] + routes.widths[column] * end.is_right
    return x, places.ends[net, end], 1 if end.is_right else -1


def _one(x: int, y: int, away: int) -> str:
    """The mark of the row that is referred to: a bar."""
    return f"M{x + 6 * away} {y - 4}L{x + 6 * away} {y + 4}"


def _many(x: int, y: int, away: int) -> str:
    """The mark of rows that refer to it: a crow's foot."""
    tip = x + (MARK - 4) * away
    return f"M{x} {y - 4}L{tip} {y}L{x} {y + 4}"


def _box(entity: Entity, x: int, y: int, width: int) -> Iterator[str]:
    height = box_height(entity)
    yield f'<g transform="translate({x} {y})"><title>{_safe(entity.title)}</title>'
    yield f'<rect class="box" width="{width}" height="{height}" rx="4"/>'
    yield f'<path class="head" d="M1 {HEADER - 2}V4Q1 1 4 1H{width - 4}Q{width - 1} 1 {width - 1} 4V{HEADER - 2}Z"/>'
    yield f'<path class="head-line" d="M0 {HEADER - 2}H{width}"/>'
    yield _text(entity.name, PAD, (HEADER - 2) // 2 + _BASE, "name")
    for number, row in enumerate(entity.rows):
        yield from _row(row, row_middle(number) + _BASE, width)
    if entity.note:
        yield _text(entity.note, PAD, row_middle(len(entity.rows)) + _BASE, "note")
    yield "</g>"


def _row(row: Row, y: int, width: int) -> Iterator[str]:
    mark = "PK" if row.is_key else "FK" if row.is_reference else ""
    yield f"<g><title>{_safe(row.title)}</title>"
    if mark:
        yield _text(mark, PAD, y, "mark")
    yield _text(row.name, PAD + MARKER, y, "key" if row.is_key else "optional" if row.is_nullable else "column")
    yield _text(row.type, width - PAD - round(width_of(row.type) * CHARACTER, 1), y, "type")
    yield "</g>"


def _text(text: str, x: float, y: int, kind: str, scale: float = 1.0) -> str:
    # Stretched where the font is another than was reckoned with, so that nothing ever runs over its place.
    length = f"{width_of(text) * CHARACTER * scale:.1f}"
    return (
        f'<text class="{kind}" x="{x:g}" y="{y}" textLength="{length}" lengthAdjust="spacingAndGlyphs">'
        f"{_safe(text)}</text>"
    )


def _safe(text: str) -> str:
    """Return the text as XML may have it: control characters, which names may contain, it may not."""
    return escape(_FORBIDDEN.sub("\ufffd", text)).replace("--", "- -")
