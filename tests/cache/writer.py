"""
A process that writes, and kills itself at a chosen point: ``python -m tests.cache.writer PG REDIS PREFIX POINT WAY``.

The points are between the protocol's steps; ``none`` is the whole of it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from janua import Database
from janua.cache import Cache
from janua.cache._sync import invalidations
from janua.database._sync import transaction
from janua.redis import Redis

from tests.cache import queries as q

POINTS = (
    "before marking",
    "after marking",
    "before COMMIT",
    "after COMMIT",
    "before clearing",
    "after clearing",
    "none",
)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _around(function: Callable[..., Any], before: bool, after: bool) -> Callable[..., Any]:
    def call(*args: Any, **keywords: Any) -> Any:
        if before:
            _die()
        result = function(*args, **keywords)
        if after:
            _die()
        return result

    return call


def arm(point: str) -> None:
    """Have the process die at the point."""
    places: dict[str, tuple[Any, str]] = {
        "marking": (invalidations.Invalidations, "mark"),
        "COMMIT": (transaction, "send_commit"),
        "clearing": (invalidations.Invalidations, "clear"),
    }
    when, _, step = point.partition(" ")
    if step:
        owner, name = places[step]
        setattr(owner, name, _around(getattr(owner, name), when == "before", when == "after"))


def main(pg_url: str, redis_url: str, prefix: str, point: str, way: str, balance: str) -> None:
    """Write the balance of the first account."""
    arm(point)
    with (
        Redis(redis_url, prefix=prefix) as redis,
        Cache(redis, strict=True, timeout=5.0) as cache,
        Database(pg_url, cache=cache) as db,
    ):
        if way == "alone":
            db.execute(q.SET, (1, int(balance)))
        else:
            with db.transaction() as transaction:
                transaction.execute(q.SET, (1, 999))
                transaction.execute(q.SET, (1, int(balance)))


if __name__ == "__main__":
    main(*sys.argv[1:])
