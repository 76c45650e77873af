"""
A finding in a source file, and how it is shown: place, message, SQLSTATE, excerpt with a pointer, hint.

    queries/bookings.sql:14:8: column "starts" does not exist [42703]
       14 | SELECT starts FROM bookings
          |        ^^^^^^
    hint: did you mean "starts_at"?
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]

_TAB_STOP = 4
# Longer lines are cut to a window around the pointer, so that a terminal does not wrap them.
_MAX_WIDTH = 120
_CONTEXT = 40


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """
    One error or warning.

    ``line`` and ``column`` count from 1, in characters; 0 where it is about the whole file.
    ``length`` characters from there on are meant. ``excerpt`` is ready to print, without a line break
    at its end. ``rule`` names what a warning goes by, so that it can be silenced; ``stage``, which the text does not
    show, in what an error was found.
    """

    file: str
    line: int
    column: int
    message: str
    sqlstate: str = ""
    hint: str = ""
    excerpt: str = ""
    severity: Severity = "error"
    rule: str = ""
    length: int = 0
    stage: str = ""

    @property
    def code(self) -> str:
        """What ``janua explain`` takes: the SQLSTATE where a server has complained, the rule, or the stage."""
        return self.sqlstate or self.rule or self.stage


def diagnostic_at(
    file: str,
    text: str,
    offset: int,
    length: int,
    message: str,
    *,
    sqlstate: str = "",
    hint: str = "",
    severity: Severity = "error",
    rule: str = "",
) -> Diagnostic:
    """Return a diagnostic about ``length`` characters of ``text`` from ``offset`` on."""
    line, column = locate(text, offset)
    return Diagnostic(
        file=file,
        line=line,
        column=column,
        message=message,
        sqlstate=sqlstate,
        hint=hint,
        excerpt=excerpt(text, offset, length),
        severity=severity,
        rule=rule,
        length=length,
    )


def render(diagnostic: Diagnostic, *, coloured: bool = False) -> str:
    """Return the diagnostic as people read it, without a line break at its end; with a terminal's colours if wanted."""
    colour = _colours(diagnostic.severity) if coloured else _PLAIN
    place = diagnostic.file
    if diagnostic.line:
        place += f":{diagnostic.line}"
        if diagnostic.column:
            place += f":{diagnostic.column}"
    severity = "warning: " if diagnostic.severity == "warning" else ""
    code = diagnostic.sqlstate or diagnostic.rule
    state = f" [{code}]" if code else ""
    lines = [f"{place}: {colour[0]}{severity}{diagnostic.message}{colour[1]}{state}"]
    if diagnostic.excerpt:
        line, _, pointer = diagnostic.excerpt.rpartition("\n")
        lines.append(f"{line}\n{colour[0]}{pointer}{colour[1]}")
    if diagnostic.hint:
        lines.append(f"hint: {diagnostic.hint}")
    return "\n".join(lines)


_PLAIN = ("", "")


def _colours(severity: Severity) -> tuple[str, str]:
    """The escape sequences before and behind: bold red, or bold yellow."""
    return ("\x1b[1;33m" if severity == "warning" else "\x1b[1;31m", "\x1b[0m")


def shown_path(path: Path) -> str:
    """Return the path as it is shown: relative to the current directory where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def locate(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset, both from 1, the column in characters. Offsets are clamped."""
    offset = min(max(offset, 0), len(text))
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def excerpt(text: str, offset: int, length: int) -> str:
    """
    Return the line that holds ``offset`` and a pointer below it, both behind a gutter.

    A span that goes on in the next line is pointed at up to the end of its first one; an empty span
    gets one caret. Tabs become blanks and wide characters count two, so that the pointer fits the
    terminal's columns; characters that would move the cursor are shown as a replacement.
    """
    number, column = locate(text, offset)
    start = min(max(offset, 0), len(text)) - (column - 1)
    end = text.find("\n", start)
    line = text[start:end] if end >= 0 else text[start:]
    line = line.rstrip()
    first = min(column - 1, len(line))
    last = min(first + max(length, 1), len(line))
    before, marked, after = _cells(line, first, last)
    marked = marked if len(marked) <= _MAX_WIDTH - _CONTEXT else marked[: _MAX_WIDTH - _CONTEXT] + "…"
    before, after = _fit(before, marked, after)
    pointer = " " * _width(before) + "^" * max(_width(marked), 1)
    return f"{number:>5} | {before}{marked}{after}".rstrip() + f"\n{'':5} | {pointer}"


def _cells(line: str, first: int, last: int) -> tuple[str, str, str]:
    pieces: list[list[str]] = [[], [], []]
    width = 0
    for index, char in enumerate(line):
        if char == "\t":
            char = " " * (_TAB_STOP - width % _TAB_STOP)
        elif unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp"):
            char = "\N{REPLACEMENT CHARACTER}"
        width += _width(char)
        pieces[(index >= first) + (index >= last)].append(char)
    return "".join(pieces[0]), "".join(pieces[1]), "".join(pieces[2])


def _fit(before: str, marked: str, after: str) -> tuple[str, str]:
    if len(before) + len(marked) + len(after) <= _MAX_WIDTH:
        return before, after
    if len(before) > _MAX_WIDTH - _CONTEXT - len(marked):
        before = "…" + before[-_CONTEXT:] if len(before) > _CONTEXT else before
    room = max(_MAX_WIDTH - len(before) - len(marked), _CONTEXT)
    return before, after if len(after) <= room else after[:room] + "…"


def _width(text: str) -> int:
    """How many columns of a terminal the text takes; marks stand on the letter before them."""
    return sum(
        0 if unicodedata.category(char) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
