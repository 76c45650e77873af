"""A base type that nothing here has heard of is a ``str`` in every position, said in a warning, and never a crash."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import pytest
from janua import Database, ParameterError, UnreadableValue
from janua.migrations import read_migrations
from janua.scratch import ScratchServer
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from .conftest import NewProject, drop_databases
from .sandbox import Sandbox

# As an extension in C would make it; its binary form is nothing that is known here, and its name is of another schema.
MIGRATION = """-- UP
CREATE SCHEMA ext;
CREATE TYPE ext.version;
CREATE FUNCTION ext.version_in(cstring) RETURNS ext.version LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION ext.version_out(ext.version) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION ext.version_send(ext.version) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'void_send';
CREATE TYPE ext.version (
    INPUT = ext.version_in, OUTPUT = ext.version_out, SEND = ext.version_send, LIKE = text, DELIMITER = '|'
);
CREATE FUNCTION ext.below(ext.version, ext.version) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'bytealt';
CREATE FUNCTION ext.same(ext.version, ext.version) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'byteaeq';
CREATE FUNCTION ext.compare(ext.version, ext.version) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'byteacmp';
CREATE OPERATOR ext.<<< (LEFTARG = ext.version, RIGHTARG = ext.version, FUNCTION = ext.below);
CREATE OPERATOR ext.=== (LEFTARG = ext.version, RIGHTARG = ext.version, FUNCTION = ext.same);
CREATE OPERATOR CLASS ext.version_ops DEFAULT FOR TYPE ext.version USING btree AS
    OPERATOR 1 ext.<<<, OPERATOR 3 ext.===, FUNCTION 1 ext.compare(ext.version, ext.version);
CREATE DOMAIN release AS ext.version;
CREATE TYPE bundle AS (name text, version ext.version, others ext.version[], release release);
CREATE TYPE versions AS RANGE (subtype = ext.version);
CREATE TABLE packages (
    id int PRIMARY KEY, version ext.version NOT NULL, others ext.version[], bundle bundle, many bundle[],
    release release, releases release[], supported versions, several versions_multirange
);
-- DOWN
SELECT 1;
"""
QUERIES = """-- name: add :one
INSERT INTO packages
VALUES (:id, :version, :others, :bundle, :many, :release, :releases, :supported, :several) RETURNING *;
-- name: by_versions :many
SELECT id FROM packages WHERE version OPERATOR(ext.===) ANY(:versions) OR version OPERATOR(ext.===) :version;
-- name: whole :many
SELECT p, version FROM packages p;
-- name: gathered :one
SELECT array_agg(version ORDER BY id) AS versions, array_agg(bundle ORDER BY id) AS bundles FROM packages;
-- name: record :many
SELECT ROW(version, others, 1) AS r FROM packages;
-- name: record_of_texts :many
SELECT ROW(version::text, 1) AS r FROM packages;
-- name: allowed :many
-- @allow unknown-type
SELECT version FROM packages;
"""
TEXTS = ["a|b", 'c"d', "NULL", "", "x,y", "{z}", "\\", "(a,b]", "ß 😀"]


@dataclass(frozen=True)
class Generated:
    """The generated package, a database with its schema, and what the generator warned of."""

    packages: ModuleType
    models: ModuleType
    db: Database
    warnings: str


@pytest.fixture(scope="module")
def generated(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    """From a schema with an unknown type in it."""
    project = Sandbox(tmp_path_factory.mktemp("unknown"), scratch.url("postgres"))
    files = {"migrations/0001_versions.sql": MIGRATION, "queries/packages.sql": QUERIES}
    project.fill(files, 'output = "unknown_types"\n')
    outcome = project.run()
    assert 0 == outcome.code, outcome.err
    name = scratch.clone(scratch.migrated(read_migrations(project.root / "migrations"), purpose="unknown"))
    sys.path.insert(0, str(project.root))
    try:
        packages, models = (importlib.import_module(f"unknown_types.{each}") for each in ("packages", "models"))
        with Database(scratch.url(name)) as db:
            yield Generated(packages, models, db, outcome.err)
    finally:
        sys.path.remove(str(project.root))
        for each in [each for each in sys.modules if each.partition(".")[0] == "unknown_types"]:
            del sys.modules[each]
        scratch.drop(name)
        drop_databases(project.root, project.url)


@pytest.mark.parametrize("text", TEXTS)
def test_its_values_are_texts_in_every_position(generated: Generated, text: str) -> None:
    """Alone, in arrays with a delimiter of their own, composites, domains, ranges, and all of it in one another."""
    packages, models = generated.packages, generated.models
    bundle = models.Bundle("n", text, [*TEXTS, None], text)
    values = {
        "version": text, "others": [*TEXTS, None], "bundle": bundle, "many": [bundle, None], "release": text,
        "releases": [text], "supported": Range(min(text, "b"), max(text, "b"), "[]"),
        "several": Multirange([Range(min(text, "b"), max(text, "b"), "[]")]),
    }  # fmt: skip
    with generated.db.transaction() as tx:
        added = packages.add(tx, id=1, **values)
        assert values == {name: getattr(added, name) for name in values}
        assert [1] == packages.by_versions(tx, versions=["?", text], version="?")
        assert [1] == packages.by_versions(tx, versions=[], version=text)
        [whole] = packages.whole(tx)
        assert ({"id": 1, **values}, text) == (
            {name: getattr(whole.p, name) for name in ("id", *values)},
            whole.version,
        )
        gathered = packages.gathered(tx)
        assert ([text], [bundle]) == (gathered.versions, gathered.bundles)
        with pytest.raises(UnreadableValue, match=r"r \(record\) cannot be read: .* ext.version is read as text only"):
            packages.record(tx)
        assert [(text, 1)] == packages.record_of_texts(tx)
        tx.raw("DELETE FROM packages")


def test_nulls_are_none(generated: Generated) -> None:
    """In every position."""
    nothing = dict.fromkeys(("others", "bundle", "many", "release", "releases", "supported", "several"))
    with generated.db.transaction() as tx:
        added = generated.packages.add(tx, id=2, version="v", **nothing)
        assert nothing == {name: getattr(added, name) for name in nothing}
        tx.raw("DELETE FROM packages")


def test_what_is_no_text_is_refused_by_its_name(generated: Generated) -> None:
    """As for every other type."""
    with pytest.raises(ParameterError, match=r"packages.by_versions: parameter \$2 \(ext.version\) cannot be sent"):
        generated.packages.by_versions(generated.db, versions=[], version="\0")
    with pytest.raises(
        ParameterError, match=r"parameter \$1 \(ext.version\[\]\) cannot be sent: an array needs a list"
    ):
        generated.packages.by_versions(generated.db, versions="abc", version="")


def test_each_query_warns_once_of_each_type(generated: Generated) -> None:
    """Wherever in its columns and parameters it is; the one that allows it is silent."""
    found = re.findall(r"warning: (.*) \[unknown-type\]", generated.warnings)
    expected = [
        'column "version" of query add has the type ext.version, which is given as str',
        'parameter "versions" of query by_versions has the type ext.version, which is given as str',
        'column "p" of query whole has the type ext.version, which is given as str',
        'column "versions" of query gathered has the type ext.version, which is given as str',
    ]
    assert expected == found


@pytest.mark.parametrize(("extension", "type_"), [("pg_trgm", "gtrgm"), ("btree_gist", "gbtreekey8")])
def test_the_types_of_other_extensions_generate(new_project: NewProject, extension: str, type_: str) -> None:
    """Those that only an index holds."""
    project = new_project(
        {
            "migrations/0001_x.sql": f"-- UP\nCREATE EXTENSION {extension};\n-- DOWN\nDROP EXTENSION {extension};\n",
            "queries/q.sql": f"-- name: get :one\nSELECT NULL::{type_} AS v, NULL::{type_}[] AS many;\n",
        }
    )
    outcome = project.run()
    assert 0 == outcome.code, outcome.err
    assert f'column "v" of query get has the type {type_}, which is given as str' in outcome.err
    assert "    v: str | None\n    many: list[str] | None\n" in project.read("generated/q.py")
