"""The script admits exactly what a plain model admits, at any times: in memory, where the clock is ours."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from janua.redis import GCRA, RateLimiter, SlidingWindow
from janua.testing import TestRedis

WINDOW_US, LIMIT = 1_000_000, 5
INTERVAL_US, BURST = 200_000, 3
STEPS = st.lists(
    st.tuples(
        # Also at the very ends of window and interval, and some steps back.
        st.one_of(
            st.integers(0, 400_000),
            st.sampled_from([0, 1, INTERVAL_US, WINDOW_US, WINDOW_US - 1, WINDOW_US + 1]),
            st.integers(-300_000, -1),
        ),
        st.integers(1, 3),
        st.booleans(),
    ),
    max_size=40,
)


@dataclass
class Window:
    """Every admission by its time until it leaves the window; where the clock was set back, it stands still."""

    taken: list[tuple[int, int]] = field(default_factory=list)

    def at(self, now: int) -> int:
        return max([now, *(time for time, _ in self.taken)])

    def remaining(self, now: int) -> int:
        self.taken = [(time, n) for time, n in self.taken if time > self.at(now) - WINDOW_US]
        return LIMIT - sum(n for _, n in self.taken)

    def allows(self, now: int, n: int) -> bool:
        return n <= self.remaining(now)

    def take(self, now: int, n: int) -> None:
        self.taken.append((self.at(now), n))


@dataclass
class Bucket:
    """What is in a leaky bucket, that leaks one drop an interval."""

    empty_at: int = 0

    def remaining(self, now: int) -> int:
        return max(0, (BURST * INTERVAL_US - max(0, self.empty_at - now)) // INTERVAL_US)

    def allows(self, now: int, n: int) -> bool:
        return max(now, self.empty_at) + n * INTERVAL_US - now <= BURST * INTERVAL_US

    def take(self, now: int, n: int) -> None:
        self.empty_at = max(now, self.empty_at) + n * INTERVAL_US


class Clock:
    """A clock that is moved by hand, in microseconds."""

    now = 1_700_000_000_000_000

    def time(self) -> float:
        return self.now / 1_000_000

    def time_ns(self) -> int:
        return self.now * 1000


@given(steps=STEPS)
def test_the_script_is_the_model(steps: list[tuple[int, int, bool]]) -> None:
    """Both limits together, all or nothing, whatever the clock does."""
    clock, window, bucket = Clock(), Window(), Bucket()
    with pytest.MonkeyPatch.context() as patch, TestRedis(fake=True) as redis:
        patch.setattr(time, "time", clock.time)
        patch.setattr(time, "time_ns", clock.time_ns)
        limits = (
            SlidingWindow(LIMIT, timedelta(microseconds=WINDOW_US)),
            GCRA(5, timedelta(microseconds=5 * INTERVAL_US), burst=BURST),
        )
        limiter = RateLimiter(redis, *limits)
        for step, n, consumes in steps:
            clock.now += step
            now = round(clock.time() * 1_000_000)
            expected = window.allows(now, n) and bucket.allows(now, n)
            decision: Any = (limiter.consume if consumes else limiter.check)("k", n)
            if expected and consumes:
                window.take(now, n)
                bucket.take(now, n)
            remaining = min(window.remaining(now), bucket.remaining(now))
            assert (expected, remaining) == (decision.allowed, decision.remaining)
            assert expected == (decision.retry_after == timedelta(0))


@given(steps=STEPS, n=st.integers(1, 3))
def test_the_wait_is_exact(steps: list[tuple[int, int, bool]], n: int) -> None:
    """A microsecond earlier it is refused, then it is allowed: where the clock goes on and nobody comes between."""
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch, TestRedis(fake=True) as redis:
        patch.setattr(time, "time", clock.time)
        patch.setattr(time, "time_ns", clock.time_ns)
        limit = SlidingWindow(LIMIT, timedelta(microseconds=WINDOW_US))
        limiter = RateLimiter(redis, limit, GCRA(5, timedelta(microseconds=5 * INTERVAL_US), burst=BURST))
        for step, taken, _ in steps:
            clock.now += max(0, step)
            limiter.consume("k", taken)
        wait = limiter.check("k", n).retry_after // timedelta(microseconds=1)
        if wait:
            clock.now += wait - 1
            assert not limiter.check("k", n).allowed
            clock.now += 1
        assert limiter.check("k", n).allowed
