"""Every question finds what it asks for, on each version of PostgreSQL that is here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import psycopg
import pytest
from janua import Database, Query
from janua.monitor import Answer, Monitor, PostgresReport, questions
from janua.monitor.questions import Question, query_of
from psycopg.conninfo import make_conninfo

from tests.faults.servers import FaultServer

ALL = [each for each in vars(questions).values() if isinstance(each, Question)]
SLEEP = Query[int](
    "people.doze", "SELECT length(pg_sleep($1)::text)", params=("double precision",), columns=("integer",)
)


def until(ask: Callable[[], Answer[Any]], *, count: int = 1) -> list[Any]:
    """Ask again and again, at most some seconds, until there are so many rows."""
    deadline = time.monotonic() + 10
    while len(answer := ask()) < count:
        assert answer.unavailable is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return list(answer)


@contextmanager
def waiting(url: str, statement: str) -> Iterator[None]:
    """Run a statement that has to wait, in a session called ``waiter``."""

    def run() -> None:
        with psycopg.connect(url, application_name="waiter") as conn:
            conn.execute(statement)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_columns_are_the_fields_of_the_rows(url: str) -> None:
    """In their order, on every version."""
    with psycopg.connect(url, cursor_factory=psycopg.RawCursor) as conn:
        conn.execute('SET search_path = pg_catalog, "Extensions"')
        found = {each.name: _columns(conn.execute(query_of(each).sql, [1] * len(each.params))) for each in ALL}
    assert {each.name: [field.name for field in fields(each.row)] for each in ALL} == found


def _columns(cursor: psycopg.Cursor[Any]) -> list[str]:
    assert cursor.description is not None
    return [column.name for column in cursor.description]


def test_everything_is_answered_to_a_superuser(monitor: Monitor) -> None:
    """With the extension there, nothing is unavailable."""
    report = monitor.report().postgres
    assert report is not None
    assert {} == {
        part.name: getattr(report, part.name).unavailable
        for part in fields(PostgresReport)
        if getattr(report, part.name).unavailable
    }


def test_the_overview_counts_a_partitioned_table_once(monitor: Monitor, conn: psycopg.Connection) -> None:
    """However many partitions it has."""
    conn.execute("CREATE TABLE log (at int) PARTITION BY RANGE (at)")
    conn.execute("CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (9)")
    conn.execute("CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM (9) TO (20)")
    overview = monitor.overview().rows[0]
    assert (1, False, None) == (overview.tables, overview.is_replica, overview.replay_delay_s)
    assert conn.info.dbname == overview.database


def test_connections_are_counted_by_state(monitor: Monitor, conn: psycopg.Connection, url: str) -> None:
    """Those of this database, and of the server."""
    before = monitor.connections().rows[0]
    with psycopg.connect(url) as other:
        other.execute("SELECT 1")
        during = monitor.connections().rows[0]
    assert before.idle_in_transaction + 1 == during.idle_in_transaction
    # The pool closes the connection with which it has tried the address at some later moment.
    assert during.total >= during.active + during.idle + during.idle_in_transaction >= 3
    assert (100, 0) == (during.server_limit, during.hidden)
    assert during.server_total >= during.total


def test_slow_queries_are_told_by_their_names(monitor: Monitor, db: Database) -> None:
    """Calls and times are summed under the query's name; a threshold leaves out the fast ones."""
    for seconds in (0.03, 0.05):
        db.fetch_one(SLEEP, (seconds,))
    db.raw("SELECT 1")
    [found] = [row for row in monitor.slow_queries(20) if row.statement.name == "people.doze"]
    assert (2, 2, 1) == (found.calls, found.rows, found.forms)
    assert found.max_ms >= 50
    assert 40 <= found.mean_ms <= found.max_ms
    assert 0 < found.share <= 1
    assert all(row.mean_ms >= 20 for row in monitor.slow_queries(20))
    assert [] == list(monitor.slow_queries(20_000))


def test_forms_of_one_query_are_one_row(monitor: Monitor, db: Database) -> None:
    """As of a statement of which parts can be left out."""
    for condition in ("", " WHERE n > 1"):
        sql = "SELECT count(*) FROM generate_series(1, 3) AS n" + condition
        db.fetch_one(Query[int]("people.search", sql, columns=("bigint",)))
    [found] = [row for row in monitor.slow_queries(0) if row.statement.name == "people.search"]
    assert (2, 2) == (found.forms, found.calls)


def test_the_monitor_s_own_statements_are_not_slow_queries(monitor: Monitor) -> None:
    """Else a watched database would show little else."""
    monitor.report()
    assert [] == [row for row in monitor.slow_queries(0, limit=1000) if "janua.monitor" in row.statement.name]


def test_statements_show_no_values(monitor: Monitor, conn: psycopg.Connection) -> None:
    """Neither counted nor running ones: they may be secrets."""
    conn.execute("CREATE ROLE somebody PASSWORD 'hunter2'")
    conn.execute("DROP ROLE somebody")
    conn.execute("SELECT 'hunter2', pg_sleep(0.01)")
    with psycopg.connect(conn.info.dsn) as other:
        other.execute("SELECT $$hunter2$$, 4711")
        seen = [*monitor.slow_queries(0, limit=1000), *until(lambda: monitor.idle_in_transaction(0))]
    assert [] == [row for row in seen if "hunter2" in row.statement.sql or "4711" in row.statement.sql]
    assert "SELECT ?, ?" in {row.statement.sql for row in seen}


def test_totals_count_calls(monitor: Monitor, conn: psycopg.Connection) -> None:
    """With their mean time."""
    before = monitor.query_totals().rows[0]
    for _ in range(3):
        conn.execute("SELECT 1")
    after = monitor.query_totals().rows[0]
    assert after.count >= before.count + 3
    assert after.mean_ms is not None


def test_a_blocked_session_is_shown_with_the_one_that_blocks_it(
    monitor: Monitor, conn: psycopg.Connection, url: str
) -> None:
    """The row's table, both statements, and for how long."""
    conn.execute("CREATE TABLE places (id int PRIMARY KEY)")
    conn.execute("INSERT INTO places VALUES (1)")
    with psycopg.connect(url, application_name="holder") as holder:
        holder.execute("UPDATE places SET id = 1")
        with waiting(url, "UPDATE /* places.move */ places SET id = 1"):
            [found] = until(monitor.blocked)
            report = monitor.report()
            holder.rollback()
        pid = holder.info.backend_pid
    assert ("waiter", "holder", "idle in transaction") == (
        found.application,
        found.blocking_application,
        found.blocking_state,
    )
    assert ("a row of public.places", "places.move") == (found.lock_on, found.statement.name)
    assert (pid, "UPDATE places SET id = ?") == (found.blocking_pid, found.blocking_statement.sql)
    assert found.seconds >= 0
    assert report.postgres is not None
    assert 1 == len(report.postgres.blocked)


def test_a_table_lock_is_named(monitor: Monitor, conn: psycopg.Connection, url: str) -> None:
    """With the mode that is asked for."""
    conn.execute("CREATE TABLE places (id int)")
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE places")
        with waiting(url, "SELECT * FROM places"):
            [found] = until(monitor.blocked)
            holder.rollback()
    assert ("public.places", "AccessShareLock") == (found.lock_on, found.lock_mode)


def test_a_prepared_transaction_blocks_as_pid_0(monitor: Monitor, conn: psycopg.Connection, url: str) -> None:
    """Nobody's session holds its locks."""
    conn.execute("CREATE TABLE places (id int)")
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("BEGIN; LOCK TABLE places; PREPARE TRANSACTION 'left behind'")
    with waiting(url, "SELECT * FROM places"):
        [found] = until(monitor.blocked)
        conn.execute("ROLLBACK PREPARED 'left behind'")
    assert (0, "prepared transaction") == (found.blocking_pid, found.blocking_state)


def test_long_and_idle_transactions_are_found(monitor: Monitor, url: str) -> None:
    """From the given age on."""
    with psycopg.connect(url, application_name="idler") as idler:
        idler.execute("SELECT pg_advisory_lock(7)")
        with waiting(url, "SELECT pg_advisory_lock(7)"):
            [running] = until(lambda: monitor.long_running(0.05))
            [idle] = until(lambda: monitor.idle_in_transaction(0.05))
            assert [] == list(monitor.long_running(60))
            assert [] == list(monitor.idle_in_transaction(60))
            idler.execute("SELECT pg_advisory_unlock(7)")
    assert ("waiter", "idler") == (running.application, idle.application)
    assert running.seconds >= 0.05
    assert ("SELECT pg_advisory_lock(?)", "Lock: advisory") == (running.statement.sql, running.waits_for)


def test_counters_and_hit_rates(monitor: Monitor, conn: psycopg.Connection) -> None:
    """Rates are parts of 1, where anything was read."""
    conn.execute("CREATE TABLE t AS SELECT generate_series(1, 1000) AS id")
    conn.execute("SELECT count(*) FROM t")
    conn.execute("SELECT pg_stat_force_next_flush()")
    conn.execute("SELECT 1")
    deadline = time.monotonic() + 10
    while (rate := monitor.hit_rates().rows[0].tables) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert 0 <= rate <= 1
    assert monitor.counters().rows[0].committed > 0


def test_unused_indexes_leave_out_what_guarantees_something(monitor: Monitor, conn: psycopg.Connection) -> None:
    """Keys, unique and exclusion constraints stay; partitions' indexes count as one; used ones are not unused."""
    conn.execute(
        "CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE, b int, c int, r int4range, EXCLUDE USING gist (r WITH &&))"
    )
    conn.execute("CREATE INDEX by_b ON t (b); CREATE INDEX by_c ON t (c)")
    conn.execute("INSERT INTO t SELECT g, g, g, g, int4range(g, g + 1) FROM generate_series(1, 1000) AS g; ANALYZE t")
    conn.execute("SET enable_seqscan = off")
    conn.execute("SELECT * FROM t WHERE c = 5")
    conn.execute("CREATE TABLE log (at int, what int) PARTITION BY RANGE (at); CREATE INDEX by_what ON log (what)")
    conn.execute("CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (9)")
    conn.execute("CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM (9) TO (20)")
    conn.execute("SELECT pg_stat_force_next_flush()")
    conn.execute("SELECT 1")
    deadline = time.monotonic() + 10
    while {"by_b", "by_what"} != (found := {row.index for row in monitor.unused_indexes()}):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    assert {"by_b", "by_c", "by_what"} == {row.index for row in monitor.unused_indexes(1)}
    used = next(row for row in monitor.unused_indexes(1) if row.index == "by_c")
    assert (conn.info.server_version >= 160000) == (used.last_scan is not None)


def test_invalid_indexes_are_found(monitor: Monitor, conn: psycopg.Connection) -> None:
    """What a failed CREATE INDEX CONCURRENTLY leaves behind."""
    conn.execute("CREATE TABLE t AS SELECT 1 AS id FROM generate_series(1, 2)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        conn.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (id)")
    [found] = monitor.invalid_indexes()
    assert ("public", "t", "broken", False) == (found.schema, found.table, found.index, found.is_being_built)


def test_foreign_keys_of_several_columns_and_of_partitions(monitor: Monitor, conn: psycopg.Connection) -> None:
    """In any order; a partitioned table is named, its partitions are not."""
    conn.execute("CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))")
    conn.execute("CREATE TABLE good (x int, y int, FOREIGN KEY (x, y) REFERENCES p); CREATE INDEX ON good (y, x)")
    conn.execute("CREATE TABLE log (x int, y int, FOREIGN KEY (x, y) REFERENCES p) PARTITION BY RANGE (x)")
    conn.execute("CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (9)")
    [found] = monitor.missing_foreign_key_indexes()
    assert ("log", ["x", "y"], "public.p") == (found.table, found.columns, found.references)


def test_sequences_are_measured_against_their_column(monitor: Monitor, conn: psycopg.Connection) -> None:
    """A bigint sequence fills an int column; descending ones count, too; cycling ones never end."""
    conn.execute("CREATE TABLE t (id serial, small smallint GENERATED ALWAYS AS IDENTITY, big bigserial)")
    conn.execute("CREATE SEQUENCE wide AS bigint OWNED BY t.id; SELECT setval('wide', 2000000000)")
    conn.execute("SELECT setval('t_small_seq', 32767); SELECT setval('t_big_seq', 2000000000)")
    conn.execute("CREATE SEQUENCE down INCREMENT -1 MINVALUE -10; SELECT setval('down', -9)")
    conn.execute("CREATE SEQUENCE round MAXVALUE 10 CYCLE; SELECT setval('round', 10)")
    found = {row.sequence: row for row in monitor.sequences(0.5)}
    assert {"wide", "t_small_seq", "down"} == set(found)
    assert ("public.t", "small", 1.0) == (
        found["t_small_seq"].table,
        found["t_small_seq"].column,
        found["t_small_seq"].used,
    )
    assert 2147483647 == found["wide"].limit
    assert [] == list(monitor.sequences(1.1))


def test_transaction_ids_are_told_for_databases_and_tables(monitor: Monitor, conn: psycopg.Connection) -> None:
    """The oldest first."""
    answer = list(monitor.transaction_ids(tables=2))
    assert ["table", "table"] == [row.kind for row in answer if row.kind != "database"]
    assert conn.info.dbname in {row.name for row in answer if row.kind == "database"}
    assert all(0 <= row.used < 0.01 for row in answer)


def test_slots_show_what_they_keep(monitor: Monitor, conn: psycopg.Connection) -> None:
    """Also those that nobody reads."""
    conn.execute("SELECT pg_create_physical_replication_slot('left_behind', true)")
    conn.execute("SELECT pg_logical_emit_message(false, 'x', repeat('x', 100000)), pg_switch_wal()")
    try:
        [found] = monitor.replication_slots()
    finally:
        conn.execute("SELECT pg_drop_replication_slot('left_behind')")
    assert ("left_behind", "physical", False, "reserved") == (found.slot, found.type, found.is_active, found.wal_status)
    assert (found.retained_bytes or 0) >= 100_000


def test_table_sizes_fold_partitions(monitor: Monitor, conn: psycopg.Connection) -> None:
    """Under the name of their table, the largest first."""
    conn.execute("CREATE TABLE log (at int PRIMARY KEY) PARTITION BY RANGE (at)")
    conn.execute("CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (5000)")
    conn.execute("CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM (5000) TO (20000)")
    conn.execute("INSERT INTO log SELECT generate_series(1, 10000); CREATE TABLE small (id int); ANALYZE")
    log, small = monitor.table_sizes()
    assert (("log", 2, 10_000), ("small", 0, 0)) == (
        (log.table, log.partitions, log.rows),
        (small.table, small.partitions, small.rows),
    )
    assert log.table_bytes + log.index_bytes == log.total_bytes
    assert log.last_analyze is not None
    assert 1 == len(monitor.table_sizes(limit=1))


def test_bloat_is_estimated(monitor: Monitor, conn: psycopg.Connection) -> None:
    """Half a table that was deleted; one that is full has next to none."""
    for name in ("full_table", "half_table"):
        conn.execute(f"CREATE TABLE {name} (id int, words text)".encode())
        conn.execute(f"INSERT INTO {name} SELECT g, repeat('w', 100) FROM generate_series(1, 20000) AS g".encode())
    conn.execute("DELETE FROM half_table WHERE id % 2 = 0")
    conn.execute("VACUUM ANALYZE")
    found = {row.table: row.wasted for row in monitor.bloat(0)}
    assert 0.4 < found["half_table"] < 0.6
    assert found.get("full_table", 0) < 0.1
    assert {"half_table"} == {row.table for row in monitor.bloat(1_000_000)}


def test_a_plain_role_is_told_what_it_may_not_see(conn: psycopg.Connection, url: str) -> None:
    """Sessions of others; all else is answered."""
    conn.execute('CREATE ROLE "Plain" LOGIN')
    try:
        with Database(make_conninfo(url, user="Plain")) as db:
            report = Monitor(db).report().postgres
            assert report is not None
            lacking = {part.name for part in fields(PostgresReport) if getattr(report, part.name).unavailable}
            assert {
                "slow_queries",
                "query_totals",
                "blocked",
                "long_running",
                "idle_in_transaction",
                "replicas",
            } == lacking
            assert report.blocked.unavailable is not None
            assert report.blocked.unavailable.endswith('GRANT pg_monitor TO "Plain"')
            connections = report.connections.rows[0]
            assert connections.hidden >= 1
    finally:
        conn.execute('DROP ROLE "Plain"')


def test_without_the_extension_the_answer_says_how_to_get_it(conn: psycopg.Connection, monitor: Monitor) -> None:
    """Not an error, and the other questions are answered."""
    conn.execute("DROP EXTENSION pg_stat_statements")
    answer = monitor.slow_queries()
    assert answer.unavailable is not None
    assert "CREATE EXTENSION pg_stat_statements" in answer.unavailable
    numbers = monitor.metrics().postgres
    assert numbers is not None
    assert (None, answer.unavailable) == (numbers.queries.count, numbers.queries.unavailable)


def test_a_question_that_takes_too_long_is_unavailable(db: Database, conn: psycopg.Connection) -> None:
    """The server ends it; the monitor goes on."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY)")
    with psycopg.connect(conn.info.dsn) as holder:
        holder.execute("LOCK TABLE t")
        answer = Monitor(db, timeout=0.05).table_sizes()
    assert answer.unavailable is not None
    assert ("timeout" in answer.unavailable) or ("lock" in answer.unavailable)


def test_a_server_that_stops_is_unreachable(server: FaultServer, monitor: Monitor) -> None:
    """Metrics and report say so, and are right again when it is back."""
    assert monitor.metrics().postgres is not None
    server.kill()
    try:
        metrics, report = monitor.metrics(), monitor.report()
    finally:
        server.start()
    assert (None, None) == (metrics.postgres, report.postgres)
    assert {"postgres"} == set(metrics.unreachable)
    deadline = time.monotonic() + 15
    while monitor.metrics().postgres is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
