"""The statements that begin transactions and name their savepoints."""

from __future__ import annotations

from typing import get_args

from janua.database.options import Isolation


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
