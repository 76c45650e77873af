"""The reference application's own seeds."""

from __future__ import annotations

from pathlib import Path

import pytest
from janua import Database
from janua.seeds import Seeder

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@pytest.mark.parametrize("name", ["development", "test"])
def test_they_may_be_run_again(janua_db: Database, name: str) -> None:
    """Running one twice leaves what running it once does."""
    seeder = Seeder(janua_db, SEEDS)
    counts = []
    for _ in range(2):
        seeder.run(name)
        counts.append(
            janua_db.raw("SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM memberships) AS members")
        )
    assert counts[0] == counts[1]
    assert counts[0][0]["users"] > 0
