# Derived from runtime/janua/redis/_async/listener.py by tools/derive_sync.py; do not edit.
"""One connection that hears messages: kept up in the background, and honest about when it was not."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from redis.client import PubSub
from redis.connection import ConnectionPool
from redis.exceptions import ConnectionError, ResponseError

from janua.errors import AlreadyClosed, ServerUnreachable
from janua.redis._sync.connection import Redis
from janua.redis.address import UNREACHABLE
from janua.redis.concurrency import Lock, Signal, Worker
from janua.redis.messages import Arrival, Gap, Name

_log = logging.getLogger("janua.redis")

# What an attempt to use a connection that is gone raises.
LOST = (*UNREACHABLE, OSError)
_SHORTEST_WAIT_S = 0.01


class Listener:
    """
    Subscribed to whatever is wanted, again after each loss of the connection.

    ``deliver`` gets each message, ``lose`` each name that was heard before and is heard again from now on, with the
    gap, and ``refuse`` each name that the server refuses (by ACL). None of them may block.
    """

    def __init__(
        self,
        redis: Redis,
        deliver: Callable[[Name, Arrival], None],
        lose: Callable[[Name, Gap], None],
        refuse: Callable[[Name, Exception], None],
    ) -> None:
        self._redis = redis
        self._deliver = deliver
        self._lose = lose
        self._refuse = refuse
        self._lock = Lock()
        self._wanted: dict[Name, _Want] = {}
        self._heard: set[Name] = set()
        # The server answers in this order: what it refuses it does not name.
        self._asked: list[Name] = []
        self._connection: _Connection | None = None
        self._worker: Worker | None = None
        self._wake = Signal()
        self._failures = 0
        self._trouble = "no answer"
        self._lost_at = datetime.now(UTC)
        self._closed = False

    def subscribe(self, name: Name) -> None:
        """Return when the server has answered. Raises ServerUnreachable where it does not in time."""
        with self._lock:
            want = self._wanted.get(name)
            if want is None:
                want = self._wanted[name] = _Want()
                with suppress(*LOST):
                    self._ask(name)
            want.times += 1
            if self._worker is None:
                self._worker = Worker(self._run, name=f"janua messages of {self._redis!r}")
            self._wake.set()
        if not want.answered.wait(self._redis.timeout):
            self.unsubscribe(name)
            raise ServerUnreachable(f"{self._redis!r} has not confirmed a subscription: {self._trouble}")

    def unsubscribe(self, name: Name) -> None:
        """Undo a subscription; the last one to a name is the server's, too."""
        with self._lock:
            want = self._wanted.get(name)
            if want is None:
                return
            want.times -= 1
            if want.times == 0:
                del self._wanted[name]
                self._heard.discard(name)
                # Where that fails, the connection is gone, and the next one does not subscribe to it.
                with suppress(*LOST):
                    self._forget(name)

    def close(self) -> None:
        """End the connection and the work in the background, which may take ``timeout`` where the server hangs."""
        self._closed = True
        self._wake.set()
        with self._lock:
            if self._connection is not None:
                # Its answer wakes the reader.
                with suppress(*LOST):
                    self._connection.ask_for_sign_of_life()
        if self._worker is not None:
            self._worker.join(self._redis.timeout)

    def _run(self) -> None:
        while not self._closed:
            try:
                self._listen()
            except AlreadyClosed:
                return
            except LOST as error:
                self._trouble = str(error)
            except Exception:
                _log.exception("listening for messages failed and is begun again")
            self._failures += 1
            # Cleared before it is looked whether to go on: nothing that happens in between is slept through.
            self._wake.clear()
            if not self._closed:
                self._wake.wait(max(_SHORTEST_WAIT_S, self._redis.wait_before(self._failures)))

    def _listen(self) -> None:
        connection = _Connection(self._redis.open_listener())
        try:
            connection.ask_for_sign_of_life()
            with self._lock:
                self._asked.clear()
                self._connection = connection
                for name in self._wanted:
                    self._ask(name)
            self._read(connection)
        finally:
            self._lost_at = datetime.now(UTC)
            with self._lock:
                self._connection = None
                connection.close()

    def _read(self, connection: _Connection) -> None:
        """Read until the connection breaks, or is silent though it was asked for a sign of life."""
        last, is_asked = monotonic(), False
        while not self._closed:
            try:
                message = connection.read(self._redis.timeout)
            except ResponseError as error:
                self._refused(error)
                continue
            if message is not None:
                last, is_asked = monotonic(), False
                self._take(message)
            elif is_asked:
                raise ConnectionError("the server gave no sign of life")
            elif monotonic() - last >= self._redis.timeout:
                is_asked = True
                connection.ask_for_sign_of_life()

    def _take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind in ("message", "pmessage"):
            name = Name(message["pattern"] or message["channel"], is_pattern=kind == "pmessage")
            self._deliver(name, Arrival(message["channel"], message["data"]))
        elif kind in ("subscribe", "psubscribe"):
            self._confirm(Name(message["channel"], is_pattern=kind == "psubscribe"))

    def _confirm(self, name: Name) -> None:
        self._failures = 0
        with suppress(ValueError):
            self._asked.remove(name)
        if want := self._wanted.get(name):
            if name in self._heard:
                self._lose(name, Gap("reconnected", since=self._lost_at))
            self._heard.add(name)
            want.answered.set()

    def _refused(self, error: ResponseError) -> None:
        if not self._asked:
            raise error
        name = self._asked.pop(0)
        self._heard.discard(name)
        self._refuse(name, error)
        if want := self._wanted.pop(name, None):
            want.answered.set()

    def _ask(self, name: Name) -> None:
        if self._connection is not None:
            self._asked.append(name)
            self._connection.ask(name)

    def _forget(self, name: Name) -> None:
        if self._connection is not None:
            self._connection.forget(name)


class _Want:
    """A name that is wanted: how many times over, and whether the server has answered."""

    def __init__(self) -> None:
        self.times = 0
        self.answered = Signal()


class _Connection:
    """redis-py's subscriptions over one connection, which is never replaced by another unnoticed."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._pubsub: PubSub = _Once(pool)

    def ask(self, name: Name) -> None:
        (self._pubsub.psubscribe(name.text) if name.is_pattern else self._pubsub.subscribe(name.text))

    def forget(self, name: Name) -> None:
        (self._pubsub.punsubscribe(name.text) if name.is_pattern else self._pubsub.unsubscribe(name.text))

    def read(self, timeout: float) -> dict[str, Any] | None:
        # Not get_message: the blocking one does not read while it believes that nothing is subscribed to.
        response = self._pubsub.parse_response(block=False, timeout=timeout)
        message: dict[str, Any] | None = self._pubsub.handle_message(response) if response else None
        return message

    def ask_for_sign_of_life(self) -> None:
        self._pubsub.ping()

    def close(self) -> None:
        self._pubsub.close()
        self._pool.close()


class _Once(PubSub):
    """By itself redis-py reconnects, subscribes again and says nothing: what was published meanwhile is lost."""

    def on_connect(self, connection: Any) -> None:
        raise ConnectionError("the connection was lost")
