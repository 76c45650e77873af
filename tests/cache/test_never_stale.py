"""
The cases in which a cache may give what is not true any more, and this one must not.

Each compares what a reader is given with what the database has.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis as redis_py
from janua import Database, PoolOptions
from janua.cache import Cache
from janua.database._sync import commit, transaction
from janua.errors import InvalidationFailed
from janua.query import CachePolicy
from janua.redis import Redis

from tests.cache import queries as q
from tests.cache.conftest import Place
from tests.cache.writer import POINTS
from tests.runtime.redis import servers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def here(pg_url: str, janua_redis_url: str, janua_redis_prefix: str) -> Iterator[Place]:
    """A process's database and cache; ``other`` is another one's."""
    with _place(pg_url, janua_redis_url, janua_redis_prefix) as place:
        yield place


@contextmanager
def _place(pg_url: str, redis_url: str, keys: str, **options: Any) -> Iterator[Place]:
    with (
        Redis(redis_url, prefix=keys) as redis,
        Cache(redis, **{"strict": True, "timeout": 5.0, "resolve_after": 0.05} | options) as cache,
        Database(pg_url, cache=cache) as db,
    ):
        yield Place(db, cache)


@contextmanager
def running(function: Callable[[], object]) -> Iterator[threading.Thread]:
    """Run a function in a thread; its error is raised at the end."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            function()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(30)
    assert not thread.is_alive()
    if errors:
        raise errors[0]


class Gate:
    """Where a call stops, until it may go on."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        self.reached.set()
        assert self.open.wait(20)
        return self._function(*args, **keywords)


def balance(behind: Any) -> int:
    """What the database has."""
    [(found,)] = behind("SELECT sum(balance)::int FROM accounts")
    return int(found)


def warm(place: Place, query: Any = q.TOTAL) -> Any:
    """Read until the answer comes out of the cache."""
    for _ in range(200):
        before = place.cache.stats().hits
        answer = place.db.fetch_one(query)
        if place.cache.stats().hits > before:
            return answer
        time.sleep(0.01)
    raise AssertionError(place.cache.stats())


def keys_of(server: redis_py.Redis, prefix: str) -> list[bytes]:
    """All keys of the test."""
    return [key for key in server.scan_iter(match=f"{prefix}*") if not key.endswith(b"run")]


def test_a_reader_is_paused_before_it_stores(here: Place, other: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer commits meanwhile: what the reader stores then counts for nobody."""
    warm(here)
    here.db.execute(q.SET, (1, 11))
    gate = Gate(other.cache._reads._keep)
    monkeypatch.setattr(other.cache._reads, "_keep", gate)
    answers: list[int] = []
    with running(lambda: answers.append(other.db.fetch_one(q.TOTAL))):
        assert gate.reached.wait(10)
        here.db.execute(q.SET, (1, 12))
        gate.open.set()
    assert [11] == answers
    assert 12 == here.db.fetch_one(q.TOTAL)
    assert 12 == other.db.fetch_one(q.TOTAL)


def test_a_reader_s_query_is_older_than_a_write(here: Place, other: Place) -> None:
    """Its snapshot was taken before the commit, and it ends after."""
    with running(lambda: other.db.fetch_one(q.SLOW_TOTAL)):
        time.sleep(0.1)
        here.db.execute(q.SET, (1, 12))
    assert 12 == here.db.fetch_one(q.SLOW_TOTAL)


@pytest.mark.parametrize("way", ["alone", "transaction"])
@pytest.mark.parametrize("point", POINTS)
def test_a_writer_is_killed(
    here: Place, behind: Any, pg_url: str, janua_redis_url: str, janua_redis_prefix: str, point: str, way: str
) -> None:
    """At any point: answers are the database's all along, and are kept again afterwards."""
    assert 10 == warm(here)
    command = [
        sys.executable,
        "-m",
        "tests.cache.writer",
        pg_url,
        janua_redis_url,
        janua_redis_prefix,
        point,
        way,
        "33",
    ]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert outcome.returncode == (0 if point == "none" else -9), outcome.stderr.decode()
    for _ in range(30):
        before = balance(behind)
        answer = here.db.fetch_one(q.TOTAL)
        assert answer in (before, balance(behind))
        time.sleep(0.005)
    expected = 33 if point.startswith(("after COMMIT", "before clearing", "after clearing", "none")) else 10
    assert expected == balance(behind) == warm(here)


SLOW_COMMIT = """
CREATE OR REPLACE FUNCTION tarry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(0.6); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER tarries AFTER UPDATE ON accounts DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION tarry();
"""


@pytest.fixture
def slow_commit(behind: Any) -> Iterator[None]:
    """Updates of accounts take long to be committed."""
    behind(SLOW_COMMIT)
    yield
    behind("DROP TRIGGER tarries ON accounts")


@pytest.mark.usefixtures("slow_commit")
def test_a_commit_takes_longer_than_anything_else(here: Place, other: Place, behind: Any) -> None:
    """Readers see the state before it, then the one after it, and never the former again."""
    warm(other)
    with running(lambda: here.db.execute(q.SET, (1, 44))) as writer:
        while writer.is_alive():
            before = balance(behind)
            assert other.db.fetch_one(q.TOTAL) in (before, balance(behind))
    assert 44 == warm(other)


@pytest.mark.usefixtures("slow_commit")
def test_a_writer_is_killed_while_it_commits(
    here: Place, behind: Any, pg_url: str, janua_redis_url: str, janua_redis_prefix: str
) -> None:
    """The server goes on with the COMMIT that it has been sent."""
    warm(here)
    command = [
        sys.executable,
        "-m",
        "tests.cache.writer",
        pg_url,
        janua_redis_url,
        janua_redis_prefix,
        "none",
        "alone",
        "55",
    ]
    writer = subprocess.Popen(command, cwd=ROOT)
    while not behind(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%COMMIT%' AND state = 'active' AND pid <> pg_backend_pid()"
    ):
        assert writer.poll() is None
        time.sleep(0.005)
    writer.kill()
    writer.wait()
    for _ in range(150):
        before = balance(behind)
        assert here.db.fetch_one(q.TOTAL) in (before, balance(behind))
        time.sleep(0.01)
    assert balance(behind) == warm(here)


def test_what_was_rolled_back_outdates_nothing(here: Place, other: Place) -> None:
    """Nobody hears of it."""
    warm(other)
    with pytest.raises(ZeroDivisionError), here.db.transaction() as tx:
        tx.execute(q.SET, (1, 99))
        assert 99 == tx.fetch_one(q.TOTAL)
        assert 10 == other.db.fetch_one(q.TOTAL)
        raise ZeroDivisionError
    before = other.cache.stats().hits
    assert 10 == other.db.fetch_one(q.TOTAL)
    assert 10 == here.db.fetch_one(q.TOTAL)
    assert 1 == other.cache.stats().hits - before
    assert 0 == here.cache.stats().writes


def test_what_a_savepoint_rolled_back_outdates_nothing(here: Place, other: Place) -> None:
    """The rest of the transaction does."""
    warm(other)
    warm(other, q.TOTAL_WITH_NOTES)
    with here.db.transaction() as tx:
        with pytest.raises(ZeroDivisionError), tx.transaction() as nested:
            nested.execute(q.SET, (1, 99))
            raise ZeroDivisionError
        assert 10 == tx.fetch_one(q.TOTAL)
        tx.execute(q.ADD_NOTE, (1, "x"))
    before = other.cache.stats().hits
    assert 10 == other.db.fetch_one(q.TOTAL)
    assert 1 == other.cache.stats().hits - before
    assert 11 == other.db.fetch_one(q.TOTAL_WITH_NOTES)


def test_nested_transactions_tell_when_the_outermost_is_committed(here: Place, other: Place) -> None:
    """Not before, and of all that was kept."""
    warm(other)
    with here.db.transaction() as tx:
        with tx.transaction() as nested:
            with nested.transaction() as innermost:
                innermost.execute(q.SET, (1, 5))
            assert 10 == other.db.fetch_one(q.TOTAL)
        assert 5 == tx.fetch_one(q.TOTAL)
    assert 5 == other.db.fetch_one(q.TOTAL)


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
def test_an_old_snapshot_is_neither_kept_nor_overlooked(here: Place, other: Place, isolation: Any) -> None:
    """It goes on seeing what it saw, and nobody else sees that."""
    with here.db.transaction(isolation) as tx:
        assert 10 == tx.fetch_one(q.TOTAL)
        other.db.execute(q.SET, (1, 20))
        assert 20 == warm(other)
        assert 10 == tx.fetch_one(q.TOTAL)
    assert 20 == here.db.fetch_one(q.TOTAL)


def test_a_session_may_keep_snapshots_by_default(
    other: Place, behind: Any, pg_url: str, janua_redis_url: str, janua_redis_prefix: str
) -> None:
    """Then transactions without a level of their own do."""
    behind("ALTER ROLE CURRENT_USER SET default_transaction_isolation = 'repeatable read'")
    try:
        with _place(pg_url, janua_redis_url, janua_redis_prefix) as here:
            test_an_old_snapshot_is_neither_kept_nor_overlooked(here, other, None)
    finally:
        behind("ALTER ROLE CURRENT_USER RESET default_transaction_isolation")


def test_own_rows_are_seen_by_nobody_else(here: Place, other: Place) -> None:
    """Also after a rollback: they were not kept."""
    with pytest.raises(ZeroDivisionError), here.db.transaction() as tx:
        tx.execute(q.ADD, (2, "Bob", 5))
        assert 15 == tx.fetch_one(q.TOTAL)
        assert 10 == other.db.fetch_one(q.TOTAL)
        raise ZeroDivisionError
    assert 10 == other.db.fetch_one(q.TOTAL)


def test_a_transaction_reads_and_keeps_what_everybody_sees(here: Place, other: Place) -> None:
    """As long as it has written nothing itself."""
    warm(other)
    with here.db.transaction() as tx:
        assert 10 == tx.fetch_one(q.TOTAL)
        other.db.execute(q.SET, (1, 11))
        assert 11 == tx.fetch_one(q.TOTAL)
        assert 11 == tx.fetch_one(q.TOTAL)
    assert 1 <= here.cache.stats().hits


def test_all_keys_are_lost_while_a_writer_commits(
    here: Place,
    other: Place,
    behind: Any,
    server: redis_py.Redis,
    janua_redis_prefix: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its marks with them: nothing is kept until it has ended."""
    warm(other)
    gate = Gate(commit.send_commit)
    monkeypatch.setattr(transaction, "send_commit", gate)
    with running(lambda: here.db.execute(q.SET, (1, 66))):
        assert gate.reached.wait(10)
        server.delete(*keys_of(server, janua_redis_prefix))
        for _ in range(5):
            assert 10 == other.db.fetch_one(q.TOTAL)
        assert not [key for key in keys_of(server, janua_redis_prefix) if b":q:" in key]
        gate.open.set()
    assert 66 == balance(behind) == warm(other)


@pytest.mark.parametrize("lost", [b":t:", b":q:", b":c:", b"run", b""])
def test_some_keys_are_lost_at_some_time(
    here: Place, other: Place, behind: Any, server: redis_py.Redis, janua_redis_prefix: str, lost: bytes
) -> None:
    """Of tables, of answers, of both, and the name of the server's run."""
    for number in range(20):
        other.db.execute(q.SET, (1, number))
        assert number == here.db.fetch_one(q.TOTAL) == other.db.fetch_one(q.TOTAL)
        found = [key for key in server.scan_iter(match=f"{janua_redis_prefix}*") if lost in key]
        for key in found[number % 2 :: 2] if number % 3 else found:
            server.delete(key)
        assert number == here.db.fetch_one(q.TOTAL) == other.db.fetch_one(q.TOTAL)


def test_the_server_is_restarted_with_what_it_had_saved(pg_url: str) -> None:
    """What it remembers was true once: nothing of it counts."""
    with servers.running() as server, _place(pg_url, server.url, "") as here, _place(pg_url, server.url, "") as other:
        assert 10 == warm(here)
        with redis_py.Redis.from_url(server.url) as client:
            client.save()
        other.db.execute(q.SET, (1, 11))
        assert 11 == warm(here)
        server.stop()
        server.start()
        with redis_py.Redis.from_url(server.url) as client:
            assert client.keys("*:q:*")
        time.sleep(1.1)
        assert 11 == here.db.fetch_one(q.TOTAL) == warm(other)


def test_the_server_is_restarted_between_mark_and_commit(
    pg_url: str, behind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not know of the mark any more."""
    with servers.running() as server, _place(pg_url, server.url, "") as here, _place(pg_url, server.url, "") as other:
        warm(other)
        gate = Gate(commit.send_commit)
        monkeypatch.setattr(transaction, "send_commit", gate)
        with running(lambda: here.db.execute(q.SET, (1, 77))):
            assert gate.reached.wait(10)
            server.stop()
            server.start()
            deadline = time.monotonic() + 1.5
            while time.monotonic() < deadline:
                assert 10 == other.db.fetch_one(q.TOTAL)
            gate.open.set()
        assert 77 == balance(behind) == other.db.fetch_one(q.TOTAL)


def test_a_primary_changes_its_name_while_clients_stay(here: Place, other: Place, server: redis_py.Redis) -> None:
    """As one does without replicas after a while: old and new connections see each other's writes."""
    with servers.running() as own, _place_of(here, own) as (one, two):
        assert 10 == warm(one)
        with redis_py.Redis.from_url(own.url) as client:
            # A replica that comes and goes has the backlog, and with it the name, made anew.
            client.config_set("repl-backlog-ttl", 1)
            before = client.info("replication")["master_replid"]
            with servers.running() as replica, redis_py.Redis.from_url(replica.url) as follower:
                follower.replicaof("127.0.0.1", own.port)
                while follower.info("replication").get("master_link_status") != "up":
                    time.sleep(0.02)
            deadline = time.monotonic() + 20
            while client.info("replication")["master_replid"] == before and time.monotonic() < deadline:
                time.sleep(0.05)
            assert before != client.info("replication")["master_replid"]
        two.db.execute(q.SET, (1, 21))
        assert 21 == one.db.fetch_one(q.TOTAL) == two.db.fetch_one(q.TOTAL)


@contextmanager
def _place_of(place: Place, server: servers.Server) -> Iterator[tuple[Place, Place]]:
    url = place.db._target.parameters
    conninfo = psycopg.conninfo.make_conninfo(
        **{name: url[name] for name in ("host", "port", "dbname", "user", "password") if name in url}
    )
    with _place(conninfo, server.url, "") as one, _place(conninfo, server.url, "") as two:
        yield one, two


def test_a_primary_becomes_a_replica_while_clients_stay(here: Place) -> None:
    """What it still has is not asked any more."""
    with servers.running() as first, servers.running() as second, _place_of(here, first) as (one, _):
        assert 10 == warm(one)
        with redis_py.Redis.from_url(second.url) as client, redis_py.Redis.from_url(first.url) as demoted:
            client.replicaof("127.0.0.1", first.port)
            while client.info("replication").get("master_link_status") != "up":
                time.sleep(0.02)
            client.replicaof("NO", "ONE")
            demoted.replicaof("127.0.0.1", second.port)
        with _place_of(here, second) as (moved, _):
            moved.db.execute(q.SET, (1, 31))
        before = one.cache.stats().hits
        assert 31 == one.db.fetch_one(q.TOTAL)
        assert before == one.cache.stats().hits


def test_no_room_is_left(pg_url: str, behind: Any) -> None:
    """A strict cache then takes no write; answers are the database's."""
    with servers.running() as server, _place(pg_url, server.url, "") as here:
        assert 10 == warm(here)
        with redis_py.Redis.from_url(server.url) as client:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("maxmemory", 1)
            with pytest.raises(InvalidationFailed, match="so it was rolled back"):
                here.db.execute(q.SET, (1, 88))
            assert 10 == balance(behind) == here.db.fetch_one(q.TOTAL)
            client.config_set("maxmemory", 0)
        here.db.execute(q.SET, (1, 89))
        assert 89 == warm(here)


def test_a_deploy_reads_other_columns(here: Place) -> None:
    """Under the same name: it has answers of its own."""
    warm(here)
    total: Any = q.TOTAL
    wider = replace(
        total,
        sql="SELECT sum(balance)::int, max(owner) FROM accounts",
        columns=("integer", "text"),
        row=lambda *row: row,
    )
    for _ in range(2):
        assert (10, "Ada") == here.db.fetch_one(wider)
        assert 10 == here.db.fetch_one(q.TOTAL)


def test_clocks_differ(here: Place, other: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's matters."""
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert 10 == warm(here)
    other.db.execute(q.SET, (1, 11))
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert 11 == here.db.fetch_one(q.TOTAL) == other.db.fetch_one(q.TOTAL)


def test_two_caches_share_a_server(pg_url: str, janua_redis_url: str, janua_redis_prefix: str) -> None:
    """Under their own prefixes: neither touches what is the other's."""
    with (
        _place(pg_url, janua_redis_url, janua_redis_prefix, prefix="one:") as one,
        _place(pg_url, janua_redis_url, janua_redis_prefix, prefix="one*:") as two,
    ):
        warm(one)
        warm(two)
        assert 0 < two.cache.flush()
        before = one.cache.stats().hits
        assert 10 == one.db.fetch_one(q.TOTAL)
        assert 1 == one.cache.stats().hits - before


def test_settings_of_a_session_have_answers_of_their_own(here: Place) -> None:
    """Set by a transaction, or by a raw SET on a connection."""
    zoned: Any = replace(q.TOTAL, name="zoned", sql="SELECT timestamptz '2026-01-01 00:00+00'::text", columns=("text",))
    expected = [("UTC", "2026-01-01 00:00:00+00"), ("Asia/Tokyo", "2026-01-01 09:00:00+09")]
    for _ in range(2):
        for zone, shown in expected:
            with here.db.transaction(settings={"TimeZone": zone}) as tx:
                assert shown == tx.fetch_one(zoned)
    with here.db.connection() as connection:
        connection.raw("SET TimeZone = 'Asia/Tokyo'")
        for _ in range(2):
            assert expected[1][1] == connection.fetch_one(zoned)
        connection.raw("RESET TimeZone")
        assert connection.fetch_one(zoned) == here.db.fetch_one(zoned)


def test_a_search_path_decides_which_table_is_meant(here: Place, behind: Any) -> None:
    """The same text reads another table."""
    behind("CREATE SCHEMA IF NOT EXISTS alternative")
    behind("CREATE TABLE IF NOT EXISTS alternative.accounts AS SELECT 1 AS id, 'x' AS owner, 500 AS balance")
    for _ in range(2):
        assert 10 == here.db.fetch_one(q.TOTAL)
        with here.db.transaction(settings={"search_path": "alternative"}) as tx:
            assert 500 == tx.fetch_one(q.TOTAL)


def test_a_temporary_table_is_one_session_s(here: Place) -> None:
    """What it holds is kept for nobody."""
    with here.db.connection() as connection:
        connection.raw("CREATE TEMP TABLE accounts AS SELECT 1 AS id, 'x' AS owner, 700 AS balance")
        assert 700 == connection.fetch_one(q.TOTAL)
        connection.raw("DROP TABLE pg_temp.accounts")
    for _ in range(3):
        assert 10 == here.db.fetch_one(q.TOTAL)


TENANTS = """
CREATE TABLE IF NOT EXISTS secrets (tenant text NOT NULL, secret text NOT NULL);
TRUNCATE secrets;
INSERT INTO secrets VALUES ('a', 'of a'), ('b', 'of b');
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON secrets;
CREATE POLICY own ON secrets USING (tenant = current_setting('app.tenant', true));
DO $$ BEGIN CREATE ROLE tenants LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT SELECT ON secrets TO tenants;
"""


def test_no_row_crosses_tenants(pg_url: str, janua_redis_url: str, janua_redis_prefix: str, behind: Any) -> None:
    """In any order, with settings left behind on connections of the pool, too."""
    behind(TENANTS)
    secrets: Any = replace(
        q.TOTAL,
        name="secrets",
        sql="SELECT secret FROM secrets",
        columns=("text",),
        cache=CachePolicy(60.0, ("public.secrets",), settings=("app.tenant",)),
    )
    url = psycopg.conninfo.make_conninfo(pg_url, user="tenants")
    with _place(url, janua_redis_url, janua_redis_prefix) as here:
        for tenant in ("a", "b", "a", "b", "nobody", "a"):
            with here.db.transaction(settings={"app.tenant": tenant}) as tx:
                assert ([f"of {tenant}"] if tenant in "ab" else []) == tx.fetch_all(secrets)
            assert [] == here.db.fetch_all(secrets)
        assert here.cache.stats().hits > 2
        with here.db.connection() as connection:
            connection.raw("SELECT set_config('app.tenant', 'a', false)")
            assert ["of a"] == connection.fetch_all(secrets)
        # its session is back in the pool, with the setting
        for _ in range(5):
            assert [] == here.db.fetch_all(secrets)


def test_raw_transactions_tell_too(here: Place, other: Place) -> None:
    """Somebody's own BEGIN and COMMIT on a connection."""
    warm(other)
    with here.db.connection() as connection:
        connection.raw("BEGIN")
        connection.execute(q.SET, (1, 70))
        assert 10 == other.db.fetch_one(q.TOTAL)
        connection.raw("COMMIT")
        assert 70 == other.db.fetch_one(q.TOTAL) == connection.fetch_one(q.TOTAL)
    assert 70 == warm(other)


def test_a_procedure_that_commits_in_between_tells_too(here: Place, other: Place) -> None:
    """Both of its transactions."""
    warm(other)
    here.db.execute(q.CALL)
    assert 12 == other.db.fetch_one(q.TOTAL)


def test_streams_and_pipelines_tell_too(here: Place, other: Place) -> None:
    """Each statement of a pipeline, and what a stream writes when its block ends."""
    warm(other)
    with here.db.pipeline() as pipeline:
        pipeline.execute(q.SET, (1, 20))
        assert 20 == pipeline.fetch_one(q.SET_RETURNING, (1, 20))
    assert 20 == other.db.fetch_one(q.TOTAL)
    with here.db.transaction() as tx, tx.pipeline() as pipeline:
        pipeline.execute(q.SET, (1, 30))
    assert 30 == other.db.fetch_one(q.TOTAL)


def test_a_failed_write_outdates_nothing_and_leaves_no_mark(here: Place, other: Place) -> None:
    """The statement's error is the caller's."""
    warm(other)
    with pytest.raises(psycopg.errors.UniqueViolation):
        here.db.execute(q.ADD, (1, "Eve", 1))
    before = other.cache.stats().hits
    assert 10 == other.db.fetch_one(q.TOTAL)
    assert 1 == other.cache.stats().hits - before


def test_a_commit_that_is_refused_leaves_no_mark(here: Place, other: Place, behind: Any) -> None:
    """Deferred constraints are looked at by COMMIT, after the cache was told."""
    warm(other)
    with pytest.raises(psycopg.errors.ForeignKeyViolation), here.db.transaction() as tx:
        tx.execute(q.SET, (1, 12))
        tx.raw("INSERT INTO linked VALUES (99)", writes=[])
    assert 10 == warm(other)


def test_the_database_is_another_one_of_the_same_name(
    pg_url: str, janua_redis_url: str, janua_redis_prefix: str
) -> None:
    """Dropped and made anew, its answers are other ones."""
    admin = psycopg.conninfo.make_conninfo(pg_url, dbname="postgres")
    url = psycopg.conninfo.make_conninfo(pg_url, dbname="twin")
    for number in (1, 2):
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS twin WITH (FORCE)")
            connection.execute("CREATE DATABASE twin")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(q.SCHEMA.encode())
            connection.execute(b"INSERT INTO accounts VALUES (1, 'x', %d)" % number)
        with _place(url, janua_redis_url, janua_redis_prefix) as place:
            assert number == warm(place)


def test_sessions_that_only_read_fill_the_cache_too(
    pg_url: str, janua_redis_url: str, janua_redis_prefix: str, other: Place
) -> None:
    """A key that is made anew takes an id of a transaction, which is no write."""
    url = psycopg.conninfo.make_conninfo(pg_url, options="-c default_transaction_read_only=on")
    with _place(url, janua_redis_url, janua_redis_prefix) as here:
        assert 10 == warm(here)
        other.db.execute(q.SET, (1, 11))
        assert 11 == here.db.fetch_one(q.TOTAL)


def test_the_last_connection_of_a_pool_is_enough(pg_url: str, janua_redis_url: str, janua_redis_prefix: str) -> None:
    """A transaction that holds it reads, keeps, and looks into marks that were left over."""
    with (
        Redis(janua_redis_url, prefix=janua_redis_prefix) as redis,
        Cache(redis, strict=True, timeout=5.0, resolve_after=0.0) as cache,
        Database(pg_url, cache=cache, pool=PoolOptions(max_size=1, timeout=5.0)) as db,
    ):
        with db.transaction() as tx:
            assert 10 == tx.fetch_one(q.TOTAL)
        with db.transaction() as tx:
            tx.execute(q.SET, (1, 20))
            assert tx._mark() is not None
            tx._written[0].clear()
        with db.transaction() as tx:
            for _ in range(5):
                assert 20 == tx.fetch_one(q.TOTAL)
        assert cache.stats().hits
