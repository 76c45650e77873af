"""Tables whose less important columns give way where a terminal is narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from rich import box
from rich.table import Table
from rich.text import Text

R = TypeVar("R")

_BETWEEN = "  ·  "
# Of the page, on either side, and behind the label.
_MARGINS = 4


# Without slots: with them, ``Column[int](…)`` fails on Python 3.11.
@dataclass(frozen=True)
class Column(Generic[R]):
    """
    A column: its heading, what it shows of a row, and from which width of the terminal on it is there.

    The one that ``stretches`` takes the room that is left. Bars begin where the ``bars`` above them do.
    """

    heading: str
    shown: Callable[[R], str | Text]
    from_width: int = 0
    stretches: bool = False
    bars: bool = False


def table(title: str, columns: Sequence[Column[R]], rows: Sequence[R], width: int, limit: int) -> Table:
    """Return a table of at most ``limit`` rows; a last line counts those that are left out."""
    fitting = [column for column in columns if width >= column.from_width]
    made = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        expand=True,
        pad_edge=False,
        padding=(0, 1),
        header_style="dim",
        show_edge=False,
    )
    for column in fitting:
        justify: Literal["left", "right"] = "left" if column.stretches or column.bars else "right"
        made.add_column(
            column.heading,
            justify=justify,
            no_wrap=True,
            overflow="ellipsis",
            ratio=1 if column.stretches else None,
        )
    shown = rows if len(rows) <= limit else rows[: max(1, limit - 1)]
    for row in shown:
        made.add_row(*(column.shown(row) for column in fitting))
    if len(shown) < len(rows):
        left_out = Text(f"and {len(rows) - len(shown)} more", style="dim")
        made.add_row(*(left_out if column.stretches else "" for column in fitting))
    return made


def labelled(label: str | Text, parts: Sequence[str | Text], width: int) -> Table:
    """Return parts behind a label, as many to a line as fit, all lines below the first part."""
    lines = Text()
    room = width - len(label) - _MARGINS
    used = 0
    for part in parts:
        if used and used + len(_BETWEEN) + len(part) <= room:
            lines.append(_BETWEEN)
            used += len(_BETWEEN)
        elif used:
            lines.append("\n")
            used = 0
        lines.append(part)
        used += len(part)
    made = Table.grid(padding=(0, 1, 0, 0))
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    made.add_row(label, lines)
    return made


def bar(part: float, width: int = 8) -> Text:
    """Return a part of 1 as a bar of eighths of characters."""
    eighths = round(max(0.0, min(1.0, part)) * width * 8)
    full, rest = divmod(eighths, 8)
    drawn = "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")
    return Text(drawn.ljust(width), style="cyan")
