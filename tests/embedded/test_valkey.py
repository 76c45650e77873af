"""The embedded Valkey."""

from __future__ import annotations

import pytest
from janua.embedded import valkey
from janua.errors import EmbeddedServerError
from redis import Redis

from .conftest import StartUser, State


def test_it_answers_by_port_and_by_socket(state: State) -> None:
    """Both URLs reach the same server."""
    with (
        valkey.serve(state.folder) as server,
        Redis.from_url(server.url) as by_port,
        Redis.from_url(server.socket_url) as by_socket,
    ):
        by_port.set("name", "Ada")
        assert b"Ada" == by_socket.get("name")
    assert state.wait_for_end("valkey") < 2


def test_its_data_ends_with_it(state: State) -> None:
    """Nothing is persisted."""
    for _ in range(2):
        with valkey.serve(state.folder) as server, Redis.from_url(server.url) as redis:
            assert 0 == redis.dbsize()
            redis.set("name", "Ada")
        state.wait_for_end("valkey")


def test_it_ends_when_its_users_are_killed(state: State, start_user: StartUser) -> None:
    """As PostgreSQL does: the lifecycle is the same."""
    users = [start_user(state, "valkey"), start_user(state, "valkey")]
    assert users[0].url == users[1].url
    for user in users:
        user.kill()
    assert state.wait_for_end("valkey") < 2


def test_a_platform_without_a_wheel_says_what_to_set(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package may be there without a program for this machine."""
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(EmbeddedServerError) as caught, valkey.serve(state.folder):
        pass
    assert "riscv64" in str(caught.value)
    assert "JANUA_REDIS_URL" in str(caught.value)
