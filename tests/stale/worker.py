"""
A process with a database and a strict cache that is told each step, and where to stop in it, through a pipe.

``python -m tests.stale.worker KIND POSTGRES REDIS PROJECT PACKAGE`` reads steps from its input, one a line as JSON,
and answers each with ``["done", …]``, ``["paused"]`` or ``["failed", class, message]``. A step that is paused goes on
with the step ``["go"]``. Where it stops, and what takes less time than in production, is patched in here.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import secrets
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from inspect import isawaitable, iscoroutinefunction
from queue import SimpleQueue
from typing import Any

from janua import AsyncDatabase, Database, PoolOptions
from janua.builder import delete, update
from janua.cache import AsyncCache, Cache
from janua.cache._async import invalidations as async_invalidations
from janua.cache._async import reading as async_reading
from janua.cache._async import roundtrips as async_roundtrips
from janua.cache._sync import invalidations, reading, roundtrips
from janua.database._async import transaction as async_transaction
from janua.database._sync import transaction
from janua.redis import AsyncRedis, Redis

_REST_S = 0.01
_CACHE = {"strict": True, "timeout": 5.0, "wait": 0.02, "resolve_after": 0.0}

Step = list[Any]


class Gate:
    """Where the next step stops until it may go on."""

    def __init__(self, answers: SimpleQueue[Step]) -> None:
        self._answers = answers
        self._may_go = threading.Event()
        self.place = ""

    def go(self) -> None:
        """Let the step go on."""
        self._may_go.set()

    def reach(self, place: str) -> None:
        """Stop here, if that was asked for."""
        if place and place == self.place:
            self.place = ""
            self._may_go.clear()
            self._answers.put(["paused"])
            self._may_go.wait()

    def before(self, owner: Any, name: str, place: str) -> None:
        """Stop before each call of a function."""
        self._wrap(owner, name, place, "")

    def after(self, owner: Any, name: str, place: str) -> None:
        """Stop after each call of a function."""
        self._wrap(owner, name, "", place)

    def _wrap(self, owner: Any, name: str, before: str, after: str) -> None:
        function: Callable[..., Any] = getattr(owner, name)

        async def awaited(*args: Any, **keywords: Any) -> Any:
            self.reach(before)
            result = await function(*args, **keywords)
            self.reach(after)
            return result

        def called(*args: Any, **keywords: Any) -> Any:
            self.reach(before)
            result = function(*args, **keywords)
            self.reach(after)
            return result

        setattr(owner, name, awaited if iscoroutinefunction(function) else called)


def install(gate: Gate) -> None:
    """Put the gate at the places between the steps of the protocol."""
    for reads in (reading.Reads, async_reading.AsyncReads):
        gate.after(reads, "_open", "opened")
        gate.after(reads, "_settle", "settled")
        gate.before(reads, "_keep", "answered")
    for invalidating in (invalidations.Invalidations, async_invalidations.AsyncInvalidations):
        gate.before(invalidating, "mark", "marking")
        gate.before(invalidating, "clear", "clearing")
    for module in (transaction, async_transaction):
        gate.before(module, "send_commit", "marked")
        gate.after(module, "send_commit", "committed")
    for trips in (roundtrips, async_roundtrips):
        trips._REST = _REST_S  # type: ignore[attr-defined]


class Actor:
    """What takes the steps. One transaction may be open, with savepoints in it."""

    def __init__(self, kind: str, pg_url: str, redis_url: str, package: str) -> None:
        self._loop = asyncio.new_event_loop() if kind == "asynchronous" else None
        self._bank = importlib.import_module(f"{package}.bank")
        self._tables = importlib.import_module(f"{package}.tables")
        self._call(lambda: self._open(kind, pg_url, redis_url))
        self._blocks: list[tuple[Any, Any]] = []
        self._connection: tuple[Any, Any] | None = None

    def _open(self, kind: str, pg_url: str, redis_url: str) -> None:
        pool = PoolOptions(min_size=1, max_size=3, timeout=10)
        if kind == "asynchronous":
            self._cache: Any = AsyncCache(AsyncRedis(redis_url), **_CACHE)  # type: ignore[arg-type]
            self._db: Any = AsyncDatabase(pg_url, cache=self._cache, pool=pool)
        else:
            self._cache = Cache(Redis(redis_url), **_CACHE)  # type: ignore[arg-type]
            self._db = Database(pg_url, cache=self._cache, pool=pool)

    def _call(self, function: Callable[[], Any]) -> Any:
        """Call, and wait for what is not there yet."""
        if self._loop is None:
            return function()

        async def call() -> Any:
            answer = function()
            return await answer if isawaitable(answer) else answer

        return self._loop.run_until_complete(call())

    def take(self, step: Step) -> Any:
        """Take one step."""
        return getattr(self, f"_do_{step[0]}")(*step[1:])

    @property
    def _place(self) -> Any:
        """Where statements run: in the innermost transaction, or on the database."""
        return self._blocks[-1][1] if self._blocks else self._db

    def _where(self, where: str) -> Any:
        """The transaction, or the connection on which it was begun."""
        return self._connection[1] if where == "connection" and self._connection else self._place

    def _do_read(self, name: str, where: str = "") -> Any:
        """Return what the cached query gives, and what the same query gives without a cache."""
        place = self._where(where)
        before = self._cache.stats().hits
        cached = self._call(lambda: getattr(self._bank, f"read_{name}")(place))
        is_hit = self._cache.stats().hits > before
        shown = self._call(lambda: getattr(self._bank, f"see_{name}")(place))
        return [[_fields(row) for row in cached], [_fields(row) for row in shown], is_hit]

    def _do_write(self, name: str, where: str = "") -> None:
        place = self._where(where)
        write = getattr(self, f"_by_{name}", None) or getattr(self._bank, f"do_{name}")
        self._call(lambda: write(place))

    def _by_builder(self, place: Any) -> Any:
        accounts = self._tables.accounts
        return update(accounts).set(balance=accounts.balance + 1).where(accounts.id == 1).execute(place)

    def _by_built_delete(self, place: Any) -> Any:
        owners = self._tables.owners
        return delete(owners).where(owners.id == 2).execute(place)

    def _by_copy(self, place: Any) -> Any:
        return self._bank.copy_badges(place, [self._bank.CopyBadgesParams(id=secrets.randbelow(2**31), owner_id=None)])

    def _by_batch(self, place: Any) -> Any:
        values = self._bank.SetBalancesParams
        return self._bank.set_balances(place, [values(id=1, by=1), values(id=2, by=2)])

    def _by_raw(self, place: Any) -> Any:
        return place.raw("DO $$ BEGIN UPDATE places SET name = name || 'x'; END $$")

    def _by_pipeline(self, place: Any) -> Any:
        async def awaited() -> None:
            async with place.pipeline() as pipeline:
                await self._bank.do_trigger(pipeline)
                await self._bank.do_root(pipeline)

        if self._loop is not None:
            return awaited()
        with place.pipeline() as pipeline:
            self._bank.do_trigger(pipeline)
            self._bank.do_root(pipeline)
        return None

    def _do_begin(self, isolation: str | None, on_connection: bool) -> None:
        source = self._db
        if on_connection:
            self._connection = self._enter(self._db.connection())
            source = self._connection[1]
        self._blocks.append(self._enter(source.transaction(isolation)))

    def _do_savepoint(self) -> None:
        self._blocks.append(self._enter(self._place.transaction()))

    def _do_end(self, commits: bool) -> None:
        """End the innermost transaction."""
        context, _ = self._blocks.pop()
        try:
            self._leave(context, None if commits else _UndoneError())
        finally:
            if not self._blocks:
                self._let_go()

    def _do_abandon(self) -> None:
        """Undo everything that is open, whatever has become of it."""
        while self._blocks:
            with suppress(Exception):
                self._leave(self._blocks.pop()[0], _UndoneError())
        self._let_go()

    def _do_invalidate(self) -> None:
        self._call(lambda: self._cache.invalidate())

    def _let_go(self) -> None:
        if self._connection is not None:
            context, self._connection = self._connection[0], None
            self._leave(context, None)

    def _enter(self, context: Any) -> tuple[Any, Any]:
        return context, self._call(context.__enter__ if self._loop is None else context.__aenter__)

    def _leave(self, context: Any, error: Exception | None) -> None:
        leave = context.__exit__ if self._loop is None else context.__aexit__
        with suppress(_UndoneError):
            self._call(lambda: leave(type(error) if error else None, error, None))


class _UndoneError(Exception):
    """What a block is left by that is to be undone."""


def _fields(row: Any) -> Any:
    return [str(getattr(row, name)) for name in row.__slots__] if hasattr(row, "__slots__") else str(row)


def _act(actor: Actor, steps: SimpleQueue[Step], answers: SimpleQueue[Step]) -> None:
    while True:
        step = steps.get()
        try:
            answers.put(["done", actor.take(step)])
        except Exception as error:
            state = getattr(error, "sqlstate", None)
            answers.put(["failed", type(error).__name__, f"{state or ''} {error}", state])


def live(kind: str, pg_url: str, redis_url: str, package: str) -> None:
    """Take steps until the input ends."""
    steps: SimpleQueue[Step] = SimpleQueue()
    answers: SimpleQueue[Step] = SimpleQueue()
    gate = Gate(answers)
    install(gate)
    actor = Actor(kind, pg_url, redis_url, package)
    threading.Thread(target=_act, args=(actor, steps, answers), daemon=True).start()
    print(json.dumps(["done", os.getpid()]), flush=True)
    for line in sys.stdin:
        place, step = json.loads(line)
        gate.place = place
        if step == ["go"]:
            gate.go()
        else:
            steps.put(step)
        print(json.dumps(answers.get()), flush=True)


def main(kind: str, pg_url: str, redis_url: str, root: str, package: str) -> None:
    """Live, and whenever that was ended by a signal, live anew: by a fork, which takes no time for imports."""
    sys.path.insert(0, root)
    for module in ("bank", "tables"):
        importlib.import_module(f"{package}.{module}")
    while True:
        child = os.fork()
        if not child:
            live(kind, pg_url, redis_url, package)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
