"""Ends what an interrupted call has left running in the server."""

from __future__ import annotations

from time import monotonic
from typing import Any

import psycopg
from psycopg.abc import PQGen

from janua.database.concurrency import async_wait

# How long a cancelled statement may take to end, and the request to cancel it.
_PATIENCE = 5.0
_FIRST_PAUSE = 0.05
# As psycopg's: how often it looks for an interrupt.
_INTERVAL = 0.1


async def end_in_server(connection: psycopg.AsyncConnection[Any], gen: PQGen[Any]) -> bool:
    """
    Cancel the statement and take its answer in; return False where nobody knows what the server does.

    A request that is there before the statement has begun is lost (the manual, "Canceling Queries in
    Progress"). So it is made again while there is no answer: every one has been dealt with when the next
    statement is sent, because libpq waits for that. Raises what interrupts it once more.
    """
    deadline, pause = monotonic() + _PATIENCE, _FIRST_PAUSE
    while monotonic() < deadline:
        try:
            await connection._try_cancel(timeout=_PATIENCE)
            await async_wait(gen, connection.pgconn.socket, _INTERVAL, pause)
            return True
        except psycopg.errors.QueryCanceled:
            return True
        except psycopg.errors._WaitTimeout:
            pause *= 2
        except Exception:
            return False
    return False
