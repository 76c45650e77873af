"""Getting to a server: logins, TLS, clusters, and what happens when it does not answer."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from janua import TLS, AlreadyClosed, ConfigError, ServerUnreachable, WrongEventLoop
from janua.redis import AsyncRedis, Redis, Script
from redis.exceptions import NoPermissionError, ResponseError

from tests.runtime.redis import servers
from tests.runtime.redis.conftest import KINDS

CERTIFICATE = Path(__file__).parents[2] / "service" / "loopback.pem"
PASSWORD = "hunter2"


@pytest.fixture
def tls_server() -> Iterator[servers.Server]:
    """A server that speaks TLS only, and knows clients by their certificates."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("the embedded Valkey has no TLS, and there is no redis-server on this machine")
    port = servers.free_port()
    with servers.running(*servers.tls_options(CERTIFICATE, port), program=program, port=port) as server:
        yield server


async def test_what_is_given_goes_before_the_url(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """User, password and database."""
    with Redis(server.url) as administrator:
        administrator.command("ACL", "SETUSER", "ada", "on", f">{PASSWORD}", "+@all", "~*")
    url = server.url.replace("redis://", "redis://nobody:wrong@")
    async with block(kind.Redis(url, username="ada", password=PASSWORD, db=3)) as redis:
        await settle(redis.set("k", 1))
        assert f"<{kind.Redis.__name__} 127.0.0.1:{server.port}/3>" == repr(redis)
        assert b"ada" == await settle(redis.command("ACL", "WHOAMI"))
    async with block(kind.Redis(server.url, db=3)) as redis:
        assert 1 == await settle(redis.get("k", int))
    async with block(kind.Redis(server.url)) as redis:
        assert await settle(redis.get("k", int)) is None


async def test_a_password_alone_is_the_default_users(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """As ``requirepass`` sets it."""
    async with block(kind.Redis(server.url)) as redis:
        await settle(redis.command("CONFIG", "SET", "requirepass", PASSWORD))
    async with block(kind.Redis(server.url, password=PASSWORD)) as redis:
        await settle(redis.set("k", 1))
    async with block(kind.Redis(server.url, retry_strategy=lambda n: pytest.fail("repeated"))) as redis:
        with pytest.raises(ServerUnreachable, match=r"(?i)authenticat"):
            await settle(redis.get("k", int))


async def test_health_without_the_right_to_ask_for_the_version(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """INFO is a dangerous command to ACLs; the server is well all the same."""
    with Redis(server.url) as administrator:
        administrator.command("ACL", "SETUSER", "ada", "on", f">{PASSWORD}", "+@all", "-@dangerous", "~ok:*")
    async with block(kind.Redis(server.url, username="ada", password=PASSWORD)) as redis:
        health = await settle(redis.health())
        assert (True, None) == (health.ok, health.server_version)
        with pytest.raises(NoPermissionError):
            await settle(redis.set("other", 1))


async def test_an_encrypted_connection_is_verified(kind: Any, tls_server: Any, settle: Any, block: Any) -> None:
    """Against the authorities that are given; without them the server is not trusted."""
    url = tls_server.url.replace("redis://", "rediss://")
    for given in (
        {"url": url, "tls": TLS(ca=CERTIFICATE)},
        {"url": tls_server.url, "tls": TLS(ca=CERTIFICATE)},
        {"url": url.replace("127.0.0.1", "localhost"), "tls": TLS(verify="ca", ca=CERTIFICATE)},
        {"url": url, "tls": TLS(verify=False)},
        {"url": f"{url}?ssl_ca_certs={CERTIFICATE}"},
    ):
        async with block(kind.Redis(**given)) as redis:
            await settle(redis.set("k", 1))
            assert 1 == await settle(redis.get("k", int))
    for untrusted in (
        {"url": url},
        {"url": url.replace("127.0.0.1", "localhost"), "tls": TLS(ca=CERTIFICATE)},
    ):
        async with block(kind.Redis(**untrusted, max_retries=0)) as redis:
            with pytest.raises(ServerUnreachable, match=r"(?i)certificate"):
                await settle(redis.get("k", int))


async def test_a_clients_own_certificate_is_shown(kind: Any, tls_server: Any, settle: Any, block: Any) -> None:
    """To servers that ask for one."""
    trust = TLS(ca=CERTIFICATE)
    async with block(kind.Redis(tls_server.url, tls=trust, max_retries=0)) as redis:
        await settle(redis.command("CONFIG", "SET", "tls-auth-clients", "yes"))
    own = TLS(ca=CERTIFICATE, cert=CERTIFICATE, key=CERTIFICATE)
    async with block(kind.Redis(tls_server.url, tls=own)) as redis:
        await settle(redis.set("k", 1))
    async with block(kind.Redis(tls_server.url, tls=trust, max_retries=0)) as redis:
        with pytest.raises(ServerUnreachable):
            await settle(redis.get("k", int))


async def test_a_key_may_be_encrypted(kind: Any, tls_server: Any, tmp_path: Path, settle: Any, block: Any) -> None:
    """Its password is given beside it; for a cluster, redis-py cannot take one."""
    key = tmp_path / "key.pem"
    plain = load_pem_private_key(CERTIFICATE.read_bytes(), None)
    encryption = BestAvailableEncryption(PASSWORD.encode())
    key.write_bytes(plain.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    tls = TLS(ca=CERTIFICATE, cert=CERTIFICATE, key=key, key_password=PASSWORD)
    async with block(kind.Redis(tls_server.url, tls=tls)) as redis:
        await settle(redis.command("CONFIG", "SET", "tls-auth-clients", "yes"))
        await settle(redis.set("k", 1))
    with pytest.raises(ConfigError, match="leave out TLS's key_password") as caught:
        kind.Redis(tls_server.url, tls=tls, cluster=True)
    assert PASSWORD not in str(caught.value)


async def test_messages_are_encrypted_too(kind: Any, tls_server: Any, settle: Any, block: Any) -> None:
    """The connection that listens is made like the others."""
    async with block(kind.Redis(tls_server.url, tls=TLS(ca=CERTIFICATE))) as redis, block(kind.PubSub(redis)) as pubsub:
        subscription = await settle(pubsub.subscribe("c", int))
        await settle(pubsub.publish("c", 1))
        assert 1 == (await settle(subscription.receive(5))).data


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="the embedded Valkey has no TLS")
async def test_a_cluster_is_encrypted_too(settle: Any, block: Any) -> None:
    """Every node that is found is connected to in the same way, for messages as well."""
    with servers.cluster(certificate=CERTIFICATE) as nodes:
        url = f"rediss://127.0.0.1:{nodes[0].port}/0?cluster=true"
        for kind in KINDS.values():
            async with block(kind.Redis(url, tls=TLS(ca=CERTIFICATE))) as redis, block(kind.PubSub(redis)) as pubsub:
                for number in range(20):
                    await settle(redis.set(f"k{number}", number))
                    assert number == await settle(redis.get(f"k{number}", int))
                subscription = await settle(pubsub.subscribe("c", int))
                await settle(pubsub.publish("c", 1))
                assert 1 == (await settle(subscription.receive(5))).data


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"url": "redis://h/0?nonsense=1"}, "the Redis URL cannot be read"),
        ({"url": "redis://h/0?socket_timeout=soon"}, "the Redis URL cannot be read"),
        ({"url": "redis://a:1,b:x/0"}, "the Redis URL cannot be read"),
        ({"url": "redis://a:1,/0"}, "the Redis URL cannot be read"),
        ({"url": "redis://h/2", "cluster": True}, "has only database 0"),
        ({"url": "unix:///tmp/s", "cluster": True}, "not by Unix socket"),
        ({"url": "unix:///tmp/s", "tls": TLS()}, "begins with rediss"),
        ({"url": "redis://h", "tls": TLS(ca="/nowhere/ca.pem")}, "TLS: the ca file /nowhere/ca.pem cannot be read"),
        ({"url": "redis://h", "prefix": "{}"}, "an empty hash tag"),
    ],
)
def test_what_cannot_work_is_refused_at_once(kind: Any, given: Any, complaint: str) -> None:
    """Before anything is connected."""
    with pytest.raises(ConfigError, match=complaint):
        kind.Redis(**given)


@pytest.mark.parametrize("given", [{"timeout": 0}, {"connect_timeout": -1}, {"max_retries": -1}])
def test_times_and_numbers_must_make_sense(kind: Any, given: Any) -> None:
    """Before anything is connected."""
    with pytest.raises(ValueError, match="Redis needs"):
        kind.Redis("redis://h", **given)


async def test_a_broken_connection_is_bridged(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """The command is sent again on a new one."""
    with servers.proxy(server.port) as network:
        async with block(kind.Redis(network.url)) as redis:
            await settle(redis.set("k", 1))
            for _ in range(3):
                network.cut()
                assert 1 == await settle(redis.get("k", int))


async def test_the_strategy_says_how_long_to_wait(kind: Any, settle: Any, block: Any) -> None:
    """Before each of ``max_retries`` repetitions; then the error is raised."""
    asked: list[int] = []
    url = f"redis://127.0.0.1:{servers.free_port()}/0"

    def strategy(repetition: int) -> float:
        asked.append(repetition)
        return 0.001

    async with block(kind.Redis(url, max_retries=4, retry_strategy=strategy)) as redis:
        with pytest.raises(ServerUnreachable):
            await settle(redis.get("k", int))
    assert [1, 2, 3, 4] == asked


async def test_a_server_that_hangs_is_an_error_in_time(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """Stopped by a signal or paused by CLIENT PAUSE: nothing is repeated after that time; it is used again later."""
    async with block(kind.Redis(server.url, timeout=0.5, connect_timeout=0.5)) as redis:
        await settle(redis.set("k", 1))
        server.freeze()
        began = time.monotonic()
        with pytest.raises(ServerUnreachable, match=f"127.0.0.1:{server.port}"):
            await settle(redis.get("k", int))
        assert not (await settle(redis.health())).ok
        assert time.monotonic() - began < 5
        server.thaw()
        assert 1 == await settle(redis.get("k", int))
        await settle(redis.command("CLIENT", "PAUSE", "1200"))
        with pytest.raises(ServerUnreachable):
            await settle(redis.get("k", int))
        await asyncio.sleep(1)
        assert 1 == await settle(redis.get("k", int))


async def test_a_server_that_restarts_empty_is_used_again(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """Without a new object: values are gone, scripts are sent anew."""
    script = Script("return redis.call('INCR', KEYS[1])")
    async with block(kind.Redis(server.url, max_retries=0)) as redis:
        await settle(redis.set("k", 1))
        assert 1 == await settle(redis.evaluate(script, ["n"], []))
        server.stop()
        with pytest.raises(ServerUnreachable):
            await settle(redis.get("k", int))
        server.start()
        assert await settle(redis.get("k", int)) is None
        assert 1 == await settle(redis.evaluate(script, ["n"], []))


async def test_a_failover_behind_the_address_is_followed(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """What became a replica refuses writes: connections to it are given up for the one that took its place."""
    script = Script("return redis.call('SET', KEYS[1], 'x')")
    with servers.running() as successor, servers.proxy(server.port) as network:
        async with block(kind.Redis(network.url)) as redis:
            await settle(redis.set("k", 1))
            with Redis(server.url) as administrator:
                administrator.command("REPLICAOF", "127.0.0.1", str(successor.port))
            network.lead_to(successor.port)
            await settle(redis.set("k", 2))
            await settle(redis.evaluate(script, ["s"], []))
        async with block(kind.Redis(server.url, max_retries=1)) as redis:
            with pytest.raises(ServerUnreachable, match="read only replica"):
                await settle(redis.set("k", 3))
        with Redis(successor.url) as check:
            assert 2 == check.get("k", int)


async def test_a_script_runs_under_the_prefix(redis: Any, settle: Any, prefix: str) -> None:
    """Its keys have it; its errors are the server's."""
    script = Script("return {KEYS[1], ARGV[1]}")
    assert [f"{prefix}k".encode(), b"v"] == await settle(redis.evaluate(script, ["k"], ["v"]))
    with pytest.raises(ResponseError):
        await settle(redis.evaluate(Script("return nonsense("), ["k"], []))


async def test_more_calls_than_connections_wait_for_one(janua_redis_url: str, prefix: str) -> None:
    """They do not fail, and no more connections are made."""
    async with AsyncRedis(janua_redis_url, prefix=prefix, max_connections=3) as redis:
        assert [None] * 200 == await asyncio.gather(*(redis.get("k", int) for _ in range(200)))
    with Redis(janua_redis_url, prefix=prefix, max_connections=2) as blocking:
        failed: list[Exception] = []

        def work() -> None:
            try:
                for _ in range(20):
                    blocking.get("k", int)
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=work) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [] == failed


async def test_waiting_for_a_connection_ends_in_time(kind: Any, server: Any, settle: Any, block: Any) -> None:
    """Where all of them hang: an error after ``timeout``, not after that many times."""
    redis = AsyncRedis(server.url, max_connections=1, timeout=0.5)
    async with redis:
        await redis.set("k", 1)
        server.freeze()
        began = time.monotonic()
        answers = await asyncio.gather(*(redis.get("k", int) for _ in range(3)), return_exceptions=True)
        assert [ServerUnreachable] * 3 == [type(answer) for answer in answers]
        assert time.monotonic() - began < 5
        server.thaw()
        assert 1 == await redis.get("k", int)


async def test_a_cluster_is_found_by_any_of_its_nodes(
    kind: Any, cluster_url: str, prefix: str, settle: Any, block: Any
) -> None:
    """Whether the URL says so, names several, or the argument does; the first may be away."""
    known = cluster_url.split("/")[2]
    away = f"127.0.0.1:{servers.free_port()}"
    for given in ({"url": f"redis://{known}", "cluster": True}, {"url": f"redis://{away},{known}/0"}):
        async with block(kind.Redis(**given, prefix=prefix)) as redis:
            for number in range(20):
                await settle(redis.set(f"k{number}", number))
            assert 7 == await settle(redis.get("k7", int))
            assert 20 == await settle(redis.delete(*(f"k{number}" for number in range(20))))
            assert (await settle(redis.health())).ok


async def test_a_cluster_that_is_away_is_an_error_in_time(kind: Any, settle: Any, block: Any) -> None:
    """As a single server is; it may come later."""
    url = f"redis://127.0.0.1:{servers.free_port()}/0"
    async with block(kind.Redis(url, cluster=True, max_retries=1)) as redis:
        for _ in range(2):
            with pytest.raises(ServerUnreachable):
                await settle(redis.get("k", int))
        assert not (await settle(redis.health())).ok


async def test_a_cluster_that_lost_a_node_serves_the_others(kind: Any, settle: Any, block: Any) -> None:
    """As far as it is configured to; when the node is back, all is well without a new object."""
    with servers.cluster() as nodes:
        url = f"redis://127.0.0.1:{nodes[0].port}/0?cluster=true"
        async with block(kind.Redis(url, timeout=1, max_retries=2)) as redis:
            keys = [f"k{number}" for number in range(30)]
            for key in keys:
                await settle(redis.set(key, key))
            nodes[2].freeze()
            lost = 0
            for key in keys:
                try:
                    await settle(redis.get(key, str))
                except ServerUnreachable:
                    lost += 1
                    break
            assert lost == 1
            nodes[2].thaw()
            await _until_whole(redis, keys, settle)


async def _until_whole(redis: Any, keys: list[str], settle: Any) -> None:
    deadline = time.monotonic() + 20
    while True:
        with suppress(ServerUnreachable):
            assert keys == [await settle(redis.get(key, str)) for key in keys]
            return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


async def test_closing_while_calls_are_made_is_clean(kind: Any, janua_redis_url: str, settle: Any) -> None:
    """They end with an answer or an error that says so."""
    redis = kind.Redis(janua_redis_url)
    await settle(redis.set("k", 1))
    await settle(redis.close())
    with pytest.raises(AlreadyClosed):
        await settle(redis.evaluate(Script("return 1"), [], []))
    with pytest.raises(AlreadyClosed):
        await settle(kind.PubSub(redis).publish("c", 1))


async def test_a_unix_socket_is_an_address(kind: Any, tmp_path: Path, settle: Any, block: Any) -> None:
    """With the database among the options."""
    path = tmp_path / "s"
    port = servers.free_port()
    with servers.running("--port", str(port), "--unixsocket", str(path), port=port):
        async with block(kind.Redis(f"unix://{path}?db=2")) as redis:
            await settle(redis.set("k", 1))
            assert 1 == await settle(redis.get("k", int))


def test_another_event_loop_is_an_error(janua_redis_url: str) -> None:
    """Not a call that hangs: the object belongs to the loop that used it first."""

    async def use(redis: AsyncRedis) -> None:
        await redis.get("k", int)

    async def use_and_close(redis: AsyncRedis) -> None:
        await redis.get("k", int)
        with pytest.raises(WrongEventLoop, match="belongs to another event loop"):
            await asyncio.to_thread(asyncio.run, use(redis))
        await redis.close()

    asyncio.run(use_and_close(AsyncRedis(janua_redis_url)))


def test_nothing_is_connected_before_it_is_used(kind: Any) -> None:
    """Making the object asks no server, not even a cluster's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        kind.Redis(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", cluster=True)
        with pytest.raises(TimeoutError):
            listener.accept()
