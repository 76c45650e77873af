"""A second session that changes rows beside a statement: the statement waits, and goes on with what it finds then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

import psycopg
from janua_generator.analysis.analyse import AnalysedQuery

from ..workbench import Rows, Workbench
from .changes import make_change
from .hunt import Hunt

PAUSE = "pause()"
"""What makes a statement stand still in its middle until the rival's transaction has ended."""
ISOLATIONS = ("READ COMMITTED",) * 5 + ("REPEATABLE READ", "SERIALIZABLE")
_PAUSE_UNTIL_THEN = "SELECT pg_advisory_xact_lock(1)"
_BLOCKED = "SELECT cardinality(pg_blocking_pids(%s)) > 0"


def race(hunt: Hunt, number: int) -> list[str]:
    """Try so many statements against a rival; return each broken promise."""
    queries, broken = hunt.analysed([hunt.maker().contended(PAUSE) for _ in range(number)])
    with Rival(hunt.workbench) as rival:
        for at, query in enumerate(queries):
            if at % 5 == 4:
                hunt.refill()
            isolation = hunt.random.choice(ISOLATIONS)
            changes = _changes(hunt, query)
            with hunt.ledger.failing():
                run = partial(hunt.run, query, isolation=isolation)
                rows, done = rival.race(run, changes)
                hunt.ddl += "".join(f"\n{each};" for each in done)
                hunt.ledger.waited += rival.has_waited
                broken += hunt.judge(query, rows, f"a race, {isolation}")
    return broken


def _changes(hunt: Hunt, query: AnalysedQuery) -> list[str]:
    """A few changes, mostly of what the query touches."""
    touched = {*query.dependencies.reads, *query.dependencies.writes}
    tables = [each for each in hunt.tables if f"public.{each.bare}" in touched and not each.is_view]
    some = hunt.random.choice((1, 2, 3, 4))
    return [
        make_change(tables if tables and hunt.random.random() >= 0.3 else hunt.tables, hunt.random) for _ in range(some)
    ]


class Rival:
    """
    A connection of its own, on the database of a workbench.

    ``has_waited`` tells whether the last statement had to wait for it.
    """

    def __init__(self, workbench: Workbench) -> None:
        self.has_waited = False
        self.pid = workbench.connection.info.backend_pid
        password = workbench.connection.info.password
        self.connection: psycopg.Connection[Any] = psycopg.connect(
            workbench.connection.info.dsn, password=password or None, autocommit=True
        )
        self.thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Rival:
        return self

    def __exit__(self, *_: object) -> None:
        self.thread.shutdown()
        self.connection.close()

    def race(self, run: Callable[[], Rows], changes: Iterable[str]) -> tuple[Rows, list[str]]:
        """
        Run a query while rows are being changed; the changes are committed once it waits, or has its rows.

        Return its rows and the changes that the server accepted. Raises what the query raises.
        """
        with self.connection.transaction():
            self.connection.execute(_PAUSE_UNTIL_THEN)
            done = [each for each in changes if self._change(each)]
            running = self.thread.submit(run)
            self.has_waited = self._waits(running)
        return running.result(), done

    def _change(self, change: str) -> bool:
        with suppress(psycopg.Error), self.connection.transaction():
            self.connection.execute("SET LOCAL statement_timeout = '1s'")
            self.connection.execute(change.encode())
            return True
        return False

    def _waits(self, running: Future[Rows]) -> bool:
        """Wait until the query waits, or has ended; return whether it waits."""
        while not running.done():
            (blocked,) = self.connection.execute(_BLOCKED, [self.pid]).fetchone() or (False,)
            if blocked:
                return True
            time.sleep(0.001)
        return False
