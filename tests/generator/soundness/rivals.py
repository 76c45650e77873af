"""A second session that changes rows beside a statement: the statement waits, and goes on with what it finds then."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
from janua_generator.analysis.analyse import AnalysedQuery

from ..workbench import Rows
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
    with Rival(hunt) as rival:
        for at, query in enumerate(queries):
            if at % 5 == 4:
                hunt.refill()
            isolation = hunt.random.choice(ISOLATIONS)
            with hunt.ledger.failing():
                broken += hunt.judge(query, rival.race(query, isolation), f"a race, {isolation}")
    return broken


class Rival:
    """A connection of its own, on the database of a hunt."""

    def __init__(self, hunt: Hunt) -> None:
        workbench = hunt.workbench
        self.hunt = hunt
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

    def race(self, query: AnalysedQuery, isolation: str) -> Rows:
        """
        Run a query while a few rows are being changed; the changes are committed once it waits, or has its rows.

        Raises what the query raises.
        """
        with self.connection.transaction():
            self.connection.execute(_PAUSE_UNTIL_THEN)
            done = [self._change(query) for _ in range(self.hunt.random.choice((1, 2, 3, 4)))]
            running = self.thread.submit(self.hunt.run, query, isolation=isolation)
            self.hunt.ledger.waited += self._waits(running)
        self.hunt.ddl += "".join(f"\n{each};" for each in done if each)
        return running.result()

    def _change(self, query: AnalysedQuery) -> str:
        """Change something, mostly what the query touches; return what was done."""
        touched = {*query.dependencies.reads, *query.dependencies.writes}
        tables = [each for each in self.hunt.tables if f"public.{each.bare}" in touched and not each.is_view]
        if not tables or self.hunt.random.random() < 0.3:
            tables = self.hunt.tables
        change = make_change(tables, self.hunt.random)
        with suppress(psycopg.Error), self.connection.transaction():
            self.connection.execute("SET LOCAL statement_timeout = '1s'")
            self.connection.execute(change.encode())
            return change
        return ""

    def _waits(self, running: Future[Rows]) -> bool:
        """Wait until the query waits, or has ended; return whether it waits."""
        while not running.done():
            (blocked,) = self.connection.execute(_BLOCKED, [self.pid]).fetchone() or (False,)
            if blocked:
                return True
            time.sleep(0.001)
        return False
