"""Tell whether an idle connection was closed by the server, without a round trip."""

from __future__ import annotations

import select

import psycopg
from psycopg.pq import ConnStatus
from psycopg.pq.abc import PGconn

_OK = int(ConnStatus.OK)


class Pulse:
    """
    Knows of a connection that is lost.

    An idle socket has something to read only when the server has sent a notice or has hung up,
    so one poll finds the connections that died in the pool (a restart, pg_terminate_backend, a
    proxy's idle timeout). One that dies later is found by the statement itself.
    """

    def __init__(self, pgconn: PGconn) -> None:
        self._pgconn = pgconn
        # Made once, which halves the time. Not select(): that fails for more than 1,024 open files.
        self._poll = select.poll() if hasattr(select, "poll") else None
        if self._poll is not None:
            self._poll.register(pgconn.socket, select.POLLIN)

    def is_alive(self) -> bool:
        """Return False where the connection is known to be lost."""
        if self._pgconn.status != _OK:
            return False
        return not self._has_input() or self._takes_in()

    def _takes_in(self) -> bool:
        pgconn = self._pgconn
        try:
            while pgconn.status == _OK and self._has_input():
                pgconn.consume_input()
        except psycopg.OperationalError:
            return False
        return pgconn.status == _OK

    def _has_input(self) -> bool:
        if self._poll is None:
            return bool(select.select([self._pgconn.socket], [], [], 0)[0])
        return bool(self._poll.poll(0))
