"""Processes that are forked from one that is connected."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

SHARED = """
import os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)   # Python 3.12 warns of forking beside threads
from janua import AsyncDatabase, Database, PoolOptions, PoolStats, Query
PID = Query[int]("pid", "SELECT pg_backend_pid()")
url = sys.argv[1]

def in_child(function):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            function()
            code = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
"""


def run(body: str, url: str) -> None:
    done = subprocess.run([sys.executable, "-c", SHARED + body, url], capture_output=True, text=True, timeout=60)
    assert (0, "") == (done.returncode, done.stderr)


def test_the_child_connects_anew_and_the_parents_connections_live_on(pg_url: str) -> None:
    """Whichever of them ends first, and whether the child closes its database or not."""
    run(
        """
db = Database(url, pool=PoolOptions(max_size=1))
parents = {db.fetch_one(PID) for _ in range(5)}
def child():
    assert PoolStats() == db.pool_stats()
    assert db.fetch_one(PID) not in parents
    db.close()
for _ in range(3):
    in_child(child)
in_child(lambda: None)
assert {db.fetch_one(PID) for _ in range(5)} <= parents
db.close()
""",
        pg_url,
    )


def test_a_child_that_ends_regularly_ends_no_session_of_the_parent(pg_url: str) -> None:
    """Finalizers of the child run, on what it has inherited."""
    run(
        """
db = Database(url, pool=PoolOptions(max_size=1))
parent = db.fetch_one(PID)
child = os.fork()
if child == 0:
    import gc
    gc.collect()
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
assert db.fetch_one(PID) == parent
db.close()
""",
        pg_url,
    )


def test_a_transaction_of_the_parent_is_no_use_in_the_child(pg_url: str) -> None:
    """It says so there, and goes on in the parent."""
    run(
        """
import psycopg
db = Database(url)
with db.transaction() as tx:
    tx.raw("CREATE TEMPORARY TABLE kept (id int)")
    def child():
        try:
            tx.raw("INSERT INTO kept VALUES (1)")
        except psycopg.OperationalError as error:
            assert "the connection is closed" in str(error), error
        else:
            raise AssertionError
        assert db.raw("SELECT 1 AS one") == [{"one": 1}]
    in_child(child)
    tx.raw("INSERT INTO kept VALUES (2)")
    assert tx.raw("SELECT id FROM kept") == [{"id": 2}]
db.close()
""",
        pg_url,
    )


def test_children_forked_under_load_work(pg_url: str) -> None:
    """Whatever locks the parent's threads held at that moment."""
    run(
        """
import threading
db = Database(url, pool=PoolOptions(max_size=4))
stop = threading.Event()
def load():
    while not stop.is_set():
        db.fetch_one(PID)
threads = [threading.Thread(target=load) for _ in range(6)]
for thread in threads: thread.start()
for _ in range(15):
    in_child(lambda: (db.fetch_one(PID), db.close()))
stop.set()
for thread in threads: thread.join()
db.close()
""",
        pg_url,
    )


def test_an_asynchronous_database_starts_over_in_the_childs_loop(pg_url: str) -> None:
    """Opened before the fork, used after it."""
    run(
        """
import asyncio
db = AsyncDatabase(url, pool=PoolOptions(max_size=1))
async def pid():
    return await db.fetch_one(PID)
parents = asyncio.run(pid())
async def child():
    assert await db.fetch_one(PID) != parents
    await db.close()
in_child(lambda: asyncio.run(child()))
""",
        pg_url,
    )


def test_multiprocessing_hands_a_database_down(pg_url: str) -> None:
    """As with os.fork."""
    run(
        """
import multiprocessing
db = Database(url, pool=PoolOptions(max_size=1))
db.fetch_one(PID)
def child(queue):
    queue.put(db.fetch_one(PID))
    db.close()
context = multiprocessing.get_context("fork")
queue = context.Queue()
workers = [context.Process(target=child, args=(queue,)) for _ in range(3)]
for worker in workers: worker.start()
pids = {queue.get(timeout=30) for _ in workers}
for worker in workers: worker.join()
assert len(pids | {db.fetch_one(PID)}) == 4
db.close()
""",
        pg_url,
    )
