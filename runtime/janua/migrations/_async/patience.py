"""
Waiting for locks without stopping the traffic.

A statement that waits for a lock on a table has everybody else wait behind it. So each waits for a moment only,
gives up, and is tried again after a pause in which the others get on.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from psycopg import errors

from janua.database._async.session import AsyncSession
from janua.database.concurrency import async_sleep
from janua.errors import MigrationError
from janua.migrations.progress import StepShown
from janua.migrations.refusals import with_hint

# Both leave nothing behind of the transaction.
_ANOTHER_TIME = (errors.LockNotAvailable, errors.DeadlockDetected)
_LONGEST_PAUSE_S = 10.0


@dataclass(frozen=True, slots=True)
class AsyncPatience:
    """
    Runs what may have to wait for a lock: ``attempts`` times, with pauses that double from half a second to ten.

    Each pause is shortened by chance, so that two that stand in each other's way do not do so again.
    """

    session: AsyncSession
    attempts: int
    step: StepShown

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """
        Run it until it is done, and leave no transaction open where it fails.

        Raises what it raises; a MigrationError about a lock says who was in the way.
        """
        for attempt in range(1, self.attempts + 1):
            try:
                await work()
            except MigrationError as error:
                await self.session.rollback()
                if not isinstance(error.__cause__, _ANOTHER_TIME):
                    raise
                blockers = await _blockers(self.session)
                if attempt == self.attempts:
                    raise with_hint(error, f"tried {attempt} times; {blockers}") from error.__cause__
                self.step.note(f"attempt {attempt} found a lock taken; {blockers}")
                await async_sleep(min(0.5 * 2 ** (attempt - 1), _LONGEST_PAUSE_S) * random.uniform(0.5, 1.0))
            except BaseException:
                if not self.session.closed:
                    await self.session.rollback()
                raise
            else:
                self.step.note("")
                return


async def _blockers(session: AsyncSession) -> str:
    """The oldest transactions, one of which will have the lock; not what they run, which may hold values."""
    cursor = await session.execute(
        b"SELECT pid, coalesce(nullif(application_name, ''), usename, backend_type), state,"
        b" extract(epoch FROM clock_timestamp() - xact_start)::float FROM pg_stat_activity"
        b" WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
        b" ORDER BY xact_start LIMIT 3"
    )
    found = [
        f"pid {pid} ({name}) {state} in a transaction of {seconds:.0f} s"
        for pid, name, state, seconds in await cursor.fetchall()
    ]
    return "the oldest transactions: " + ", ".join(found) if found else "no transaction is open any more"
