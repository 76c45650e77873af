"""Streams, copies, batches and bulk inserts, from SQL to what is in the database."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from janua import AsyncDatabase, Database, NotFound, ParameterError
from janua.scratch import ScratchServer

from .conftest import NewProject
from .packages import generated, imported, migrated, type_errors
from .sandbox import Sandbox

SCHEMA = """\
-- UP
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE place AS (x int, y int);
CREATE DOMAIN words AS text[];
CREATE TABLE orgs (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE users (
    id int PRIMARY KEY, org_id int REFERENCES orgs, name text NOT NULL, email text UNIQUE, mood mood,
    tags text[], doc jsonb, at place, words words, code character(3), bits bit(4), scores numeric[],
    made timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int UNIQUE, note text);
CREATE TABLE split (n int NOT NULL, note text) PARTITION BY LIST (n);
CREATE TABLE split_even PARTITION OF split FOR VALUES IN (0, 2, 4, 6, 8);
CREATE TABLE split_odd PARTITION OF split DEFAULT;
CREATE TABLE late (id int REFERENCES orgs DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE wide (a int, b bigint, c text, d float8, e bool, f uuid, g date, h timestamptz, i numeric, j jsonb);
INSERT INTO orgs VALUES (1, 'one'), (2, 'two');
INSERT INTO users (id, org_id, name, mood) VALUES (1, 1, 'Ann', 'ok'), (2, NULL, 'Bob', NULL);
-- DOWN
DROP TABLE late, split, numbered, wide, users, orgs;
DROP DOMAIN words; DROP TYPE place; DROP TYPE mood;
"""
QUERIES = """\
-- name: stream_users :stream
SELECT * FROM users WHERE id >= :first ORDER BY id;

-- name: stream_with_org :stream
SELECT users.id, sqlc.embed(orgs), json_build_object('name', users.name) AS doc
FROM users LEFT JOIN orgs ON orgs.id = users.org_id ORDER BY users.id;

-- name: stream_numbers :stream
SELECT n::int AS "n!" FROM generate_series(1, :last::int) AS n;

-- name: copy_users :copy
INSERT INTO users (id, name, email, mood, tags, doc, at) VALUES (:id, :name, :email, :mood, :tags, :doc, :at);

-- name: copy_numbers :copyfrom
INSERT INTO numbered (n) VALUES (:n);

-- name: copy_wide :copy
INSERT INTO wide VALUES (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j);

-- name: add_users
-- @bulk
INSERT INTO users AS u (id, name, email, mood, tags, doc, at, words, code, bits, scores)
VALUES (:id, :name, lower(:email), :mood, :tags, :doc, :at, :words, :code, :bits, :scores)
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name || :suffix
RETURNING *;

-- name: add_numbers
-- @bulk
INSERT INTO numbered(n,note)VALUES(:n,(SELECT 'org ' || name FROM orgs WHERE id = :org)) ON CONFLICT DO NOTHING
RETURNING n, note;

-- name: add_notes :affected
-- @bulk
INSERT INTO split (n, note) VALUES (:n, :note);

-- name: split_notes
-- @bulk
INSERT INTO split (n, note) VALUES (:n, 'x') RETURNING n;

-- name: note_them :exec
-- @bulk
WITH chosen AS (SELECT :prefix::text AS prefix)
INSERT INTO split (n, note) VALUES (:n, (SELECT prefix FROM chosen) || :note);

-- name: add_wide :affected
-- @bulk
INSERT INTO wide VALUES (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j);

-- name: rename :batch
UPDATE users SET name = :name WHERE id = :id RETURNING id, name;

-- name: org_name :batchone
SELECT name FROM orgs WHERE id = :id;

-- name: users_of :batchmany
SELECT id, name FROM users WHERE org_id = :org ORDER BY id;

-- name: set_mood :batchexec
UPDATE users SET mood = :mood WHERE id = :id;

-- name: refer_late :batchexec
INSERT INTO late VALUES (:id);

-- name: user_names
SELECT name FROM users ORDER BY id;

-- name: count_numbers :one
SELECT count(*)::int AS "n!" FROM numbered;

-- name: rows_of_wide :many
SELECT * FROM wide ORDER BY a;
"""
FILES = {"migrations/0001_x.sql": SCHEMA, "queries/q.sql": QUERIES}


@pytest.fixture(scope="module")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The project, generated."""
    with generated(scratch, tmp_path_factory.mktemp("calls") / "project", FILES, "calls") as made:
        yield made


@pytest.fixture(scope="module")
def package(project: Sandbox) -> Iterator[Any]:
    """Its modules."""
    with imported(project, "calls") as modules:
        yield modules


@pytest.fixture
def q(package: Any) -> Any:
    """The module of the queries."""
    return package.q


@pytest.fixture
def url(project: Sandbox, scratch: ScratchServer) -> Iterator[str]:
    """A database with its schema and data."""
    with migrated(scratch, project, "calls") as found:
        yield found


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """A database to call the functions with."""
    with Database(url) as opened:
        yield opened


def test_the_type_checkers_accept_it(project: Sandbox) -> None:
    """Both of them, in their strict modes."""
    assert "" == type_errors(project, "calls")


def user(q: Any, id: int, **values: Any) -> Any:
    """A set of values for ``add_users``."""
    unset = dict.fromkeys(("email", "mood", "tags", "doc", "at", "words", "code", "bits", "scores"))
    return q.AddUsersParams(**{"id": id, "name": f"user {id}", **unset, **values})


# :stream


def test_a_stream_gives_the_rows_of_a_list(package: Any, q: Any, db: Database) -> None:
    """Of the same classes: models, enums, nested values, JSON."""
    with q.stream_users(db, first=1) as rows:
        found = list(rows)
    assert [(package.models.User, "Ann", package.enums.Mood.OK), (package.models.User, "Bob", None)] == [
        (type(each), each.name, each.mood) for each in found
    ]
    with q.stream_with_org(db) as rows:
        assert [(1, "one", "Ann"), (2, None, "Bob")] == [(r.id, r.orgs and r.orgs.name, r.doc.name) for r in rows]


async def test_a_stream_is_the_same_asynchronously(q: Any, url: str) -> None:
    """With ``async with`` and ``async for``."""
    async with AsyncDatabase(url) as adb:
        async with q.stream_numbers(adb, last=2500) as rows:
            assert list(range(1, 2501)) == [each async for each in rows]
        assert 0 == adb.pool_stats().busy


# :copy


def test_copy_writes_what_was_given(package: Any, q: Any, db: Database) -> None:
    """Enums, arrays, JSON and composites too, NULLs, and texts that COPY has its own signs for."""
    place, mood = package.models.Place, package.enums.Mood
    rows = [
        q.CopyUsersParams(
            id=3, name="a\tb\\N\nc", email=None, mood=mood.SAD, tags=["x,", 'y"'], doc={"a": 1}, at=place(1, None)
        ),
        q.CopyUsersParams(id=4, name="\\.", email="", mood=None, tags=None, doc=None, at=None),
    ]
    assert 2 == q.copy_users(db, iter(rows))
    with q.stream_users(db, first=3) as stream:
        found = [(r.id, r.name, r.email, r.mood, r.tags, r.doc, r.at) for r in stream]
    assert found == [(r.id, r.name, r.email, r.mood, r.tags, r.doc, r.at) for r in rows]


def test_one_column_is_copied_from_bare_values(q: Any, db: Database) -> None:
    """And the count is what was copied, nothing for nothing."""
    assert (1234, 0) == (q.copy_numbers(db, range(1234)), q.copy_numbers(db, []))
    assert 1234 == q.count_numbers(db)


def wide_row(q: Any, kind: str, n: int) -> Any:
    """A row of ten columns."""
    from uuid import UUID

    made = getattr(q, f"{kind}WideParams")
    moment = dt.datetime(2024, 2, 29, 12, 30, 1, n % 1_000_000, dt.UTC)
    values = (
        n,
        n * 2**32,
        f"text {n}",
        n / 7,
        n % 2 == 0,
        UUID(int=n),
        moment.date(),
        moment,
        Decimal(n) / 8,
        {"n": n},
    )
    return made(**dict(zip("abcdefghij", values, strict=True)))


def test_copy_and_bulk_write_the_same(q: Any, db: Database) -> None:
    """The one in binary form, the other through arrays."""
    assert 300 == q.copy_wide(db, [wide_row(q, "Copy", n) for n in range(300)])
    copied = q.rows_of_wide(db)
    db.raw("TRUNCATE wide")
    assert 300 == q.add_wide(db, [wide_row(q, "Add", n) for n in range(300)])
    assert copied == q.rows_of_wide(db)
    expected = wide_row(q, "Copy", 7)
    assert [getattr(expected, name) for name in "abcdefghij"] == [getattr(copied[7], name) for name in "abcdefghij"]


async def test_copy_takes_asynchronous_iterables(q: Any, url: str) -> None:
    """And others."""

    async def numbers() -> Any:
        for n in range(1500):
            yield n

    async with AsyncDatabase(url) as adb:
        assert (1500, 2) == (await q.copy_numbers(adb, numbers()), await q.copy_numbers(adb, (-1, -2)))


def test_a_wrong_row_is_named_and_nothing_is_copied(q: Any, db: Database) -> None:
    """By its number and column, without its value."""
    rows = [wide_row(q, "Copy", n) for n in range(2000)]
    rows[1500].b = 2**63
    with pytest.raises(ParameterError, match=r"q.copy_wide: row 1501: b \(bigint\) cannot be sent: the number is not"):
        q.copy_wide(db, rows)
    assert [] == q.rows_of_wide(db)
    with pytest.raises(ParameterError, match=r"q.copy_users: row 1: email \(text\) cannot be sent: it needs a str"):
        q.copy_users(db, [q.CopyUsersParams(id=9, name="x", email=b"x", mood=None, tags=None, doc=None, at=None)])


# @bulk


def test_bulk_inserts_rows_and_gives_them_back(package: Any, q: Any, db: Database) -> None:
    """Arrays, composites and domains over arrays come back as they went, expressions and defaults are applied."""
    place, mood = package.models.Place, package.enums.Mood
    given = [
        user(
            q, 10, email="A@B", mood=mood.OK, tags=["a", None, 'q"'], doc=[1, {"b": None}], at=place(1, 2), words=["w"]
        ),
        user(q, 11, tags=[], code="abc", bits="1010", scores=[Decimal("1.50"), None]),
        user(q, 1, doc={"c": 3}),
    ]
    found = q.add_users(db, given, suffix="!")
    assert [10, 11, 1] == [each.id for each in found]
    first, second, third = found
    assert ("a@b", mood.OK, ["a", None, 'q"'], [1, {"b": None}], place(1, 2), ["w"]) == (
        first.email, first.mood, first.tags, first.doc, first.at, first.words,
    )  # fmt: skip
    assert ([], "abc", "1010", [Decimal("1.50"), None]) == (second.tags, second.code, second.bits, second.scores)
    assert ("user 1!", None, None) == (third.name, third.doc, third.tags)
    assert first.made.tzinfo is not None


def test_bulk_takes_any_iterable_and_an_empty_one_costs_nothing(q: Any, url: str) -> None:
    """Not even a connection."""
    nowhere = Database("postgresql://localhost:1/nowhere")
    assert ([], 0, None) == (
        q.add_numbers(nowhere, []), q.add_notes(nowhere, iter(())), q.note_them(nowhere, (), prefix="p"),
    )  # fmt: skip
    with Database(url) as db:
        assert 2 == q.add_notes(db, (q.AddNotesParams(n=n, note=None) for n in (1, 2)))
        assert None is q.note_them(db, [q.NoteThemParams(n=3, note="c")], prefix="p")
        assert ["pc"] == [each["note"] for each in db.raw("SELECT note FROM split WHERE n = 3")]


async def test_bulk_is_the_same_asynchronously(q: Any, url: str) -> None:
    """The empty list too."""
    async with AsyncDatabase(url) as adb:
        assert [] == await q.add_numbers(adb, [])
        found = await q.add_numbers(adb, [q.AddNumbersParams(n=1, org=2), q.AddNumbersParams(n=2, org=9)])
        assert [(1, "org two"), (2, None)] == [(each.n, each.note) for each in found]


def test_rows_come_back_in_their_order(q: Any, db: Database) -> None:
    """Also those that several partitions take, and without those that a conflict skips."""
    numbers = random.Random(3).sample(range(5000), 5000)
    assert numbers == q.split_notes(db, numbers)
    row = q.AddNumbersParams
    assert [5, 3] == [each.n for each in q.add_numbers(db, [row(n=5, org=1), row(n=3, org=1)])]
    assert [9, 1] == [each.n for each in q.add_numbers(db, [row(n=n, org=1) for n in (9, 5, 3, 9, 1)])]
    ids = [each["n"] for each in db.raw("SELECT n FROM numbered ORDER BY id")]
    assert [5, 3, 9, 1] == ids


def test_seventy_thousand_rows_of_ten_columns_are_one_statement(q: Any, db: Database) -> None:
    """Far more values than a statement may have parameters."""
    assert 70_000 == q.add_wide(db, (wide_row(q, "Add", n) for n in range(70_000)))
    assert 70_000 == db.raw("SELECT count(*) AS n FROM wide")[0]["n"]


def test_a_wrong_row_of_bulk_is_named(q: Any, db: Database) -> None:
    """By its number and column; an object of another class, and a text in place of a list, too."""
    rows = [user(q, 20), user(q, 21, tags=["x", "y\0"])]
    with pytest.raises(ParameterError, match=r"q.add_users: row 2: tags \(text\[\]\) cannot be sent: a text cannot"):
        q.add_users(db, rows, suffix="")
    with pytest.raises(ParameterError, match="row 2 is a str, and an object with n, org is needed"):
        q.add_numbers(db, [q.AddNumbersParams(n=1, org=1), "x"])
    with pytest.raises(ParameterError, match="takes many values, and a str is one"):
        q.copy_numbers(db, "123")


# :batch


def test_a_batch_gives_what_each_set_gives(q: Any, db: Database) -> None:
    """A row or None where the statement finds one by its key, one row, a list, nothing."""
    row = q.RenameParams
    found = q.rename(db, [row(id=2, name="Bea"), row(id=77, name="?"), row(id=1, name="Amy")])
    assert [(2, "Bea"), None, (1, "Amy")] == [each and (each.id, each.name) for each in found]
    assert ["two", "one"] == q.org_name(db, (2, 1))
    assert [["Amy"], []] == [[each.name for each in users] for users in q.users_of(db, {1: "", 2: ""})]
    assert None is q.set_mood(db, [q.SetMoodParams(id=1, mood="sad")])
    assert ([], None) == (q.org_name(db, []), q.set_mood(db, []))


async def test_a_batch_is_the_same_asynchronously(q: Any, url: str) -> None:
    """And a hundred thousand sets do not choke it."""
    async with AsyncDatabase(url) as adb:
        assert ["two", "one"] == await q.org_name(adb, (2, 1))
        assert 20_000 == len(await q.org_name(adb, [1] * 20_000))


def test_a_batch_that_fails_is_undone_as_a_whole(q: Any, db: Database) -> None:
    """Its error has the number of the set; at COMMIT there is none."""
    row = q.RenameParams
    with pytest.raises(psycopg.errors.NotNullViolation) as caught:
        q.rename(db, [row(id=1, name="x"), row(id=2, name=None), row(id=2, name="y")])
    assert ["query: q.rename", "set 2 of 3"] == caught.value.__notes__
    assert ["Ann", "Bob"] == q.user_names(db)
    with pytest.raises(psycopg.errors.ForeignKeyViolation) as caught_late:
        q.refer_late(db, [1, 99, 2])
    assert ["query: q.refer_late", "at COMMIT, after all of 3"] == caught_late.value.__notes__
    assert [] == db.raw("SELECT * FROM late")
    with pytest.raises(NotFound) as missing:
        q.org_name(db, [1, 9])
    assert ["set 2 of 2"] == missing.value.__notes__
    with pytest.raises(ParameterError, match=r"q.org_name: set 2: parameter \$1 \(integer\) cannot be sent"):
        q.org_name(db, [1, 2**31])


def test_a_batch_in_a_transaction_is_part_of_it(q: Any, db: Database) -> None:
    """Undone with it."""
    with pytest.raises(ZeroDivisionError), db.transaction() as tx:
        q.rename(tx, [q.RenameParams(id=1, name="x")])
        assert ["x", "Bob"] == q.user_names(tx)
        raise ZeroDivisionError
    assert ["Ann", "Bob"] == q.user_names(db)


# what is refused


INSERT_USER = "INSERT INTO users (id, name) VALUES"
INSERT_ORG = "INSERT INTO orgs VALUES"
BULK = "\n-- @bulk\n"
REFUSED = [
    (f":copy\n{INSERT_USER} (:id, 'x');", "2:43: a value that is not just a parameter"),
    (f":copy\n{INSERT_USER} (:id, lower(:name));", "2:43: a value that is not just a parameter"),
    (f":copy\n{INSERT_USER} (:id, :name) ON CONFLICT DO NOTHING;", "2:50: ON CONFLICT does not go"),
    (f":copy\n{INSERT_USER} (:id, :name) RETURNING id;", "2:50: RETURNING does not go"),
    (f":copy\nWITH x AS (SELECT 1) {INSERT_ORG} (:id, :name);", "2:1: WITH does not go with :copy"),
    (":copy\nINSERT INTO names VALUES (:id, :name);", "2:13: names is a view: it does not go with :copy"),
    (f":copy\n{INSERT_ORG} (:id, :name), (:b, :c);", "it is no INSERT INTO … VALUES (…) with one row"),
    (":copy\nSELECT :id::int;", "cannot be copied: it is no INSERT INTO"),
    (f":stream\n{INSERT_ORG} (1, 'x') RETURNING id;", "cannot be streamed: it is no SELECT"),
    (":stream\nWITH x AS (DELETE FROM orgs RETURNING id) SELECT id FROM x;", "or one that writes"),
    (":stream\nDELETE FROM orgs;", "declared to return rows, but its statement returns none"),
    (':stream\n-- @nest m by id\nSELECT id, name AS "m.name" FROM orgs;', "2:4: @nest does not go with :stream"),
    (":batch\nDELETE FROM orgs;", "has no parameter of which a batch could give many values"),
    (f":batch{BULK}{INSERT_ORG} (:id, :name);", "2:4: @bulk does not go with :batch"),
    (f":stream{BULK}{INSERT_ORG} (:id, :name);", "@bulk does not go with :stream"),
    (f":one{BULK}{INSERT_ORG} (:id, :name) RETURNING id;", "it cannot be :one"),
    (f"{BULK}{INSERT_ORG} (:id, DEFAULT);", "3:31: DEFAULT in the VALUES of @bulk"),
    (f"{BULK}{INSERT_ORG} (1, 'x');", "2:4: @bulk needs parameters in VALUES"),
    (f"{BULK}INSERT INTO orgs SELECT :id::int, 'x';", "2:4: @bulk does not go with this statement"),
    (f"{BULK}UPDATE orgs SET name = :name;", "2:4: @bulk does not go with this statement"),
    (
        f"{BULK}{INSERT_ORG} (:id, :name) ON CONFLICT (id) DO UPDATE SET name = :name;",
        "3:76: :name is given by each row, and stands outside of VALUES too",
    ),
    (
        f"{BULK}{INSERT_ORG} (:id, (SELECT max(:name::text) FROM orgs));",
        '3:26: with @bulk: column ":id" must appear in the GROUP BY clause',
    ),
    (":streem\nSELECT 1;", 'did you mean ":stream"?'),
]


@pytest.mark.parametrize(("query", "finding"), REFUSED)
def test_what_cannot_be_is_a_finding_with_its_place(new_project: NewProject, query: str, finding: str) -> None:
    """And nothing is written."""
    schema = SCHEMA.replace("-- DOWN", "CREATE VIEW names AS SELECT id, name FROM orgs;\n-- DOWN", 1)
    outcome = new_project({"migrations/0001_x.sql": schema, "queries/r.sql": f"-- name: odd {query}"}).run()
    assert (1, True) == (outcome.code, finding in outcome.err), outcome.err


def test_the_rule_of_the_refused_names_the_way_out(new_project: NewProject) -> None:
    """``@bulk`` does what COPY cannot."""
    query = "-- name: odd :copy\nINSERT INTO orgs VALUES (:id, :name) ON CONFLICT DO NOTHING;"
    outcome = new_project({"migrations/0001_x.sql": SCHEMA, "queries/r.sql": query}).run()
    assert 'hint: write "-- @bulk" below the name in place of :copy' in outcome.err


def test_inspect_names_the_kind_of_call(project: Sandbox) -> None:
    """In its cardinality."""
    import json

    found = {each["name"]: each for each in json.loads(project.run("inspect", "--json").out)["queries"]}
    assert ("stream", "copy", "batch", "many") == tuple(
        found[name]["cardinality"] for name in ("stream_users", "copy_users", "rename", "add_users")
    )
    assert found["copy_numbers"]["sql"] == "COPY numbered (n) FROM STDIN"
