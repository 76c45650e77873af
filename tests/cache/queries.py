"""The queries of these tests, as a generated module would declare them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from janua.query import EVERYTHING, CachePolicy, Query

SCHEMA = """
CREATE TABLE accounts (id int PRIMARY KEY, owner text NOT NULL, balance int NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, body text NOT NULL);
CREATE TABLE unread (id int);
CREATE TABLE linked (id int REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED);
CREATE PROCEDURE move_twice() LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts SET balance = balance + 1;
    COMMIT;
    UPDATE accounts SET balance = balance + 1;
END $$;
"""


@dataclass(slots=True)
class Account:
    """A row of ``accounts``."""

    id: int
    owner: str
    balance: int


@dataclass(slots=True)
class Change:
    """A set of values for SET."""

    id: int
    balance: int


_ACCOUNTS: Final = ("public.accounts",)
_POLICY: Final = CachePolicy(60.0, _ACCOUNTS)

GET: Final[Query[Account]] = Query(
    name="accounts.get",
    sql="SELECT id, owner, balance FROM accounts WHERE id = $1",
    params=("integer",),
    columns=("integer", "text", "integer"),
    row=Account,
    cache=_POLICY,
)
TOTAL: Final[Query[int]] = Query(
    name="accounts.total",
    sql="SELECT coalesce(sum(balance), 0)::int FROM accounts",
    columns=("integer",),
    cache=_POLICY,
)
LENIENT_TOTAL: Final[Query[int]] = Query(
    name="accounts.lenient_total",
    sql="SELECT coalesce(sum(balance), 0)::int FROM accounts",
    columns=("integer",),
    cache=CachePolicy(60.0, _ACCOUNTS, stale=10.0),
)
SLOW_TOTAL: Final[Query[int]] = Query(
    name="accounts.slow_total",
    sql="SELECT coalesce(sum(balance), 0)::int FROM accounts, pg_sleep(0.3)",
    columns=("integer",),
    cache=_POLICY,
)
TOTAL_WITH_NOTES: Final[Query[int]] = Query(
    name="accounts.total_with_notes",
    sql="SELECT (coalesce((SELECT sum(balance) FROM accounts), 0) + (SELECT count(*) FROM notes))::int",
    columns=("integer",),
    cache=CachePolicy(60.0, ("public.accounts", "public.notes")),
)
LIST: Final[Query[Account]] = Query(
    name="accounts.list",
    sql="SELECT id, owner, balance FROM accounts ORDER BY id",
    columns=("integer", "text", "integer"),
    row=Account,
    cache=_POLICY,
)
ADD: Final[Query[None]] = Query(
    name="accounts.add",
    sql="INSERT INTO accounts (id, owner, balance) VALUES ($1, $2, $3)",
    params=("integer", "text", "integer"),
    attributes=("id", "owner", "balance"),
    writes=_ACCOUNTS,
)
SET: Final[Query[None]] = Query(
    name="accounts.set",
    sql="UPDATE accounts SET balance = $2 WHERE id = $1",
    params=("integer", "integer"),
    attributes=("id", "balance"),
    writes=_ACCOUNTS,
)
SET_RETURNING: Final[Query[int]] = Query(
    name="accounts.set_returning",
    sql="UPDATE accounts SET balance = $2 WHERE id = $1 RETURNING balance",
    params=("integer", "integer"),
    columns=("integer",),
    writes=_ACCOUNTS,
)
COPY: Final[Query[None]] = Query(
    name="accounts.copy",
    sql="COPY accounts (id, owner, balance) FROM STDIN",
    params=("integer", "text", "integer"),
    attributes=("id", "owner", "balance"),
    writes=_ACCOUNTS,
)
TRUNCATE: Final[Query[None]] = Query(name="accounts.truncate", sql="TRUNCATE accounts CASCADE", writes=_ACCOUNTS)
ADD_NOTE: Final[Query[None]] = Query(
    name="notes.add",
    sql="INSERT INTO notes (id, body) VALUES ($1, $2)",
    params=("integer", "text"),
    writes=("public.notes",),
)
ADD_UNREAD: Final[Query[None]] = Query(name="unread.add", sql="INSERT INTO unread VALUES (1)")
CALL: Final[Query[None]] = Query(name="accounts.call", sql="CALL move_twice()", writes=EVERYTHING)
