"""Factories of whole projects: several schemas, types of the project's own, tables that are left out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest
from janua import Database, FactoryError
from janua.scratch import ScratchServer

from tests.generator.packages import generated, imported, migrated, type_errors
from tests.generator.sandbox import Sandbox

SCHEMA = """-- UP
CREATE SCHEMA "Other";
CREATE TYPE "Other".mood AS ENUM ('sad', 'ok');
CREATE TABLE people (id int PRIMARY KEY, boss_id int, mood "Other".mood NOT NULL, settings jsonb NOT NULL,
    extra jsonb NOT NULL);
CREATE TABLE "Other".people (id int PRIMARY KEY, person_id int NOT NULL REFERENCES public.people);
ALTER TABLE people ADD COLUMN other_id int REFERENCES "Other".people,
    ADD CHECK (boss_id IS NULL OR other_id IS NOT NULL);
CREATE TABLE kinds (kind text PRIMARY KEY);
CREATE TABLE things (id int PRIMARY KEY, kind text NOT NULL REFERENCES kinds);
-- DOWN
"""
CODE = """
from dataclasses import dataclass

@dataclass
class Settings:
    theme: str = "dark"

@dataclass
class Extra:
    needed: int
"""
SETTINGS = """
schemas = ["public", "Other"]
tables = ["public.people", "Other.people", "things"]
[[tool.janua.override]]
column = "people.settings"
python = "made_types:Settings"
[[tool.janua.override]]
column = "people.extra"
python = "made_types:Extra"
"""


@pytest.fixture(scope="module")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The project, generated."""
    files = {"migrations/0001_all.sql": SCHEMA, "made_types.py": CODE}
    folder = tmp_path_factory.mktemp("factories") / "p"
    with generated(scratch, folder, files, "made_in_schemas", SETTINGS) as made:
        yield made


@pytest.fixture(scope="module")
def db(scratch: ScratchServer, project: Sandbox) -> Iterator[Database]:
    """A database with its tables."""
    with migrated(scratch, project, "factories") as url, Database(url) as db:
        yield db


def test_rows_of_several_schemas_refer_to_each_other(project: Sandbox, db: Database) -> None:
    """Whichever is asked for; a class of the project's own is made if it needs no arguments."""
    with imported(project, "made_in_schemas") as package:
        extra = import_module("made_types").Extra(1)
        person = package.factories.make_person(db, extra=extra)
        assert "dark" == person.settings.theme
        other = package.__dict__["other.factories"].make_person(db, person_id=person.id)
        assert other.id == package.factories.make_person(db, extra=extra, boss_id=1, other_id=other.id).other_id
        with pytest.raises(FactoryError, match="a made_types:Extra that must have a value: give extra"):
            package.__dict__["other.factories"].make_person(db)


def test_a_parent_without_a_factory_is_named(project: Sandbox, db: Database) -> None:
    """Its table was left out."""
    expected = pytest.raises(FactoryError, match=r"public\.things refers to a table without a factory: give kind")
    with imported(project, "made_in_schemas") as package, expected:
        package.factories.make_thing(db)


@pytest.mark.parametrize("module", ["factories", "other.factories"])
def test_either_module_is_imported_first(project: Sandbox, module: str) -> None:
    """They know each other."""
    subprocess.run([sys.executable, "-c", f"import made_in_schemas.{module}"], cwd=project.root, check=True)


def test_type_checkers_accept_it(project: Sandbox) -> None:
    """In their strict modes."""
    assert "" == type_errors(project, "made_in_schemas")
