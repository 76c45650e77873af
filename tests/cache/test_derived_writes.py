"""
What outdates an answer is derived from the schema: views, triggers, foreign keys, partitions, functions.

A project is generated; every write is made by its functions, and what a cached query gives afterwards is compared
with what the same query gives without a cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from janua import Database
from janua.cache import Cache
from janua.redis import Redis
from janua.scratch import ScratchServer

from tests.generator.packages import generated, imported

SCHEMA = """-- UP
CREATE TABLE owners (id int PRIMARY KEY, name text NOT NULL, touched int NOT NULL DEFAULT 0);
CREATE TABLE accounts (
    id int PRIMARY KEY, owner_id int REFERENCES owners (id) ON DELETE CASCADE, balance int NOT NULL DEFAULT 0
);
CREATE TABLE movements (
    id int PRIMARY KEY, account_id int REFERENCES accounts (id) ON DELETE CASCADE, amount int NOT NULL
);
CREATE TABLE badges (id int PRIMARY KEY, owner_id int REFERENCES owners (id) ON DELETE SET NULL);
CREATE VIEW rich AS SELECT id, owner_id, balance FROM accounts WHERE balance >= 10;
CREATE MATERIALIZED VIEW totals AS SELECT sum(balance)::int AS total FROM accounts;
CREATE TABLE events (at date NOT NULL, what text NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE places (id int NOT NULL, name text NOT NULL);
CREATE TABLE towns (mayor text) INHERITS (places);
CREATE TABLE "Odd ""Name"" s" (id int PRIMARY KEY, "größe" int NOT NULL);
CREATE SCHEMA side;
CREATE TABLE side.accounts (id int PRIMARY KEY, balance int NOT NULL);
CREATE FUNCTION touch_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE owners SET touched = touched + 1 WHERE id = NEW.owner_id;
    RETURN NULL;
END $$;
CREATE TRIGGER touched AFTER UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION touch_owner();
CREATE FUNCTION pay(account int, amount int) RETURNS void LANGUAGE sql AS $$
    UPDATE accounts SET balance = balance + amount WHERE id = account;
$$;
CREATE FUNCTION total_of(owner int) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(balance), 0)::int FROM accounts WHERE owner_id = owner
$$;
CREATE FUNCTION hidden(account int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('UPDATE accounts SET balance = balance + 100 WHERE id = %s', account);
END $$;
CREATE RULE add_town AS ON INSERT TO places WHERE NEW.id > 100 DO ALSO INSERT INTO badges VALUES (NEW.id, NULL);
-- DOWN
"""

READS = {
    "owners": "SELECT id, name, touched FROM owners ORDER BY id",
    "accounts": "SELECT id, owner_id, balance FROM accounts ORDER BY id",
    "movements": "SELECT id, account_id, amount FROM movements ORDER BY id",
    "badges": "SELECT id, owner_id FROM badges ORDER BY id",
    "rich": "SELECT id, balance FROM rich ORDER BY id",
    "total": "SELECT total FROM totals",
    "events": "SELECT at, what FROM events ORDER BY at, what",
    "events_2026": "SELECT at, what FROM events_2026 ORDER BY at, what",
    "places": "SELECT id, name FROM places ORDER BY id",
    "towns": "SELECT id, name FROM towns ORDER BY id",
    "odd": 'SELECT id, "größe" FROM "Odd ""Name"" s" ORDER BY id',
    "side": "SELECT id, balance FROM side.accounts ORDER BY id",
    "of_owner": "SELECT total_of(1) AS total",
}
# The statement, and some of the reads that it must outdate.
WRITES = {
    "trigger": ("UPDATE accounts SET balance = 20 WHERE id = 1", ("owners", "accounts", "rich", "of_owner")),
    "sql_function": ("SELECT FROM pay(1, 5)", ("accounts", "owners")),
    "declared_function": ("SELECT FROM hidden(1)", ("accounts", "owners", "rich")),
    "through_a_view": ("UPDATE rich SET balance = 30 WHERE id = 2", ("accounts", "owners")),
    "refresh": ("REFRESH MATERIALIZED VIEW totals", ("total",)),
    "cascade": ("DELETE FROM owners WHERE id = 2", ("owners", "accounts", "movements", "badges", "rich")),
    "leaf": ("INSERT INTO events_2026 VALUES ('2026-03-01', 'leaf')", ("events", "events_2026")),
    "root": ("INSERT INTO events VALUES ('2026-04-01', 'root')", ("events", "events_2026")),
    "moved": ("UPDATE events SET at = '2026-05-01' WHERE what = 'old'", ("events", "events_2026")),
    "child": ("INSERT INTO towns VALUES (3, 'child', 'x')", ("places", "towns")),
    "parent": ("UPDATE places SET name = 'parent'", ("places", "towns")),
    "rule": ("INSERT INTO places VALUES (101, 'rule')", ("places", "badges")),
    "merge": (
        "MERGE INTO accounts USING (VALUES (1, 50), (9, 90)) AS given (id, balance) ON accounts.id = given.id"
        " WHEN MATCHED THEN UPDATE SET balance = given.balance"
        " WHEN NOT MATCHED THEN INSERT (id, owner_id, balance) VALUES (given.id, 1, given.balance)",
        ("accounts", "owners", "rich"),
    ),
    "cte": ("WITH gone AS (DELETE FROM movements RETURNING id) SELECT FROM gone", ("movements",)),
    "truncate": ("TRUNCATE owners, badges CASCADE", ("owners", "accounts", "movements", "badges")),
    "quoted": ('UPDATE "Odd ""Name"" s" SET "größe" = 7', ("odd",)),
    "escaped": ('UPDATE U&"Odd \\0022Name\\0022 s" SET U&"gr\\00F6\\00DFe" = 8', ("odd",)),
    "qualified": ("UPDATE side.accounts SET balance = 9", ("side",)),
    "locked": ("WITH one AS (SELECT id FROM owners FOR UPDATE) UPDATE badges SET owner_id = 1", ("badges",)),
}
ROWS = """
TRUNCATE owners, accounts, movements, badges, events, places, towns, "Odd ""Name"" s", side.accounts;
INSERT INTO owners VALUES (1, 'Ada'), (2, 'Bob');
INSERT INTO accounts VALUES (1, 1, 10), (2, 2, 20);
INSERT INTO movements VALUES (1, 1, 10), (2, 2, 20);
INSERT INTO badges VALUES (1, 1), (2, 2);
INSERT INTO events VALUES ('2025-02-01', 'old');
INSERT INTO places VALUES (1, 'one');
INSERT INTO towns VALUES (2, 'two', 'x');
INSERT INTO "Odd ""Name"" s" VALUES (1, 1);
INSERT INTO side.accounts VALUES (1, 1);
REFRESH MATERIALIZED VIEW totals;
"""
SETTINGS = """schemas = ["public", "side"]
[[tool.janua.function]]
name = "hidden"
writes = ["public.accounts"]
"""


def _queries() -> str:
    reads = [f"-- name: read_{name} :many\n-- @cache 60s\n{sql};" for name, sql in READS.items()]
    plain = [f"-- name: see_{name} :many\n{sql};" for name, sql in READS.items()]
    writes = [f"-- name: do_{name} :exec\n{sql};" for name, (sql, _) in WRITES.items()]
    return "\n".join([*reads, *plain, *writes])


@pytest.fixture(scope="module")
def bank(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The generated package."""
    files: dict[str, str | bytes] = {"migrations/0001_bank.sql": SCHEMA, "queries/bank.sql": _queries()}
    root = tmp_path_factory.mktemp("bank") / "bank"
    with generated(scratch, root, files, "cached_bank", SETTINGS) as project, imported(project, "cached_bank") as found:
        yield found


@pytest.fixture(scope="module")
def bank_url(template_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the schema."""
    with psycopg.connect(template_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE bank")
    url = psycopg.conninfo.make_conninfo(template_url, dbname="bank")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA.partition("-- UP")[2].partition("-- DOWN")[0].encode())
    return url


@pytest.fixture
def bank_db(bank_url: str, janua_redis_url: str, janua_redis_prefix: str) -> Iterator[tuple[Database, Cache]]:
    """A database with a cache and some rows."""
    with psycopg.connect(bank_url, autocommit=True) as connection:
        connection.execute(ROWS.encode())
    with (
        Redis(janua_redis_url, prefix=janua_redis_prefix) as redis,
        Cache(redis, strict=True, timeout=5.0) as cache,
        Database(bank_url, cache=cache) as db,
    ):
        yield db, cache


def _all(read: Callable[[str], Any]) -> dict[str, Any]:
    return {name: read(name) for name in READS}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("way", ["alone", "transaction", "pipeline", "savepoint"])
def test_what_a_write_changes_is_not_given_any_more(bank: Any, bank_db: Any, write: str, way: str) -> None:
    """Whatever leads from the statement to the tables; and what it does not touch stays in the cache."""
    db, cache = bank_db
    functions = vars(bank.bank)

    def cached(name: str) -> Any:
        return functions[f"read_{name}"](db)

    before = _all(cached)
    do = functions[f"do_{write}"]
    if way == "alone":
        do(db)
    elif way == "pipeline":
        with db.pipeline() as pipeline:
            do(pipeline)
    else:
        with db.transaction() as transaction:
            if way == "savepoint":
                with transaction.transaction() as nested:
                    do(nested)
            else:
                do(transaction)
    after = _all(cached)
    shown = _all(lambda name: [_fields(row) for row in functions[f"see_{name}"](db)])
    assert shown == {name: [_fields(row) for row in rows] for name, rows in after.items()}
    expected = set(WRITES[write][1])
    if write not in ("refresh", "locked"):
        changed = {name for name in READS if before[name] != after[name]}
        assert expected & changed
    untouched = len(READS) - len({name for name in READS if set(_reads(functions, name)) & _written(functions, write)})
    assert untouched == cache.stats().hits


def _fields(row: Any) -> Any:
    return [getattr(row, name) for name in row.__slots__] if hasattr(row, "__slots__") else row


def _reads(functions: dict[str, Any], name: str) -> tuple[str, ...]:
    reads: tuple[str, ...] = functions[f"_READ_{name.upper()}"].cache.reads
    return reads


def _written(functions: dict[str, Any], name: str) -> set[str]:
    return set(functions[f"_DO_{name.upper()}"].writes)


def test_a_statement_that_is_built_outdates_too(bank: Any, bank_db: Any) -> None:
    """With what the server does behind it."""
    from janua.builder import delete

    db, _ = bank_db
    functions = vars(bank.bank)
    assert 2 == len(functions["read_movements"](db))
    owners = bank.tables.owners
    delete(owners).where(owners.id == 2).execute(db)
    assert 1 == len(functions["read_movements"](db))
