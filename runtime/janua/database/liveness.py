"""Tell whether an idle connection was closed by the server, without a round trip."""

from __future__ import annotations

import select

import psycopg
from psycopg.pq import ConnStatus
from psycopg.pq.abc import PGconn


def is_alive(pgconn: PGconn) -> bool:
    """
    Return False for a connection that is known to be lost.

    An idle socket has something to read only when the server has sent a notice or has hung up,
    so one poll finds the connections that died in the pool (a restart, pg_terminate_backend, a
    proxy's idle timeout). One that dies later is found by the statement itself.
    """
    try:
        while pgconn.status == ConnStatus.OK and _has_input(pgconn.socket):
            pgconn.consume_input()
    except psycopg.OperationalError:
        return False
    return pgconn.status == ConnStatus.OK


def _has_input(fd: int) -> bool:
    if not hasattr(select, "poll"):
        return bool(select.select([fd], [], [], 0)[0])
    # Not select(): that fails where the process has more than 1,024 files open.
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))
