"""The blocks of code of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^>]+) -->\n)?"
    r'^```(?P<language>\w*)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$',
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """
    A block with its language, its title (a file's path, or another terminal) and its place.

    A ``reason`` says why nothing runs it.
    """

    page: str
    line: int
    language: str
    title: str
    text: str
    reason: str


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page of this repository, in their order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        Block(
            page,
            text.count("\n", 0, found.start("language")) + 1,
            found["language"],
            found["title"] or "",
            found["text"],
            found["reason"] or "",
        )
        for found in _FENCE.finditer(text)
    ]
