"""Import blocks: lines in the order that isort made customary, a blank line between their sections."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

FUTURE = "from __future__ import annotations"
DATACLASS = "from dataclasses import dataclass"
LAZY = ("from typing import TYPE_CHECKING", "from janua.query import LazyModule as _LazyModule")
"""For modules that are imported when they are first used."""
FIELD = "from dataclasses import field as _field"

_THIRD_PARTY = frozenset({"janua", "psycopg"})
_IMPORT = re.compile(r"(?P<verb>from|import) (?P<dots>\.*)(?P<module>[\w.]*)")


def import_block(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the lines without repetition: the standard library, then other packages, then this one."""
    sections = groupby(sorted(set(lines), key=_order), key=_section)
    blocks = ["\n".join(section) for _, section in sections]
    return tuple("\n\n".join(blocks).splitlines())


def _order(line: str) -> tuple[int, bool, int, str, str]:
    match = _parsed(line)
    # the package above before this one
    return _section(line), match["verb"] == "from", -len(match["dots"]), match["module"], line


def _section(line: str) -> int:
    match = _parsed(line)
    if line == FUTURE:
        return 0
    if match["dots"]:
        return 3
    return 2 if match["module"].partition(".")[0] in _THIRD_PARTY else 1


def _parsed(line: str) -> re.Match[str]:
    match = _IMPORT.match(line)
    assert match is not None, line
    return match
