"""The statements that begin and end transactions, and when a failed one is worth another try."""

from __future__ import annotations

import random
from typing import get_args

from psycopg.errors import DeadlockDetected, SerializationFailure

from janua.database.healing import OUTDATED
from janua.database.options import Isolation

RETRYABLE = (SerializationFailure, DeadlockDetected, *OUTDATED)
"""The errors (40001, 40P01, statements to be prepared anew) after which the same transaction may succeed."""

_FIRST_DELAY = 0.01
_LONGEST_DELAY = 1.0


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


def retry_delay(attempt: int) -> float:
    """
    Return the seconds to wait after this many failed attempts.

    Random between 0 and a bound that doubles, so that transactions that have met once do not
    meet again ("full jitter").
    """
    return random.uniform(0, min(_LONGEST_DELAY, _FIRST_DELAY * 2**attempt))
