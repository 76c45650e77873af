"""How many rows of a stream are fetched at once: as many as fit into a fixed amount of memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from psycopg.pq.abc import PGresult

from janua.database.results import Result

T = TypeVar("T")

FIRST_PORTION = 100
_LARGEST_PORTION = 2_000
_BYTES = 1024 * 1024
_SAMPLE = 10


@dataclass(frozen=True, slots=True)
class Portion(Generic[T]):
    """Some rows, and how many to ask for next."""

    rows: list[T]
    next_size: int


def portion_of(result: Result[T]) -> Portion[T]:
    """Read an answer whole."""
    return Portion(result.all(), _next_size(result.pgresult))


def _next_size(result: PGresult) -> int:
    """As many rows of the size that a few have as make a megabyte, at most twenty times as many as first."""
    step = max(1, result.ntuples // _SAMPLE)
    sample = range(0, result.ntuples, step)
    columns = range(result.nfields)
    size = sum(len(value) for row in sample for at in columns if (value := result.get_value(row, at)) is not None)
    return max(1, min(_LARGEST_PORTION, _BYTES * len(sample) // max(1, size)))
