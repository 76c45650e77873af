# Derived from runtime/janua/migrations/_async/settling.py by tools/derive_sync.py; do not edit.
"""Finding out whether a statement is done that no transaction could hold, and tidying up behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from typing import LiteralString, NamedTuple

from psycopg import sql

from janua.database._sync.session import Session
from janua.migrations.doubt import Detaching, Doubt, Existence, IndexBuild, Reindexing, Repeatable, Unknown

_INDEXES = files("janua.migrations").joinpath("doubtful_indexes.sql").read_text("utf-8")
_OF_REINDEX = re.compile(r"_cc(?:new|old)\d*$")
_EXISTS: dict[str, LiteralString] = {
    "database": "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)",
    "index": "SELECT to_regclass(%s) IS NOT NULL",
    "subscription": "SELECT EXISTS (SELECT FROM pg_subscription WHERE subname = %s)",
    "tablespace": "SELECT EXISTS (SELECT FROM pg_tablespace WHERE spcname = %s)",
}


class _Index(NamedTuple):
    oid: int
    schema: str
    name: str
    is_valid: bool
    is_being_built: bool


def prepare(session: Session, doubt: Doubt) -> str:
    """
    Return what :func:`settle` will need to know of before: the indexes that are there.

    An invalid index of the name that is to be made is dropped: it would be in the way, or, with IF NOT EXISTS,
    be taken for what was asked for.
    """
    if not isinstance(doubt, IndexBuild | Reindexing):
        return ""
    found = _indexes(session, doubt)
    if isinstance(doubt, IndexBuild):
        left_over = [each for each in found if each.name == doubt.name and not each.is_valid]
        dropped = _drop(session, left_over)
        found = [each for each in found if each.oid not in dropped]
    return " ".join(str(each.oid) for each in found)


def settle(session: Session, doubt: Doubt, before: str) -> bool | None:
    """
    Return True where the statement is done, False where it is to be run again, None where nobody can tell.

    Invalid indexes that it has left behind are dropped.
    """
    match doubt:
        case Unknown():
            return None
        case Repeatable():
            return False
        case IndexBuild() | Reindexing():
            return _settle_indexes(session, doubt, before)
        case Existence():
            # Schema-qualified names are those of indexes, for which SQL is read.
            name = sql.Identifier(*doubt.name).as_string(None) if doubt.kind == "index" else doubt.name[-1]
            row = (session.execute(_EXISTS[doubt.kind], (name,))).fetchone()
            return row == (doubt.exists,)
        case Detaching():
            return _settle_detaching(session, doubt)


def tidy(session: Session, doubt: Doubt, before: str) -> list[str]:
    """Drop the invalid indexes that a statement which has failed leaves behind, and return their names."""
    if not isinstance(doubt, IndexBuild | Reindexing):
        return []
    found = _new_indexes(session, doubt, before)
    dropped = _drop(session, [each for each in found if not each.is_valid])
    return [each.name for each in found if each.oid in dropped]


def _settle_indexes(session: Session, doubt: IndexBuild | Reindexing, before: str) -> bool:
    found = _new_indexes(session, doubt, before)
    _drop(session, [each for each in found if not each.is_valid])
    return isinstance(doubt, IndexBuild) and any(each.is_valid for each in found)


def _settle_detaching(session: Session, doubt: Detaching) -> bool:
    table, partition = sql.Identifier(*doubt.table), sql.Identifier(*doubt.partition)
    cursor = session.execute(
        "SELECT inhdetachpending FROM pg_inherits WHERE inhparent = to_regclass(%s) AND inhrelid = to_regclass(%s)",
        (table.as_string(None), partition.as_string(None)),
    )
    row = cursor.fetchone()
    if row == (True,):
        session.execute(sql.SQL("ALTER TABLE {} DETACH PARTITION {} FINALIZE").format(table, partition))
    return row != (False,)


def _indexes(session: Session, doubt: IndexBuild | Reindexing) -> list[_Index]:
    table = sql.Identifier(*doubt.table).as_string(None) if isinstance(doubt, IndexBuild) else None
    cursor = session.execute(_INDEXES, {"table": table})
    return [_Index(*row) for row in cursor.fetchall()]


def _new_indexes(session: Session, doubt: IndexBuild | Reindexing, before: str) -> list[_Index]:
    known = {int(oid) for oid in before.split()}
    found = [each for each in _indexes(session, doubt) if each.oid not in known]
    # Of a whole database, only what is called as REINDEX calls its own (its manual).
    return found if isinstance(doubt, IndexBuild) else [each for each in found if _OF_REINDEX.search(each.name)]


def _drop(session: Session, indexes: Iterable[_Index]) -> set[int]:
    dropped = set()
    for index in indexes:
        if not index.is_being_built:
            name = sql.Identifier(index.schema, index.name)
            session.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(name))
            dropped.add(index.oid)
    return dropped
