"""The connection is cut at COMMIT, at each moment that makes a difference."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from janua import AsyncDatabase, CommitUnknown, Database, PoolOptions, Query, TransactionLost

from tests.faults.ledger import RECORD
from tests.faults.proxy import Cut, Proxy
from tests.faults.servers import FaultServer

READ = Query[int]("read", "SELECT count(*)::int FROM ledger")
RESOLVED = {Cut.BEFORE_COMMIT: False, Cut.AFTER_COMMIT: True}


async def settle(answer: Any) -> Any:
    """What a call of either class gives."""
    return await answer if isawaitable(answer) else answer


@pytest.fixture(params=[Database, AsyncDatabase], ids=["blocking", "asynchronous"])
def twin_class(request: pytest.FixtureRequest) -> Any:
    """Either of the two classes."""
    return request.param


@pytest.fixture
async def twin(twin_class: Any, proxied_url: str) -> Any:
    """A database behind the proxy, with a connection that has been used already."""
    database = twin_class(proxied_url, pool=PoolOptions(max_size=1, timeout=5))
    await settle(database.run(lambda tx: tx.fetch_one(READ)))
    yield database
    await settle(database.close())


def kept(server: FaultServer, run: UUID) -> int:
    """How often the run has been committed."""
    with psycopg.connect(server.url) as connection:
        [times] = connection.execute("SELECT count(*) FROM ledger WHERE run = %s", (run,)).fetchone() or [0]
    return int(times)


class Caller:
    """Runs one transaction and counts how often its function was called."""

    def __init__(self, twin: Any) -> None:
        self.twin = twin
        self.run = uuid4()
        self.calls = 0
        self.after = 0

    def work(self, tx: Any) -> Any:
        self.calls += 1
        tx.after_commit(self._after)
        return tx.execute(RECORD, (self.run,))

    def _after(self) -> None:
        self.after += 1

    def go(self, **options: Any) -> Awaitable[None]:
        return settle(self.twin.run(self.work, **options))


@pytest.mark.parametrize("certain", [False, True], ids=["", "certain"])
@pytest.mark.parametrize("cut", [Cut.BEFORE_COMMIT, Cut.AFTER_COMMIT], ids=lambda cut: cut.name)
async def test_an_outcome_that_can_be_asked_for(
    cut: Cut, certain: bool, twin: Any, proxy: Proxy, server: FaultServer, count: Counter[str]
) -> None:
    """The run is there once: repeated where nothing was committed, and only there."""
    caller = Caller(twin)
    proxy.cut = cut
    await caller.go(certain=certain)
    assert (1, 1, 1) == (proxy.cuts, kept(server, caller.run), caller.after)
    assert (1 if cut is Cut.AFTER_COMMIT else 2) == caller.calls
    count[f"COMMIT cut {cut.value}: resolved"] += 1


@pytest.mark.parametrize("cut", [Cut.BEFORE_ALL, Cut.AFTER_ALL], ids=lambda cut: cut.name)
async def test_an_outcome_that_nobody_can_tell(
    cut: Cut, twin: Any, proxy: Proxy, server: FaultServer, count: Counter[str]
) -> None:
    """The transaction's id was lost, too: it is not repeated, and no callback runs."""
    caller = Caller(twin)
    proxy.cut = cut
    with pytest.raises(CommitUnknown, match="id has not arrived") as caught:
        await caller.go()
    assert (1, 0, None) == (caller.calls, caller.after, caught.value.xid)
    assert isinstance(caught.value.__cause__, psycopg.OperationalError)
    assert (1 if cut is Cut.AFTER_ALL else 0) == kept(server, caller.run)
    assert 1 == await settle(twin.run(lambda tx: settle_raw(tx)))
    count[f"COMMIT cut {cut.value}: CommitUnknown"] += 1


def settle_raw(tx: Any) -> Any:
    """A query of either class."""
    return tx.fetch_one(Query[int]("one", "SELECT 1"))


@pytest.mark.parametrize("cut", [Cut.BEFORE_ALL, Cut.AFTER_ALL], ids=lambda cut: cut.name)
async def test_a_certain_commit_leaves_nothing_open(
    cut: Cut, twin: Any, proxy: Proxy, server: FaultServer, count: Counter[str]
) -> None:
    """The id has arrived before COMMIT is sent, wherever the network fails."""
    caller = Caller(twin)
    proxy.cut = cut
    await caller.go(certain=True)
    assert (1, 1) == (kept(server, caller.run), caller.after)
    assert (1 if cut is Cut.AFTER_ALL else 2) == caller.calls
    count[f"COMMIT cut {cut.value}: resolved, as certain=True"] += 1


@pytest.mark.parametrize("options", [{}, {"read_only": True}, {"certain": True}], ids=str)
@pytest.mark.parametrize("cut", [Cut.BEFORE_COMMIT, Cut.AFTER_COMMIT], ids=lambda cut: cut.name)
async def test_a_transaction_that_wrote_nothing_is_simply_run_again(
    cut: Cut, options: dict[str, bool], twin: Any, proxy: Proxy
) -> None:
    """There is nothing to be lost, and nobody to be asked."""
    calls = []

    def work(tx: Any) -> Any:
        calls.append(1)
        return tx.fetch_one(READ)

    proxy.cut = Cut.BEFORE_ALL if options.get("read_only") else cut
    assert 0 == await settle(twin.run(work, **options))
    assert (2, 1) == (len(calls), proxy.cuts)


async def test_without_run_the_caller_is_told(twin: Any, proxy: Proxy, server: FaultServer) -> None:
    """``commit`` returns where the transaction is committed, and raises TransactionLost where it is not."""
    run = uuid4()
    tx = await settle(twin.begin())
    await settle(tx.execute(RECORD, (run,)))
    proxy.cut = Cut.AFTER_COMMIT
    await settle(tx.commit())
    assert 1 == kept(server, run)
    tx = await settle(twin.begin())
    await settle(tx.execute(RECORD, (run,)))
    proxy.cut = Cut.BEFORE_COMMIT
    with pytest.raises(TransactionLost, match="nothing was committed"):
        await settle(tx.commit())
    assert 1 == kept(server, run)
    assert 0 == twin.pool_stats().busy


async def test_a_connection_that_is_gone_before_commit_is_no_mystery(
    twin: Any, proxy: Proxy, server: FaultServer
) -> None:
    """Nothing was sent on it."""
    run = uuid4()
    tx = await settle(twin.begin())
    await settle(tx.execute(RECORD, (run,)))
    with psycopg.connect(server.url, autocommit=True) as administrator:
        administrator.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'app'")
    time.sleep(0.05)
    with pytest.raises(TransactionLost):
        await settle(tx.commit())
    assert 0 == kept(server, run)


@pytest.mark.parametrize("end", [FaultServer.kill, FaultServer.stop], ids=["killed", "shut down"])
@pytest.mark.parametrize("cut", [Cut.BEFORE_COMMIT, Cut.AFTER_COMMIT], ids=lambda cut: cut.name)
async def test_a_server_that_ends_at_commit(
    end: Callable[[FaultServer], None], cut: Cut, twin: Any, proxy: Proxy, server: FaultServer, count: Counter[str]
) -> None:
    """And answers again after a restart: what it had committed before is there, and nothing else is."""

    def restart() -> None:
        end(server)
        server.start()

    caller = Caller(twin)
    proxy.cut, proxy.on_cut = cut, restart
    await caller.go()
    assert (1, 1) == (kept(server, caller.run), caller.after)
    assert (1 if cut is Cut.AFTER_COMMIT else 2) == caller.calls
    count["COMMIT: server ended there, resolved after its restart"] += 1


async def test_a_server_that_stays_away(twin: Any, proxy: Proxy, server: FaultServer, count: Counter[str]) -> None:
    """Is waited for as long as for a connection of the pool; then the outcome is unknown."""
    caller = Caller(twin)
    proxy.cut, proxy.on_cut = Cut.AFTER_COMMIT, server.kill
    began = time.monotonic()
    try:
        with pytest.raises(CommitUnknown, match="no server has told within 5 s") as caught:
            await caller.go()
    finally:
        server.start()
    assert time.monotonic() - began < 15
    assert caught.value.xid is not None
    assert (1, 0) == (caller.calls, caller.after)
    assert 1 == kept(server, caller.run)
    count["COMMIT: server stayed away, CommitUnknown"] += 1
