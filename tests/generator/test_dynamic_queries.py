"""Generated functions of queries with variants, run: what is left out is gone from the statement, sync and async."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from janua import UNSET, AsyncDatabase, Database, NothingToUpdate, ParameterError
from janua.scratch import ScratchServer

from .packages import generated, imported, migrated, type_errors
from .sandbox import Sandbox
from .workbench import Workbench

MIGRATION = """-- UP
CREATE TABLE orgs (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE people (
    id int PRIMARY KEY, name text NOT NULL, email text, org_id int REFERENCES orgs,
    joined date NOT NULL DEFAULT '2020-01-01', score float8
);
INSERT INTO orgs VALUES (1, 'acme'), (2, 'umbrella');
INSERT INTO people VALUES
    (1, 'ada', 'ada@x.org', 1, '2021-01-01', 1), (2, 'bob', NULL, 1, '2022-01-01', NULL),
    (3, 'cyd', 'cyd@y.org', 2, '2023-01-01', 'NaN');
-- DOWN
DROP TABLE people, orgs;
"""
QUERIES = """-- name: search :many
-- People, as far as asked.
-- @optional email, names, since, until, max
-- @order newest = joined DESC, people.id; closest = abs(people.id - :near), people.id
SELECT people.id FROM people LEFT JOIN orgs ON orgs.id = org_id AND orgs.name = :org?
WHERE people.id <> :near
    AND email ILIKE :email -- AND it is a comment
    AND (people.name = ANY(:names) OR people.name = 'ada')
    AND joined BETWEEN :since AND :until
ORDER BY people.id
LIMIT :max;

-- name: everybody :many
-- @optional name
SELECT id FROM people WHERE name = :name ORDER BY id;

-- name: update_person
-- @optional name, email, score
UPDATE people SET name = :name, email = :email, score = :score WHERE id = :id RETURNING name, email, score;

-- name: add_person
-- @optional email, joined
INSERT INTO people (id, name, email, joined) VALUES (:id, :name, :email, :joined)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = :email RETURNING email, joined;

-- name: in_time :many
-- @optional name
-- @timeout 20s
SELECT id FROM people WHERE name = :name AND id > :least ORDER BY id;

-- name: one_by_one :stream
-- @optional name
-- @order up = id; down = id DESC
SELECT id FROM people WHERE name = :name AND id > :least;

-- name: in_order :many
-- @order up = id; down = id DESC
SELECT id FROM people FETCH FIRST 2 ROWS ONLY;
"""


@pytest.fixture(scope="module")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The project of these queries, generated."""
    root = tmp_path_factory.mktemp("dynamic") / "project"
    files: dict[str, str | bytes] = {"migrations/0001_x.sql": MIGRATION, "queries/people.sql": QUERIES}
    with generated(scratch, root, files, "dynamic") as made:
        yield made


@pytest.fixture(scope="module")
def people(project: Sandbox) -> Iterator[Any]:
    """The generated module."""
    with imported(project, "dynamic") as package:
        yield package.people


@pytest.fixture
def db(project: Sandbox, scratch: ScratchServer) -> Iterator[Database]:
    """A database with the project's data."""
    with migrated(scratch, project, "dynamic") as url, Database(url) as db:
        yield db


def test_the_package_passes_the_type_checkers(project: Sandbox) -> None:
    """In their strict modes."""
    assert "" == type_errors(project, "dynamic")


def test_inspect_says_what_may_be_left_out(project: Sandbox) -> None:
    """And the keys to order by."""
    found = {each["name"]: each for each in json.loads(project.run("inspect", "--json").out)["queries"]}
    optional = [each["name"] for each in found["search"]["params"] if each["optional"]]
    assert (["email", "names", "since", "until", "max"], ["newest", "closest"]) == (
        optional,
        found["search"]["order_by"],
    )
    assert ([], []) == (found["in_order"]["params"], found["in_order"]["page"])


def test_what_is_left_out_is_gone(people: Any, db: Database) -> None:
    """Each operand goes by itself, BETWEEN with either of its bounds."""
    found = [
        people.search(db, near=0, org=None),
        people.search(db, near=0, org="acme", email="%@x.org"),
        people.search(db, near=0, org=None, names=["cyd"], max=5),
        people.search(db, near=1, org=None, names=["bob", "cyd"], order_by="closest"),
        people.search(db, near=0, org=None, since="2022-06-01", until="2024-01-01", max=None),
        people.search(db, near=0, org=None, max=1, order_by="newest"),
    ]
    assert [[3, 2, 1], [1], [3, 1], [2, 3], [3], [3]] == found


def test_a_where_clause_may_go_as_a_whole(people: Any, db: Database) -> None:
    """With its only operand."""
    assert ([1, 2, 3], [2], []) == (
        people.everybody(db),
        people.everybody(db, name="bob"),
        people.everybody(db, name="BOB"),
    )


def test_unset_leaves_and_none_is_null(people: Any, db: Database) -> None:
    """A partial update tells the two apart."""
    row = people.update_person(db, id=1, email=None)
    assert ("ada", None, 1.0) == (row.name, row.email, row.score)
    row = people.update_person(db, id=1, name="Ada", email=UNSET)
    assert ("Ada", None, 1.0) == (row.name, row.email, row.score)


def test_an_update_of_nothing_is_refused(people: Any, db: Database) -> None:
    """Before anything is sent."""
    with pytest.raises(NothingToUpdate, match=r"people\.update_person: there is nothing to assign: give at least one"):
        people.update_person(db, id=1)


def test_a_value_left_out_is_the_default(people: Any, db: Database) -> None:
    """And its assignment is gone from ON CONFLICT."""
    row = people.add_person(db, id=9, name="new", email="n@x.org")
    assert ("n@x.org", "2020-01-01") == (row.email, str(row.joined))
    assert "n@x.org" == people.add_person(db, id=9, name="again").email


def test_an_order_that_there_is_not_is_refused(people: Any, db: Database) -> None:
    """Whatever it says."""
    with pytest.raises(ParameterError, match=r"order_by is one of up, down$"):
        people.in_order(db, order_by="id; DROP TABLE people")
    assert ([1, 2], [3, 2]) == (people.in_order(db), people.in_order(db, order_by="down"))


def test_it_goes_with_other_ways_to_run(people: Any, db: Database) -> None:
    """A time limit, a stream, a pipeline, a cursor in place of prepared statements."""
    with people.one_by_one(db, least=1, order_by="down") as rows, db.pipeline() as pipeline:
        assert ([2, 3], [2], [3, 2]) == (
            people.in_time(db, least=1),
            people.in_time(pipeline, least=1, name="bob"),
            list(rows),
        )
        assert [1, 2, 3] == people.everybody(pipeline)
    with people.one_by_one(db, least=1, name="cyd") as rows:
        assert [3] == list(rows)


def test_it_needs_no_prepared_statements(people: Any, project: Sandbox, scratch: ScratchServer) -> None:
    """Behind a proxy that has none."""
    with migrated(scratch, project, "dynamic") as url, Database(url, prepare=False) as db:
        assert [[1, 2, 3], [2]] == [people.everybody(db), people.everybody(db, name="bob")]
        assert [3, 2] == people.search(db, near=1, org=None, names=["bob", "cyd"], order_by="newest")


@pytest.mark.parametrize(
    ("head", "directive", "finding"),
    [
        (":batch", "@optional name", "@optional does not go with :batch"),
        (":copy", "@optional name", "@optional does not go with :copy"),
        (":exec\n-- @bulk", "@optional name", "@optional does not go with @bulk"),
    ],
)
def test_sets_of_values_have_no_variants(workbench: Workbench, head: str, directive: str, finding: str) -> None:
    """One statement is sent for all of them."""
    workbench.migrate("CREATE TABLE t (id int, name text)")
    sql = f"-- name: q {head}\n-- {directive}\nINSERT INTO t (id, name) VALUES (:id, :name);"
    assert [finding] == [each.message for each in workbench.analyse(sql).errors]


async def test_it_is_the_same_awaited(people: Any, project: Sandbox, scratch: ScratchServer) -> None:
    """One function serves both."""
    with migrated(scratch, project, "dynamic") as url:
        async with AsyncDatabase(url) as db:
            assert [3] == await people.search(db, near=0, org=None, max=1)
            for _ in range(12):
                assert [3, 2] == await people.in_order(db, order_by="down")
