"""Inserts of the query builder that may be repeated."""

from __future__ import annotations

import pytest
from janua import AsyncDatabase, Database, StatementError
from janua.builder import insert
from janua.seeds import upsert

from generated.tables import feature_flags, users


def test_rows_become_what_is_given(janua_db: Database) -> None:
    """Those that are there already, too; what is not given stays."""
    for is_enabled in (False, True):
        rows = insert(feature_flags).values(key="a", is_enabled=is_enabled).values(key="b", description="x")
        assert 2 == upsert(rows, feature_flags.key).execute(janua_db)
    rows = insert(feature_flags).values(key="a", description="y")
    row = upsert(rows, feature_flags.key).returning(feature_flags).one(janua_db)
    assert ("a", True, "y") == (row.key, row.is_enabled, row.description)


async def test_it_is_awaited_by_an_asynchronous_database(janua_adb: AsyncDatabase) -> None:
    """As every statement of the builder."""
    assert 1 == await upsert(insert(feature_flags).values(key="a"), feature_flags.key).execute(janua_adb)
    assert 0 == await upsert(insert(feature_flags).values(key="a"), feature_flags.key).execute(janua_adb)


def test_a_key_of_another_table_is_refused(janua_db: Database) -> None:
    """And none at all."""
    rows = insert(feature_flags).values(key="a")
    for key in ([users.email], []):
        with pytest.raises(StatementError, match=r"upsert\(\) needs the columns of a unique key"):
            upsert(rows, *key).execute(janua_db)
