"""A database and a folder for seeds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from janua import Database
from janua.scratch import ScratchServer
from janua.seeds import Seeder

from ..conftest import Write

SCHEMA = """
CREATE TABLE teams (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE people (id int PRIMARY KEY, team_id int NOT NULL REFERENCES teams, name text);
"""


@pytest.fixture
def url(scratch: ScratchServer) -> Iterator[str]:
    """The URL of a database with two tables."""
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    with Database(scratch.url(name)) as db:
        db.raw(SCHEMA)
    yield scratch.url(name)
    scratch.drop(name)


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """That database."""
    with Database(url) as db:
        yield db


@pytest.fixture
def seeder(db: Database, tmp_path: Path, write: Write) -> Seeder:
    """A seeder of the folder in which ``write`` writes files that begin with ``seeds/``."""
    (tmp_path / "seeds").mkdir()
    return Seeder(db, tmp_path / "seeds")
