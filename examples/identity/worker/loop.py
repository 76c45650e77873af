"""The loop of a worker: deliveries while there are any, and between them what is due by the clock."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from janua import Database, JanuaError, ServerUnreachable
from janua.redis import Redis

from examples.identity import heartbeat
from examples.identity.heartbeat import Heartbeat
from examples.identity.worker import housekeeping
from examples.identity.worker.deliveries import Deliverer

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Chore:
    """Something to do every so often; ``due`` is on the monotonic clock, and 0 means at once."""

    name: str
    every: timedelta
    do: Callable[[], None]
    due: float = 0.0


class Worker:
    """
    Delivers webhooks, keeps house and shows that it lives, until it is stopped.

    A database that is away for a while is waited for; whatever was under way is done again later.
    """

    def __init__(self, db: Database, redis: Redis, deliverer: Deliverer, pause: float) -> None:
        """``pause`` is how many seconds it waits where nothing is due."""
        self._db = db
        self._redis = redis
        self._deliverer = deliverer
        self._pause = pause
        self._is_stopping = False
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._chores = [
            Chore("heartbeat", heartbeat.EVERY, self._beat),
            Chore("sessions", timedelta(minutes=10), lambda: housekeeping.remove_sessions(db)),
            Chore("summaries", timedelta(hours=1), lambda: housekeeping.refresh_summaries(db)),
        ]

    def stop(self) -> None:
        """End the loop after the present step. Sets a flag and no more: a signal handler may call it."""
        self._is_stopping = True

    def run(self) -> None:
        """Work until ``stop``."""
        logger.info("worker %s starts", self._name)
        while not self._is_stopping:
            if not self._step() and not self._is_stopping:
                time.sleep(self._pause)
        logger.info("worker %s has finished", self._name)

    def _step(self) -> bool:
        """Do what is due and one delivery; return whether there was one, so that the next may be waiting."""
        try:
            for chore in self._chores:
                if time.monotonic() >= chore.due:
                    # Before the work: one that fails is not repeated at once.
                    chore.due = time.monotonic() + chore.every.total_seconds()
                    chore.do()
            return self._deliverer.deliver_next(self._db)
        except (psycopg.Error, JanuaError) as error:
            # Only the kind of error: the server's messages may quote the row.
            sqlstate = error.sqlstate if isinstance(error, psycopg.Error) else None
            logger.warning("%s (%s); going on", type(error).__name__, sqlstate or "no sqlstate")
            return False

    def _beat(self) -> None:
        try:
            self._redis.set(heartbeat.KEY, Heartbeat(self._name, datetime.now(UTC)), ttl=heartbeat.LASTS)
        except ServerUnreachable as error:
            logger.warning("no heartbeat: %s", error)
