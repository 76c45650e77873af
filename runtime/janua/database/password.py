"""Passwords that change: asked for anew for each connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable, iscoroutine
from typing import TypeAlias

from janua.errors import ServerUnreachable

PasswordSource: TypeAlias = Callable[[], str]
"""What returns the password that is valid now."""

AsyncPasswordSource: TypeAlias = Callable[[], str | Awaitable[str]]
"""The same; what it returns may have to be awaited."""


def read_password(source: PasswordSource) -> str:
    """Return the password that is valid now. Raises ServerUnreachable, which names no more than the kind of error."""
    try:
        answer = source()
    except Exception as error:
        raise _raised(error) from error
    return _checked(answer)


async def async_read_password(source: AsyncPasswordSource) -> str:
    """Return the password that is valid now. Raises ServerUnreachable, which names no more than the kind of error."""
    try:
        answer = source()
        if isawaitable(answer):
            answer = await answer
    except Exception as error:
        raise _raised(error) from error
    return _checked(answer)


def _checked(answer: object) -> str:
    if isinstance(answer, str):
        return answer
    if iscoroutine(answer):
        answer.close()
        raise ServerUnreachable(
            "the password is a coroutine function, which a Database cannot await: give it a plain function,"
            " or use AsyncDatabase"
        )
    raise ServerUnreachable(f"the password callable returned {type(answer).__name__}, not str")


def _raised(error: Exception) -> ServerUnreachable:
    # The text of that error may hold a secret; it stays with the cause.
    return ServerUnreachable(f"the password callable raised {type(error).__name__}")
