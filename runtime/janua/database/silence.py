"""A limit to how long a connection may stay silent: for servers that neither answer nor hang up."""

from __future__ import annotations

import socket
from threading import Timer
from types import TracebackType

from psycopg.pq.abc import PGconn


class SilenceLimit:
    """
    Cuts a connection that is still waited for when so many seconds of a block have passed.

    Whoever waits then meets psycopg.OperationalError, as if the server had hung up. A frozen machine or a network
    that drops packets would have them wait for minutes. From a thread, so that it is the same for tasks.
    """

    def __init__(self, pgconn: PGconn, seconds: float) -> None:
        self._fd = pgconn.socket
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        # A copy: the connection may close its own meanwhile, and the number be another's then.
        self._socket = socket.fromfd(self._fd, socket.AF_INET, socket.SOCK_STREAM)
        self._timer.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._timer.join()
        self._socket.close()

    def _cut(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            # It is closed already.
            return
