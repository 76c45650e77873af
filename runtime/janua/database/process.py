"""
What the end of a process waits for, and what a forked child inherits of the connections: nothing.

A socket that two processes write to mixes their statements, and one that the child closes politely ends the
parent's session. So the child's copies are led to nowhere before any of its code runs, and each pool starts over.
"""

from __future__ import annotations

import atexit
import os
from typing import Any, Protocol
from weakref import WeakSet

import psycopg


class Pool(Protocol):
    """What hands out connections."""

    def start_over(self) -> None:
        """Forget all connections, without a word to the server."""

    def let_go(self) -> None:
        """Have the finalizer wait for nothing."""


_pools: WeakSet[Pool] = WeakSet()
_connections: WeakSet[psycopg.Connection[Any] | psycopg.AsyncConnection[Any]] = WeakSet()


def keep_pool(pool: Pool) -> None:
    """Have this pool start over in every process that is forked from this one, and not hold up its end."""
    _pools.add(pool)


def keep_connection(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> None:
    """Have this connection be closed in every process that is forked from this one, but not in this one."""
    _connections.add(connection)


def _disinherit() -> None:
    for connection in list(_connections):
        _cut_off(connection)
    _connections.clear()
    for pool in list(_pools):
        pool.start_over()


def _cut_off(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> None:
    try:
        socket = connection.pgconn.socket
    except psycopg.OperationalError:
        return
    # Not closed: another file would get its number, and libpq might write to that.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, socket, inheritable=False)
    os.close(nowhere)
    # One that another thread of the parent was using may be in any state: it is left alone.
    if not connection.lock.locked():
        connection.pgconn.finish()


@atexit.register
def _let_go() -> None:
    """From Python 3.13 on, threads stand still when finalizers run, and psycopg's would wait for them in vain."""
    for pool in list(_pools):
        pool.let_go()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_disinherit)
