"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

OnProgress: TypeAlias = Callable[[str, int, int], object]
"""Called with the name of a phase, how much of it is done, and how much there is. From any thread."""


def silent(_phase: str, _done: int, _total: int) -> None:
    """Tell nobody."""
