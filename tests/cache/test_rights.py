"""What the server must allow the cache's user, and TLS."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis as redis_py
from janua import TLS, ServerUnreachable
from janua.errors import InvalidationFailed

from tests.cache import queries as q
from tests.cache.conftest import BLOCKING
from tests.runtime.redis import servers

CERTIFICATE = Path(__file__).parents[1] / "service" / "loopback.pem"
MINUTE = timedelta(minutes=1)
RIGHTS = ("info", "mget", "get", "getex", "pttl", "set", "del", "eval", "evalsha")
FLUSH = ("scan", "unlink")
ON_CLUSTER = ("cluster|slots", "command")
PREFIX = "shop:cache:"


def grant(client: redis_py.Redis, *commands: str) -> None:
    """Let ``ada`` do this with the cache's keys, and nothing else."""
    granted = [f"+{command}" for command in commands]
    client.execute_command("ACL", "SETUSER", "ada", "reset", "on", ">secret", f"~{PREFIX}*", *granted)


async def use(url: str, pg_url: str, kind: Any, block: Any, settle: Any, **options: Any) -> tuple[int, int]:
    """Do all that a cache does: how many answers came out of it, and how many commands were refused."""
    async with (
        block(kind.Redis(url, prefix="shop:", **options)) as redis,
        block(kind.Cache(redis, strict=True, wait=0.1)) as cache,
        block(kind.Database(pg_url, cache=cache)) as db,
    ):
        for value in (20, 30):
            await settle(db.execute(q.SET, (1, value)))
            for _ in range(2):
                assert value == await settle(db.fetch_one(q.TOTAL)) == await settle(db.fetch_one(q.LENIENT_TOTAL))
        await settle(cache.set("a", 1, MINUTE))
        assert await settle(cache.get("a", int)) in (1, None)
        await settle(cache.forget("a"))
        return cache.stats().hits, cache.stats().unavailable


@pytest.fixture
def administrator() -> Iterator[redis_py.Redis]:
    """Whoever grants rights, on a server of this test's own."""
    with servers.running() as server, redis_py.Redis.from_url(server.url) as client:
        yield client


def _address(client: redis_py.Redis) -> str:
    return f"redis://ada:secret@127.0.0.1:{client.connection_pool.connection_kwargs['port']}/0"


async def test_these_rights_are_enough(
    kind: Any, administrator: redis_py.Redis, pg_url: str, block: Any, settle: Any
) -> None:
    """``flush`` needs two more."""
    grant(administrator, *RIGHTS)
    assert (7, 0) == await use(_address(administrator), pg_url, kind, block, settle)
    grant(administrator, *RIGHTS, *FLUSH)
    async with block(kind.Redis(_address(administrator), prefix="shop:")) as redis, block(kind.Cache(redis)) as cache:
        assert 0 < await settle(cache.flush())


@pytest.mark.parametrize("right", RIGHTS)
async def test_each_right_is_needed(
    administrator: redis_py.Redis, pg_url: str, block: Any, settle: Any, right: str
) -> None:
    """Without it, something is refused, and nothing wrong is read."""
    grant(administrator, *(each for each in RIGHTS if each != right))
    try:
        _, refused = await use(_address(administrator), pg_url, BLOCKING, block, settle)
    except (InvalidationFailed, ServerUnreachable):
        refused = 1
    assert refused


async def test_a_missing_right_undoes_strict_writes(
    kind: Any, administrator: redis_py.Redis, pg_url: str, block: Any, settle: Any
) -> None:
    """And reads go on."""
    grant(administrator, "info")
    async with (
        block(kind.Redis(_address(administrator), prefix="shop:")) as redis,
        block(kind.Cache(redis, strict=True)) as cache,
        block(kind.Database(pg_url, cache=cache)) as db,
    ):
        assert 10 == await settle(db.fetch_one(q.TOTAL))
        with pytest.raises(InvalidationFailed):
            await settle(db.execute(q.SET, (1, 20)))
        with pytest.raises(ServerUnreachable):
            await settle(cache.set("a", 1, MINUTE))
        assert 10 == await settle(db.fetch_one(q.TOTAL))


@pytest.fixture
def tls_server() -> Iterator[servers.Server]:
    """A server that speaks TLS only, with clients that show a certificate."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("the embedded Valkey has no TLS, and there is no redis-server on this machine")
    port = servers.free_port()
    options = (*servers.tls_options(CERTIFICATE, port), "--tls-auth-clients", "yes")
    with servers.running(*options, program=program, port=port) as server:
        yield server


async def test_everything_is_encrypted(
    kind: Any, tls_server: servers.Server, pg_url: str, block: Any, settle: Any
) -> None:
    """Both sides show their certificates; whoever has none is refused, and PostgreSQL asked."""
    url = tls_server.url.replace("redis://", "rediss://")
    own = TLS(ca=CERTIFICATE, cert=CERTIFICATE, key=CERTIFICATE)
    assert (7, 0) == await use(url, pg_url, kind, block, settle, tls=own)
    for tls in (None, TLS(ca=CERTIFICATE)):
        async with (
            block(kind.Redis(url, prefix="shop:", tls=tls)) as redis,
            block(kind.Cache(redis, strict=True)) as cache,
            block(kind.Database(pg_url, cache=cache)) as db,
        ):
            assert 30 == await settle(db.fetch_one(q.TOTAL))
            with pytest.raises(InvalidationFailed):
                await settle(db.execute(q.SET, (1, 40)))
