"""What is found out about a statement's dependencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ObstacleKind: TypeAlias = Literal[
    "volatile", "time", "session", "locking", "row security", "foreign table", "system catalog", "large object"
]


@dataclass(frozen=True, slots=True, order=True)
class Obstacle:
    """
    Why the same statement may give another result although no table that it reads was written.

    ``volatile``: a function or clause whose result changes by itself. ``time``: the clock.
    ``session``: who asks, or a setting. ``row security``: policies decide by who asks which rows of
    a table there are. ``locking``: the rows are locked, which a kept result would not do.
    ``foreign table``, ``system catalog``, ``large object``: what is read is changed by other means.
    """

    kind: ObstacleKind
    reason: str


@dataclass(frozen=True, slots=True)
class Dependencies:
    """
    What a statement touches, closed over all that the server does behind it.

    ``reads`` and ``writes`` are tables and materialized views as ``schema.name``, sorted: no table
    that has part in the result, and none that is changed, is missing. Tables that are looked at only
    to enforce a foreign key are not read: they decide whether there is an error, not what the result is.
    Where code cannot be seen through, ``unknown_reads`` and ``unknown_writes`` say which and why, and
    what it touches may be any table.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    unknown_reads: str = ""
    unknown_writes: str = ""
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def volatile(self) -> bool:
        """Whether a volatile function is called, or rows are sampled."""
        return any(each.kind == "volatile" for each in self.obstacles)
