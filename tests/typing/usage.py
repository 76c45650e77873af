"""How services call generated code: every line here must pass mypy --strict and pyright. It is never run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import assert_type
from uuid import UUID

from janua import AsyncDatabase, AsyncExecutor, Database, Executor

from generated import users
from generated.enums import UserStatus
from generated.models import User


def a_call(db: Database, id: UUID) -> str:
    """A sync executor gives the value itself."""
    user = users.get_user(db, id=id)
    assert_type(user, User | None)
    if user is None:
        return ""
    assert_type(user.status, UserStatus)
    assert_type(user.name, str | None)
    assert_type(users.list_users_by_id(db, ids=[id]), list[User])
    assert_type(users.set_marketing_consent(db, accepts=True, id=id), int)
    return user.display_name


async def an_awaited_call(db: AsyncDatabase, id: UUID) -> None:
    """An async executor gives something to await."""
    assert_type(await users.get_user(db, id=id), User | None)
    assert_type(await users.list_users_by_id(db, ids=(id,)), list[User])
    assert_type(await users.set_marketing_consent(db, accepts=True, id=id), int)


async def calls_at_once(db: AsyncDatabase, ids: Sequence[UUID]) -> list[User]:
    """What it gives is a coroutine: it goes into a task group and into gather."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(users.get_user(db, id=id)) for id in ids]
    first, everyone = await asyncio.gather(users.get_user(db, id=ids[0]), users.list_users_by_id(db, ids=ids))
    assert_type(first, User | None)
    assert_type(everyone, list[User])
    return [user for task in tasks if (user := task.result()) is not None]


def in_a_transaction(db: Database, id: UUID) -> None:
    """A transaction is an executor."""
    with db.transaction() as transaction:
        assert_type(users.get_user(transaction, id=id), User | None)


async def in_an_async_transaction(db: AsyncDatabase, id: UUID) -> None:
    """The other as well."""
    async with db.transaction() as transaction:
        assert_type(await users.get_user(transaction, id=id), User | None)


def with_the_protocol(db: Executor, id: UUID) -> User | None:
    """Code that does not care which executor it gets."""
    return users.get_user(db, id=id)


async def with_the_async_protocol(db: AsyncExecutor, id: UUID) -> User | None:
    """The other as well."""
    return await users.get_user(db, id=id)
