"""The same generated function, blocking and awaited."""

from __future__ import annotations

import asyncio
from typing import assert_type

import pytest
from janua import AsyncDatabase, Coro, Database, NotFound
from psycopg.errors import UniqueViolation

from generated import organizations, users
from generated.models import User


async def test_one_function_serves_both(janua_db: Database, janua_adb: AsyncDatabase) -> None:
    """The same rows, the same types, and the async call may be awaited or given to a task."""
    ada = users.register_user(janua_db, email="ada@example.com", name="Ada", password_hash=b"\0", locale="en")
    assert_type(users.get_user(janua_db, id=ada.id), User | None)
    coroutine = assert_type(users.get_user(janua_adb, id=ada.id), Coro[User | None])
    assert users.get_user(janua_db, id=ada.id) == await coroutine == ada
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(users.get_user(janua_adb, id=ada.id)) for _ in range(5)]
    assert [ada] * 5 == [task.result() for task in tasks]


async def test_both_raise_the_same(janua_db: Database, janua_adb: AsyncDatabase) -> None:
    """NotFound for a row that is not there, psycopg's class for what the server refuses."""
    ada = await users.register_user(janua_adb, email="ada@example.com", name=None, password_hash=None, locale="en")
    await users.verify_email(janua_adb, id=ada.id)
    with pytest.raises(NotFound, match=r"users\.verify_email"):
        users.verify_email(janua_db, id=ada.id)
    with pytest.raises(NotFound, match=r"users\.verify_email"):
        await users.verify_email(janua_adb, id=ada.id)
    with pytest.raises(UniqueViolation):
        users.register_user(janua_db, email="ADA@example.com", name=None, password_hash=None, locale="en")
    with pytest.raises(UniqueViolation):
        await users.register_user(janua_adb, email="ADA@example.com", name=None, password_hash=None, locale="en")


async def test_both_take_a_transaction(janua_db: Database, janua_adb: AsyncDatabase) -> None:
    """What one has not committed the other does not see."""
    ada = users.register_user(janua_db, email="ada@example.com", name="Ada", password_hash=None, locale="en")
    async with janua_adb.transaction() as tx:
        created = await organizations.create_organization(
            tx, slug="acme", name="Acme", billing_email=None, owner_id=ada.id
        )
        assert organizations.get_organization(janua_db, id=created.id) is None
        assert await organizations.get_organization(tx, id=created.id) is not None
    assert organizations.get_organization(janua_db, id=created.id) is not None
