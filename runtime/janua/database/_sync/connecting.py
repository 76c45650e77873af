# Derived from runtime/janua/database/_async/connecting.py by tools/derive_sync.py; do not edit.
"""psycopg's pool, whose waiting callers learn that the server is gone, and which a forked child can drop."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

import psycopg_pool
from psycopg.pq import TransactionStatus

from janua.database._sync.session import Session
from janua.database.concurrency import NoCancellation

_IDLE = int(TransactionStatus.IDLE)
# Whose inside ``take`` and ``put_back`` know. With others all goes by the methods that the pool promises.
_KNOWN_VERSIONS = ("3.3.",)


class ConnectingPool(psycopg_pool.ConnectionPool[Session]):
    """
    A pool that gives up on a server before its callers' patience ends.

    psycopg's own goes on trying, and lets them wait for their whole timeout. Here they fail as soon as no
    connection could be made for ``patience`` seconds and none is out that could come back: each with
    its own error, which ``explain`` makes of the last reason. The next call tries again.
    """

    def __init__(
        self,
        *,
        explain: Callable[[Exception], Exception],
        has_sessions_out: Callable[[], bool],
        patience: float,
        on_failure: Callable[[Exception], None],
        **options: Any,
    ) -> None:
        self._explain = explain
        self._has_sessions_out = has_sessions_out
        self._patience = patience
        self._on_failure = on_failure
        self._failing_since: float | None = None
        self._is_known = psycopg_pool.__version__.startswith(_KNOWN_VERSIONS)
        super().__init__(**options)

    def take(self) -> Session | None:
        """Return a connection that is idle, as ``getconn`` does in four times the time; None where that must wait."""
        if self._closed or not self._is_known:
            return None
        try:
            session = self._pool.popleft()
        except IndexError:
            return None
        # How many were never needed, by which the pool shrinks.
        self._nconns_min = min(self._nconns_min, len(self._pool))
        session._pool = self
        return session

    def put_back(self, session: Session) -> None:
        """Take a connection back, as ``putconn`` does, which has all cases but the usual one."""
        if self._is_known and session.pgconn.transaction_status == _IDLE and session._expire_at > monotonic():
            with self._lock:
                if not (
                    self._waiting or self._closed or self._pool_full_event or session._created_at <= self._drained_at
                ):
                    session._pool = None
                    self._pool.append(session)
                    return
        self.putconn(session)

    def disown(self) -> None:
        """Have the finalizer wait for no thread: in a forked process, and at the end of any."""
        self._closed = True

    def _connect(self, timeout: float | None = None) -> Session:
        begun = monotonic()
        try:
            session = super()._connect(timeout)
        except Exception as error:
            self._on_failure(error)
            if self._failing_since is None:
                self._failing_since = begun
            if monotonic() - self._failing_since >= self._patience and not self._has_sessions_out():
                self._refuse_waiting(error)
            raise
        except NoCancellation:
            # The loop ends. psycopg's worker takes this for a failed attempt and lives on; asyncio.run would
            # wait for it for ever.
            self._signal_stop_worker()
            raise
        self._failing_since = None
        return session

    def _refuse_waiting(self, error: Exception) -> None:
        with self._lock:
            waiting = list(self._waiting)
            self._waiting.clear()
        for client in waiting:
            client.fail(self._explain(error))
