"""Rows with nested values, from SQL to objects: embeds, dotted names, lists, classes that queries share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from janua import AsyncDatabase, Database
from janua.errors import NotFound, TooManyRows
from janua.scratch import ScratchServer

from .conftest import NewProject
from .packages import generated, imported, migrated, type_errors
from .sandbox import Sandbox

SCHEMA = """\
-- UP
CREATE TABLE orgs (id int PRIMARY KEY, name text NOT NULL, note text);
CREATE TABLE users (id int PRIMARY KEY, org_id int REFERENCES orgs, name text NOT NULL);
CREATE TABLE loose (x int, y int);
INSERT INTO orgs VALUES (1, 'a', NULL), (2, 'b', 'n'), (3, 'empty', NULL);
INSERT INTO users VALUES (1, 1, 'u'), (2, NULL, 'v'), (3, 2, 'w'), (4, 1, 'x');
INSERT INTO loose VALUES (1, NULL), (NULL, NULL);
-- DOWN
DROP TABLE users, orgs, loose;
"""
QUERIES = """\
-- name: with_org
SELECT u.id, sqlc.embed(o) FROM users u LEFT JOIN orgs o ON o.id = u.org_id ORDER BY u.id;

-- name: both
SELECT sqlc.embed(users), sqlc.embed(orgs) FROM users JOIN orgs ON orgs.id = users.org_id ORDER BY users.id;

-- name: only_org :optional
SELECT sqlc.embed(o) FROM orgs o WHERE id = :id;

-- name: dotted
SELECT u.id, o.id AS "org.id", o2.name AS "org.next.name"
FROM users u LEFT JOIN orgs o ON o.id = u.org_id LEFT JOIN orgs o2 ON o2.id = o.id + 1 ORDER BY u.id;

-- name: without_key
SELECT u.id, l.x AS "l.x", l.y AS "l.y" FROM users u LEFT JOIN loose l ON true WHERE u.id = 1 ORDER BY l.x;

-- name: card :optional
-- @row UserCard
SELECT u.id, u.name FROM users u WHERE u.id = :id;

-- name: cards
-- @row UserCard
SELECT u.id, u.name FROM users u ORDER BY u.id;

-- name: members
-- @nest members by id
SELECT o.id, o.name, u.id AS "members.id", u.name AS "members.name"
FROM orgs o LEFT JOIN users u ON u.org_id = o.id ORDER BY o.name DESC, u.id;

-- name: members_of :one
-- @nest members by id, name
SELECT o.id, o.name, u.id AS "members.id" FROM orgs o LEFT JOIN users u ON u.org_id = o.id
WHERE o.id >= :low AND o.id <= :high ORDER BY u.id;
"""
ELSEWHERE = """\
-- name: more_cards
-- @row UserCard
SELECT u.id, u.name FROM users u ORDER BY u.id DESC;
"""
FILES = {"migrations/0001_x.sql": SCHEMA, "queries/q.sql": QUERIES, "queries/elsewhere.sql": ELSEWHERE}


@pytest.fixture(scope="module")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The project, generated."""
    with generated(scratch, tmp_path_factory.mktemp("nested") / "project", FILES, "nested_rows") as made:
        yield made


@pytest.fixture(scope="module")
def package(project: Sandbox) -> Iterator[Any]:
    """Its modules."""
    with imported(project, "nested_rows") as modules:
        yield modules


@pytest.fixture(scope="module")
def url(project: Sandbox, scratch: ScratchServer) -> Iterator[str]:
    """A database with its schema and data."""
    with migrated(scratch, project, "nested") as found:
        yield found


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """A database to call the functions with."""
    with Database(url) as opened:
        yield opened


def test_the_type_checkers_accept_it(project: Sandbox) -> None:
    """Both of them, in their strict modes."""
    assert "" == type_errors(project, "nested_rows")


def test_an_embed_is_the_tables_model_or_none(package: Any, db: Database) -> None:
    """None where the outer join found no row."""
    m = package.models
    expected = [(1, m.Org(1, "a", None)), (2, None), (3, m.Org(2, "b", "n")), (4, m.Org(1, "a", None))]
    assert expected == [(each.id, each.o) for each in package.q.with_org(db)]


def test_a_model_may_say_less_than_was_proven(package: Any, db: Database) -> None:
    """The join refuses a NULL in org_id; it is the model of users all the same."""
    first = package.q.both(db)[0]
    assert (package.models.User(1, 1, "u"), package.models.Org(1, "a", None)) == (first.users, first.orgs)


def test_an_only_embed_is_the_result_itself(package: Any, db: Database) -> None:
    """As an only column is."""
    assert (package.models.Org(2, "b", "n"), None) == (package.q.only_org(db, id=2), package.q.only_org(db, id=9))


def test_dotted_names_nest_as_deep_as_they_go(package: Any, db: Database) -> None:
    """Each level is absent by itself."""
    rows = package.q.dotted(db)
    assert ["b", None, "empty", "b"] == [each.org.next.name if each.org else None for each in rows]


def test_without_a_key_all_columns_tell_whether_it_is_there(package: Any, db: Database) -> None:
    """A row of NULLs alone cannot be told from none."""
    assert [(1, None), None] == [each.l and (each.l.x, each.l.y) for each in package.q.without_key(db)]


def test_queries_share_the_class_that_row_names(package: Any, db: Database) -> None:
    """Across files, too: it stands among the models."""
    card = package.models.UserCard
    assert [card, card, card] == [
        type(each) for each in (package.q.card(db, id=1), package.q.cards(db)[0], package.elsewhere.more_cards(db)[0])
    ]


def test_nested_lists_keep_the_order_and_the_childless(package: Any, db: Database) -> None:
    """A row for each key, in the order in which they come first."""
    rows = package.q.members(db)
    assert [("empty", []), ("b", ["w"]), ("a", ["u", "x"])] == [(r.name, [m.name for m in r.members]) for r in rows]


def test_one_counts_the_rows_after_nesting(package: Any, db: Database) -> None:
    """Two members are one row, two organizations are two."""
    assert [1, 4] == [each.id for each in package.q.members_of(db, low=1, high=1).members]
    with pytest.raises(TooManyRows, match="returned 2 rows instead of one"):
        package.q.members_of(db, low=1, high=2)
    with pytest.raises(NotFound):
        package.q.members_of(db, low=9, high=9)


async def test_it_is_the_same_asynchronously(package: Any, url: str) -> None:
    """Through the same functions."""
    async with AsyncDatabase(url) as adb:
        assert [1, 4] == [each.id for each in (await package.q.members_of(adb, low=1, high=1)).members]
        assert [2] == [each.id for each in await package.q.with_org(adb) if each.o is None]


@pytest.mark.parametrize(
    ("query", "finding"),
    [
        ("-- @row User\nSELECT id FROM users", "query odd has other columns than the class User, which exists already"),
        ("-- @row UserCard\nSELECT id FROM users", "query odd has other columns than the class UserCard"),
        ('SELECT 1 AS "a.b", 2 AS "a.B?", 3 AS "A.b"', ""),
        ('SELECT 1 AS "a.x y", 2 AS "a.x_y"', "two columns of query odd would both be called x_y in Python"),
    ],
)
def test_what_cannot_be_is_a_finding(new_project: NewProject, query: str, finding: str) -> None:
    """With the query's name in it."""
    project = new_project({**FILES, "queries/r.sql": f"-- name: odd :many\n{query};\n"})
    outcome = project.run()
    assert (bool(finding), True) == (outcome.code == 1, finding in outcome.err)
