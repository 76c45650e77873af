"""Pages of a generated query: all rows, each once, in the order that OFFSET would give them; and their cursors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from janua import AsyncDatabase, Database, InvalidCursor, Page, ParameterError
from janua.errors import ConfigError
from janua.scratch import ScratchServer

from .packages import generated, imported, migrated, type_errors
from .sandbox import Sandbox

MIGRATION = """-- UP
CREATE TYPE mood AS ENUM ('sad', 'fine', 'glad');
CREATE TABLE things (
    id int PRIMARY KEY, name text NOT NULL, score float8, mood mood, made timestamptz,
    day date NOT NULL DEFAULT '2020-02-29'
);
CREATE TABLE parts (thing_id int REFERENCES things, number int, label varchar(9), PRIMARY KEY (thing_id, number));
-- DOWN
DROP TABLE parts, things; DROP TYPE mood;
"""
ORDERS = {
    "by_id": "id",
    "by_id_down": "id DESC",
    "by_name": "name, id",
    "by_name_down": "name DESC, id DESC",
    "by_name_mixed": "name DESC, id",
    "by_score": "score, id",
    "by_score_down": "score DESC, id DESC",
    "by_score_nulls_first": "score NULLS FIRST, id DESC",
    "by_score_nulls_last": "score DESC NULLS LAST, id",
    "by_mood_and_score": "mood DESC NULLS LAST, score, name DESC, id",
    "by_made": "made DESC, day, id",
}
QUERIES = (
    "".join(f"-- name: {name}\n-- @page {order}\nSELECT * FROM things;\n\n" for name, order in ORDERS.items())
    + """-- name: filtered
-- Named at least so, scored at least so.
-- @optional name, score
-- @page score DESC, id
SELECT id, score FROM things WHERE name >= :name AND (score >= :score OR score IS NULL);

-- name: ids
-- @page id
SELECT id FROM things;

-- name: parts_of
-- @page label, number
SELECT p.number, p.label, t.name AS "thing.name" FROM parts p JOIN things t ON t.id = p.thing_id WHERE p.thing_id = :id;

-- name: counted
-- @page things DESC, name
SELECT name, count(*) AS things FROM things GROUP BY name;
"""
)


@pytest.fixture(scope="module")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The project of these queries, generated."""
    root = tmp_path_factory.mktemp("paged") / "project"
    files: dict[str, str | bytes] = {"migrations/0001_x.sql": MIGRATION, "queries/things.sql": QUERIES}
    with generated(scratch, root, files, "paged") as made:
        yield made


@pytest.fixture(scope="module")
def things(project: Sandbox) -> Iterator[Any]:
    """The generated module."""
    with imported(project, "paged") as package:
        yield package.things


@pytest.fixture(scope="module")
def url(project: Sandbox, scratch: ScratchServer) -> Iterator[str]:
    """A database with the project's schema."""
    with migrated(scratch, project, "paged") as url:
        yield url


@pytest.fixture(scope="module")
def db(url: str) -> Iterator[Database]:
    """The same, for janua."""
    with Database(url) as db:
        yield db


def fill(url: str, rows: list[tuple[object, ...]]) -> None:
    """Replace the things by these: name, score, mood, made."""
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE things CASCADE")
        with cursor.copy("COPY things (id, name, score, mood, made) FROM STDIN") as copy:
            for number, row in enumerate(rows):
                copy.write_row((number, *row))


def walked(function: Any, db: Database, limit: int, **parameters: Any) -> list[Any]:
    """All rows, page after page; each page but the last is full."""
    found: list[Any] = []
    after = None
    while True:
        page = function(db, limit=limit, after=after, **parameters)
        assert isinstance(page, Page)
        found += page.items
        if page.next is None:
            return found
        assert limit == len(page.items)
        after = page.next


def test_the_package_passes_the_type_checkers(project: Sandbox) -> None:
    """In their strict modes."""
    assert "" == type_errors(project, "paged")


SCORES = st.sampled_from([None, 0.0, -0.0, 0.1, 1e300, float("nan"), float("inf"), float("-inf")])
MOODS = st.sampled_from([None, "sad", "fine", "glad"])
TIMES = st.sampled_from([None, "2020-01-01T00:00:00.000001Z", "2020-01-01T02:00:00.000002+02"])
ROWS = st.lists(st.tuples(st.sampled_from(["", "a", 'b"', "é\n"]), SCORES, MOODS, TIMES), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS, limit=st.integers(1, 5))
def test_pages_are_what_offset_gives(things: Any, db: Database, url: str, rows: list[Any], limit: int) -> None:
    """Nothing is skipped and nothing comes twice: NULL, NaN and infinity included, whatever the directions."""
    fill(url, rows)
    with psycopg.connect(url) as connection:
        for name, order in ORDERS.items():
            expected = [id for (id,) in connection.execute(f"SELECT id FROM things ORDER BY {order}".encode())]
            assert expected == [each.id for each in walked(getattr(things, name), db, limit)], name


def test_times_are_keys_to_the_microsecond(things: Any, db: Database, url: str) -> None:
    """And NULLs among them come first, from high to low."""
    fill(url, [("a", None, None, each) for each in ("2020-01-01T00:00:00Z", None, "2020-01-01T00:00:00.000001Z", None)])
    assert [1, 3, 2, 0] == [each.id for each in walked(things.by_made, db, 1)]


@pytest.mark.parametrize(
    "setting", ["DateStyle = 'SQL, DMY'", "DateStyle = 'Postgres, MDY'", "TimeZone = 'Asia/Kathmandu'"]
)
def test_settings_of_the_session_change_nothing(things: Any, url: str, setting: str) -> None:
    """A cursor made under one is read under another."""
    fill(url, [("a", None, None, f"2020-01-0{day}T00:00:00Z") for day in (3, 2, 1)])
    with Database(url) as db, db.connection() as one, db.connection() as other:
        one.raw(f"SET {setting}")  # pyright: ignore[reportArgumentType]
        cursor = things.by_made(one, limit=1).next
        assert [1, 2] == [each.id for each in things.by_made(other, limit=5, after=cursor).items]


def test_what_is_left_out_makes_pages_too(things: Any, db: Database, url: str) -> None:
    """@optional and @page together."""
    fill(url, [("b", 2.0, None, None), ("a", 3.0, None, None), ("b", None, None, None), ("c", 1.0, None, None)])
    found = [
        walked(things.filtered, db, 1),
        walked(things.filtered, db, 1, name="b"),
        walked(things.filtered, db, 2, score=2.0),
        walked(things.filtered, db, 1, name="b", score=2.0),
    ]
    assert [[2, 1, 0, 3], [2, 0, 3], [2, 1, 0], [2, 0]] == [[row.id for row in rows] for rows in found]


def test_rows_of_any_kind_make_pages(things: Any, db: Database, url: str) -> None:
    """Bare values, nested ones, groups."""
    fill(url, [(name, None, None, None) for name in "aabbbc"])
    db.raw("INSERT INTO parts SELECT 1, n, nullif(n % 3, 0) FROM generate_series(1, 7) n")
    assert [0, 1, 2, 3, 4, 5] == walked(things.ids, db, 4)
    assert [1, 4, 7, 2, 5, 3, 6] == [each.number for each in walked(things.parts_of, db, 2, id=1)]
    assert [("b", 3), ("a", 2), ("c", 1)] == [(each.name, each.things) for each in walked(things.counted, db, 1)]


def test_no_rows_are_an_empty_page(things: Any, db: Database, url: str) -> None:
    """Without a next."""
    fill(url, [])
    assert Page([], None) == things.by_id(db, limit=10)


def test_rows_written_meanwhile_change_no_other_page(things: Any, db: Database, url: str) -> None:
    """A row before the cursor does not push others over it."""
    fill(url, [("a", None, None, None)] * 4)
    page = things.by_id(db, limit=2)
    db.raw("DELETE FROM things WHERE id = 0")
    assert [2, 3] == [each.id for each in things.by_id(db, limit=2, after=page.next).items]


@pytest.mark.parametrize("limit", [0, -1, "3", None])
def test_a_limit_counts_rows(things: Any, db: Database, limit: Any) -> None:
    """One at least."""
    with pytest.raises(ParameterError, match=r"things\.by_id: limit must be at least 1"):
        things.by_id(db, limit=limit)


def test_a_cursor_is_taken_as_it_was_given_only(things: Any, db: Database, url: str) -> None:
    """Not changed in any character, cut, lengthened, or of another query."""
    fill(url, [("a", None, None, None)] * 3)
    cursor = things.by_id(db, limit=1).next
    spoilt = [cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(len(cursor))]
    for wrong in [*spoilt, cursor[:-1], cursor + "A", cursor + "=", cursor + "\n", "", "é", "💥", "0" * 10000]:
        with pytest.raises(InvalidCursor, match="the cursor is damaged") as failure:
            things.by_id(db, limit=1, after=wrong)
        assert wrong == "" or wrong not in str(failure.value)
    with pytest.raises(InvalidCursor, match="is of another query, or of an earlier version"):
        things.by_id_down(db, limit=1, after=cursor)


def test_a_secret_signs_cursors(things: Any, url: str) -> None:
    """So that nobody else can make them; transactions and connections have the database's."""
    fill(url, [("a", None, None, None)] * 3)
    with Database(url) as plain, Database(url, cursor_secret="s") as signed, Database(url, cursor_secret=b"t") as other:
        cursor = things.by_id(signed, limit=1).next
        for db in (plain, other):
            with pytest.raises(InvalidCursor, match="signed with another secret"):
                things.by_id(db, limit=1, after=cursor)
        with pytest.raises(InvalidCursor):
            things.by_id(signed, limit=1, after=things.by_id(plain, limit=1).next)
        with signed.transaction() as tx, tx.transaction() as nested, signed.connection() as connection:
            for place in (tx, nested, connection):
                assert [1] == [each.id for each in things.by_id(place, limit=1, after=cursor).items]


def test_an_empty_secret_is_refused(url: str) -> None:
    """It would sign nothing."""
    with pytest.raises(ConfigError, match="cursor_secret is empty"):
        Database(url, cursor_secret="")


async def test_it_is_the_same_awaited(things: Any, url: str) -> None:
    """A cursor is taken by both."""
    fill(url, [("a", None, None, None)] * 3)
    async with AsyncDatabase(url) as db:
        page = await things.by_id(db, limit=2)
        assert ([0, 1], [2]) == (
            [each.id for each in page.items],
            [each.id for each in (await things.by_id(db, limit=2, after=page.next)).items],
        )
        async with db.transaction() as tx:
            assert (await things.by_id(tx, limit=2)).next == page.next
