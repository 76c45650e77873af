"""A cache on a cluster: where its keys are, what a call costs, and some of the cases of a single server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import redis as redis_py
from janua import ConfigError
from janua.cache import Cache
from janua.cache.stamps import NOWHERE, Keys, Keyspace
from janua.redis import Redis
from redis.crc import key_slot

from tests.cache import queries as q
from tests.cache.cluster.conftest import Way
from tests.cache.queries import Account
from tests.cache.test_interleavings import (  # noqa: F401
    test_a_key_of_an_earlier_run_of_the_server_waits_for_all,
    test_lost_marks_of_several_transactions_keep_answers_out,
)
from tests.cache.test_never_stale import (  # noqa: F401
    here,
    test_a_reader_is_paused_before_it_stores,
    test_all_keys_are_lost_while_a_writer_commits,
    test_some_keys_are_lost_at_some_time,
)
from tests.cache.test_reads import (  # noqa: F401
    test_a_write_is_seen_by_the_next_read,
    test_a_write_to_a_table_that_nobody_caches_is_no_news,
    test_another_process_sees_a_write,
    test_tables_can_be_said_to_have_changed,
)
from tests.cache.test_rights import FLUSH, ON_CLUSTER, RIGHTS, grant, use
from tests.cache.test_values_of_ones_own import (  # noqa: F401
    test_a_remembered_value_is_outdated_by_its_tables,
    test_values_are_set_got_and_deleted,
)

MINUTE = timedelta(minutes=1)


async def test_a_hit_asks_two_nodes_once(db: Any, network: Way, settle: Any) -> None:
    """That of the tables, and that of the answer; a write asks that of the tables twice."""
    for account in range(2, 9):
        await settle(db.execute(q.ADD, (account, "x", account)))
    for _ in range(2):
        # Twice: each node has to learn the scripts.
        for account in range(1, 9):
            await settle(db.fetch_one(q.GET, (account,)))
    before = network.calls()
    for account in range(1, 9):
        await settle(db.fetch_one(q.GET, (account,)))
    assert {"mget": 8, "getex": 8} == network.calls(since=before)
    before = network.calls()
    await settle(db.execute(q.SET, (1, 5)))
    counted = network.calls(since=before)
    assert (2, {"mget", "evalsha", "get", "set"}) == (counted["mget"], set(counted))


async def test_answers_are_on_all_nodes(db: Any, cache: Any, server: redis_py.RedisCluster, settle: Any) -> None:
    """And the keys of tables in one slot."""
    for account in range(2, 20):
        await settle(db.execute(q.ADD, (account, "x", account)))
    for account in range(1, 20):
        assert isinstance(await settle(db.fetch_one(q.GET, (account,))), Account)
    counts = [
        len(list(server.scan_iter(match=f"{cache._prefix}*:q:*", target_nodes=node))) for node in server.get_primaries()
    ]
    assert 19 == sum(counts)
    assert all(counts)
    tables = {key_slot(key) for key in server.scan_iter(match=f"{cache._prefix}*:t:*")}
    assert {key_slot(Keyspace(cache._prefix, is_cluster=True).run)} == tables


async def test_flush_deletes_on_all_nodes(
    cache: Any, server: redis_py.RedisCluster, janua_redis_prefix: str, settle: Any
) -> None:
    """And nothing else."""
    server.set(f"{janua_redis_prefix}other", "x")
    for number in range(50):
        await settle(cache.set(str(number), number, MINUTE))
    assert 50 <= await settle(cache.flush())
    assert await settle(cache.get("1", int)) is None
    assert b"x" == server.get(f"{janua_redis_prefix}other")


@pytest.mark.parametrize(
    ("prefix", "is_spread"),
    [("", True), ("shop:", True), ("a}b%s", True), ("{shop}:", False), ("a%s{b}{", False), ("{{}", False)],
)
def test_a_hash_tag_of_ones_own_holds_for_all_keys(prefix: str, is_spread: bool) -> None:
    """Without one, the keys of tables share a slot, and each answer has one together with its claim."""
    space = Keyspace(prefix, is_cluster=True)
    keys = Keys(space, b"r" * 32 + b"identity")
    assert {key_slot(space.run)} == {key_slot(keys.table(NOWHERE, name)) for name in ("*", "public.accounts", "a{b}")}
    slots = {key_slot(keys.entry(b"%d" % number)) for number in range(20)}
    assert is_spread == (len(slots) > 10)
    assert all(key_slot(keys.entry(key)) == key_slot(keys.claim(key)) for key in (b"a", b"b"))
    assert all(key.startswith(prefix.encode()) for key in (space.run, keys.entry(b"a"), keys.claim(b"a")))


@pytest.mark.parametrize("prefix", ["a{}", "{}{b}", "a{b", "}{"])
def test_a_hash_tag_that_is_none_is_refused(cluster_url: str, prefix: str) -> None:
    """It would put each table in a slot of its own, or a claim and its answer in two."""
    with Redis(cluster_url) as redis, pytest.raises(ConfigError, match="must begin a hash tag"):
        Cache(redis, prefix=prefix)


async def test_the_cluster_is_reached_by_any_node(
    kind: Any, cluster_url: str, janua_redis_prefix: str, block: Any, settle: Any
) -> None:
    """Also where the first one that is named is not there."""
    there = cluster_url.replace("redis://", "redis://127.0.0.1:1,").partition("?")[0]
    async with block(kind.Redis(there, prefix=janua_redis_prefix)) as redis, block(kind.Cache(redis)) as cache:
        await settle(cache.set("a", 1, MINUTE))
        assert 1 == await settle(cache.get("a", int))


async def test_two_more_rights_are_enough(
    kind: Any, cluster_url: str, server: redis_py.RedisCluster, pg_url: str, block: Any, settle: Any
) -> None:
    """On each node."""
    for node in server.get_primaries():
        with redis_py.Redis(host=node.host, port=node.port) as client:
            grant(client, *RIGHTS, *FLUSH, *ON_CLUSTER)
    url = cluster_url.replace("redis://", "redis://ada:secret@")
    assert (7, 0) == await use(url, pg_url, kind, block, settle)
    async with block(kind.Redis(url, prefix="shop:")) as redis, block(kind.Cache(redis)) as cache:
        assert 0 < await settle(cache.flush())
