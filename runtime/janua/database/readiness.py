"""
How connections wait for the server's answer.

psycopg's asynchronous connection has the event loop watch the socket anew for each answer: three calls of the
kernel and a timer, which take longer than all else that a short statement does. Here the loop goes on watching
while the connection is open, and takes the answer in as it arrives.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, CancelledError, Future, get_running_loop, sleep
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import ConnStatus, TransactionStatus
from psycopg.rows import TupleRow
from psycopg.waiting import Ready, Wait, wait, wait_async

from janua.database._async.ending import end_in_server as async_end_in_server
from janua.database._sync.ending import end_in_server

R = TypeVar("R")

# As psycopg's: how often it looks for an interrupt.
_INTERVAL = 0.1
_WAIT_TO_READ = int(Wait.R)
_READABLE = Ready.R
_BAD = int(ConnStatus.BAD)
_ACTIVE = int(TransactionStatus.ACTIVE)
# So many steps that never waited (rows of a COPY), and the loop's other tasks have a turn.
_STEPS_AT_ONCE = 100


class AsyncWatchedConnection(psycopg.AsyncConnection[TupleRow]):
    """
    An asynchronous connection whose socket the event loop watches from the first wait on.

    A socket must not be closed while it is watched, because the loop would take the next one with its
    number for it: whatever closes one comes through here.
    """

    _watch: _Watch | None = None
    _steps = 0

    async def wait(self, gen: PQGen[R], interval: float = _INTERVAL, timeout: float | None = None) -> R:
        """Drive the generator to its end; a cancellation cancels what is running in the server."""
        try:
            if timeout is not None:
                return await self._wait_as_psycopg(gen, interval, timeout)
            try:
                state = next(gen)
            except StopIteration as end:
                await self._give_way()
                answer: R = end.value
                return answer
            if state != _WAIT_TO_READ:
                return await self._wait_as_psycopg(_Resumed(gen, state), interval, None)
            try:
                found: R = await self._watching().drive(gen)
            finally:
                if self.pgconn.status == _BAD:
                    self._stop_watching()
            if type(found) is _Resumed:
                return await self._wait_as_psycopg(found, interval, None)
            return found
        except (CancelledError, KeyboardInterrupt):
            if self.pgconn.transaction_status == _ACTIVE:
                await self._end_in_server(gen)
            raise

    async def close(self) -> None:
        """Close the connection, and fail what waits for its answer."""
        self._stop_watching()
        await super().close()

    def hang_up(self) -> None:
        """Close the connection soon, without awaiting anything: called from a finalizer, maybe in another thread."""
        watch = self._watch
        if watch is None:
            self.pgconn.finish()
            return
        try:
            watch.loop.call_soon_threadsafe(self._finish)
        except RuntimeError:
            # The loop has ended, and its watch with it.
            self.pgconn.finish()

    def _finish(self) -> None:
        self._stop_watching()
        self.pgconn.finish()

    def _watching(self) -> _Watch:
        watch = self._watch
        loop = get_running_loop()
        if watch is None or watch.loop is not loop or not watch.is_on:
            self._stop_watching()
            watch = self._watch = _Watch(loop, self.pgconn.socket)
        return watch

    def _stop_watching(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()

    async def _wait_as_psycopg(self, gen: Any, interval: float, timeout: float | None) -> R:
        # It watches the socket by itself, and stops that, which would end our watch unseen.
        self._stop_watching()
        answer: R = await wait_async(gen, self.pgconn.socket, interval, timeout)
        return answer

    async def _end_in_server(self, gen: PQGen[Any]) -> None:
        self._stop_watching()
        is_known = False
        try:
            is_known = await async_end_in_server(self, gen)
        finally:
            if not is_known:
                self._finish()

    async def _give_way(self) -> None:
        self._steps += 1
        if self._steps >= _STEPS_AT_ONCE:
            self._steps = 0
            await sleep(0)


class WatchedConnection(psycopg.Connection[TupleRow]):
    """A blocking connection, which psycopg itself waits for."""

    def wait(self, gen: PQGen[R], interval: float = _INTERVAL, timeout: float | None = None) -> R:
        """Drive the generator to its end; Ctrl-C cancels what is running in the server."""
        try:
            return wait(gen, self.pgconn.socket, interval, timeout)
        except KeyboardInterrupt:
            is_known = self.pgconn.transaction_status != _ACTIVE
            try:
                is_known = is_known or end_in_server(self, gen)
            finally:
                if not is_known:
                    self.pgconn.finish()
            raise

    def hang_up(self) -> None:
        """Close the connection: called from a finalizer."""
        self.pgconn.finish()


class _Watch:
    """One loop's watch on one socket."""

    __slots__ = ("_answer", "_fd", "_generator", "is_on", "loop")

    def __init__(self, loop: AbstractEventLoop, fd: int) -> None:
        self.loop = loop
        self.is_on = True
        self._fd = fd
        self._generator: PQGen[Any] | None = None
        self._answer: Future[Any] | None = None
        loop.add_reader(fd, self._on_readable)

    async def drive(self, generator: PQGen[Any]) -> Any:
        """Return what the generator does, or where it wants something else than to read."""
        answer = self._answer = self.loop.create_future()
        self._generator = generator
        try:
            return await answer
        finally:
            self._generator = None

    def stop(self) -> None:
        """End the watch, and fail what waits. Works for a socket that libpq has closed already, too."""
        if self.is_on:
            self.is_on = False
            if not self.loop.is_closed():
                self.loop.remove_reader(self._fd)
        if self._generator is not None:
            self._generator = None
            self._fail(psycopg.OperationalError("the connection is closed"))

    def _on_readable(self) -> None:
        # The generator runs here and not in its task, so that nothing is left to read when the loop looks again.
        generator = self._generator
        if generator is None:
            # A notice, or the server has hung up: the loop would call for ever. The next wait begins anew.
            self.stop()
            return
        try:
            state = generator.send(_READABLE)
        except StopIteration as end:
            self._settle(end.value)
        except Exception as error:
            self._generator = None
            self._fail(error)
        else:
            if state != _WAIT_TO_READ:
                self._settle(_Resumed(generator, state))

    def _settle(self, value: Any) -> None:
        self._generator = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(value)

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


class _Resumed:
    """A generator under way, for psycopg to go on with from what it asked for."""

    __slots__ = ("_first", "_generator")

    def __init__(self, generator: PQGen[Any], first: Any) -> None:
        self._generator = generator
        self._first = first

    def __iter__(self) -> _Resumed:
        return self

    def __next__(self) -> Any:
        first, self._first = self._first, None
        return next(self._generator) if first is None else first

    def send(self, value: Any) -> Any:
        return self._generator.send(value)
