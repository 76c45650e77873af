"""The end of a process that closes nothing: it ends, and says nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

BLOCKING = """
import sys
from janua import Database, PoolOptions
db = Database(sys.argv[1], pool=PoolOptions(min_size=3, max_size=5))
{}
print("end")
"""
ASYNCHRONOUS = """
import asyncio, sys
from janua import AsyncDatabase, PoolOptions
async def main():
    global db, tx
    db = AsyncDatabase(sys.argv[1], pool=PoolOptions(min_size=3, max_size=5))
    {}
    print("end")
asyncio.run(main())
"""


def run(script: str, url: str) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-c", script, url], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "body",
    [
        "db.open()",
        "db.raw('SELECT 1')",
        "tx = db.begin(); tx.raw('SELECT 1')",
        "import threading; threading.Thread(target=db.raw, args=('SELECT pg_sleep(0.2)',)).start()",
    ],
)
def test_a_blocking_database_may_be_left_open(pg_url: str, body: str) -> None:
    """In whatever state: no thread keeps the process, nothing is complained about."""
    assert (0, "end\n", "") == run(BLOCKING.format(body), pg_url)


@pytest.mark.parametrize(
    "body",
    [
        "await db.open()",
        "await db.raw('SELECT 1')",
        "tx = await db.begin(); await tx.raw('SELECT 1')",
        "asyncio.create_task(db.raw('SELECT pg_sleep(60)')); await asyncio.sleep(0.3)",
    ],
)
def test_an_asynchronous_database_may_be_left_open(pg_url: str, body: str) -> None:
    """Also where the loop ends while the pool is connecting."""
    code, out, err = run(ASYNCHRONOUS.format(body), pg_url)
    assert (0, "end\n") == (code, out)
    assert "Exception ignored" not in err
    assert "Traceback" not in err
