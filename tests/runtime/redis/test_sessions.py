"""Sessions: their two ends, their identifiers, and what happens when many requests use one at once."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from janua import SessionConflict
from janua.redis import AsyncRedis, AsyncSessionStore, Redis, SessionStore

from tests.runtime.redis import servers


@dataclass
class Data:
    count: int = 0
    address: str = ""
    seen: list[datetime] = field(default_factory=list)


@pytest.fixture
def store(kind: Any, redis: Any) -> Any:
    """Sessions that end after a day without activity, and after a week in any case."""
    return kind.SessionStore(redis, Data, idle_timeout=timedelta(days=1), absolute_timeout=timedelta(days=7))


@pytest.fixture
def user() -> str:
    """A user that no other test has."""
    return str(uuid4())


async def stored(url: str, prefix: str) -> dict[str, Any]:
    """Everything that the servers hold under this prefix, as they hold it."""
    found: dict[str, Any] = {}
    with Redis(url) as redis:
        connected: Any = redis._connect()
        for key in connected.scan_iter(match=f"{prefix}*"):
            read = connected.hgetall if connected.type(key) == b"hash" else lambda key: connected.zrange(key, 0, -1)
            found[key.decode()] = read(key)
    return found


async def test_a_session_is_read_as_it_was_created(store: Any, settle: Any, user: str) -> None:
    """Its data in their own types, whose it is, and when it ends."""
    data = Data(3, "192.0.2.1", [datetime(2020, 1, 1, tzinfo=UTC)])
    session = await settle(store.get(await settle(store.create(data, user))))
    assert (data, user) == (session.data, session.user_id)
    assert session.created_at == session.last_seen_at
    assert timedelta(days=1) == session.expires_at - session.created_at
    assert abs(session.created_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_only_the_hash_of_an_identifier_is_stored(
    store: Any, settle: Any, user: str, url: str, prefix: str
) -> None:
    """So a copy of the server opens no session; the handle that lists show opens none either."""
    identifier = await settle(store.create(Data(), user))
    assert len(identifier) == 46
    everything = repr(await stored(url, prefix))
    assert identifier not in everything
    assert identifier[3:] not in everything
    assert sha256(identifier.encode()).hexdigest() in everything
    handle = (await settle(store.get(identifier))).handle
    assert await settle(store.get(handle)) is None
    assert await settle(store.destroy(handle)) is False


@pytest.mark.parametrize("text", ["", "x", "a" * 46, "../../etc", "0" * 67, "é" * 46, "0" * 45 + "\n"])
async def test_what_is_no_identifier_opens_nothing(store: Any, settle: Any, text: str) -> None:
    """It is treated as a session that has ended, by every method."""
    for call in (store.get, store.touch, store.rotate):
        assert await settle(call(text)) is None
    assert await settle(store.modify(text, lambda data: data)) is None
    assert await settle(store.update(text, Data())) is False
    assert await settle(store.destroy(text)) is False
    assert await settle(store.revoke("u", text)) is False


async def test_a_session_ends_when_it_is_idle(kind: Any, redis: Any, settle: Any, user: str) -> None:
    """A touch puts that off; reading does not."""
    store = kind.SessionStore(redis, Data, idle_timeout=timedelta(seconds=1))
    touched, read = await settle(store.create(Data(), user)), await settle(store.create(Data(), user))
    for _ in range(4):
        await asyncio.sleep(0.3)
        assert await settle(store.touch(touched)) is not None
        await settle(store.get(read))
    assert await settle(store.get(read)) is None
    assert await settle(store.touch(read)) is None
    assert 1 == len(await settle(store.user_sessions(user)))


async def test_a_session_ends_when_it_is_old(kind: Any, redis: Any, settle: Any, user: str) -> None:
    """However often it is touched, updated or rotated."""
    store = kind.SessionStore(redis, Data, absolute_timeout=timedelta(seconds=1))
    identifier = await settle(store.create(Data(), user))
    created = (await settle(store.get(identifier))).created_at
    assert timedelta(seconds=1) == (await settle(store.touch(identifier))).expires_at - created
    await settle(store.update(identifier, Data(1)))
    identifier = await settle(store.rotate(identifier))
    assert timedelta(seconds=1) == (await settle(store.get(identifier))).expires_at - created
    await asyncio.sleep(1.1)
    assert await settle(store.get(identifier)) is None
    assert [] == await settle(store.user_sessions(user))


async def test_one_end_is_enough(kind: Any, redis: Any, settle: Any) -> None:
    """Without an idle timeout a touch changes nothing about the end; without any end there are no sessions."""
    store = kind.SessionStore(redis, Data, idle_timeout=None, absolute_timeout=timedelta(hours=1))
    identifier = await settle(store.create(Data()))
    session = await settle(store.touch(identifier))
    assert timedelta(hours=1) == session.expires_at - session.created_at
    with pytest.raises(ValueError, match="it would never end"):
        kind.SessionStore(redis, Data, idle_timeout=None)
    with pytest.raises(ValueError, match="idle_timeout must be at least a millisecond"):
        kind.SessionStore(redis, Data, idle_timeout=timedelta())


async def test_nothing_brings_back_what_was_destroyed(
    store: Any, settle: Any, user: str, url: str, prefix: str
) -> None:
    """Neither touch, nor update, nor modify, nor rotate; and nothing of it is left."""
    identifier = await settle(store.create(Data(), user))
    assert await settle(store.destroy(identifier)) is True
    assert await settle(store.destroy(identifier)) is False
    assert await settle(store.touch(identifier)) is None
    assert await settle(store.update(identifier, Data(1))) is False
    assert await settle(store.modify(identifier, lambda data: data)) is None
    assert await settle(store.rotate(identifier)) is None
    assert await settle(store.get(identifier)) is None
    assert {} == await stored(url, prefix)


async def test_a_session_destroyed_while_it_is_modified_stays_so(store: Any, settle: Any, user: str) -> None:
    """The change comes too late."""
    identifier = await settle(store.create(Data(), user))
    with_answer: list[Any] = []

    def change(data: Data) -> Data:
        with_answer.append(store.destroy(identifier))
        return replace(data, count=1)

    if inspect.iscoroutinefunction(store.modify):
        # The other request comes in between: a task that runs while the first one waits for the server.
        modified = asyncio.create_task(store.modify(identifier, lambda data: replace(data, count=1)))
        assert await store.destroy(identifier)
        assert await modified in (None, Data(1))
    else:
        assert store.modify(identifier, change) is None
        assert with_answer == [True]
    assert await settle(store.get(identifier)) is None


async def test_update_replaces_the_data(store: Any, settle: Any, user: str) -> None:
    """And nothing else: neither when it ends, nor whose it is."""
    identifier = await settle(store.create(Data(1), user))
    before = await settle(store.get(identifier))
    assert await settle(store.update(identifier, Data(2))) is True
    after = await settle(store.get(identifier))
    assert replace(before, data=Data(2), version=after.version) == after
    assert before.version != after.version


async def test_rotating_moves_everything_to_a_new_identifier(
    store: Any, settle: Any, user: str, url: str, prefix: str
) -> None:
    """The old one opens nothing from then on, and nothing of it is left."""
    old = await settle(store.create(Data(5), user))
    before = await settle(store.get(old))
    new = await settle(store.rotate(old))
    assert await settle(store.get(old)) is None
    after = await settle(store.get(new))
    assert replace(before, handle=after.handle) == after
    [index] = [members for key, members in (await stored(url, prefix)).items() if ":user:" in key]
    assert [after.handle[3:].encode()] == index
    assert [after] == await settle(store.user_sessions(user))


async def test_a_users_sessions_are_listed_and_ended(store: Any, settle: Any, user: str) -> None:
    """All of them, all but one, or one by its handle; never another user's."""
    identifiers = [await settle(store.create(Data(number), user)) for number in range(4)]
    other = await settle(store.create(Data(9), uuid4()))
    visitor = await settle(store.create(Data(8)))
    sessions = await settle(store.user_sessions(user))
    assert [0, 1, 2, 3] == sorted(session.data.count for session in sessions)
    first = await settle(store.get(identifiers[0]))
    assert await settle(store.revoke("somebody else", first.handle)) is False
    assert await settle(store.revoke(user, first.handle)) is True
    assert await settle(store.revoke(user, first.handle)) is False
    assert 2 == await settle(store.destroy_all(user, keep=identifiers[1]))
    assert [1] == [session.data.count for session in await settle(store.user_sessions(user))]
    assert 1 == await settle(store.destroy_all(user))
    assert [] == await settle(store.user_sessions(user))
    assert 0 == await settle(store.destroy_all(user))
    assert 9 == (await settle(store.get(other))).data.count
    assert (await settle(store.get(visitor))).user_id is None


async def test_users_are_named_as_the_application_does(store: Any, settle: Any) -> None:
    """By texts, numbers and UUIDs, whatever characters; not by nothing."""
    for user in (UUID(int=7), 7, "ada}{:*", "\N{SNOWMAN}"):
        identifier = await settle(store.create(Data(), user))
        assert str(user) == (await settle(store.get(identifier))).user_id
        assert 1 == await settle(store.destroy_all(user))
    with pytest.raises(ValueError, match="user_id must not be empty"):
        await settle(store.create(Data(), ""))


async def test_the_index_is_pruned(kind: Any, redis: Any, settle: Any, user: str, url: str, prefix: str) -> None:
    """Of sessions that ended by themselves, and of those that the server evicted; it ends with the last of them."""
    brief = kind.SessionStore(redis, Data, idle_timeout=timedelta(milliseconds=100))
    long = kind.SessionStore(redis, Data, idle_timeout=timedelta(milliseconds=1500))
    await settle(brief.create(Data(), user))
    await asyncio.sleep(0.15)
    evicted, kept = await settle(long.create(Data(), user)), await settle(long.create(Data(), user))
    [index] = [key for key in await stored(url, prefix) if ":user:" in key]
    assert 2 == len((await stored(url, prefix))[index])
    handle = (await settle(long.get(evicted))).handle
    [key] = [key for key in await stored(url, prefix) if handle[3:] in key]
    await settle(redis.command("DEL", key))
    kept_handle = (await settle(long.get(kept))).handle
    assert [kept_handle] == [session.handle for session in await settle(long.user_sessions(user))]
    assert [kept_handle[3:].encode()] == (await stored(url, prefix))[index]
    await asyncio.sleep(1.6)
    assert {} == await stored(url, prefix)


async def test_data_of_another_shape_are_an_error(kind: Any, redis: Any, store: Any, settle: Any, user: str) -> None:
    """Not wrong data; and the session can still be ended."""
    identifier = await settle(store.create(Data(1), user))
    other = kind.SessionStore(redis, list[int], prefix="session:")
    with pytest.raises(msgspec.ValidationError):
        await settle(other.get(identifier))
    assert 1 == await settle(other.destroy_all(user))


async def test_data_are_not_printed(store: Any, settle: Any, user: str) -> None:
    """A session in a log tells no secrets."""
    identifier = await settle(store.create(Data(address="secret place"), user))
    assert "secret place" not in repr(await settle(store.get(identifier)))


async def test_of_many_rotations_at_once_one_wins(url: str, prefix: str, user: str) -> None:
    """The others are told that there is nothing any more; the session exists once, under the winner's identifier."""
    async with AsyncRedis(url, prefix=prefix) as redis:
        store = AsyncSessionStore(redis, Data)
        for _ in range(10):
            old = await store.create(Data(), user)
            rotated = await asyncio.gather(*(store.rotate(old) for _ in range(10)))
            [winner] = [identifier for identifier in rotated if identifier is not None]
            assert await store.get(winner) is not None
            assert 1 == len(await store.user_sessions(user))
            assert await store.destroy(winner)


async def test_what_is_repeated_because_its_answer_was_lost_is_done_once(
    kind: Any, server: Any, settle: Any, block: Any, user: str
) -> None:
    """The command had run: a repetition of it finds its own identifier or version."""
    with servers.proxy(server.port) as network:
        async with block(kind.Redis(network.url)) as redis:
            store = kind.SessionStore(redis, Data)
            await settle(store.user_sessions(user))
            network.lose_next_answer()
            old = await settle(store.create(Data(4), user))
            network.lose_next_answer()
            new = await settle(store.rotate(old))
            assert await settle(store.get(old)) is None
            calls = []

            def change(data: Data) -> Data:
                calls.append(data)
                network.lose_next_answer()
                return replace(data, count=data.count + 1)

            assert Data(5) == await settle(store.modify(new, change))
            assert [Data(4)] == calls
            [session] = await settle(store.user_sessions(user))
            assert Data(5) == session.data


async def test_no_change_is_lost(url: str, prefix: str, user: str) -> None:
    """Of changes by many requests at once, each is made on top of the others."""
    async with AsyncRedis(url, prefix=prefix) as redis:
        store = AsyncSessionStore(redis, Data)
        identifier = await store.create(Data(), user)

        async def count() -> None:
            for _ in range(5):
                await store.modify(identifier, lambda data: replace(data, count=data.count + 1))

        await asyncio.gather(count(), count(), count())
        session = await store.get(identifier)
        assert session is not None
        assert 15 == session.data.count


def test_a_change_that_is_always_overtaken_is_an_error(janua_redis_url: str, prefix: str, user: str) -> None:
    """After some attempts, and nothing is stored."""
    with Redis(janua_redis_url, prefix=prefix) as redis:
        store = SessionStore(redis, Data)
        identifier = store.create(Data(), user)

        def overtaken(data: Data) -> Data:
            store.update(identifier, Data(data.count + 1))
            return Data(-1)

        with pytest.raises(SessionConflict, match="20 times over"):
            store.modify(identifier, overtaken)
        session = store.get(identifier)
        assert session is not None
        assert 20 == session.data.count
        store.destroy_all(user)


async def test_destroying_all_meets_every_session_that_was_there(url: str, prefix: str, user: str) -> None:
    """Also while they are touched and rotated by requests on their way: none survives under any identifier."""
    async with AsyncRedis(url, prefix=prefix) as redis:
        store = AsyncSessionStore(redis, Data)
        identifiers = [await store.create(Data(), user) for _ in range(10)]
        requests = [store.touch(each) for each in identifiers] + [store.update(each, Data(1)) for each in identifiers]
        rotations = [store.rotate(each) for each in identifiers]
        await asyncio.gather(*requests, *rotations, store.destroy_all(user))
        assert [] == await store.user_sessions(user)
        assert {} == await stored(url, prefix)
