"""A case: what happens, and in whose sight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stage import Stage

Play = Callable[[Stage], None]


@dataclass(frozen=True)
class Case:
    """``play`` has it happen once. ``can_be_told`` says that it tells the cache by hand in the runs that try that."""

    group: str
    title: str
    play: Play
    can_be_told: bool = False
    times: int = 1
    """How many runs of it there are for one of the others."""
    runs: int = 0
    """How many runs there are in any case, where it is not 0."""


def collected(group: str) -> tuple[list[Case], Callable[..., Callable[[Play], Play]]]:
    """Return a list, and the decorator that appends cases of this group to it."""
    cases: list[Case] = []

    def case(title: str, **options: Any) -> Callable[[Play], Play]:
        def append(play: Play) -> Play:
            cases.append(Case(group, title, play, **options))
            return play

        return append

    return cases, case
