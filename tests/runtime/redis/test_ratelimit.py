"""Rate limits: what they admit, what they say, and that no window ever admits more than its limit."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from janua import ServerUnreachable
from janua.redis import GCRA, Limit, RateLimiter, SlidingWindow
from janua.testing import TestRedis
from redis.exceptions import OutOfMemoryError

from tests.runtime.redis import servers

MINUTE = timedelta(minutes=1)
MS = timedelta(milliseconds=1)


def admitted(decision: Any) -> tuple[bool, int]:
    """The gist of an answer."""
    return decision.allowed, decision.remaining


@pytest.mark.parametrize("limit", [SlidingWindow(3, MINUTE), GCRA(1, MINUTE, burst=3)])
async def test_so_many_are_admitted_and_no_more(kind: Any, redis: Any, settle: Any, limit: Limit) -> None:
    """Each key for itself; what was refused is not counted."""
    limiter = kind.RateLimiter(redis, limit)
    answers = [await settle(limiter.consume("ada")) for _ in range(5)]
    assert [(True, 2), (True, 1), (True, 0), (False, 0), (False, 0)] == [admitted(each) for each in answers]
    assert (True, 2) == admitted(await settle(limiter.consume("grace")))


@pytest.mark.parametrize("limit", [SlidingWindow(3, MINUTE), GCRA(1, MINUTE, burst=3)])
async def test_checking_takes_nothing(kind: Any, redis: Any, settle: Any, limit: Limit) -> None:
    """It says what consuming would say, before that is taken."""
    limiter = kind.RateLimiter(redis, limit)
    for _ in range(5):
        assert (True, 3) == admitted(await settle(limiter.check("ada")))
    await settle(limiter.consume("ada", 2))
    assert (True, 1) == admitted(await settle(limiter.check("ada")))
    assert (False, 1) == admitted(await settle(limiter.check("ada", 2)))
    assert bool(await settle(limiter.check("ada")))


@pytest.mark.parametrize("limit", [SlidingWindow(3, MINUTE), GCRA(1, MINUTE, burst=3)])
async def test_resetting_forgets(kind: Any, redis: Any, settle: Any, limit: Limit) -> None:
    """The key is as if never used."""
    limiter = kind.RateLimiter(redis, limit)
    await settle(limiter.consume("ada", 3))
    await settle(limiter.reset("ada"))
    assert (True, 0) == admitted(await settle(limiter.consume("ada", 3)))


async def test_a_sliding_window_says_when(kind: Any, redis: Any, settle: Any) -> None:
    """The first that leaves the window makes room; with the last the key is as if never used."""
    limiter = kind.RateLimiter(redis, SlidingWindow(3, MINUTE))
    first = await settle(limiter.consume("ada"))
    await asyncio.sleep(0.05)
    last = await settle(limiter.consume("ada", 2))
    refused, larger = await settle(limiter.consume("ada")), await settle(limiter.consume("ada", 3))
    assert SlidingWindow(3, MINUTE) == refused.exceeded
    assert last.reset_at == refused.reset_at
    assert last.reset_at - first.reset_at >= 50 * MS
    assert timedelta(0) == last.retry_after
    assert MINUTE - timedelta(seconds=30) < refused.retry_after < MINUTE - 50 * MS
    # Three at once need both to have left.
    assert larger.retry_after > refused.retry_after


async def test_gcra_says_when(kind: Any, redis: Any, settle: Any) -> None:
    """After an interval there is room for one more."""
    limiter = kind.RateLimiter(redis, GCRA(60, timedelta(hours=1), burst=2))
    await settle(limiter.consume("ada", 2))
    refused, larger = await settle(limiter.consume("ada")), await settle(limiter.consume("ada", 2))
    assert timedelta(seconds=30) < refused.retry_after <= MINUTE
    assert timedelta(seconds=90) < larger.retry_after <= 2 * MINUTE
    assert MINUTE - timedelta(seconds=30) < larger.retry_after - refused.retry_after <= MINUTE


@pytest.mark.parametrize("limit", [SlidingWindow(2, 200 * MS), GCRA(5, timedelta(seconds=1), burst=2)])
async def test_after_the_wait_that_was_told_there_is_room(kind: Any, redis: Any, settle: Any, limit: Limit) -> None:
    """Where nobody else took it."""
    limiter = kind.RateLimiter(redis, limit)
    await settle(limiter.consume("ada", 2))
    refused = await settle(limiter.consume("ada"))
    assert not refused.allowed
    await asyncio.sleep(refused.retry_after.total_seconds() + 0.002)
    assert (await settle(limiter.consume("ada"))).allowed


async def test_of_several_limits_all_must_allow(kind: Any, redis: Any, settle: Any) -> None:
    """Where one refuses, nothing is taken from the others; what remains is what the strictest leaves."""
    hour = SlidingWindow(5, timedelta(hours=1))
    limiter = kind.RateLimiter(redis, SlidingWindow(2, MINUTE), hour, GCRA(100, MINUTE, burst=50))
    assert (True, 1) == admitted(await settle(limiter.consume("ada")))
    assert (True, 0) == admitted(await settle(limiter.consume("ada")))
    for _ in range(10):
        refused = await settle(limiter.consume("ada"))
        assert (False, SlidingWindow(2, MINUTE)) == (refused.allowed, refused.exceeded)
    alone = kind.RateLimiter(redis, hour)
    assert (True, 3) == admitted(await settle(alone.check("ada")))


@pytest.mark.parametrize("key", ["", "}", "{}", "a}b{c", "\N{SNOWMAN}", "a b\n"])
async def test_any_text_is_a_key(kind: Any, redis: Any, settle: Any, key: str) -> None:
    """On a cluster too, where all limits of a key must be in one slot."""
    limiter = kind.RateLimiter(redis, SlidingWindow(2, MINUTE), GCRA(60, MINUTE, burst=2))
    assert (True, 1) == admitted(await settle(limiter.consume(key)))
    await settle(limiter.reset(key))
    assert (True, 2) == admitted(await settle(limiter.check(key)))


async def test_what_can_never_be_allowed_is_an_error(kind: Any, redis: Any, settle: Any) -> None:
    """Nor can limits that mean nothing be made."""
    limiter = kind.RateLimiter(redis, SlidingWindow(5, MINUTE), GCRA(10, MINUTE, burst=3))
    for n in (0, -1, 4):
        with pytest.raises(ValueError, match="n must be between 1 and 3"):
            await settle(limiter.consume("ada", n))
    for limits in ((), (SlidingWindow(5, MINUTE), SlidingWindow(6, MINUTE))):
        with pytest.raises(ValueError, match="at least one limit, and no two over the same time"):
            kind.RateLimiter(redis, *limits)
    for make in (
        lambda: SlidingWindow(0, MINUTE),
        lambda: SlidingWindow(1, timedelta()),
        lambda: GCRA(0, MINUTE),
        lambda: GCRA(1, MINUTE, burst=0),
        lambda: kind.RateLimiter(redis, SlidingWindow(1, MINUTE), on_error="ignore"),
        lambda: kind.RateLimiter(redis, SlidingWindow(1, MINUTE), prefix=""),
    ):
        with pytest.raises(ValueError, match=r"needs|must be|must not"):
            make()


async def test_a_check_is_one_round_trip(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """However many limits there are; only a server that has forgotten the script is asked twice."""
    with servers.proxy(server.port) as network:
        async with block(kind.Redis(network.url)) as redis:
            limiter = kind.RateLimiter(redis, SlidingWindow(2, MINUTE), GCRA(60, MINUTE, burst=2))
            await settle(limiter.consume("ada"))
            for call in (limiter.consume, limiter.check):
                before = network.requests
                await settle(call("ada"))
                assert 1 == network.requests - before
            await settle(redis.command("SCRIPT", "FLUSH"))
            before = network.requests
            await settle(limiter.check("ada"))
            assert 2 == network.requests - before


async def test_nothing_is_kept_of_those_who_come_no_more(kind: Any, redis: Any, settle: Any, prefix: str) -> None:
    """The keys end with the window."""
    limiter = kind.RateLimiter(redis, SlidingWindow(2, 50 * MS), GCRA(40, timedelta(seconds=1), burst=2))
    await settle(limiter.consume("ada", 2))
    await asyncio.sleep(0.2)
    for key in limiter._keys("ada"):
        assert 0 == await settle(redis.command("EXISTS", prefix + key))


@pytest.mark.parametrize(("on_error", "allowed"), [("allow", True), ("deny", False)])
async def test_it_opens_or_closes_where_the_server_is_away(
    kind: Any, server: Any, settle: Any, block: Any, on_error: str, allowed: bool, caplog: Any
) -> None:
    """As was chosen, and says that the limits are not enforced; it counts again when the server is back."""
    async with block(kind.Redis(server.url, max_retries=0)) as redis:
        limiter = kind.RateLimiter(redis, SlidingWindow(1, MINUTE), on_error=on_error)
        await settle(limiter.consume("ada"))
        server.stop()
        for _ in range(3):
            decision = await settle(limiter.consume("ada"))
            assert (allowed, False) == (decision.allowed, decision.enforced)
        assert f"rate limits are not enforced, calls are {'allowed' if allowed else 'denied'}" in caplog.text
        server.start()
        assert [True, False] == [(await settle(limiter.consume("ada"))).allowed for _ in range(2)]


async def test_a_lost_answer_is_counted_twice_rather_than_not(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """The repetition cannot know that the call had been counted: a limit never admits too many."""
    with servers.proxy(server.port) as network:
        async with block(kind.Redis(network.url)) as redis:
            limiter = kind.RateLimiter(redis, SlidingWindow(5, MINUTE), GCRA(1, MINUTE, burst=5))
            assert (True, 4) == admitted(await settle(limiter.consume("ada")))
            network.lose_next_answer()
            assert (True, 2) == admitted(await settle(limiter.consume("ada")))


async def test_by_default_the_error_is_raised(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """The service decides for itself."""
    async with block(kind.Redis(server.url, max_retries=0)) as redis:
        limiter = kind.RateLimiter(redis, SlidingWindow(1, MINUTE))
        server.stop()
        with pytest.raises(ServerUnreachable):
            await settle(limiter.consume("ada"))


async def test_a_full_server_is_no_answer_either(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """It refuses to write, and so it cannot count."""
    async with block(kind.Redis(server.url)) as redis:
        await settle(redis.command("CONFIG", "SET", "maxmemory", "1"))
        limit = GCRA(1, MINUTE)
        assert not (await settle(kind.RateLimiter(redis, limit, on_error="deny").consume("ada"))).allowed
        assert (await settle(kind.RateLimiter(redis, limit, on_error="allow").consume("ada"))).allowed
        with pytest.raises(OutOfMemoryError):
            await settle(kind.RateLimiter(redis, limit).consume("ada"))


@dataclass(frozen=True)
class Admission:
    """So many were let through at some time between these two, by a clock that does not jump."""

    n: int
    before: float
    after: float


def most_within(admissions: list[Admission], allowed: Callable[[float], float]) -> None:
    """Every stretch of time that surely holds some admissions has at most what is allowed for its length."""
    for first, earlier in enumerate(admissions):
        total, end = 0, earlier.after
        for later in admissions[first:]:
            # One that was asked for earlier may have been answered later.
            total, end = total + later.n, max(end, later.after)
            assert total <= allowed(end - earlier.before)


LIMITS = [
    (SlidingWindow(4, 40 * MS), lambda length: 4 if length < 0.04 else float("inf")),
    (GCRA(100, timedelta(seconds=1), burst=3), lambda length: 3 + length * 100),
]
STEPS = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from([0, 0, 0, 1, 5, 15, 40]), st.booleans()), min_size=10, max_size=40
)


@pytest.mark.parametrize(("limit", "allowed"), LIMITS, ids=["sliding_window", "gcra"])
@settings(max_examples=15, deadline=None)
@given(steps=STEPS, skews=st.lists(st.integers(-5, 5), min_size=3, max_size=3))
def test_no_window_ever_admits_more_than_its_limit(
    limit: Limit, allowed: Callable[[float], float], janua_redis_url: str, steps: Any, skews: list[int]
) -> None:
    """By three clients at once, whose clocks are wrong, while the server forgets its scripts."""
    admissions: list[Admission] = []
    real = time.time
    skew_of = threading.local()
    with pytest.MonkeyPatch.context() as patch, TestRedis(janua_redis_url) as redis:
        limiter = RateLimiter(redis, limit)
        patch.setattr(time, "time", lambda: real() + getattr(skew_of, "seconds", 0))

        def client(mine: Any, skew: int) -> None:
            skew_of.seconds = skew
            for n, pause_ms, forgets in mine:
                time.sleep(pause_ms / 1000)
                if forgets:
                    redis.command("SCRIPT", "FLUSH")
                before = time.monotonic()
                if limiter.consume("k", n):
                    admissions.append(Admission(n, before, time.monotonic()))

        threads = [threading.Thread(target=client, args=(steps[at::3], skew)) for at, skew in enumerate(skews)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert admissions
    most_within(sorted(admissions, key=lambda each: each.before), allowed)
