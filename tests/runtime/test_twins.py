"""The blocking code is derived from the asynchronous code and offers the same."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from janua import (
    ApiMismatch,
    AsyncConnection,
    AsyncDatabase,
    AsyncExecutor,
    AsyncTransaction,
    Connection,
    Database,
    Executor,
    Transaction,
    require_api,
)
from janua.redis import (
    AsyncPubSub,
    AsyncRateLimiter,
    AsyncRedis,
    AsyncSessionStore,
    AsyncSubscription,
    PubSub,
    RateLimiter,
    Redis,
    SessionStore,
    Subscription,
)
from janua.testing import AsyncTestRedis, TestRedis

ROOT = Path(__file__).resolve().parents[2]


def test_the_derived_files_are_fresh() -> None:
    """As ``tools/derive_sync.py --check`` compares them."""
    command = [sys.executable, str(ROOT / "tools" / "derive_sync.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (0, "", "") == (result.returncode, result.stdout, result.stderr)


@pytest.mark.parametrize(
    ("asynchronous", "blocking"),
    [
        (AsyncDatabase, Database),
        (AsyncConnection, Connection),
        (AsyncTransaction, Transaction),
        (AsyncRedis, Redis),
        (AsyncSessionStore, SessionStore),
        (AsyncPubSub, PubSub),
        (AsyncSubscription, Subscription),
        (AsyncRateLimiter, RateLimiter),
        (AsyncTestRedis, TestRedis),
    ],
)
def test_both_have_the_same_methods(asynchronous: type, blocking: type) -> None:
    """With the same parameters."""

    def methods(cls: type) -> dict[str, list[str]]:
        members = inspect.getmembers(cls, inspect.isfunction)
        return {name.replace("__a", "__"): list(inspect.signature(member).parameters) for name, member in members}

    assert methods(asynchronous) == methods(blocking)


def executors(database: Database, connection: Connection, transaction: Transaction) -> list[Executor]:
    """All of them are places where generated functions run: a check for the type checker."""
    return [database, connection, transaction]


def async_executors(
    database: AsyncDatabase, connection: AsyncConnection, transaction: AsyncTransaction
) -> list[AsyncExecutor]:
    """The same for the asynchronous ones."""
    return [database, connection, transaction]


def test_other_versions_of_the_interface_are_refused() -> None:
    """Generated code asks on import."""
    require_api(1)
    with pytest.raises(ApiMismatch, match="needs version 2 of janua's interface"):
        require_api(2)
