"""Messages: typed, bounded, and honest about what may have been lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import pytest
from janua import AlreadyClosed, ServerUnreachable
from janua.redis import AsyncPubSub, AsyncRedis, Gap, Message, PubSub, Redis, Undelivered
from redis.exceptions import NoPermissionError

from tests.runtime.redis import servers


@dataclass
class LoggedIn:
    user: UUID
    at: datetime


EVENT = LoggedIn(UUID(int=1), datetime(2020, 1, 1, tzinfo=UTC))


@pytest.fixture
async def pubsub(kind: Any, redis: Any, block: Any) -> AsyncIterator[Any]:
    """Messages under this test's prefix."""
    async with block(kind.PubSub(redis)) as pubsub:
        yield pubsub


async def test_an_iterator_gets_messages_as_their_type(pubsub: Any, settle: Any) -> None:
    """From the time that subscribing has returned, in their order."""
    subscription = await settle(pubsub.subscribe("auth:events", LoggedIn))
    for number in range(3):
        await settle(pubsub.publish("auth:events", LoggedIn(UUID(int=number), EVENT.at)))
    received = [await settle(subscription.receive(5)) for _ in range(3)]
    assert [Message("auth:events", LoggedIn(UUID(int=number), EVENT.at)) for number in range(3)] == received


async def test_a_handler_gets_messages_as_their_type(kind: Any, pubsub: Any, settle: Any, eventually: Any) -> None:
    """One after the other, in the background."""
    received: list[Any] = []
    await settle(pubsub.subscribe("auth:events", LoggedIn, kind.handler(received.append)))
    await settle(pubsub.publish("auth:events", EVENT))
    await eventually(lambda: received)
    assert [Message("auth:events", EVENT)] == received


async def test_patterns_say_which_channel(pubsub: Any, settle: Any) -> None:
    """And which pattern it matched; a channel that is called like a pattern is a channel."""
    pattern = await settle(pubsub.psubscribe("user:*", int))
    literal = await settle(pubsub.subscribe("user:*", int))
    await settle(pubsub.publish("user:7", 1))
    await settle(pubsub.publish("users", 2))
    await settle(pubsub.publish("user:*", 3))
    assert Message("user:7", 1, "user:*") == await settle(pattern.receive(5))
    assert Message("user:*", 3, "user:*") == await settle(pattern.receive(5))
    assert Message("user:*", 3) == await settle(literal.receive(5))


async def test_a_prefix_is_no_pattern(kind: Any, url: str, prefix: str, settle: Any, block: Any) -> None:
    """Whatever characters it has, others' messages stay theirs."""
    async with (
        block(kind.Redis(url, prefix=f"{prefix}[ab]*?")) as redis,
        block(kind.PubSub(redis)) as pubsub,
        block(kind.Redis(url, prefix=f"{prefix}axx")) as other,
    ):
        subscription = await settle(pubsub.psubscribe("*", int))
        await settle(other.command("PUBLISH", f"{prefix}axxc", b"1"))
        await settle(pubsub.publish("c", 2))
        assert Message("c", 2, "*") == await settle(subscription.receive(5))


async def test_publishing_counts_who_listens(
    kind: Any, janua_redis_url: str, prefix: str, settle: Any, block: Any
) -> None:
    """Connections, however many subscriptions they have."""
    async with block(kind.Redis(janua_redis_url, prefix=prefix)) as redis, block(kind.PubSub(redis)) as pubsub:
        assert 0 == await settle(pubsub.publish("c", 1))
        await settle(pubsub.subscribe("c", int))
        await settle(pubsub.subscribe("c", int))
        assert 1 == await settle(pubsub.publish("c", 1))


async def test_messages_are_json(kind: Any, redis: Any, pubsub: Any, settle: Any, prefix: str) -> None:
    """So that programs in other languages read and write them."""
    subscription = await settle(pubsub.subscribe("c", dict[str, Any]))
    await settle(redis.command("PUBLISH", f"{prefix}c", b'{"type": "user.login", "userId": "user_123"}'))
    assert {"type": "user.login", "userId": "user_123"} == (await settle(subscription.receive(5))).data


@pytest.mark.parametrize("payload", [b"not json", b'{"user": 5}', b"\xff"])
async def test_what_does_not_fit_goes_to_the_error_handler(
    kind: Any, redis: Any, settle: Any, block: Any, prefix: str, payload: bytes
) -> None:
    """With the reason; the consumer gets the next one."""
    failed: list[Undelivered] = []
    async with block(kind.PubSub(redis, on_error=failed.append)) as pubsub:
        subscription = await settle(pubsub.subscribe("c", LoggedIn))
        await settle(redis.command("PUBLISH", f"{prefix}c", payload))
        await settle(pubsub.publish("c", EVENT))
        assert EVENT == (await settle(subscription.receive(5))).data
    [undelivered] = failed
    assert ("c", None, payload) == (undelivered.channel, undelivered.pattern, undelivered.payload)
    assert isinstance(undelivered.error, (msgspec.MsgspecError, UnicodeError))
    assert repr(payload) not in repr(undelivered)


async def test_a_handler_that_fails_goes_on(kind: Any, redis: Any, settle: Any, block: Any, eventually: Any) -> None:
    """Its error goes to the error handler with the message; even where that fails, too."""
    failed, received = [], []

    def on_error(undelivered: Undelivered) -> None:
        failed.append((undelivered.payload, str(undelivered.error)))
        raise ValueError("again")

    def handle(message: Message[int]) -> None:
        received.append(message.data)
        if message.data == 1:
            raise RuntimeError("cannot")

    async with block(kind.PubSub(redis, on_error=on_error)) as pubsub:
        await settle(pubsub.subscribe("c", int, kind.handler(handle)))
        await settle(pubsub.publish("c", 1))
        await settle(pubsub.publish("c", 2))
        await eventually(lambda: len(received) == 2)
    assert ([(b"1", "cannot")], [1, 2]) == (failed, received)


async def test_what_is_not_delivered_is_logged_without_its_content(pubsub: Any, settle: Any, caplog: Any) -> None:
    """By default."""
    subscription = await settle(pubsub.subscribe("c", int))
    await settle(pubsub.publish("c", "hunter2"))
    await settle(pubsub.publish("c", 1))
    await settle(subscription.receive(5))
    assert "a message on channel 'c' was not handled: ValidationError" in caplog.text
    assert "hunter2" not in caplog.text


async def test_unsubscribing_ends_all_subscriptions_to_a_channel(kind: Any, pubsub: Any, settle: Any) -> None:
    """An iterator comes to its end; other channels go on."""
    one, two = await settle(pubsub.subscribe("c", int)), await settle(pubsub.subscribe("c", int))
    pattern, other = await settle(pubsub.psubscribe("d*", int)), await settle(pubsub.subscribe("e", int))
    await settle(pubsub.unsubscribe("c"))
    await settle(pubsub.punsubscribe("d*"))
    for ended in (one, two, pattern):
        with pytest.raises(AlreadyClosed, match="the subscription to"):
            await settle(ended.receive(5))
    await settle(pubsub.publish("e", 1))
    assert 1 == (await settle(other.receive(5))).data
    await settle(pubsub.unsubscribe("never"))


async def test_one_of_two_subscriptions_can_be_closed(pubsub: Any, settle: Any, block: Any) -> None:
    """The other one goes on hearing the channel."""
    other = await settle(pubsub.subscribe("c", int))
    async with block(await settle(pubsub.subscribe("c", int))) as one:
        await settle(pubsub.publish("c", 1))
        assert 1 == (await settle(one.receive(5))).data
    await settle(one.close())
    await settle(pubsub.publish("c", 2))
    assert [1, 2] == [(await settle(other.receive(5))).data for _ in range(2)]


async def test_after_all_are_unsubscribed_it_can_begin_again(pubsub: Any, settle: Any) -> None:
    """On the same connection."""
    for number in range(3):
        subscription = await settle(pubsub.subscribe("c", int))
        await settle(pubsub.publish("c", number))
        assert number == (await settle(subscription.receive(5))).data
        await settle(pubsub.unsubscribe("c"))


async def test_waiting_for_a_message_ends_in_time(pubsub: Any, settle: Any) -> None:
    """With a TimeoutError."""
    subscription = await settle(pubsub.subscribe("c", int))
    with pytest.raises(TimeoutError, match=r"no message on 'c' within 0\.01 seconds"):
        await settle(subscription.receive(0.01))


async def test_a_slow_consumer_is_bounded_and_told_what_it_missed(pubsub: Any, settle: Any, eventually: Any) -> None:
    """Where the messages are missing: the oldest are kept, the gap comes before the next one."""
    subscription = await settle(pubsub.subscribe("c", int, max_pending=3))
    for number in range(10):
        await settle(pubsub.publish("c", number))
    await eventually(lambda: subscription._pending._missed == 7)
    assert [0] == [(await settle(subscription.receive(5))).data for _ in range(1)]
    await settle(pubsub.publish("c", 10))
    assert [1, 2] == [(await settle(subscription.receive(5))).data for _ in range(2)]
    gap = await settle(subscription.receive(5))
    assert ("slow", 7) == (gap.reason, gap.missed)
    assert 10 == (await settle(subscription.receive(5))).data


async def test_a_slow_handler_holds_up_nobody_else(kind: Any, pubsub: Any, settle: Any, eventually: Any) -> None:
    """Other subscriptions get their messages meanwhile."""
    if kind.PubSub is PubSub:
        gate: Any = threading.Event()

        def handler(message: Any) -> Any:
            gate.wait(10)
    else:
        gate = asyncio.Event()

        async def handler(message: Any) -> Any:  # type: ignore[misc]
            await gate.wait()

    quick: list[Any] = []
    await settle(pubsub.subscribe("c", int, handler))
    await settle(pubsub.subscribe("c", int, kind.handler(quick.append)))
    for number in range(5):
        await settle(pubsub.publish("c", number))
    await eventually(lambda: len(quick) == 5)
    gate.set()


async def test_a_lost_connection_is_told_and_made_again(
    kind: Any, server: Any, prefix: str, settle: Any, block: Any, eventually: Any
) -> None:
    """Every subscription gets the gap, and then what is published afterwards; iterators and handlers alike."""
    gaps: list[Gap] = []
    handled: list[Any] = []
    with servers.proxy(server.port) as network:
        async with block(kind.Redis(network.url, prefix=prefix)) as redis, block(kind.PubSub(redis)) as pubsub:
            subscription = await settle(pubsub.subscribe("c", int))
            pattern = await settle(pubsub.psubscribe("c*", int))
            on_gap = kind.handler(gaps.append)
            await settle(pubsub.subscribe("c", int, kind.handler(handled.append), on_gap=on_gap))
            began = datetime.now(UTC)
            network.cut()
            gap = await settle(subscription.receive(5))
            assert ("reconnected", None) == (gap.reason, gap.missed)
            assert gap.since >= began
            assert isinstance(await settle(pattern.receive(5)), Gap)
            await eventually(lambda: gaps)
            await settle(pubsub.publish("c", 1))
            assert 1 == (await settle(subscription.receive(5))).data
            await eventually(lambda: handled)


async def test_a_gap_is_logged_where_a_handler_does_not_ask(
    kind: Any, server: Any, settle: Any, block: Any, eventually: Any, caplog: Any
) -> None:
    """It is not lost silently."""
    with servers.proxy(server.port) as network:
        async with block(kind.Redis(network.url)) as redis, block(kind.PubSub(redis)) as pubsub:
            await settle(pubsub.subscribe("c", int, kind.handler(lambda message: None)))
            network.cut()
            await eventually(lambda: "messages on 'c' may have been lost (reconnected)" in caplog.text)


async def test_a_server_that_was_away_is_found_again(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """However long that took, restarted empty; meanwhile new subscriptions fail in time."""
    async with (
        block(kind.Redis(server.url, timeout=0.5, max_retries=0)) as redis,
        block(kind.PubSub(redis)) as pubsub,
    ):
        subscription = await settle(pubsub.subscribe("c", int))
        server.stop()
        with pytest.raises(ServerUnreachable, match="has not confirmed a subscription"):
            await settle(pubsub.subscribe("d", int))
        with pytest.raises(ServerUnreachable):
            await settle(pubsub.publish("c", 1))
        server.start()
        assert isinstance(await settle(subscription.receive(10)), Gap)
        await settle(pubsub.publish("c", 2))
        assert 2 == (await settle(subscription.receive(5))).data


async def test_a_network_that_swallows_everything_is_noticed(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """Nothing ends the connection: the server's sign of life is missing."""
    with servers.proxy(server.port) as network:
        async with block(kind.Redis(network.url, timeout=0.5)) as redis, block(kind.PubSub(redis)) as pubsub:
            subscription = await settle(pubsub.subscribe("c", int))
            network.swallow()
            await asyncio.sleep(2)
            network.restore()
            assert isinstance(await settle(subscription.receive(10)), Gap)


async def test_a_quiet_channel_is_no_lost_connection(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """The server gives signs of life; no gap is told."""
    async with block(kind.Redis(server.url, timeout=0.5)) as redis, block(kind.PubSub(redis)) as pubsub:
        subscription = await settle(pubsub.subscribe("c", int))
        await asyncio.sleep(2)
        await settle(pubsub.publish("c", 1))
        assert Message("c", 1) == await settle(subscription.receive(5))


async def test_what_the_server_refuses_is_an_error(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """Of that subscription; the others go on."""
    with Redis(server.url) as administrator:
        administrator.command("ACL", "SETUSER", "ada", "on", ">secret", "+@all", "~*", "resetchannels", "&ok*")
    url = server.url.replace("redis://", "redis://ada:secret@")
    async with block(kind.Redis(url)) as redis, block(kind.PubSub(redis)) as pubsub:
        fine = await settle(pubsub.subscribe("ok", int))
        with pytest.raises(NoPermissionError):
            await settle(pubsub.subscribe("other", int))
        await settle(pubsub.publish("ok", 1))
        assert 1 == (await settle(fine.receive(5))).data


async def test_closing_ends_everything(kind: Any, redis: Any, settle: Any, block: Any, eventually: Any) -> None:
    """Subscriptions, handlers, threads and tasks; the Redis object stays open. Later calls say so."""
    handled: list[Any] = []
    async with block(kind.PubSub(redis)) as pubsub:
        iterated = await settle(pubsub.subscribe("c", int))
        await settle(pubsub.subscribe("c", int, kind.handler(handled.append)))
        await settle(pubsub.publish("c", 1))
        await eventually(lambda: handled)
    await settle(pubsub.close())
    with pytest.raises(AlreadyClosed, match="the subscription to 'c' has been closed"):
        await settle(iterated.receive(5))
    for call in (partial(pubsub.publish, "c", 1), partial(pubsub.subscribe, "c", int)):
        with pytest.raises(AlreadyClosed, match="make a new PubSub"):
            await settle(call())
    assert [] == [thread.name for thread in threading.enumerate() if thread.name.startswith("janua ")]
    assert [] == [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("janua ")]
    assert await settle(redis.delete("c")) == 0


async def test_a_handler_may_end_its_own_subscription(kind: Any, pubsub: Any, settle: Any, eventually: Any) -> None:
    """Without waiting for itself."""
    done: list[int] = []

    def end(message: Any) -> None:
        pubsub.unsubscribe("c")
        done.append(message.data)

    async def end_asynchronously(message: Any) -> None:
        await pubsub.unsubscribe("c")
        done.append(message.data)

    handler: Any = end if kind.PubSub is PubSub else end_asynchronously
    await settle(pubsub.subscribe("c", int, handler))
    await settle(pubsub.publish("c", 1))
    await eventually(lambda: done)
    await settle(pubsub.publish("c", 2))
    assert [1] == done


async def test_a_redis_that_is_closed_first_ends_its_messages(
    kind: Any, janua_redis_url: str, settle: Any, block: Any
) -> None:
    """Nothing hangs."""
    async with block(kind.Redis(janua_redis_url)) as redis:
        pubsub = kind.PubSub(redis)
        await settle(pubsub.subscribe("c", int))
    await settle(pubsub.close())


async def test_iterating() -> None:
    """`async for` and `for` give the same as ``receive``."""
    with servers.running() as server:
        async with AsyncRedis(server.url) as aredis, AsyncPubSub(aredis) as apubsub:
            heard = await apubsub.subscribe("c", int)
            await apubsub.publish("c", 1)
            async for event in heard:
                assert Message("c", 1) == event
                await heard.close()
        with Redis(server.url) as redis, PubSub(redis) as pubsub:
            subscription = pubsub.subscribe("c", int)
            pubsub.publish("c", 2)
            for each in subscription:
                assert Message("c", 2) == each
                subscription.close()


def test_threads_subscribe_and_unsubscribe_at_once(janua_redis_url: str, prefix: str) -> None:
    """To the same few channels: each hears its own message, and in the end nobody listens."""
    heard: list[bool] = []
    with Redis(janua_redis_url, prefix=prefix) as redis, PubSub(redis) as pubsub:

        def work(number: int) -> None:
            for step in range(20):
                channel, mine = f"c{step % 3}", number * 100 + step
                with pubsub.subscribe(channel, int) as subscription:
                    pubsub.publish(channel, mine)
                    while True:
                        event: Any = subscription.receive(10)
                        if event.data == mine:
                            break
                heard.append(True)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 120 == len(heard)
        assert [0, 0, 0] == [pubsub.publish(f"c{number}", 1) for number in range(3)]


async def test_tasks_subscribe_and_unsubscribe_at_once(janua_redis_url: str, prefix: str) -> None:
    """The same with tasks."""
    async with AsyncRedis(janua_redis_url, prefix=prefix) as redis, AsyncPubSub(redis) as pubsub:

        async def work(number: int) -> None:
            for step in range(20):
                channel, mine = f"c{step % 3}", number * 100 + step
                async with await pubsub.subscribe(channel, int) as subscription:
                    await pubsub.publish(channel, mine)
                    event: Any = None
                    while event is None or event.data != mine:
                        event = await subscription.receive(10)

        await asyncio.gather(*(work(number) for number in range(6)))
        assert [0, 0, 0] == [await pubsub.publish(f"c{number}", 1) for number in range(3)]


def test_max_pending_must_be_something(janua_redis_url: str) -> None:
    """A queue for nothing would lose everything."""
    with (
        Redis(janua_redis_url) as redis,
        PubSub(redis) as pubsub,
        pytest.raises(ValueError, match="max_pending must be at least 1"),
    ):
        pubsub.subscribe("c", int, max_pending=0)
