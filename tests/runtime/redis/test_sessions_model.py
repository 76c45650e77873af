"""Whatever is done with sessions in whatever order, they are what a plain model says."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from janua.redis import Redis, SessionStore

USERS = ["ada", "grace", "7"]


class Sessions(RuleBasedStateMachine):
    """Two stores, as two processes have them, and a dictionary; every identifier that ever was stays in use."""

    url = ""
    identifiers: Bundle[str] = Bundle("identifiers")

    @initialize()
    def connect(self) -> None:
        self.prefix = f"janua-test:{secrets.token_hex(8)}:"
        self.connections = [Redis(self.url, prefix=self.prefix) for _ in range(2)]
        self.stores = [SessionStore(each, int, idle_timeout=timedelta(minutes=5)) for each in self.connections]
        self.alive: dict[str, tuple[str | None, int]] = {}

    def teardown(self) -> None:
        if hasattr(self, "stores"):
            for user in USERS:
                self.stores[0].destroy_all(user)
            for identifier in self.alive:
                self.stores[0].destroy(identifier)
            for connection in self.connections:
                connection.close()

    @rule(target=identifiers, store=st.integers(0, 1), user=st.sampled_from([None, *USERS]), data=st.integers(0, 9))
    def create(self, store: int, user: str | None, data: int) -> str:
        identifier = self.stores[store].create(data, user)
        self.alive[identifier] = user, data
        return identifier

    @rule(identifier=identifiers, store=st.integers(0, 1))
    def touch(self, identifier: str, store: int) -> None:
        session = self.stores[store].touch(identifier)
        assert self.alive.get(identifier) == (session and (session.user_id, session.data))

    @rule(identifier=identifiers, store=st.integers(0, 1), data=st.integers(0, 9))
    def update(self, identifier: str, store: int, data: int) -> None:
        assert (identifier in self.alive) == self.stores[store].update(identifier, data)
        if identifier in self.alive:
            self.alive[identifier] = self.alive[identifier][0], data

    @rule(identifier=identifiers, store=st.integers(0, 1))
    def modify(self, identifier: str, store: int) -> None:
        changed = self.stores[store].modify(identifier, lambda data: data + 1)
        if identifier in self.alive:
            user, data = self.alive[identifier]
            self.alive[identifier] = user, data + 1
            assert data + 1 == changed
        else:
            assert changed is None

    @rule(target=identifiers, identifier=identifiers, store=st.integers(0, 1))
    def rotate(self, identifier: str, store: int) -> Any:
        rotated = self.stores[store].rotate(identifier)
        assert (identifier in self.alive) == (rotated is not None)
        if rotated is None:
            return multiple()
        self.alive[rotated] = self.alive.pop(identifier)
        return rotated

    @rule(identifier=identifiers, store=st.integers(0, 1))
    def destroy(self, identifier: str, store: int) -> None:
        assert (self.alive.pop(identifier, None) is not None) == self.stores[store].destroy(identifier)

    @rule(identifier=identifiers, user=st.sampled_from(USERS), store=st.integers(0, 1))
    def revoke(self, identifier: str, user: str, store: int) -> None:
        session = self.stores[store].get(identifier)
        is_theirs = session is not None and session.user_id == user
        assert is_theirs == self.stores[store].revoke(user, session.handle if session else "0" * 67)
        if is_theirs:
            del self.alive[identifier]

    @rule(user=st.sampled_from(USERS), keep=st.none() | identifiers, store=st.integers(0, 1))
    def destroy_all(self, user: str, keep: str | None, store: int) -> None:
        ended = [each for each, (owner, _) in self.alive.items() if owner == user and each != keep]
        assert len(ended) == self.stores[store].destroy_all(user, keep=keep)
        for each in ended:
            del self.alive[each]

    @rule(identifier=identifiers)
    def evict(self, identifier: str) -> None:
        """As a server does whose memory is full."""
        session = self.stores[0].get(identifier)
        if session is not None:
            tag, digest = session.handle[:3], session.handle[3:]
            self.connections[0].delete(f"session:{{{tag}}}:{digest}")
            del self.alive[identifier]

    @invariant()
    def lists_hold_what_lives(self) -> None:
        if hasattr(self, "stores"):
            for user in USERS:
                found = sorted(session.data for session in self.stores[1].user_sessions(user))
                assert sorted(data for owner, data in self.alive.values() if owner == user) == found


def test_sessions_are_what_the_model_says(janua_redis_url: str) -> None:
    """Through creation, activity, changes, rotation, ends and eviction."""
    machine = type("Machine", (Sessions,), {"url": janua_redis_url})
    run_state_machine_as_test(machine, settings=settings(max_examples=40, stateful_step_count=40, deadline=None))


@pytest.mark.parametrize("user", USERS)
def test_nothing_is_left_of_a_user_without_sessions(janua_redis_url: str, prefix: str, user: str) -> None:
    """Not even an empty index."""
    with Redis(janua_redis_url, prefix=prefix) as redis:
        store = SessionStore(redis, int)
        store.rotate(store.create(1, user))
        store.destroy_all(user)
        assert [] == redis.command("KEYS", f"{prefix}*")
