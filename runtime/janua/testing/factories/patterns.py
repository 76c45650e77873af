"""
Texts that a pattern matches: regular expressions of PostgreSQL, and LIKE.

A pattern is read by Python's own parser, so only what both understand alike is; a text is made by walking through
it, each choice taken from a number, so that numbers that differ make texts that differ where the pattern allows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from string import ascii_letters, digits
from typing import Any

_CLASSES = {
    "[:alpha:]": "a-zA-Z",
    "[:digit:]": "0-9",
    "[:alnum:]": "a-zA-Z0-9",
    "[:upper:]": "A-Z",
    "[:lower:]": "a-z",
    "[:space:]": r"\s",
    "[:xdigit:]": "0-9a-fA-F",
    "[:word:]": r"\w",
    "[:punct:]": r"!-/:-@\[-`{-~",
}
# Letters first: what a person would write.
_CHARACTERS = "abcdefghijklmnopqrstuvwxyz" + digits + ascii_letters[26:] + "-_.@/:+#!?*()[]{}<>=%&$,;'\"~^|\\` "
_CATEGORIES = {
    "CATEGORY_DIGIT": digits,
    "CATEGORY_WORD": "abcdefghijklmnopqrstuvwxyz" + digits + ascii_letters[26:] + "_",
    "CATEGORY_SPACE": " ",
}
_MOST_REPEATED = 24


@lru_cache(maxsize=256)
def compiled(operator: str, pattern: str) -> re.Pattern[str] | None:
    """
    Return the pattern of ``~``, ``~*``, ``like`` or ``ilike`` for Python, to be searched for.

    None where Python does not understand it as PostgreSQL does.
    """
    flags = re.IGNORECASE if operator in ("~*", "ilike") else re.NOFLAG
    text = _of_like(pattern) if operator.endswith("like") else _of_posix(pattern)
    try:
        return re.compile(text, flags | re.DOTALL)
    except re.error:
        return None


def _of_posix(pattern: str) -> str:
    for name, characters in _CLASSES.items():
        pattern = pattern.replace(name, characters)
    pattern = re.sub(r"\\[mM]", r"\\b", pattern).replace(r"\y", r"\b")
    # At the end PostgreSQL's dollar does not pass over a newline.
    return re.sub(r"(?<!\\)\$$", r"\\Z", pattern)


def _of_like(pattern: str) -> str:
    parts = []
    for escaped, plain in re.findall(r"\\(.)|(.)", pattern, re.DOTALL):
        parts.append(re.escape(escaped) if escaped else {"%": ".*", "_": "."}.get(plain) or re.escape(plain))
    return rf"\A{''.join(parts)}\Z"


def texts(pattern: re.Pattern[str], at: int) -> Iterator[str]:
    """Yield texts that the pattern is found in, made from the number ``at``: short ones first that no other has."""
    tree = parser.parse(pattern.pattern, pattern.flags & re.IGNORECASE)
    repeated = []
    for length in range(_MOST_REPEATED):
        walk = _Walk(at, length)
        text = walk.text(tree)
        if walk.is_at_end:
            yield text
        else:
            repeated.append(text)
    yield from repeated


class _Walk:
    """One way through a pattern. ``length`` is how many times more than it must, what may be repeated is."""

    def __init__(self, at: int, length: int) -> None:
        self._rest = at
        self._length = length
        self._groups: dict[int, str] = {}

    @property
    def is_at_end(self) -> bool:
        """Whether the whole number went into the text."""
        return self._rest == 0

    def text(self, tree: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._part(operation, argument) for operation, argument in tree)

    def _part(self, operation: Any, argument: Any) -> str:
        if operation is sre.LITERAL:
            return chr(argument)
        if operation is sre.NOT_LITERAL:
            return self._one([each for each in _CHARACTERS if ord(each) != argument])
        if operation is sre.ANY:
            return self._one(_CHARACTERS[:36])
        if operation is sre.IN:
            return self._one(_members(argument))
        if operation is sre.BRANCH:
            choices = argument[1]
            return self.text(choices[self._next(len(choices))])
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            least, most, inner = argument
            return "".join(self.text(inner) for _ in range(min(least + self._length, int(most))))
        if operation is sre.SUBPATTERN:
            made = self._groups[argument[0] or 0] = self.text(argument[3])
            return made
        if operation is sre.GROUPREF:
            return self._groups.get(argument, "")
        return self.text(argument) if operation is sre.ATOMIC_GROUP else ""

    def _one(self, characters: Iterable[str]) -> str:
        choices = list(characters)
        return choices[self._next(len(choices))] if choices else ""

    def _next(self, count: int) -> int:
        """The next digit of the number, whose base is the number of choices."""
        self._rest, found = divmod(self._rest, max(count, 1))
        return found


def _members(items: Iterable[tuple[Any, Any]]) -> list[str]:
    is_negated, found = False, set[str]()
    for operation, argument in items:
        if operation is sre.NEGATE:
            is_negated = True
        elif operation is sre.LITERAL:
            found.add(chr(argument))
        elif operation is sre.RANGE:
            found.update(map(chr, range(argument[0], min(argument[1], argument[0] + 255) + 1)))
        elif operation is sre.CATEGORY:
            name = str(argument)
            members = set(_CATEGORIES.get(name.replace("_NOT_", "_"), ""))
            found |= set(_CHARACTERS) - members if "_NOT_" in name else members
    if is_negated:
        return [each for each in _CHARACTERS if each not in found]
    return sorted(found, key=lambda each: (_CHARACTERS.find(each) % 1000, each))
