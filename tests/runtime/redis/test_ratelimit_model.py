"""The script admits exactly what a plain model admits, at any times: in memory, where the clock is ours."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from janua.redis import GCRA, Limit, RateLimiter, SlidingWindow
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


MODELS: dict[str, tuple[Limit, type[Window] | type[Bucket]]] = {
    "window": (SlidingWindow(LIMIT, timedelta(microseconds=WINDOW_US)), Window),
    "bucket": (GCRA(5, timedelta(microseconds=5 * INTERVAL_US), burst=BURST), Bucket),
}


class Clock:
    """A clock that is moved by hand, in microseconds."""

    now = 1_700_000_000_000_000

    def time(self) -> float:
        return self.now / 1_000_000

    def time_ns(self) -> int:
        return self.now * 1000


@pytest.mark.parametrize("names", [["window"], ["bucket"], ["window", "bucket"]], ids="+".join)
@given(steps=STEPS)
def test_the_script_is_the_model(names: list[str], steps: list[tuple[int, int, bool]]) -> None:
    """
    Each limit alone, and both together, all or nothing.

    The window's clock is set back, too. A bucket's is not: it is forgotten soon after it is empty, not at once.
    """
    clock = Clock()
    made: list[Window | Bucket] = [MODELS[name][1]() for name in names]
    with pytest.MonkeyPatch.context() as patch, TestRedis(fake=True) as redis:
        patch.setattr(time, "time", clock.time)
        patch.setattr(time, "time_ns", clock.time_ns)
        limiter = RateLimiter(redis, *(MODELS[name][0] for name in names))
        for step, n, consumes in steps:
            clock.now += max(0, step) if "bucket" in names else step
            now = round(clock.time() * 1_000_000)
            verdicts = [model.allows(now, n) for model in made]
            expected = all(verdicts)
            decision: Any = (limiter.consume if consumes else limiter.check)("k", n)
            if expected and consumes:
                for model in made:
                    model.take(now, n)
            assert expected == decision.allowed
            assert min(model.remaining(now) for model in made) == decision.remaining
            assert expected == (decision.retry_after == timedelta(0))


def test_a_bucket_does_not_leak_while_the_clock_is_set_back() -> None:
    """What was admitted stays counted until the clock has caught up."""
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch, TestRedis(fake=True) as redis:
        patch.setattr(time, "time", clock.time)
        patch.setattr(time, "time_ns", clock.time_ns)
        limiter = RateLimiter(redis, MODELS["bucket"][0])
        limiter.consume("k", BURST)
        clock.now -= 10 * INTERVAL_US
        refused = limiter.check("k")
        assert (False, 0) == (refused.allowed, refused.remaining)
        assert timedelta(microseconds=11 * INTERVAL_US) == refused.retry_after


@given(steps=STEPS, n=st.integers(1, 3))
def test_the_wait_is_exact(steps: list[tuple[int, int, bool]], n: int) -> None:
    """A microsecond earlier it is refused, then it is allowed: where the clock goes on and nobody comes between."""
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch, TestRedis(fake=True) as redis:
        patch.setattr(time, "time", clock.time)
        patch.setattr(time, "time_ns", clock.time_ns)
        limiter = RateLimiter(redis, *(limit for limit, _ in MODELS.values()))
        for step, taken, _ in steps:
            clock.now += max(0, step)
            limiter.consume("k", taken)
        wait = limiter.check("k", n).retry_after // timedelta(microseconds=1)
        if wait:
            clock.now += wait - 1
            assert not limiter.check("k", n).allowed
            clock.now += 1
        assert limiter.check("k", n).allowed
