"""
What type checkers must report. It is never run.

Each comment names the error that is expected on its line, for mypy and for pyright. Both of them
report a comment that silences nothing, so that a mistake that passes is an error, too.
"""

from __future__ import annotations

from uuid import UUID

from janua import AsyncDatabase, Database

from generated import users
from generated.models import User


def wrong_arguments(db: Database, id: UUID) -> None:
    """Parameters have names and types, and are all needed."""
    users.get_user(db, uid=id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.get_user(db, id=1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    users.get_user(db)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.get_user(db, id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.get_user(id=id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.get_user(db, id=None)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    users.get_user("url", id=id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


def an_unchecked_none(db: Database, id: UUID) -> str:
    """A row that may be missing is not a row."""
    return users.get_user(db, id=id).display_name  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]


def an_unknown_column(user: User) -> None:
    """Rows have the columns that the query selects."""
    print(user.surname)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]


async def a_forgotten_await(db: AsyncDatabase, id: UUID) -> None:
    """The statement would never run."""
    users.get_user(db, id=id)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]


async def an_await_forgotten_in_an_expression(db: AsyncDatabase, id: UUID) -> User | None:
    """A coroutine is not its result."""
    return users.get_user(db, id=id)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


async def an_await_too_many(db: Database, id: UUID) -> None:
    """The value is there already."""
    await users.get_user(db, id=id)  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
