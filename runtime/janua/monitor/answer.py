"""The answer to a question: rows, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

R = TypeVar("R", covariant=True)


# Without slots: with them, ``Answer[int](…)`` fails on Python 3.11 (typing sets an attribute on the instance).
@dataclass(frozen=True)
class Answer(Generic[R]):
    """
    The rows that answer a question; they are iterated over, counted and tested directly.

    Where the server cannot or may not answer, there are none, and ``unavailable`` says why and what to do.
    """

    rows: tuple[R, ...] = ()
    unavailable: str | None = None

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def first(self) -> R | None:
        """The first row, None where there is none."""
        return self.rows[0] if self.rows else None
