"""Work that shows what became of it: every piece has an id of its own, and its traces are compared with its answers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import psycopg_pool
from janua import AsyncDatabase, AsyncTransaction, CommitUnknown, Database, JanuaError, PoolOptions, Query, Transaction

SCHEMA = """
CREATE TABLE ledger (run uuid NOT NULL);
CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL);
CREATE TABLE entries (run uuid NOT NULL, account int NOT NULL, amount int NOT NULL);
INSERT INTO accounts SELECT id, 1000 FROM generate_series(0, 9) AS id;
"""
RECORD = Query[None]("record", "INSERT INTO ledger (run) VALUES ($1)", params=("uuid",))
MOVE = Query[int](
    "move",
    "UPDATE accounts SET balance = balance + $2 WHERE id = $1 RETURNING balance",
    params=("integer", "integer"),
)
ENTER = Query[None](
    "enter",
    "INSERT INTO entries (run, account, amount) VALUES ($1, $2, $3)",
    params=("uuid", "integer", "integer"),
)
# Neither unique nor checked by the server: what is done twice must be seen.
FAILURES = (JanuaError, psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests)


def transfer(tx: Transaction, run: UUID) -> None:
    """Move one unit from an account to another one, which collides with others now and then."""
    giver, taker = run.int % 10, (run.int // 10 % 9 + run.int + 1) % 10
    tx.execute(RECORD, (run,))
    for account, amount in ((giver, -1), (taker, 1)):
        tx.fetch_one(MOVE, (account, amount))
        tx.execute(ENTER, (run, account, amount))


async def async_transfer(tx: AsyncTransaction, run: UUID) -> None:
    """The same."""
    giver, taker = run.int % 10, (run.int // 10 % 9 + run.int + 1) % 10
    await tx.execute(RECORD, (run,))
    for account, amount in ((giver, -1), (taker, 1)):
        await tx.fetch_one(MOVE, (account, amount))
        await tx.execute(ENTER, (run, account, amount))


@dataclass
class Load:
    """What clients were told about their runs, and how often they were called."""

    acknowledged: set[UUID] = field(default_factory=set)
    refused: set[UUID] = field(default_factory=set)
    unknown: set[UUID] = field(default_factory=set)
    attempts: Counter[UUID] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    stopped: threading.Event = field(default_factory=threading.Event)
    crash: BaseException | None = None

    def note(self, run: UUID, error: Exception | None) -> None:
        """Keep a run's outcome."""
        if error is None:
            self.acknowledged.add(run)
        elif isinstance(error, CommitUnknown):
            self.unknown.add(run)
        else:
            self.refused.add(run)
        if error is not None:
            self.reasons[type(error).__name__] += 1

    def wait_for_more(self, seconds: float) -> float:
        """Wait until every client is served again, and return after how long that was."""
        before, began = len(self.acknowledged), time.monotonic()
        while len(self.acknowledged) < before + 40:
            if self.crash is not None:
                raise AssertionError(f"a client met what nothing announces: {self.crash!r}") from self.crash
            assert time.monotonic() - began < seconds, f"no health within {seconds} s: {self.reasons}"
            time.sleep(0.01)
        return time.monotonic() - began


@contextmanager
def threads_at_work(url: str, clients: int = 4, *, certain: bool = False) -> Iterator[tuple[Load, Any]]:
    """Have threads run transfers until the block ends; a client that never returns fails the test."""
    load = Load()
    with Database(url, pool=PoolOptions(max_size=3, timeout=10)) as db:

        def work() -> None:
            while not load.stopped.is_set():
                run = uuid4()
                try:
                    db.run(partial(_counted, load, run), certain=certain)
                except FAILURES as error:
                    load.note(run, error)
                    time.sleep(0.01)
                else:
                    load.note(run, None)

        threads = [threading.Thread(target=work, daemon=True) for _ in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield load, db
        finally:
            load.stopped.set()
            for thread in threads:
                thread.join(30)
        assert [] == [thread for thread in threads if thread.is_alive()], "a client is stuck"
        assert 0 == db.pool_stats().busy


def _counted(load: Load, run: UUID, tx: Transaction) -> None:
    load.attempts[run] += 1
    transfer(tx, run)


@contextmanager
def tasks_at_work(url: str, clients: int = 8, *, certain: bool = False) -> Iterator[tuple[Load, Any]]:
    """The same with tasks, on an event loop of their own."""
    load = Load()
    failed: list[BaseException] = []

    async def work(db: AsyncDatabase) -> None:
        while not load.stopped.is_set():
            run = uuid4()

            async def once(tx: AsyncTransaction, run: UUID = run) -> None:
                load.attempts[run] += 1
                await async_transfer(tx, run)

            try:
                await db.run(once, certain=certain)
            except FAILURES as error:
                load.note(run, error)
                await asyncio.sleep(0.01)
            else:
                load.note(run, None)

    async def serve() -> None:
        async with AsyncDatabase(url, pool=PoolOptions(max_size=3, timeout=10)) as db:
            await asyncio.gather(*(work(db) for _ in range(clients)))
            assert 0 == db.pool_stats().busy

    def main() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            failed.append(error)
            load.crash = error

    thread = threading.Thread(target=main, daemon=True)
    thread.start()
    try:
        yield load, None
    finally:
        load.stopped.set()
        thread.join(30)
    assert not thread.is_alive(), "a client is stuck"
    assert [] == failed


@dataclass(frozen=True)
class Verdict:
    """What the database holds of a load's runs; all but ``unknown_kept`` must be empty or zero."""

    lost: int
    undead: int
    twice: int
    half: int
    missing_money: int
    unknown_kept: int

    @property
    def is_right(self) -> bool:
        """True where every answer was true, and nothing was done twice or by half."""
        return not (self.lost or self.undead or self.twice or self.half or self.missing_money)


def judge(url: str, load: Load) -> Verdict:
    """Compare what the clients were told with what is there."""
    with psycopg.connect(url) as connection:
        runs = Counter(row[0] for row in connection.execute("SELECT run FROM ledger"))
        entries = Counter(row[0] for row in connection.execute("SELECT run FROM entries"))
        [total] = connection.execute("SELECT sum(balance) FROM accounts").fetchone() or [0]
        [wrong] = connection.execute(
            "SELECT count(*) FROM accounts a WHERE balance <> 1000 +"
            " (SELECT coalesce(sum(amount), 0) FROM entries e WHERE e.account = a.id)"
        ).fetchone() or [1]
    return Verdict(
        lost=len(load.acknowledged - runs.keys()),
        undead=len(load.refused & runs.keys()),
        twice=sum(1 for times in runs.values() if times > 1),
        half=sum(1 for run in runs.keys() | entries.keys() if entries[run] != 2 * runs[run]),
        missing_money=abs(10_000 - total) + wrong,
        unknown_kept=len(load.unknown & runs.keys()),
    )
