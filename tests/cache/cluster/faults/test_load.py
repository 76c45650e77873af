"""Threads of two processes read and write without a pause while the cluster changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis as redis_py
from janua import Database, PoolOptions
from janua.cache import Cache
from janua.cache.stamps import Keyspace
from janua.errors import InvalidationFailed
from janua.redis import Redis
from redis.crc import key_slot

from tests.cache import queries as q
from tests.cache.cluster.faults.conftest import NODES, client_of, prefix_on
from tests.cache.cluster.faults.moving import moving
from tests.runtime.redis import servers


@dataclass
class Load:
    """
    One thread writes ever higher balances, others read.

    What is read is at least as high as what was committed before the call.
    """

    writer: Database
    readers: list[Database]
    caches: list[Cache]
    committed: int = 10
    reads: int = 0
    undone: int = 0
    wrong: list[tuple[int, int]] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    ends: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        """Until it ends."""
        value = self.committed
        while not self.ends.is_set():
            value += 1
            try:
                self.writer.execute(q.SET, (1, value))
                self.committed = value
            except InvalidationFailed:
                self.undone += 1
            time.sleep(0.005)

    def read(self, db: Database) -> None:
        """Until it ends."""
        while not self.ends.is_set():
            least = self.committed
            found = db.fetch_one(q.GET, (1,)).balance
            self.reads += 1
            if found < least:
                self.wrong.append((least, found))

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self.errors.append(error)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have it run during the block."""
        works = [self.write, *(lambda db=db: self.read(db) for db in self.readers for _ in range(2))]
        threads = [threading.Thread(target=self._run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.ends.set()
            for thread in threads:
                thread.join()


@contextmanager
def _database(url: str, pg_url: str, **options: Any) -> Iterator[tuple[Database, Cache]]:
    with (
        Redis(url) as redis,
        Cache(redis, strict=True, resolve_after=0.05, timeout=0.3, prefix=prefix_on(0), **options) as cache,
        Database(pg_url, cache=cache, pool=PoolOptions(max_size=5, timeout=10)) as db,
    ):
        yield db, cache


@contextmanager
def _load(nodes: list[servers.Server], pg_url: str) -> Iterator[Load]:
    url = f"redis://127.0.0.1:{nodes[0].port},127.0.0.1:{nodes[1].port}/0"
    with _database(url, pg_url) as here, _database(url, pg_url) as there:
        load = Load(here[0], [here[0], there[0]], [here[1], there[1]])
        with load.running():
            time.sleep(1.0)
            yield load
        assert ([], []) == (load.errors, load.wrong)
        hits = sum(cache.stats().hits for cache in load.caches)
        assert hits
        print(f"reads {load.reads}, of them hits {hits}, writes {load.committed}, undone {load.undone}")


def _writes_again(load: Load) -> None:
    before, deadline = load.committed, time.monotonic() + 30
    while load.committed < before + 20:
        assert time.monotonic() < deadline, load
        time.sleep(0.05)


def test_replicas_take_over(pg_url: str) -> None:
    """By themselves, after the primary was killed, and asked to, there and back."""
    with servers.cluster(replicas=1) as nodes, _load(nodes, pg_url) as load:
        nodes[0].stop()
        _writes_again(load)
        nodes[0].start()
        time.sleep(2.0)
        for node in (nodes[0], nodes[NODES]):
            with client_of(node) as client:
                _asked(client)
            _writes_again(load)


def _asked(client: redis_py.Redis) -> None:
    """Have the replica take over."""
    deadline = time.monotonic() + 20
    while client.info("replication")["role"] != "master":
        assert time.monotonic() < deadline
        with suppress(redis_py.ResponseError):
            client.execute_command("CLUSTER FAILOVER")
        time.sleep(0.3)


def test_a_slot_goes_around(pg_url: str) -> None:
    """That of the tables, key by key, to each of the nodes."""
    slot = key_slot(Keyspace(prefix_on(0), is_cluster=True).run)
    with servers.cluster() as nodes, _load(nodes, pg_url) as load:
        for giver, taker in ((0, 1), (1, 2), (2, 0), (0, 2)):
            for step in moving(nodes, giver, taker, slot):
                step()
                time.sleep(0.05)
            _writes_again(load)


def test_slots_go_at_once(pg_url: str) -> None:
    """Half of all that the tables' node has, the tables' slot among them, as Valkey 9 can."""
    slot = key_slot(Keyspace(prefix_on(0), is_cluster=True).run)
    with servers.cluster() as nodes, _load(nodes, pg_url) as load:
        for giver, taker in ((0, 1), (1, 2)):
            with client_of(nodes[giver]) as source, client_of(nodes[taker]) as sink:
                heir = sink.execute_command("CLUSTER MYID")
                try:
                    words = ("SLOTSRANGE", max(0, slot - 1000), slot, "NODE", heir)
                    source.execute_command("CLUSTER MIGRATESLOTS", *words)
                except redis_py.ResponseError as error:
                    pytest.skip(f"the server cannot: {error}")
                deadline = time.monotonic() + 30
                while sink.execute_command("CLUSTER COUNTKEYSINSLOT", slot) == 0:
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            _writes_again(load)
