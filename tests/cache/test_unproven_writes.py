"""Migrations and seeds, of which nobody can tell what they write: nothing that was kept before counts after them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from janua import Database
from janua.errors import MigrationError
from janua.migrations import AsyncMigrator, Migrator
from janua.seeds import AsyncSeeder, Seeder

from tests.cache import queries as q


@pytest.fixture
async def kept(db: Any, settle: Any) -> None:
    """An answer that is in the cache."""
    for _ in range(2):
        assert 10 == await settle(db.fetch_one(q.TOTAL, ()))


@pytest.mark.usefixtures("kept")
async def test_a_migration_outdates_everything(db: Any, kind: Any, settle: Any, behind: Any, tmp_path: Path) -> None:
    """Applied as well as taken back, and one that fails half way."""
    behind("DROP TABLE IF EXISTS cached_migrations")
    text = "-- UP\nUPDATE accounts SET balance = 11;\n-- DOWN\nUPDATE accounts SET balance = 12;\n"
    (tmp_path / "1_change.sql").write_text(text)
    migrator = (Migrator if kind.Database is Database else AsyncMigrator)(db, tmp_path, table="cached_migrations")
    await settle(migrator.up())
    assert 11 == await settle(db.fetch_one(q.TOTAL, ()))
    await settle(migrator.down())
    assert 12 == await settle(db.fetch_one(q.TOTAL, ()))
    half = "-- janua: no-transaction\n-- UP\nUPDATE accounts SET balance = 13;\nSELECT nonsense;\n-- DOWN\n"
    (tmp_path / "1_change.sql").write_text(half)
    with pytest.raises(MigrationError):
        await settle(migrator.up())
    assert 13 == await settle(db.fetch_one(q.TOTAL, ()))


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    "text", ["UPDATE accounts SET balance = 11;", "TRUNCATE accounts;\nCOPY accounts FROM 'rows.csv' CSV;"]
)
async def test_a_seed_outdates_everything(db: Any, kind: Any, settle: Any, tmp_path: Path, text: str) -> None:
    """At its commit, and where its transaction is the caller's, at that one's."""
    (tmp_path / "rows.csv").write_text("1,Ada,11\n")
    (tmp_path / "more.sql").write_text(text.replace("TRUNCATE accounts", "TRUNCATE accounts CASCADE"))
    await settle((Seeder if kind.Database is Database else AsyncSeeder)(db, tmp_path).run("more"))
    assert 11 == await settle(db.fetch_one(q.TOTAL, ()))
