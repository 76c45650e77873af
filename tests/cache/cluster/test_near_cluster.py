"""The near cache on a cluster: the tables' node tells what counts for answers, and nothing of values."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.cache import queries as q
from tests.cache.test_near import (  # noqa: F401
    near,
    places,
    test_a_write_to_another_table_drops_nothing,
    test_its_own_writes_are_seen_at_once,
    test_writes_of_another_process_are_seen_soon,
    warm,
)

MINUTE = timedelta(minutes=1)


async def test_values_of_ones_own_stay_in_redis(near: Any, other: Any, settle: Any) -> None:  # noqa: F811
    """They are on nodes that nobody listens to, so what others change is seen at once."""
    db, cache = near
    await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
    before = cache.stats().near_hits
    for value in ("one", "two", "three"):
        other.cache.set("key", value, MINUTE)
        for _ in range(3):
            assert value == await settle(cache.get("key", str))
    assert before == cache.stats().near_hits


async def test_a_hash_tag_of_ones_own_has_them_told_of(
    kind: Any, block: Any, pg_url: str, cluster_url: str, janua_redis_prefix: str, settle: Any
) -> None:
    """All keys are in one slot then."""
    async with places(kind, block, pg_url, cluster_url, f"{janua_redis_prefix}{{tag}}") as (_, cache):
        await settle(cache.set("key", "one", MINUTE))
        await warm(cache, settle, lambda: cache.get("key", str))
        await settle(cache.set("key", "two", MINUTE))
        assert "two" == await settle(cache.get("key", str))
