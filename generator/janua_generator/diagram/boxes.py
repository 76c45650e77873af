"""How large things are, in pixels. Everything vertical stands on a grid of rows, so that lines can be kept apart."""

from __future__ import annotations

from janua_generator.diagram.entities import Entity, width_of

ROW = 20
HEADER = ROW + 8
PAD = 10
CHARACTER = 7.2
"""The width of a character: texts are stretched to it, whatever font there is."""
MARKER = 26
"""The room before a column's name, for what kind of key it is."""
GAP = 2 * ROW
"""Between the tables of a column."""
TRACK = 10
"""Between lines that run side by side."""
MARGIN = 24
"""Between a table and the lines beside it."""
MARK = 14
"""How far the mark at the end of a line reaches."""


def box_height(entity: Entity) -> int:
    """Return the height of a table."""
    return HEADER + ROW * (len(entity.rows) + bool(entity.note)) + 4


def box_width(entity: Entity) -> int:
    """Return the width that a table needs."""
    names = max((width_of(row.name) for row in entity.rows), default=0)
    types = max((width_of(row.type) for row in entity.rows), default=0)
    rows = MARKER + (names + 2 + types) * CHARACTER
    others = max(width_of(entity.name), width_of(entity.note)) * CHARACTER
    return round(max(rows, others) + 2 * PAD)


def row_middle(row: int) -> int:
    """Return where the middle of a row is, from the top of its table."""
    return HEADER + row * ROW + ROW // 2


def slot_height(height: int) -> int:
    """Return what something of this height takes in a column, with the gap below: whole rows."""
    return -(-(height + GAP) // ROW) * ROW
