"""Texts for a column: of a form that its name suggests, or of that of a pattern, and within its length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase, digits

from janua.testing.factories.conditions import Condition
from janua.testing.factories.patterns import compiled, texts

_DIGITS = digits + ascii_lowercase
_PATTERNS = ("~", "~*", "like", "ilike")


def text_values(name: str, conditions: Sequence[Condition], least: int, most: int | None, at: int) -> Iterator[str]:
    """Yield texts of ``least`` to ``most`` characters from the number ``at``, those first that a person would write."""
    if most is not None and most < least:
        return
    for text in _usual(name, at):
        yield _fitted(text, least, most, at)
    for operator, of, right in conditions:
        if operator in _PATTERNS and not of and (pattern := compiled(operator, right)) is not None:
            for text in texts(pattern, at):
                yield text
                yield text.upper()
    yield _counted(at, max(least, 1), most)
    yield _fitted(_usual_stem(name).upper() + str(at), least, most, at).upper()


def _usual(name: str, at: int) -> Iterator[str]:
    words = name.lower().split("_")
    if "email" in words or "mail" in words:
        yield f"user{at}@example.com"
    if {"url", "uri", "website", "link", "href", "homepage"} & set(words):
        yield f"https://example.com/{at}"
    yield f"{_usual_stem(name)}-{at}"
    yield f"{_usual_stem(name)}{at}"


def _usual_stem(name: str) -> str:
    return name.lower().strip("_")


def _fitted(text: str, least: int, most: int | None, at: int) -> str:
    """The text in a length that is allowed: the number at its end stays, or is all that there is."""
    number = str(at)
    if most is not None and len(text) > most:
        text = text[: most - len(number)] + number if len(number) < most else _counted(at, most, most)
    return (
        text if len(text) >= least else text.removesuffix(number) + number.rjust(least - len(text) + len(number), "0")
    )


def _counted(at: int, least: int, most: int | None) -> str:
    """The number in as few characters as are allowed, of letters and digits."""
    found = ""
    while at:
        at, digit = divmod(at, len(_DIGITS))
        found = _DIGITS[digit] + found
    found = found.rjust(least, "0")
    return found if most is None else found[-most:] if most else ""
