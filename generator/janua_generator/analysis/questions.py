"""
What the analysis asks the server: of which types are the arguments of a call?

A call is given the name of a function that does not exist. The server names the types in its complaint,
wherever in a statement the call stands, and executes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from janua_generator.describe import PROBE


@dataclass(slots=True)
class Questions:
    """The statements with such a call: those that are answered, by their text, and those that are not yet."""

    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)

    def argument_types(self, statement: str, count: int) -> tuple[str, ...] | None:
        """The types of the call's arguments in ``format_type``'s spelling, or None where they are not known."""
        if statement not in self.answers:
            self.open[statement] = None
            return None
        found = self.answers[statement]
        return found if len(found) == count else None


def with_probe(text: str, start: int, end: int, replacements: Iterable[tuple[int, int, str]] = ()) -> str:
    """The statement with the probe's name from ``start`` up to ``end``, and other spans replaced behind it."""
    for first, last, replacement in sorted(replacements, reverse=True):
        text = text[:first] + replacement + text[last:]
    return text[:start] + PROBE + text[end:]
