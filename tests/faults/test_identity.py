"""A transaction's id is only worth something on the server that gave it, in the history in which it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from janua import CommitUnknown
from janua.database._sync.commit import Resolution, read_origin
from janua.database._sync.pool import SessionPool
from janua.database._sync.session import Session
from janua.database.commit import Outcome
from janua.database.options import PoolOptions
from janua.database.origin import Origin
from janua.database.target import find_target
from janua.embedded.distributions import distributions

from tests.faults.servers import FaultServer


@pytest.fixture(scope="module", params=[each.major for each in distributions()])
def quiet(request: pytest.FixtureRequest) -> Iterator[FaultServer]:
    """A server of each version that is here, which writes its log to disk only when a commit asks for it."""
    chosen = next(each for each in distributions() if each.major == request.param)
    server = FaultServer(chosen, {"wal_writer_delay": "10s", "wal_writer_flush_after": "0", "autovacuum": "off"})
    try:
        server.start()
        yield server
    finally:
        server.remove()


def pool_of(server: FaultServer) -> SessionPool:
    return SessionPool(find_target(server.url, {}, None, "faults"), PoolOptions(timeout=5), True)


def write(session: Session) -> int:
    """Begin a transaction that writes, and return its id."""
    session.execute("CREATE TABLE IF NOT EXISTS notes (id int)")
    session.execute("BEGIN")
    session.execute("INSERT INTO notes VALUES (1)")
    [xid] = session.execute("SELECT pg_current_xact_id()::text::int8").fetchone() or [0]
    return int(xid)


def origin_of(session: Session) -> Origin:
    origin = read_origin(session)
    assert origin is not None
    return origin


def test_the_origin_lasts_until_a_crash(quiet: FaultServer) -> None:
    """A shutdown and a start do not change it."""
    with pool_of(quiet).connect() as session:
        before = origin_of(session)
    quiet.stop()
    quiet.start()
    with pool_of(quiet).connect() as session:
        assert before == origin_of(session)
    quiet.kill()
    quiet.start()
    with pool_of(quiet).connect() as session:
        after = origin_of(session)
    assert after.same_history(before)
    assert before.started != after.started


def test_an_id_that_is_given_again_after_a_crash_is_another_s(quiet: FaultServer, count: Counter[str]) -> None:
    """The server says "committed" of it, about somebody else's work: the answer is not believed."""
    pool = pool_of(quiet)
    session = pool.connect()
    xid, origin = write(session), origin_of(session)
    quiet.kill()
    quiet.start()
    session.close()
    with psycopg.connect(quiet.url, autocommit=True) as other:
        for _ in range(100):
            other.execute("INSERT INTO notes VALUES (2)")
        status = other.execute("SELECT pg_xact_status(%s::text::xid8)", (str(xid),)).fetchone()
        rows = other.execute("SELECT count(*) FROM notes WHERE id = 1").fetchone()
    assert (("committed",), (0,)) == (status, rows)
    assert Outcome.ABORTED is Resolution(pool, xid, origin).outcome()
    count["ids given again after a crash, and recognized"] += 1


def test_after_another_checkpoint_nobody_can_tell(quiet: FaultServer) -> None:
    """What was the first id after the crash is forgotten then."""
    pool = pool_of(quiet)
    session = pool.connect()
    xid, origin = write(session), origin_of(session)
    quiet.kill()
    quiet.start()
    session.close()
    with psycopg.connect(quiet.url, autocommit=True) as other:
        other.execute("CHECKPOINT")
    with pytest.raises(CommitUnknown, match="may have given its id to another one"):
        Resolution(pool, xid, origin).outcome()


def test_what_reached_the_disk_is_told_after_a_crash(quiet: FaultServer) -> None:
    """Committed and aborted, each as it was."""
    pool = pool_of(quiet)
    session = pool.connect()
    kept, origin = write(session), origin_of(session)
    session.execute("COMMIT")
    undone = write(session)
    session.execute("ROLLBACK")
    open_one = write(session)
    with psycopg.connect(quiet.url, autocommit=True) as other:
        other.execute("INSERT INTO notes VALUES (3)")
    quiet.kill()
    quiet.start()
    session.close()
    outcomes = [Resolution(pool, xid, origin).outcome() for xid in (kept, undone, open_one)]
    assert [Outcome.COMMITTED, Outcome.ABORTED, Outcome.ABORTED] == outcomes


@pytest.mark.parametrize("other", [{"system": "1"}, {"timeline": "00000009"}], ids=["cluster", "timeline"])
def test_another_history_is_not_asked(other: dict[str, str], quiet: FaultServer) -> None:
    """The same number means another transaction there."""
    with pool_of(quiet).connect() as session:
        xid, origin = write(session), origin_of(session)
        session.execute("COMMIT")
    assert Outcome.COMMITTED is Resolution(pool_of(quiet), xid, origin).outcome()
    with pytest.raises(CommitUnknown, match="another one, or was promoted"):
        Resolution(pool_of(quiet), xid, replace(origin, **other)).outcome()


def test_an_id_from_the_future_is_unknown(quiet: FaultServer) -> None:
    """No such transaction has begun."""
    with pool_of(quiet).connect() as session:
        origin = origin_of(session)
    with pytest.raises(CommitUnknown, match="does not remember it"):
        Resolution(pool_of(quiet), 2**40, origin).outcome()


def test_a_process_that_waits_for_a_lost_client_is_ended(quiet: FaultServer) -> None:
    """Its transaction is aborted then, and its locks are free."""
    pool = pool_of(quiet)
    session = pool.connect()
    xid, origin = write(session), origin_of(session)
    assert Outcome.ABORTED is Resolution(pool, xid, origin).outcome()
    with pytest.raises(psycopg.OperationalError):
        session.execute("COMMIT")
    session.close()


def test_a_promotion_begins_another_history(quiet: FaultServer, count: Counter[str]) -> None:
    """A standby gives no origin; promoted, it is asked about nothing that was before."""
    pool = pool_of(quiet)
    with pool.connect() as session:
        xid, origin = write(session), origin_of(session)
        session.execute("COMMIT")
    quiet.stop()
    quiet.put("standby.signal")
    quiet.start()
    with pool.connect() as session:
        assert read_origin(session) is None
        session.execute("SELECT pg_promote()")
    with pytest.raises(CommitUnknown, match="another one, or was promoted"):
        Resolution(pool, xid, origin).outcome()
    count["promotions, after which nothing is believed"] += 1
