"""The statements that begin transactions and name their savepoints, and what statements of one's own declare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from janua.database.options import Isolation
from janua.errors import ParameterError
from janua.query import EVERYTHING


def begin_command(isolation: Isolation | None, read_only: bool, deferrable: bool) -> bytes:
    """Return the BEGIN with these modes; what is left out stays as the server has it by default."""
    if isolation is not None and isolation not in get_args(Isolation):
        raise ValueError(f"isolation must be one of {', '.join(get_args(Isolation))}")
    modes = [f"ISOLATION LEVEL {isolation.upper()}"] if isolation else []
    modes += ["READ ONLY"] if read_only else []
    modes += ["DEFERRABLE"] if deferrable else []
    return " ".join(["BEGIN", ", ".join(modes)]).strip().encode()


def savepoint_name(depth: int) -> str:
    """Return the savepoint's name of a transaction that is nested this deep."""
    return f"janua_{depth}"


def declared_writes(writes: Sequence[str] | None) -> tuple[str, ...]:
    """Return the tables that a statement is said to write. Raises ParameterError for a name without a schema."""
    if writes is None:
        return EVERYTHING
    if isinstance(writes, str) or not all(isinstance(each, str) and "." in each for each in writes):
        raise ParameterError("writes are a list of tables as schema.name, as in writes=['public.users']")
    return tuple(writes)
