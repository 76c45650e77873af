"""What is answered from the cache, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from janua import NotFound

from tests.cache import queries as q
from tests.cache.queries import Account, Change
from tests.runtime.redis.servers import Proxy


async def test_an_answer_is_kept(db: Any, cache: Any, behind: Any, settle: Any) -> None:
    """What another program has written meanwhile does not show: the second answer is the first one's."""
    assert Account(1, "Ada", 10) == await settle(db.fetch_one(q.GET, (1,)))
    behind("UPDATE accounts SET balance = 11")
    assert Account(1, "Ada", 10) == await settle(db.fetch_one(q.GET, (1,)))
    assert (1, 1) == (cache.stats().hits, cache.stats().misses)


async def test_other_values_have_other_answers(db: Any, settle: Any) -> None:
    """The parameters are part of the key."""
    await settle(db.execute(q.ADD, (2, "Bob", 20)))
    assert [10, 20, 10, 20] == [(await settle(db.fetch_one(q.GET, (at,)))).balance for at in (1, 2, 1, 2)]


async def test_no_row_is_an_answer(db: Any, cache: Any, settle: Any) -> None:
    """It is kept as others are, until a row is inserted."""
    for _ in range(2):
        assert await settle(db.fetch_optional(q.GET, (3,))) is None
    with pytest.raises(NotFound, match="returned no row"):
        await settle(db.fetch_one(q.GET, (3,)))
    assert 2 == cache.stats().hits
    await settle(db.execute(q.ADD, (3, "Eve", 30)))
    assert Account(3, "Eve", 30) == await settle(db.fetch_optional(q.GET, (3,)))


async def test_rows_are_new_objects_each_time(db: Any, settle: Any) -> None:
    """They can be changed: nobody else sees that."""
    for _ in range(2):
        [account] = await settle(db.fetch_all(q.LIST))
        assert 10 == account.balance
        account.balance = 99


async def test_a_write_is_seen_by_the_next_read(db: Any, cache: Any, settle: Any) -> None:
    """Whichever call wrote."""
    assert 10 == await settle(db.fetch_one(q.TOTAL))
    await settle(db.execute(q.SET, (1, 20)))
    assert 20 == await settle(db.fetch_one(q.TOTAL))
    assert 30 == await settle(db.fetch_one(q.SET_RETURNING, (1, 30)))
    assert 30 == await settle(db.fetch_one(q.TOTAL))
    await settle(db.copy(q.COPY, [Account(2, "Bob", 5)]))
    assert 35 == await settle(db.fetch_one(q.TOTAL))
    await settle(db.batch_execute(q.SET, [Change(1, 1), Change(2, 2)]))
    assert 3 == await settle(db.fetch_one(q.TOTAL))
    await settle(db.execute(q.TRUNCATE))
    assert 0 == await settle(db.fetch_one(q.TOTAL))
    assert 0 == cache.stats().hits


async def test_another_process_sees_a_write(db: Any, other: Any, settle: Any) -> None:
    """As soon as the writer's call returns."""
    assert 10 == await settle(db.fetch_one(q.TOTAL))
    assert 10 == other.db.fetch_one(q.TOTAL)
    assert 1 == other.cache.stats().hits
    await settle(db.execute(q.SET, (1, 11)))
    assert 11 == other.db.fetch_one(q.TOTAL)
    other.db.execute(q.SET, (1, 12))
    assert 12 == await settle(db.fetch_one(q.TOTAL))


async def test_a_write_to_a_table_that_nobody_caches_is_no_news(
    db: Any, cache: Any, network: Proxy, settle: Any
) -> None:
    """Not one command goes to Redis."""
    assert 10 == await settle(db.fetch_one(q.TOTAL))
    before = network.requests
    await settle(db.execute(q.ADD_UNREAD))
    assert before == network.requests
    assert 10 == await settle(db.fetch_one(q.TOTAL))
    assert 1 == cache.stats().hits


async def test_a_hit_costs_one_round_trip(db: Any, network: Proxy, settle: Any) -> None:
    """And a write to what is cached two."""
    await settle(db.fetch_one(q.TOTAL))
    before = network.requests
    await settle(db.fetch_one(q.TOTAL))
    assert 1 == network.requests - before
    await settle(db.execute(q.SET, (1, 5)))
    assert 3 == network.requests - before


async def test_a_write_to_another_table_outdates_nothing(db: Any, cache: Any, settle: Any) -> None:
    """Only what depends on the table that was written is asked anew."""
    await settle(db.fetch_one(q.TOTAL))
    await settle(db.fetch_one(q.TOTAL_WITH_NOTES))
    await settle(db.execute(q.ADD_NOTE, (1, "x")))
    assert 10 == await settle(db.fetch_one(q.TOTAL))
    assert 11 == await settle(db.fetch_one(q.TOTAL_WITH_NOTES))
    assert 1 == cache.stats().hits


async def test_raw_writes_outdate_everything(db: Any, settle: Any) -> None:
    """Unless they say what they write."""
    assert 10 == await settle(db.fetch_one(q.TOTAL))
    await settle(db.raw("UPDATE accounts SET balance = 20"))
    assert 20 == await settle(db.fetch_one(q.TOTAL))
    await settle(db.raw("DO $$ BEGIN UPDATE accounts SET balance = 30; END $$"))
    assert 30 == await settle(db.fetch_one(q.TOTAL))
    await settle(db.raw("UPDATE accounts SET balance = 40; SELECT 1"))
    assert 40 == await settle(db.fetch_one(q.TOTAL))
    await settle(db.execute(q.CALL))
    assert 42 == await settle(db.fetch_one(q.TOTAL))
    await settle(db.raw("UPDATE accounts SET balance = 50", writes=["public.accounts"]))
    assert 50 == await settle(db.fetch_one(q.TOTAL))


async def test_raw_reads_outdate_nothing(db: Any, cache: Any, settle: Any) -> None:
    """What has written nothing is no write, whatever it may have done."""
    await settle(db.fetch_one(q.TOTAL))
    assert [{"n": 1}] == await settle(db.raw("SELECT count(*)::int AS n FROM accounts"))
    await settle(db.fetch_one(q.TOTAL))
    assert (1, 0) == (cache.stats().hits, cache.stats().writes)


async def test_tables_can_be_said_to_have_changed(db: Any, cache: Any, behind: Any, settle: Any) -> None:
    """For what was written by others."""
    await settle(db.fetch_one(q.TOTAL))
    behind("UPDATE accounts SET balance = 11")
    await settle(cache.invalidate(["public.notes"]))
    assert 10 == await settle(db.fetch_one(q.TOTAL))
    await settle(cache.invalidate(["public.accounts"]))
    assert 11 == await settle(db.fetch_one(q.TOTAL))
    behind("UPDATE accounts SET balance = 12")
    await settle(cache.invalidate())
    assert 12 == await settle(db.fetch_one(q.TOTAL))
