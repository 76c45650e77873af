"""The reader's side: what is kept counts while its tables' stamps do; what is missing is made by one caller."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from os import urandom
from time import monotonic
from typing import Any

from redis.exceptions import ResponseError

from janua.cache._async.invalidations import AsyncInvalidations
from janua.cache._async.near import AsyncNear
from janua.cache._async.roundtrips import AsyncRoundTrips
from janua.cache.found import Found
from janua.cache.stamps import CLEAR, KEPT_MS, NOWHERE, OPEN, SETTLE, Keys, head_of, new_stamp, tables_of, writer_of
from janua.cache.statistics import CacheStats
from janua.cache.trips import Build, Command
from janua.database.concurrency import async_sleep
from janua.errors import ServerUnreachable
from janua.query import CachePolicy
from janua.querycache import Answer, AsyncAsks, Wanted
from janua.redis.concurrency import AsyncSignal, Guard

_CLAIMED_MS = 10_000
_FIRST_PAUSE = 0.003
_LONGEST_PAUSE = 0.05
_MOST_MARKS = 10_000
# Before values that depend on no table.
_ALONE = head_of(())
_ANY_AGE = CachePolicy(0.0, ())


class AsyncReads:
    """Looks answers up, and keeps those that are missing."""

    def __init__(
        self,
        trips: AsyncRoundTrips,
        invalidations: AsyncInvalidations,
        stats: CacheStats,
        near: AsyncNear | None,
        *,
        wait: float,
        resolve_after: float,
        max_bytes: int,
    ) -> None:
        self._trips = trips
        self._invalidations = invalidations
        self._stats = stats
        self._near = near
        self._wait = wait
        self._resolve_after = resolve_after
        self._max_bytes = max_bytes
        self._guard = Guard()
        # What others in this process wait for: see whether it is there when the signal comes.
        self._flights: dict[bytes, AsyncSignal] = {}
        # When a mark was first met.
        self._met: dict[bytes, float] = {}

    async def read(self, wanted: Wanted, asks: AsyncAsks) -> bytes | None:
        """Return what is kept, or None after ``asks`` has answered."""
        tables = tables_of(wanted)
        if tables and self._invalidations.concern(tables):
            return await self._bypass(asks)
        if self._near is not None and (value := self._near.find(wanted, tables)) is not None:
            self._stats.hits += 1
            return value
        try:
            found = await self._look_up(wanted, tables)
            if found.value is not None and not found.is_past:
                self._stats.hits += 1
                return found.value
            value = await self._miss(wanted, tables, asks, found)
        except ServerUnreachable:
            self._stats.unavailable += 1
            return await self._bypass(asks)
        if value is not None:
            self._stats.hits += 1
        return value

    async def peek(self, key: bytes) -> bytes | None:
        """Return a value that depends on no table, None where there is none or Redis does not answer."""
        wanted = Wanted(NOWHERE, key, _ANY_AGE)
        kept = self._near.find(wanted, ()) if self._near is not None else None
        if kept is None:
            try:
                kept = (await self._look_up(wanted, ())).value
            except ServerUnreachable:
                self._stats.unavailable += 1
        self._stats.hits += kept is not None
        self._stats.misses += kept is None
        return kept

    async def put(self, key: bytes, value: bytes, ttl: float) -> None:
        """Keep a value that depends on no table."""
        milliseconds = max(1, round(ttl * 1000))
        [answer] = await self._change(
            [key], lambda keys: [("SET", keys.entry(key), _ALONE + value, "PX", milliseconds)]
        )
        if isinstance(answer, ResponseError):
            raise ServerUnreachable(f"Redis refuses to keep: {answer}")

    async def delete(self, names: Sequence[bytes]) -> Sequence[Any]:
        """Delete values, and return the answers."""
        return await self._change(names, lambda keys: [("DEL", keys.entry(name)) for name in names])

    async def _change(self, names: Sequence[bytes], commands: Build) -> Sequence[Any]:
        try:
            return (await self._trips(commands, anyway=True)).answers
        finally:
            if self._near is not None:
                self._near.drop_values(names)

    async def _bypass(self, asks: AsyncAsks) -> bytes | None:
        self._stats.misses += 1
        self._stats.bypassed += 1
        await asks.answer(None)
        return None

    async def _look_up(self, wanted: Wanted, tables: tuple[str, ...], claim: bytes = b"") -> Found:
        """See what is there; with ``claim``, say at once who is going to make what is not."""
        near = self._near
        times = near is not None or wanted.policy.stale > 0
        moment, start = (near.moment(), monotonic()) if near is not None else (0, 0.0)

        def build(keys: Keys) -> list[Command]:
            entry = keys.entry(wanted.key)
            # A write command by its kind, which a server that has become a replica refuses.
            commands: list[Command] = [("GETEX", entry)]
            if times:
                commands.append(("PTTL", entry))
            if claim:
                commands.append(("SET", keys.claim(wanted.key), claim, "NX", "PX", _CLAIMED_MS))
            return commands

        trip = await self._trips(build, lambda keys: keys.tables(wanted.place, tables))
        found = Found.of(wanted, tables, trip.keys, trip.values, trip.answers, claims=bool(claim), times=times)
        if near is not None and found.value is not None and not found.is_past:
            near.put(moment, trip.keys, wanted, tables, found.value, start + found.lasts / 1000)
        return found

    async def _miss(self, wanted: Wanted, tables: tuple[str, ...], asks: AsyncAsks, found: Found) -> bytes | None:
        deadline = monotonic() + self._wait
        while not found.is_blocked:
            if found.value is not None and found.is_past and wanted.key in self._flights:
                return self._stale(found.value)
            signal = AsyncSignal()
            with self._guard:
                other = self._flights.setdefault(wanted.key, signal)
            if other is signal:
                try:
                    return await self._lead(wanted, tables, asks, deadline)
                finally:
                    with self._guard:
                        self._flights.pop(wanted.key, None)
                    signal.set()
            if not await other.wait(max(0.0, deadline - monotonic())):
                break
            found = await self._look_up(wanted, tables)
            if found.value is not None:
                return self._stale(found.value) if found.is_past else found.value
        await self._resolve(wanted, asks, found)
        return await self._bypass(asks)

    async def _lead(self, wanted: Wanted, tables: tuple[str, ...], asks: AsyncAsks, deadline: float) -> bytes | None:
        """Make the answer, or wait for that of another process."""
        pause = _FIRST_PAUSE
        while True:
            found = await self._look_up(wanted, tables, claim=urandom(8))
            if found.value is not None and not found.is_past:
                if found.is_claimed:
                    await self._release(wanted, found)
                return found.value
            if found.is_blocked:
                break
            if found.is_claimed:
                await self._fill(wanted, tables, asks, found)
                return None
            if found.value is not None:
                return self._stale(found.value)
            if monotonic() >= deadline:
                break
            await async_sleep(pause)
            pause = min(_LONGEST_PAUSE, 2 * pause)
        if found.is_claimed:
            await self._release(wanted, found)
        await self._resolve(wanted, asks, found)
        return await self._bypass(asks)

    def _stale(self, value: bytes) -> bytes:
        self._stats.stale += 1
        return value

    async def _fill(self, wanted: Wanted, tables: tuple[str, ...], asks: AsyncAsks, found: Found) -> None:
        """Have the server answer, and keep that where everybody would have been answered the same."""
        self._stats.misses += 1
        answered = False
        try:
            if found.unopened(wanted.place):
                await self._open(wanted, tables, found)
            settle = partial(self._settle, wanted, tables, found) if found.is_unsettled else None
            answer = await asks.answer(settle)
            answered = True
            await self._keep(wanted, tables, found, answer)
        except ServerUnreachable:
            self._stats.unavailable += 1
            if not answered:
                await asks.answer(None)
        except BaseException:
            await self._release(wanted, found)
            raise

    async def _keep(self, wanted: Wanted, tables: tuple[str, ...], found: Found, answer: Answer) -> None:
        value = answer.value
        if value is None or len(value) > self._max_bytes or not found.may_be_kept(answer.oldest_running):
            await self._release(wanted, found)
            return
        lasts = max(1, round((wanted.policy.ttl + wanted.policy.stale) * 1000))

        def build(keys: Keys) -> list[Command]:
            if not found.is_of(keys):
                return []
            names = keys.tables(wanted.place, tables)
            settled: list[Command] = [
                (SETTLE, name, state.stamp, "", KEPT_MS)
                for name, state in zip(names, found.states, strict=True)
                if state.horizon
            ]
            entry = ("SET", keys.entry(wanted.key), found.head + value, "PX", lasts)
            return [*settled, entry, ("DEL", keys.claim(wanted.key))]

        await self._trips(build)

    async def _open(self, wanted: Wanted, tables: tuple[str, ...], found: Found) -> None:
        """Make the keys that are missing. Before the server is asked which transactions are running."""
        stamp = new_stamp(wanted.place)

        def build(keys: Keys) -> list[Command]:
            if not found.is_of(keys):
                return []
            return [(OPEN, name, stamp, KEPT_MS) for name in keys.tables(wanted.place, tables)]

        found.learn((await self._trips(build)).answers)

    async def _settle(self, wanted: Wanted, tables: tuple[str, ...], found: Found, new_xid: int) -> None:
        """Note up to which transaction all must have ended: a mark may have been lost with the key."""

        def build(keys: Keys) -> list[Command]:
            if not found.is_of(keys):
                return []
            names = keys.tables(wanted.place, tables)
            return [
                (SETTLE, name, state.stamp, new_xid, KEPT_MS) for name, state in zip(names, found.states, strict=True)
            ]

        found.learn((await self._trips(build)).answers)

    async def _release(self, wanted: Wanted, found: Found) -> None:
        try:
            await self._trips(lambda keys: [("DEL", keys.claim(wanted.key))] if found.is_of(keys) else [])
        except ServerUnreachable:
            self._stats.unavailable += 1

    async def _resolve(self, wanted: Wanted, asks: AsyncAsks, found: Found) -> None:
        """Ask what became of writers whose marks have stood for a while, and remove those that are left over."""
        for name, mark in found.marks():
            now = monotonic()
            if len(self._met) >= _MOST_MARKS:
                self._met.clear()
            if now - self._met.setdefault(mark, now) < self._resolve_after:
                continue
            if await asks.has_ended(writer_of(mark)):
                stamp = new_stamp(wanted.place)

                def build(keys: Keys, name: str = name, mark: bytes = mark, stamp: bytes = stamp) -> list[Command]:
                    return [(CLEAR, keys.table(wanted.place, name), stamp, mark, KEPT_MS)]

                await self._trips(build)
                self._met.pop(mark, None)
            else:
                self._met[mark] = now
