"""A project whose tables, partitions, children and domains refuse rows in every way there is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
from janua import AsyncDatabase, Database
from janua.query import CONSTRAINT_MODULES
from janua.scratch import ScratchServer

from tests.generator.packages import generated, imported, migrated
from tests.generator.sandbox import Sandbox

SCHEMA = """-- UP
CREATE EXTENSION btree_gist;
CREATE SCHEMA "Other World";
CREATE DOMAIN tag AS text CONSTRAINT no_blanks CHECK (value !~ ' ');
CREATE DOMAIN short_tag AS tag CHECK (length(value) < 5);
CREATE TABLE teams (
    id int PRIMARY KEY,
    name text NOT NULL UNIQUE,
    size int NOT NULL DEFAULT 1 CONSTRAINT positive CHECK (size > 0),
    label short_tag
);
CREATE UNIQUE INDEX teams_lower_key ON teams (lower(name), coalesce("label", '')) INCLUDE (size) WHERE size > 5;
CREATE TABLE people (
    id int PRIMARY KEY,
    team_id int REFERENCES teams DEFERRABLE INITIALLY DEFERRED,
    boss_id int REFERENCES people ON DELETE RESTRICT,
    code text UNIQUE DEFERRABLE INITIALLY DEFERRED,
    size int CONSTRAINT positive CHECK (size > 0),
    low int, high int, CHECK (low < high)
);
COMMENT ON CONSTRAINT people_pkey ON people IS 'Nobody is there twice.';
CREATE TABLE bookings (room int, during int4range, EXCLUDE USING gist (room WITH =, during WITH &&));
CREATE TABLE events (
    id int, region text, team_id int REFERENCES teams, size int CHECK (size > 0), UNIQUE (id, region)
) PARTITION BY LIST (region);
CREATE TABLE events_eu PARTITION OF events FOR VALUES IN ('eu') PARTITION BY LIST (region);
CREATE TABLE events_eu_all PARTITION OF events_eu (CONSTRAINT own_id CHECK (id < 1000)) DEFAULT;
CREATE TABLE reports (
    event_id int, region text,
    CONSTRAINT reports_event_fkey FOREIGN KEY (event_id, region) REFERENCES events (id, region)
);
CREATE TABLE animals (name text UNIQUE, legs int CONSTRAINT legs_in_pairs CHECK (legs % 2 = 0));
CREATE TABLE cats (claws int CHECK (claws >= 0)) INHERITS (animals);
CREATE TABLE kittens () INHERITS (cats);
CREATE TABLE "Odd ""one"" here" (
    "Größe" int CONSTRAINT "größer als; null" CHECK ("Größe" > 0),
    "a b" int CONSTRAINT "class" UNIQUE,
    "all" int CONSTRAINT "ALL" UNIQUE
);
CREATE TABLE "Other World".people (id int CONSTRAINT positive CHECK (id > 0) PRIMARY KEY, name tag);
-- DOWN
"""

EMPTY: Final = 'TRUNCATE teams, people, bookings, events, reports, animals, "Odd ""one"" here", "Other World".people'

QUERIES = """
-- name: add_team :exec
INSERT INTO teams (id, name) VALUES (:id, :name);
-- name: add_teams :batch
INSERT INTO teams (id, name) VALUES (:id, :name);
-- name: copy_teams :copy
INSERT INTO teams (id, name) VALUES (:id, :name);
-- name: add_person :batch
INSERT INTO people (id, team_id) VALUES (:id, :team_id);
"""


@pytest.fixture(scope="session")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The project, generated."""
    files = {"migrations/0001_all.sql": SCHEMA, "queries/teams.sql": QUERIES}
    settings = 'schemas = ["public", "Other World"]'
    with generated(scratch, tmp_path_factory.mktemp("refusing") / "p", files, "refusing", settings) as made:
        yield made


@pytest.fixture(scope="session")
def package(project: Sandbox) -> Iterator[Any]:
    """Its modules."""
    with imported(project, "refusing") as found:
        yield found


@pytest.fixture(scope="session")
def database_url(scratch: ScratchServer, project: Sandbox) -> Iterator[str]:
    """Its database."""
    with migrated(scratch, project, "refusing") as url:
        yield url


@pytest.fixture(autouse=True)
def only_package(package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the only one of the process: other tests import packages that know constraints of the same names."""
    own = package.constraints.__name__.removesuffix("constraints")
    for name in [name for name in CONSTRAINT_MODULES if not name.startswith(own)]:
        monkeypatch.delitem(CONSTRAINT_MODULES, name)


@pytest.fixture
def db(database_url: str, package: Any) -> Iterator[Database]:
    """A Database on it, with empty tables."""
    with Database(database_url) as database:
        database.raw(EMPTY)
        yield database


@pytest.fixture
async def adb(db: Database, database_url: str) -> AsyncIterator[AsyncDatabase]:
    """An AsyncDatabase on it, with empty tables."""
    async with AsyncDatabase(database_url) as database:
        yield database
