"""Every way in which rows are refused, as the error of the generated package, wherever the server tells of it."""

from __future__ import annotations

import pickle
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from types import ModuleType
from typing import Any

import psycopg
import pytest
from janua import ConstraintViolation, Database, JanuaError, Query
from janua.builder import insert
from janua.query import CONSTRAINT_MODULES, Types
from psycopg import errors
from psycopg.pq import DiagnosticField

VALUE = "secret"
TEAM = "INSERT INTO teams (id, name) VALUES (1, 'secret')"
PERSON = "INSERT INTO people (id) VALUES (1)"

# what is there, what is refused, the class and its module, psycopg's class, the columns
REFUSED: list[tuple[str, str, str, type[psycopg.Error], tuple[str, ...]]] = [
    (TEAM, TEAM, "TeamsPkey", errors.UniqueViolation, ("id",)),
    (TEAM, "INSERT INTO teams VALUES (2, 'secret')", "TeamsNameKey", errors.UniqueViolation, ("name",)),
    ("", "INSERT INTO teams VALUES (1, 'x', -7)", "TeamsPositive", errors.CheckViolation, ("size",)),
    ("", "INSERT INTO people (id, size) VALUES (1, -7)", "PeoplePositive", errors.CheckViolation, ("size",)),
    ("", "INSERT INTO people (id, low, high) VALUES (1, 9, 8)", "PeopleCheck", errors.CheckViolation, ("low", "high")),
    (
        "INSERT INTO teams VALUES (1, 'Secret', 6)",
        "INSERT INTO teams VALUES (2, 'secret', 6)",
        "TeamsLowerKey",
        errors.UniqueViolation,
        ("name", "label"),
    ),
    ("", "INSERT INTO people VALUES (1, NULL, 77)", "PeopleBossIdFkey", errors.ForeignKeyViolation, ("boss_id",)),
    (
        "INSERT INTO bookings VALUES (1, '[1,3]')",
        "INSERT INTO bookings VALUES (1, '[2,4]')",
        "BookingsRoomDuringExcl",
        errors.ExclusionViolation,
        ("room", "during"),
    ),
    (
        "INSERT INTO events VALUES (1, 'eu')",
        "INSERT INTO events VALUES (1, 'eu')",
        "EventsIdRegionKey",
        errors.UniqueViolation,
        ("id", "region"),
    ),
    ("", "INSERT INTO events VALUES (1, 'eu', NULL, -7)", "EventsSizeCheck", errors.CheckViolation, ("size",)),
    ("", "INSERT INTO events VALUES (1, 'eu', 77)", "EventsTeamIdFkey", errors.ForeignKeyViolation, ("team_id",)),
    ("", "INSERT INTO events VALUES (1000, 'eu')", "OwnId", errors.CheckViolation, ("id",)),
    (
        "INSERT INTO events VALUES (1, 'eu'); INSERT INTO reports VALUES (1, 'eu')",
        "DELETE FROM events",
        "ReportsEventFkey",
        errors.ForeignKeyViolation,
        ("event_id", "region"),
    ),
    ("", "INSERT INTO animals VALUES ('x', 3)", "LegsInPairs", errors.CheckViolation, ("legs",)),
    ("", "INSERT INTO cats VALUES ('x', 3)", "LegsInPairs", errors.CheckViolation, ("legs",)),
    ("", "INSERT INTO kittens VALUES ('x', 3)", "LegsInPairs", errors.CheckViolation, ("legs",)),
    ("", "INSERT INTO kittens VALUES ('x', 4, -1)", "CatsClawsCheck", errors.CheckViolation, ("claws",)),
    ("", "SELECT 'se cret'::tag", "NoBlanks", errors.CheckViolation, ()),
    ("", "SELECT 'se c'::short_tag", "NoBlanks", errors.CheckViolation, ()),
    ("", "SELECT 'secret'::short_tag", "ShortTagCheck", errors.CheckViolation, ()),
    ("", 'INSERT INTO "Odd ""one"" here" VALUES (-7)', "GrößerAlsNull", errors.CheckViolation, ("Größe",)),
    (
        'INSERT INTO "Odd ""one"" here" VALUES (1, 7)',
        'INSERT INTO "Odd ""one"" here" VALUES (1, 7)',
        "Class",
        errors.UniqueViolation,
        ("a b",),
    ),
    (
        'INSERT INTO "Odd ""one"" here" VALUES (1, 7, 7)',
        'INSERT INTO "Odd ""one"" here" VALUES (1, 8, 7)',
        "ALL_",
        errors.UniqueViolation,
        ("all",),
    ),
    ("", 'INSERT INTO "Other World".people VALUES (-7)', "other_world.Positive", errors.CheckViolation, ("id",)),
    ("", "INSERT INTO \"Other World\".people VALUES (1, 'se cret')", "NoBlanks", errors.CheckViolation, ()),
]


def class_of(package: Any, name: str) -> type[Any]:
    """The class by its name, in the module of its schema."""
    schema, _, bare = name.rpartition(".")
    found: type[Any] = getattr(getattr(package, f"{schema}.constraints" if schema else "constraints"), bare)
    return found


@pytest.mark.parametrize(("before", "refused", "name", "kind", "columns"), REFUSED, ids=lambda each: str(each)[:60])
def test_a_row_is_refused_as_the_constraints_own_error(
    db: Any,
    package: Any,
    before: str,
    refused: str,
    name: str,
    kind: type[psycopg.Error],
    columns: tuple[str, ...],
) -> None:
    """Which is psycopg's as well, and tells the names."""
    if before:
        db.raw(before)
    with pytest.raises(kind) as caught:
        db.raw(refused)
    found = class_of(package, name)
    assert type(caught.value) is found
    assert (ConstraintViolation, JanuaError) == (found.__mro__[1], found.__mro__[2])
    assert columns == class_of(package, name).columns
    assert kind.sqlstate == caught.value.sqlstate


def test_the_error_tells_names_and_never_values(db: Any, package: Any) -> None:
    """Neither its text, nor what it carries, nor the traceback; psycopg's own would quote the row."""
    db.raw(TEAM)
    with pytest.raises(package.constraints.TeamsNameKey) as caught:
        db.raw("INSERT INTO teams (id, name) VALUES ($1, $2)", (2, VALUE))
    error = caught.value
    assert 'public.teams (name) violates the unique constraint "teams_name_key"' == str(error)
    assert ["query: raw"] == error.__notes__
    assert ("public", "teams", "teams_name_key") == (error.schema, error.table, error.constraint)
    assert ("public", "teams", "teams_name_key") == (
        error.diag.schema_name,
        error.diag.table_name,
        error.diag.constraint_name,
    )
    assert (None, None, None) == (error.diag.message_detail, error.diag.context, error.pgresult)
    assert (None, None) == (error.__cause__, error.__context__)
    told = [getattr(error.diag, field.name.lower(), None) for field in DiagnosticField]
    assert VALUE not in f"{error!r} {told} {''.join(traceback.format_exception(error))}"


def test_a_message_of_a_functions_own_is_not_shown(db: Any, package: Any) -> None:
    """It may hold anything."""
    with pytest.raises(package.constraints.TeamsNameKey) as caught:
        db.raw(
            "DO $$BEGIN RAISE unique_violation USING MESSAGE = 'secret', HINT = 'secret', SCHEMA = 'public',"
            " TABLE = 'teams', CONSTRAINT = 'teams_name_key'; END$$"
        )
    assert VALUE not in f"{caught.value} {caught.value.diag.message_primary} {caught.value.diag.message_hint}"


def test_the_error_can_be_pickled(db: Any, package: Any) -> None:
    """As psycopg's can."""
    with pytest.raises(package.constraints.TeamsPositive) as caught:
        db.raw("INSERT INTO teams VALUES (1, 'x', -7)")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(caught.value), str(caught.value)) == (type(copy), str(copy))
    assert "positive" == copy.diag.constraint_name


def test_a_restricted_deletion_is_the_foreign_keys_error(db: Any, package: Any) -> None:
    """Its code is another since PostgreSQL 18, and stays the server's."""
    db.raw("INSERT INTO people (id, boss_id) VALUES (1, NULL), (2, 1)")
    with pytest.raises(package.constraints.PeopleBossIdFkey) as caught:
        db.raw("DELETE FROM people WHERE id = 1")
    assert isinstance(caught.value, errors.ForeignKeyViolation)
    assert caught.value.diag.sqlstate == caught.value.sqlstate


@pytest.mark.parametrize(
    ("refused", "kind"),
    [
        ("INSERT INTO teams VALUES (1, NULL)", errors.NotNullViolation),
        ("INSERT INTO events VALUES (1, 'us')", errors.CheckViolation),
        ("INSERT INTO later VALUES (1), (1)", errors.UniqueViolation),
        (
            "DO $$BEGIN RAISE check_violation"
            " USING SCHEMA = 'public', TABLE = 'teams', CONSTRAINT = 'teams_pkey'; END$$",
            errors.CheckViolation,
        ),
        ("DO $$BEGIN RAISE SQLSTATE '23999' USING CONSTRAINT = 'teams_pkey'; END$$", errors.IntegrityError),
    ],
)
def test_what_no_class_is_known_for_stays_as_it_is(db: Any, refused: str, kind: type[psycopg.Error]) -> None:
    """NOT NULL, a partition that is missing, a table made since, and one that is another kind of error."""
    db.raw("CREATE TABLE IF NOT EXISTS later (id int PRIMARY KEY)")
    with pytest.raises(kind) as caught:
        db.raw(refused)
    assert kind is type(caught.value)


def test_a_query_says_which_it_was(db: Any, package: Any) -> None:
    """Prepared or not."""
    for _ in range(2):
        with pytest.raises(package.constraints.TeamsPkey) as caught:
            for _ in range(2):
                package.teams.add_team(db, id=1, name="x")
        assert ["query: teams.add_team"] == caught.value.__notes__


def test_statements_that_are_not_prepared_too(database_url: str, db: Any, package: Any) -> None:
    """As behind PgBouncer."""
    db.raw(TEAM)
    with Database(database_url, prepare=False) as other, pytest.raises(package.constraints.TeamsPkey) as caught:
        package.teams.add_team(other, id=1, name="x")
    assert ["query: teams.add_team"] == caught.value.__notes__


def test_a_batch_a_copy_and_a_pipeline_too(db: Any, package: Any) -> None:
    """With their notes."""
    teams, refused = package.teams, package.constraints.TeamsPkey
    batch = [teams.AddTeamsParams(id=1, name="a"), teams.AddTeamsParams(id=1, name="b")]
    with pytest.raises(refused) as caught:
        teams.add_teams(db, batch)
    assert ["query: teams.add_teams", "set 2 of 2"] == caught.value.__notes__
    with pytest.raises(refused) as caught:
        teams.copy_teams(db, [teams.CopyTeamsParams(id=1, name=VALUE)] * 2)
    assert VALUE not in "".join(traceback.format_exception(caught.value))
    assert None is caught.value.__context__
    with pytest.raises(refused), db.pipeline() as pipeline:
        teams.add_team(pipeline, id=1, name="a")
        teams.add_team(pipeline, id=1, name="b")


def test_the_query_builder_too(db: Any, package: Any) -> None:
    """Its statements are of the package."""
    into: Any = insert(package.tables.teams)
    row = into.values(id=1, name="x")
    row.execute(db)
    with pytest.raises(package.constraints.TeamsPkey):
        row.execute(db)


def test_a_deferred_constraint_is_told_of_at_commit(db: Any, package: Any) -> None:
    """By a block, by hand, by ``run``, at once where that is asked for, and by a batch."""
    orphan = "INSERT INTO people (id, team_id) VALUES (1, 77)"
    refused = package.constraints.PeopleTeamIdFkey
    with pytest.raises(refused) as caught, db.transaction() as tx:
        tx.raw(orphan)
    assert "77" not in "".join(traceback.format_exception(caught.value))
    tx = db.begin()
    tx.raw(orphan)
    with pytest.raises(refused):
        tx.commit()
    calls: list[int] = []

    def work(tx: Any) -> None:
        calls.append(1)
        tx.raw(orphan)

    with pytest.raises(refused):
        db.run(work)
    assert [1] == calls
    with pytest.raises(refused):
        db.raw(orphan)
    with db.transaction() as tx:
        tx.raw(orphan)
        with pytest.raises(refused):
            tx.raw("SET CONSTRAINTS ALL IMMEDIATE")
        tx.rollback()
    with pytest.raises(refused) as caught:
        package.teams.add_person(db, [package.teams.AddPersonParams(id=1, team_id=77)])
    assert ["query: teams.add_person", "at COMMIT, after all of 1"] == caught.value.__notes__
    assert [{"count": 0}] == db.raw("SELECT count(*) FROM people")


def test_a_deferred_unique_constraint_too(db: Any, package: Any) -> None:
    """With the sides swapped and never put right."""
    with pytest.raises(package.constraints.PeopleCodeKey), db.transaction() as tx:
        tx.raw("INSERT INTO people (id, code) VALUES (1, 'a'), (2, 'a')")


async def test_the_asynchronous_twin_does_the_same(adb: Any, package: Any) -> None:
    """Each place once."""
    teams, constraints = package.teams, package.constraints
    await teams.add_team(adb, id=1, name="x")
    with pytest.raises(constraints.TeamsPkey):
        await teams.add_team(adb, id=1, name="x")
    with pytest.raises(constraints.TeamsPkey):
        await adb.raw(TEAM)
    with pytest.raises(constraints.TeamsPkey):
        await teams.add_teams(adb, [teams.AddTeamsParams(id=1, name="x")])

    async def rows() -> AsyncIterator[Any]:
        yield teams.CopyTeamsParams(id=1, name="x")

    with pytest.raises(constraints.TeamsPkey):
        await teams.copy_teams(adb, rows())
    with pytest.raises(constraints.TeamsPkey):
        async with adb.pipeline() as pipeline:
            await teams.add_team(pipeline, id=1, name="x")
    with pytest.raises(constraints.PeopleTeamIdFkey):
        async with adb.transaction() as tx:
            await tx.raw("INSERT INTO people (id, team_id) VALUES (1, 77)")


def test_events_are_told_the_same_error(db: Any, package: Any) -> None:
    """A handler sees no values either."""
    seen: list[Any] = []
    db.on("error", seen.append)
    db.raw(TEAM)
    with pytest.raises(package.constraints.TeamsPkey):
        db.raw(TEAM)
    assert [package.constraints.TeamsPkey] == [type(each.error) for each in seen]


@pytest.fixture
def other_package(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Another package of this process, by its name, that has the same constraint."""

    def make(name: str) -> Any:
        found: Any = ModuleType(f"{name}.constraints")
        members = {"schema": "public", "table": "teams", "constraint": "teams_pkey"}
        found.TeamsPkey = type("TeamsPkey", (ConstraintViolation, errors.UniqueViolation), members)
        found.ALL = {("public", "teams", "teams_pkey"): found.TeamsPkey}
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
        monkeypatch.setitem(sys.modules, found.__name__, found)
        monkeypatch.setitem(CONSTRAINT_MODULES, found.__name__, None)
        return found

    return make


def test_of_two_packages_the_one_that_asked_is_meant(
    db: Any, package: Any, other_package: Callable[[str], Any]
) -> None:
    """For a text of no package, the one that was used on this database; where neither was, psycopg's own error."""
    other = other_package("elsewhere")
    db.raw(TEAM)
    with pytest.raises(errors.UniqueViolation) as caught:
        db.raw(TEAM)
    assert errors.UniqueViolation is type(caught.value)
    with pytest.raises(package.constraints.TeamsPkey):
        package.teams.add_team(db, id=1, name="x")
    with pytest.raises(package.constraints.TeamsPkey):
        db.raw(TEAM)
    theirs = Query[None]("theirs.add", TEAM, types=Types(constraints=("elsewhere.constraints",)))
    with pytest.raises(other.TeamsPkey):
        db.execute(theirs)


def test_a_package_that_has_gone_hides_no_error(db: Any, package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its module is asked for when a constraint is violated, and need not be there."""
    monkeypatch.setitem(CONSTRAINT_MODULES, "nowhere.constraints", None)
    db.raw(TEAM)
    with pytest.raises(package.constraints.TeamsPkey):
        db.raw(TEAM)
