"""The law of values that are kept in a process: what was said to have changed is not given, nor what is over."""

from __future__ import annotations

import json
import tracemalloc
from collections import deque
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from janua.cache import CacheStats, NearCache, near
from janua.cache.near import NearValues
from janua.cache.stamps import Keys, Keyspace
from janua.errors import ConfigError
from janua.query import CachePolicy
from janua.querycache import Place, Wanted

MAX_BYTES = 5000
PLACE = Place(b"1", b"o" * 12)
KEYS = Keys(Keyspace("cache:"), b"r" * 32 + b"1,1")
WANTED = {
    b"one": (Wanted(PLACE, b"one", CachePolicy(9.0, ("a",))), ("a",)),
    b"two": (Wanted(PLACE, b"two", CachePolicy(9.0, ("a", "b"))), ("a", "b")),
    b"three": (Wanted(PLACE, b"three", CachePolicy(9.0, ("b",), 5.0)), ("b",)),
    b"v:four": (Wanted(PLACE, b"v:four", CachePolicy(9.0, ())), ()),
}
key = st.sampled_from(sorted(WANTED))


class Clock:
    """A clock that is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Told(RuleBasedStateMachine):
    """
    A server whose keys change, messages that arrive later, and looks that take their time.

    A value is the versions of the keys that it depends on, and when it ends.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        vars(near)["monotonic"] = self.clock
        self.stats = CacheStats()
        self.values = NearValues(MAX_BYTES, self.stats)
        self.versions: dict[bytes, int] = {}
        self.heard: dict[bytes, int] = {}
        self.messages: deque[bytes] = deque()
        self.ends: dict[bytes, float] = {}
        self.looks: list[tuple[bytes, int, bytes, float]] = []
        self.is_on = False
        self.trusted_until = 0.0

    def names(self, of: bytes) -> list[bytes]:
        wanted, tables = WANTED[of]
        return [*KEYS.tables(wanted.place, tables), *([KEYS.entry(of)] if of.startswith(b"v:") else [])]

    @rule(seconds=st.sampled_from([0.1, 1.0, 4.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(seconds=st.sampled_from([1.0, 100.0]))
    def listen(self, seconds: float) -> None:
        if not self.is_on:
            self.messages.clear()
            self.values.start(KEYS)
            self.is_on = True
        self.trusted_until = self.clock.now + seconds
        self.values.trust(self.trusted_until)

    @rule()
    def lose_the_connection(self) -> None:
        self.values.stop()
        self.is_on, self.trusted_until = False, 0.0
        self.heard = {}

    @rule(of=key, size=st.sampled_from([10, 1000, 3000, 9000]), lasts=st.sampled_from([0.5, 8.0]))
    def look(self, of: bytes, size: int, lasts: float) -> None:
        moment = self.values.moment()
        versions = [self.versions.get(name, 0) for name in self.names(of)]
        value = json.dumps(versions).encode() + b" " * size
        self.looks.append((of, moment, value, self.clock.now + lasts))

    @rule(at=st.integers(0, 3))
    def put(self, at: int) -> None:
        if at < len(self.looks):
            of, moment, value, ends = self.looks.pop(at)
            before = self.values.find(*WANTED[of])
            self.values.put(moment, KEYS, *WANTED[of], value, ends)
            after = self.values.find(*WANTED[of])
            if after is not None and (before is None or after != before):
                self.ends[of] = ends
            elif after is not None:
                self.ends[of] = max(ends, self.ends[of])

    @rule(of=key, at=st.integers(0, 1))
    def change(self, of: bytes, at: int) -> None:
        name = self.names(of)[min(at, len(self.names(of)) - 1)]
        self.versions[name] = self.versions.get(name, 0) + 1
        if self.is_on:
            self.messages.append(name)

    @rule(count=st.integers(1, 3))
    def hear(self, count: int) -> None:
        for _ in range(min(count, len(self.messages))):
            name = self.messages.popleft()
            self.values.drop([name])
            self.heard[name] = self.versions[name] - self.messages.count(name)

    @rule()
    def write(self) -> None:
        name = KEYS.table(PLACE, "a")
        self.versions[name] = self.heard[name] = self.versions.get(name, 0) + 1
        if self.is_on:
            self.messages.append(name)
        self.values.drop_tables(PLACE, ["a"])

    @invariant()
    def what_is_given_counts(self) -> None:
        for of, (wanted, tables) in WANTED.items():
            value = self.values.find(wanted, tables)
            if value is None:
                continue
            assert self.is_on
            assert self.clock.now < self.trusted_until
            assert self.clock.now + wanted.policy.stale < self.ends[of]
            versions = json.loads(value)
            for name, version in zip(self.names(of), versions, strict=True):
                assert version >= self.heard.get(name, 0)
                if name not in self.messages:
                    assert version == self.versions.get(name, 0)

    @invariant()
    def it_is_bounded(self) -> None:
        assert 0 <= self.stats.near_bytes <= MAX_BYTES


def test_what_was_said_is_never_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the order of looks, changes, messages, and losses of the connection."""
    monkeypatch.setattr("janua.cache.near.monotonic", monotonic)
    run_state_machine_as_test(
        Told,
        settings=settings(
            max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def _listening(max_bytes: int) -> tuple[NearValues, CacheStats]:
    stats = CacheStats()
    values = NearValues(max_bytes, stats)
    values.start(KEYS)
    values.trust(float("inf"))
    return values, stats


def _put(
    values: NearValues, key: bytes, value: bytes, tables: tuple[str, ...] = ("a",), place: Place = PLACE
) -> Wanted:
    wanted = Wanted(place, key, CachePolicy(60.0, tables))
    values.put(values.moment(), KEYS, wanted, tables, value, float("inf"))
    return wanted


def test_what_was_used_longest_ago_goes_first() -> None:
    """A look counts as use."""
    values, stats = _listening(4 * 1650)
    kept = [_put(values, b"%d" % number, b" " * 1000) for number in range(4)]
    assert values.find(kept[0], ("a",)) is not None
    _put(values, b"4", b" " * 1000)
    assert [True, False, True, True] == [values.find(each, ("a",)) is not None for each in kept]
    assert 1 == stats.near_evictions


def test_a_value_larger_than_all_room_is_not_kept() -> None:
    """And nothing else is thrown out for it."""
    values, stats = _listening(5000)
    small = _put(values, b"small", b"1")
    assert values.find(_put(values, b"large", b" " * 5000), ("a",)) is None
    assert b"1" == values.find(small, ("a",))
    assert 0 == stats.near_evictions


def test_the_same_key_elsewhere_is_something_else() -> None:
    """In another database, of another run of its server's life, or with other tables."""
    values, _ = _listening(5000)
    here = _put(values, b"key", b"1")
    assert b"1" == values.find(Wanted(Place(b"1", b"o" * 12), b"key", here.policy), ("a",))
    assert values.find(Wanted(Place(b"2", b"o" * 12), b"key", here.policy), ("a",)) is None
    assert values.find(Wanted(Place(b"1", b"p" * 12), b"key", here.policy), ("a",)) is None
    assert values.find(here, ("a", "b")) is None


def test_what_was_found_on_another_run_of_the_server_is_not_kept() -> None:
    """Nobody would say that it has changed."""
    values, _ = _listening(5000)
    wanted = Wanted(PLACE, b"key", CachePolicy(60.0, ("a",)))
    values.put(values.moment(), Keys(Keyspace("cache:"), b"s" * 32), wanted, ("a",), b"1", float("inf"))
    assert values.find(wanted, ("a",)) is None


def test_the_bytes_are_those_of_the_process() -> None:
    """What is said to be taken is at least what the interpreter takes, for values of any size."""
    for size, tables in ((10, ["a"]), (100, ["a", "b", "c"]), (5000, ["a", "b"])):
        values, stats = _listening(10**8)
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        for number in range(1000):
            _put(values, b"%032d" % number, bytes([number % 256]) * size, tuple(tables))
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert 0.5 * stats.near_bytes < after - before <= stats.near_bytes


@pytest.mark.parametrize("options", [{"max_bytes": 0}, {"max_lag": 0.0}, {"max_lag": -1.0}])
def test_numbers_are_above_zero(options: dict[str, Any]) -> None:
    """Anything else is refused where it is said."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        NearCache(**options)
