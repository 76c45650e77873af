# Derived from runtime/janua/database/_async/replicas.py by tools/derive_sync.py; do not edit.
"""Reads that go to replicas, each behind a pool of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from time import monotonic
from typing import TypeVar

import psycopg
import psycopg_pool

from janua.database._sync.pool import SessionPool
from janua.database._sync.session import Session
from janua.database._sync.transaction_source import run_alone
from janua.database.concurrency import sleep
from janua.database.lsn import READ_POSITION, READ_STATE, ReplicaState, WritePosition
from janua.database.replicas import (
    ReplicaHealth,
    ReplicaOptions,
    ReplicaStatus,
    another_may_answer,
    is_near,
    may_show,
    positions_asked_for,
    shows_all,
)
from janua.database.results import Result
from janua.database.silence import SilenceLimit
from janua.errors import SchemaDrift, ServerUnreachable, WriteTokenError
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")

# Another replica, or the primary, is sooner there than a connection to one whose pool is used up.
_PATIENCE = 0.25
_LONGEST_SILENCE = 2.0
_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.02


class Replica:
    """One replica: its pool, and what is known of it."""

    def __init__(self, pool: SessionPool) -> None:
        self.pool = pool
        self.health = ReplicaHealth()

    def ask(self, session: Session) -> ReplicaState:
        """Have the server at the other end say how far it is."""
        state = session.run(READ_STATE, (), Result.one)
        self.health.learn(state)
        return state

    def ask_anew(self, session: Session) -> ReplicaState:
        """Do so where it has not said anything lately, and may be frozen: it has two seconds."""
        with SilenceLimit(session.pgconn, _LONGEST_SILENCE):
            return self.ask(session)

    def wait_for(self, session: Session, positions: Sequence[WritePosition], deadline: float) -> bool:
        """Return True as soon as the replica has replayed up to all positions, False where it does not in time."""
        for attempt in count():
            state = self.ask(session)
            if shows_all(state, positions):
                return True
            if not may_show(state, positions) or monotonic() >= deadline:
                return False
            sleep(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(attempt, 10)))
        raise AssertionError("count() does not end")

    def status(self) -> ReplicaStatus:
        """Return how it was last seen."""
        state = self.health.state
        return ReplicaStatus(
            address=self.pool.address,
            ok=state is not None and state.in_recovery,
            lag=state.lag if state is not None else None,
            error=self.health.error,
        )


class ReplicaSet:
    """The replicas of a primary. A read goes to each of those in turn that are near enough, or to none."""

    def __init__(self, primary: SessionPool, pools: Sequence[SessionPool], options: ReplicaOptions) -> None:
        self._primary = primary
        self._replicas = [Replica(pool) for pool in pools]
        self._options = options
        self._turns = count()
        self._system: int | None = None
        # All that was written through the primary's pool up to this use of it is before this position. Replaced
        # together: of two threads, one may have asked later and the other be slower to note what it was told.
        self._written: tuple[object, WritePosition | None] = (None, None)

    def close(self) -> None:
        """Close the connections to all of them."""
        for replica in self._replicas:
            replica.pool.close()

    def statuses(self) -> tuple[ReplicaStatus, ...]:
        """Return how they were last seen, in the order in which they were given."""
        return tuple(replica.status() for replica in self._replicas)

    def run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> tuple[R] | None:
        """
        Run a reading query on a replica and return its answer, None where the primary must answer.

        A replica that fails is passed over; what the query itself is to blame for is raised.
        """
        if not self._replicas:
            return None
        positions = self._positions() if query.replica == "fresh" else []
        if positions is None:
            return None
        deadline = monotonic() + self._options.max_wait
        for replica in self._in_turn(query, positions):
            session = self._acquire(replica)
            if session is None:
                continue
            try:
                if self._qualifies(replica, session, query, positions, deadline):
                    return (run_alone(replica.pool, session, query, params, read),)
            except (psycopg.Error, SchemaDrift) as error:
                is_connected = not session.closed
                if not another_may_answer(error, is_connected=is_connected):
                    raise
                # A replica's refusal to write is no news.
                session.is_demoted = False
                if not is_connected:
                    replica.health.failed(error)
            finally:
                replica.pool.release(session)
        return None

    def position(self) -> WritePosition | None:
        """Return the position of all that was committed before, None where what is called the primary is none."""
        session = self._primary.acquire()
        try:
            position = session.run(READ_POSITION, (), Result.optional)
        finally:
            self._primary.release(session, has_written=False)
        if position is not None:
            self._system = position.system
        return position

    def check_origin(self, position: WritePosition) -> None:
        """Raise WriteTokenError for a position in another cluster's log."""
        if self._system is None:
            self._learn_system()
        if self._system not in (None, position.system):
            raise WriteTokenError("the write token comes from another database cluster than this one")

    def _learn_system(self) -> None:
        for replica in self._replicas:
            # The primary may be the one that is away.
            session = self._acquire(replica) if replica.health.claim() else None
            if session is None:
                continue
            try:
                self._system = (replica.ask_anew(session)).system
            except psycopg.OperationalError as error:
                replica.health.failed(error)
            else:
                return
            finally:
                replica.pool.release(session)
        self.position()

    def _positions(self) -> list[WritePosition] | None:
        """Return what a fresh read must show, None where that cannot be told."""
        last_use = self._primary.last_use
        seen_use, position = self._written
        if last_use is not seen_use or self._primary.is_in_use():
            position = self.position()
            if position is None:
                return None
            self._written = last_use, position
        asked = positions_asked_for(self._system)
        return [*asked, position] if position is not None else asked

    def _in_turn(self, query: Query[T], positions: Sequence[WritePosition]) -> Iterator[Replica]:
        first = next(self._turns) % len(self._replicas)
        in_turn = [*self._replicas[first:], *self._replicas[:first]]
        if positions:
            # Those first that are known to have replayed all: nobody needs to wait.
            in_turn.sort(key=lambda each: each.health.state is None or not shows_all(each.health.state, positions))
        for replica in in_turn:
            known = replica.health.known()
            is_far = query.replica != "fresh" and known is not None and not is_near(known, self._options.max_lag)
            if not is_far and replica.health.claim():
                yield replica

    def _acquire(self, replica: Replica) -> Session | None:
        try:
            return replica.pool.acquire(_PATIENCE)
        except (psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests):
            # It is busy, not away.
            return None
        except ServerUnreachable as error:
            replica.health.failed(error)
            return None

    def _qualifies(
        self,
        replica: Replica,
        session: Session,
        query: Query[T],
        positions: Sequence[WritePosition],
        deadline: float,
    ) -> bool:
        state = replica.health.known() or replica.ask_anew(session)
        if query.replica != "fresh":
            return is_near(state, self._options.max_lag)
        if shows_all(state, positions) or replica.wait_for(session, positions, deadline):
            return True
        if not may_show(state, positions):
            # Perhaps the primary is on its timeline by now: the next read asks again.
            self._written = object(), None
        return False
