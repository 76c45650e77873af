"""When a failed transaction is worth another try, after which pause, and where it may not be tried again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from psycopg.errors import DeadlockDetected, SerializationFailure

from janua.database.healing import OUTDATED
from janua.errors import NestedRetry, TransactionLost

RETRYABLE = (SerializationFailure, DeadlockDetected, TransactionLost, *OUTDATED)
"""40001, 40P01, lost connections, statements to be prepared anew: nothing is committed, another try may succeed."""

_FIRST_DELAY = 0.01
_LONGEST_DELAY = 1.0


def retry_delay(attempt: int) -> float:
    """
    Return the seconds to wait after this many failed attempts.

    Random between 0 and a bound that doubles, so that transactions that have met once do not
    meet again ("full jitter").
    """
    return random.uniform(0, min(_LONGEST_DELAY, _FIRST_DELAY * 2**attempt))


@dataclass(eq=False)
class _Repeatable:
    """A function that ``run`` has called. Tasks that it starts inherit it, and may live longer."""

    source: object
    outer: _Repeatable | None
    is_running: bool = True


_innermost: ContextVar[_Repeatable | None] = ContextVar("janua_repeatable", default=None)


@contextmanager
def repeatable(source: object) -> Iterator[None]:
    """
    Mark a block as one that may be run again on this database or connection.

    Raises NestedRetry inside such a block: what an inner ``run`` has committed, a repetition of the
    outer one would do twice.
    """
    outer = each = _innermost.get()
    while each is not None:
        if each.is_running and each.source is source:
            raise NestedRetry("run() inside a function that run() has called; hand the transaction down instead")
        each = each.outer
    current = _Repeatable(source, outer)
    token = _innermost.set(current)
    try:
        yield
    finally:
        current.is_running = False
        _innermost.reset(token)
