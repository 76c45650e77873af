"""The statements that the processes of these tests run, on the schema of the derived writes."""

from __future__ import annotations

from tests.cache.test_derived_writes import READS, ROWS, SCHEMA, SETTINGS
from tests.cache.test_derived_writes import WRITES as KNOWN

__all__ = ["BUILT", "PACKAGE", "READS", "ROWS", "SCHEMA", "SETTINGS", "WRITES", "changed_by", "queries"]

PACKAGE = "stale_bank"

# Each changes something as often as it is run.
WRITES = {
    "trigger": "UPDATE accounts SET balance = balance + 1 WHERE id = 1",
    "other_row": "UPDATE accounts SET balance = balance + 1 WHERE id = 2",
    "sql_function": "SELECT FROM pay(1, 5)",
    "declared_function": "SELECT FROM hidden(1)",
    "through_a_view": "UPDATE rich SET balance = balance + 3 WHERE id = 2",
    "refresh": "REFRESH MATERIALIZED VIEW totals",
    "cascade": "DELETE FROM owners WHERE id = 2",
    "owner": "INSERT INTO owners SELECT coalesce(max(id), 0) + 1, 'x' FROM owners",
    "account": "INSERT INTO accounts SELECT coalesce(max(id), 0) + 1, (SELECT max(id) FROM owners), 10 FROM accounts",
    "movement": (
        "INSERT INTO movements SELECT coalesce(max(id), 0) + 1, (SELECT min(id) FROM accounts), 1 FROM movements"
    ),
    "leaf": "INSERT INTO events_2026 VALUES ('2026-03-01', md5(random()::text))",
    "root": "INSERT INTO events VALUES ('2026-04-01', md5(random()::text))",
    "moved": "UPDATE events SET at = CASE WHEN at < '2026-01-01' THEN '2026-05-01'::date ELSE '2025-05-01' END",
    "child": "INSERT INTO towns VALUES (3, 'child', 'x')",
    "parent": "UPDATE places SET name = name || 'p'",
    "rule": "INSERT INTO places SELECT coalesce(max(id), 0) + 101, 'rule' FROM places",
    "merge": (
        "MERGE INTO accounts USING (VALUES (1, 7), (9, 90)) AS given (id, balance) ON accounts.id = given.id"
        " WHEN MATCHED THEN UPDATE SET balance = accounts.balance + given.balance"
        " WHEN NOT MATCHED THEN INSERT (id, owner_id, balance) VALUES (given.id, 1, given.balance)"
    ),
    "cte": (
        "WITH gone AS (DELETE FROM movements WHERE id = (SELECT max(id) FROM movements) RETURNING id) SELECT FROM gone"
    ),
    "truncate": "TRUNCATE movements",
    "quoted": 'UPDATE "Odd ""Name"" s" SET "größe" = "größe" + 1',
    "escaped": 'UPDATE U&"Odd \\0022Name\\0022 s" SET U&"gr\\00F6\\00DFe" = U&"gr\\00F6\\00DFe" + 1',
    "qualified": "UPDATE side.accounts SET balance = balance + 1",
}
BUILT = ("builder", "built_delete", "copy", "batch", "raw", "pipeline")
"""What the worker does otherwise than by one named statement."""

_OTHERS = {
    "owner": ("owners",),
    "movement": ("movements",),
    "copy": ("badges",),
    "raw": ("places",),
    "built_delete": ("owners", "accounts", "movements", "badges"),
}


def changed_by(write: str) -> tuple[str, ...]:
    """Return some reads that a write outdates."""
    return KNOWN[write][1] if write in KNOWN else _OTHERS.get(write, ("accounts", "owners", "rich"))


_MORE = """
-- name: copy_badges :copy
INSERT INTO badges (id, owner_id) VALUES (:id, :owner_id?);
-- name: set_balances :batch
UPDATE accounts SET balance = balance + :by WHERE id = :id;
"""


def queries() -> str:
    """The query file: each read with a cache and without, and the writes."""
    reads = [f"-- name: read_{name} :many\n-- @cache 60s\n{sql};" for name, sql in READS.items()]
    plain = [f"-- name: see_{name} :many\n{sql};" for name, sql in READS.items()]
    writes = [f"-- name: do_{name} :exec\n{sql};" for name, sql in WRITES.items()]
    return "\n".join([*reads, *plain, *writes, _MORE])
