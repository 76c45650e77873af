"""Redis, used wrongly: each line has the error that it must have."""

from __future__ import annotations

from dataclasses import dataclass

from janua.redis import AsyncPubSub, AsyncRedis, AsyncSessionStore, Message, PubSub, Redis, SessionStore


@dataclass
class Visit:
    pages: int


def data_of_another_type(redis: Redis) -> None:
    """A store takes what it was made for."""
    SessionStore(redis, Visit).create("text")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def a_session_that_may_have_ended(redis: Redis) -> int:
    """It is looked at first."""
    return SessionStore(redis, Visit).get("id").data.pages  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]


def the_other_kind(redis: AsyncRedis) -> None:
    """A blocking store needs a blocking connection."""
    SessionStore(redis, Visit)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def a_forgotten_await(redis: AsyncRedis) -> None:
    """The session would live on."""
    AsyncSessionStore(redis, Visit).destroy("id")  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]


def handle_text(message: Message[str]) -> None:
    """A handler of texts."""


def handle(message: Message[Visit]) -> None:
    """A handler that is not asynchronous."""


def a_handler_of_another_type(pubsub: PubSub) -> None:
    """What is subscribed to is what is handled."""
    pubsub.subscribe("c", Visit, handle_text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def a_handler_that_blocks(pubsub: AsyncPubSub) -> None:
    """It would hold up every task."""
    await pubsub.subscribe("c", Visit, handle)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def a_gap_that_is_forgotten(pubsub: PubSub) -> None:
    """It has no data."""
    for event in pubsub.subscribe("c", Visit):
        print(event.data)  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
