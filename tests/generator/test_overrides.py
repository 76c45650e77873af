"""Types of the project's own in the place of the usual ones, from SQL to objects and back."""

from __future__ import annotations

import dataclasses
import importlib
import json
import subprocess
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from janua import AsyncDatabase, Database
from janua.errors import ParameterError, UnreadableValue
from janua.scratch import ScratchServer

from .overridden import CONFIGURATION, files
from .packages import generated, imported, migrated, type_errors
from .sandbox import Sandbox


@pytest.fixture(scope="module")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The project, generated."""
    root = tmp_path_factory.mktemp("overrides") / "project"
    configuration = CONFIGURATION.format(types="own_types")
    with generated(scratch, root, files("own_types", "overridden"), "overridden", configuration) as made:
        yield made


@pytest.fixture(scope="module")
def package(project: Sandbox) -> Iterator[Any]:
    """Its modules."""
    with imported(project, "overridden") as modules:
        yield modules
        sys.modules.pop("own_types", None)


@pytest.fixture(scope="module")
def own(package: Any) -> Any:
    """The project's own types."""
    return importlib.import_module("own_types")


@pytest.fixture
def url(project: Sandbox, scratch: ScratchServer) -> Iterator[str]:
    """A database with its schema and data."""
    with migrated(scratch, project, "overrides") as found:
        yield found


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """A database to call the functions with."""
    with Database(url) as opened:
        yield opened


@pytest.fixture
def ada(package: Any, own: Any, db: Database) -> Any:
    """A user with a value in every column."""
    return package.q.add(
        db,
        id=own.UserId(UUID(int=1)),
        org_id=1,
        metadata=own.Metadata("Ada", UUID(int=7), [own.Part(Decimal("1.10"), datetime(2024, 2, 29, tzinfo=UTC))]),
        settings={"theme": "light"},
        address=own.Address(streetName="Main St"),
        events=[own.Clicked(3), own.Typed("k")],
        limits={"a": [own.Daily(1), own.Monthly(2)], "b": []},
        email=own.Email("ada@example.com"),
        roles=[own.Role.ADMIN, own.Role.GUEST],
        mood="ok",
        budget=own.Money(Decimal("9.50")),
        site=own.Site("https://example.com"),
        level=own.Level.HIGH,
        friends=[own.UserId(UUID(int=2))],
    )


def test_the_type_checkers_accept_it(project: Sandbox) -> None:
    """Both of them, in their strict modes."""
    assert "" == type_errors(project, "overridden")


def test_every_kind_of_type_comes_back_as_it_was_sent(package: Any, own: Any, db: Database, ada: Any) -> None:
    """In the table's own model."""
    user = package.q.get(db, id=ada.id)
    assert own.Metadata("Ada", UUID(int=7), [own.Part(Decimal("1.10"), datetime(2024, 2, 29, tzinfo=UTC))]) == (
        user.metadata
    )
    assert {"theme": "light"} == user.settings
    assert own.Address(streetName="Main St") == user.address
    assert [own.Clicked(3), own.Typed("k")] == user.events
    assert {"a": [own.Daily(1), own.Monthly(2)], "b": []} == user.limits
    assert (UUID(int=1), [UUID(int=2)], "ada@example.com") == (user.id, user.friends, user.email)
    assert (own.Role.ADMIN, own.Level.HIGH, own.Money(Decimal("9.50"))) == (user.roles[0], user.level, user.budget)
    assert (own.Role, own.Level, "https://example.com") == (type(user.roles[1]), type(user.level), user.site.url)


def test_null_is_none(package: Any, own: Any, db: Database, ada: Any) -> None:
    """On both ways."""
    nothing = dict.fromkeys(("settings", "address", "mood", "budget", "site", "level"))
    columns = {
        each: getattr(ada, each) for each in ("org_id", "metadata", "events", "limits", "email", "roles", "friends")
    }
    user = package.q.add(db, id=own.UserId(UUID(int=3)), **columns, **nothing)
    assert nothing == {each: getattr(user, each) for each in nothing}


def test_many_sets_of_values_take_and_give_them(package: Any, own: Any, db: Database, ada: Any) -> None:
    """Copied, inserted in bulk, in batches and streamed."""
    q = package.q
    nothing = dict.fromkeys(("settings", "address", "mood", "budget", "site", "level"))

    def users(kind: str, *ids: int) -> list[Any]:
        made = getattr(q, f"{kind}AllParams")
        names = [field.name for field in dataclasses.fields(made)]
        values = {name: getattr(ada, name) for name in names}
        rows = [made(**{**values, "id": own.UserId(UUID(int=id))}) for id in ids]
        return [*rows[:-1], dataclasses.replace(rows[-1], **nothing)]

    def expected(*ids: int) -> list[Any]:
        rows = [dataclasses.replace(ada, id=own.UserId(UUID(int=id))) for id in ids]
        return [*rows[:-1], dataclasses.replace(rows[-1], **nothing)]

    assert expected(11, 12, 13) == q.add_all(db, users("Add", 11, 12, 13))
    assert 2 == q.copy_all(db, users("Copy", 21, 22))
    assert expected(21, 22) == q.get_each(db, [own.UserId(UUID(int=id)) for id in (21, 22)])
    with q.every_one(db) as rows:
        assert [ada, *expected(11, 12, 13), *expected(21, 22)] == list(rows)
    wrong = dataclasses.replace(users("Copy", 31, 32)[0], site=object())
    for call, rows in ((q.copy_all, [wrong]), (q.add_all, [wrong])):
        with pytest.raises(ParameterError, match=r"row 1: site \(text\) cannot be sent: object has no __janua_dump__"):
            call(db, rows)


def test_parts_that_are_left_out_and_pages_take_and_give_them(package: Any, own: Any, db: Database, ada: Any) -> None:
    """In streams, whose rows are fetched without parameters, and where rows are ordered by them."""
    q = package.q
    with (
        q.leveled(db, level=own.Level.HIGH, emails=[ada.email], order_by="down") as found,
        q.leveled(db, level=own.Level.LOW) as nobody,
    ):
        assert ([ada], []) == (list(found), list(nobody))
    other = dataclasses.replace(ada, id=own.UserId(UUID(int=9)), level=None)
    fields = {field.name: getattr(other, field.name) for field in dataclasses.fields(q.AddAllParams)}
    q.add_all(db, [q.AddAllParams(**fields)])
    page = q.at_level(db, limit=1)
    assert ([ada], [other]) == (page.items, q.at_level(db, limit=1, after=page.next).items)
    assert [ada] == q.at_level(db, level=own.Level.HIGH, limit=9).items


def test_a_single_column_is_the_value_itself(package: Any, own: Any, db: Database, ada: Any) -> None:
    """Of the class."""
    assert ada.metadata == package.q.metadata_of(db, id=ada.id)
    assert 1 == package.q.counted(db).number


def test_parameters_that_meet_the_column_take_its_type(package: Any, own: Any, db: Database, ada: Any) -> None:
    """Compared as a whole, alone or in an array; a pattern or a part of a document has no such type."""
    assert [ada.id] == package.q.ids_of(db, email=own.Email("x"), emails=[ada.email], pattern="z")
    found = package.q.containing(db, filter={"name": "Ada"}, settings=own.Settings(theme="light"))
    assert [(ada.id, ada.address)] == [(each.id, each.address) for each in found]
    assert [(1, {"theme": "dark"})] == [
        (each.id, each.settings) for each in package.q.by_plan(db, plan="free", number=own.Count(1))
    ]


def test_views_pass_the_type_on(package: Any, own: Any, db: Database, ada: Any) -> None:
    """With the column, through other views and materialized ones; what is computed is JSON."""
    (row,) = package.q.through_views(db)
    assert (ada.metadata, ada.metadata, ada.roles, None) == (row.about, row.again, row.roles, row.frozen)
    assert "Ada" == row.merged["name"]
    assert ("dict", own.Metadata) == (type(row.merged).__name__, type(row.about))


def test_subqueries_pass_the_type_on(package: Any, db: Database, ada: Any) -> None:
    """CTEs and subqueries in FROM."""
    (row,) = package.q.through_queries(db)
    assert (ada.metadata, ada.budget) == (row.m, row.budget)


def test_nested_values_have_the_types(package: Any, own: Any, db: Database, ada: Any) -> None:
    """Embedded models and lists of parts."""
    assert [ada, None] == [each.u for each in package.q.embedded(db)]
    first, second = package.q.nested(db)
    assert [(ada.id, ada.metadata, ada.roles)] == [(m.id, m.metadata, m.roles) for m in first.members]
    assert ("pro", []) == (second.plan, second.members)


def test_queries_share_a_class_with_the_types(package: Any, own: Any, db: Database, ada: Any) -> None:
    """That ``@row`` names."""
    card = package.models.Card(ada.email, ada.metadata)
    assert ([card], [card]) == (package.q.card(db), package.q.cards(db, level=own.Level.HIGH))


def test_json_names_the_type_of_one_query(package: Any, own: Any, db: Database, ada: Any) -> None:
    """Of a column, before what the table's has, and of the parameter that is assigned to it."""
    package.q.update_free(db, it=ada.metadata, id=ada.id)
    with pytest.raises(UnreadableValue, match=r"^q\.free: a value of the column metadata is no own_types:Part: "):
        package.q.free(db)


def test_a_builtin_takes_the_place_of_a_type(package: Any, db: Database, ada: Any) -> None:
    """Called with the usual value."""
    (row,) = package.q.as_text(db)
    assert (str(ada.id), [UUID(int=2)]) == (row.id, row.friends)


def test_json_that_a_query_builds_has_the_usual_types(package: Any, db: Database, ada: Any) -> None:
    """Also that of a whole row."""
    (row,) = package.q.built(db)
    assert ("Ada", ["admin", "guest"]) == (row.it.metadata["name"], row.whole.roles)


async def test_it_is_the_same_asynchronously(package: Any, url: str, ada: Any) -> None:
    """Through the same functions."""
    async with AsyncDatabase(url) as adb:
        assert ada == await package.q.get(adb, id=ada.id)


SECRET = "it's a 'secret"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"name": "x"}', "Object missing required field `id`"),
        ('{"name": 1, "id": "00000000-0000-0000-0000-000000000001"}', "Expected `str`, got `int` - at `$.name`"),
        (json.dumps({"name": "x", "id": SECRET}), "Invalid UUID - at `$.id`"),
        ("null", "Expected `object`, got `null`"),
    ],
)
def test_json_that_is_none_of_the_type_is_unreadable(
    package: Any, db: Database, ada: Any, text: str, reason: str
) -> None:
    """The error names query, column and what is wrong, and no value."""
    package.q.spoil(db, text=text, roles="{}", id=ada.id)
    with pytest.raises(UnreadableValue) as caught:
        package.q.metadata_of(db, id=ada.id)
    assert f"q.metadata_of: a value of the column metadata is no own_types:Metadata: {reason}" == str(caught.value)
    assert ("q.metadata_of", "metadata") == (caught.value.query, caught.value.column)


def test_a_value_that_its_class_refuses_is_unreadable(package: Any, db: Database, ada: Any) -> None:
    """As a label that an enum lacks; the value is not shown."""
    package.q.spoil(db, text=json.dumps({"name": "x", "id": str(UUID(int=1))}), roles='{"x"}', id=ada.id)
    with pytest.raises(UnreadableValue) as caught:
        package.q.get(db, id=ada.id)
    assert "q.get: a value of the column roles is no own_types:Role: its class refuses it" == str(caught.value)


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("address", {"streetName": [SECRET]}, "Address: pydantic finds string_type"),
        ("address", {"street_name": SECRET}, "Address: pydantic finds missing"),
        ("limits", {SECRET: [{"week": SECRET}]}, "Limits: it is none of the union's types"),
    ],
)
def test_no_value_is_shown_whatever_reads_the_json(
    package: Any, db: Database, ada: Any, column: str, text: object, reason: str
) -> None:
    """pydantic's own messages show the input."""
    getattr(package.q, f"spoil_{column}")(db, text=json.dumps(text), id=ada.id)
    with pytest.raises(UnreadableValue) as caught:
        package.q.get(db, id=ada.id)
    assert f"q.get: a value of the column {column} is no own_types:{reason}" == str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_query_that_is_read_as_text_has_the_types(package: Any, own: Any, db: Database, ada: Any) -> None:
    """As where another column has no binary form that is known."""
    row = package.q.address_and_point(db, id=ada.id)
    assert (ada.address, ada.events, ada.roles, "(1,2)") == (row.address, row.events, row.roles, row.place)


def test_a_value_that_cannot_be_sent_names_its_parameter(package: Any, own: Any, db: Database, ada: Any) -> None:
    """And what its class lacks."""
    with pytest.raises(
        ParameterError, match=r"^q\.get: parameter \$1 \(uuid\) cannot be sent: object has no __janua_dump__"
    ):
        package.q.get(db, id=object())


def test_the_types_are_imported_when_they_are_needed(project: Sandbox) -> None:
    """Not with the package, which they import in their turn; annotations can be read at run time all the same."""
    program = (
        "import sys\nfrom overridden import models, q\nassert 'own_types' not in sys.modules\n"
        "import typing, own_types\n"
        "assert typing.get_type_hints(models.User)['metadata'] is own_types.Metadata\n"
        "import pydantic\npydantic.TypeAdapter(models.Card)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=project.root, capture_output=True, text=True)
    assert "" == done.stderr


def test_inspect_shows_the_types(project: Sandbox) -> None:
    """By their names."""
    found = json.loads(project.run("inspect", "--json").out)
    queries = {each["name"]: each for each in found["queries"]}
    assert ["UserId"] == [each["python"] for each in queries["get"]["params"]]
    assert ["Metadata"] == [each["python"] for each in queries["metadata_of"]["columns"]]
    assert "Sequence[Role]" in [each["python"] for each in queries["add"]["params"]]


def test_a_tables_calls_take_and_give_them(package: Any, own: Any, db: Database, ada: Any) -> None:
    """One row or many, with some columns left out, by INSERT and by COPY."""
    found = package.users.find_by_id(db, id=ada.id)
    assert (own.Metadata, [own.Role.ADMIN, own.Role.GUEST]) == (type(found.metadata), found.roles)
    assert own.Level.HIGH is package.users.update(db, id=ada.id, level=own.Level.HIGH, free={"a": 1}).level
    new = {"org_id": 1, "metadata": found.metadata, "email": own.Email("bob@example.com"), "budget": found.budget}
    ids = [own.UserId(UUID(int=number)) for number in (11, 12, 13)]
    one = package.users.create(db, id=ids[0], roles=found.roles, events=found.events, **new)
    [two] = package.users.create_many(db, [package.users.NewUser(id=ids[1], roles=found.roles, **new)])
    rows = [package.users.NewUser(id=ids[2], limits=found.limits, site=found.site, address=found.address, **new)]
    assert 1 == package.users.copy_many(db, rows)
    three = package.users.find_by_id(db, id=ids[2])
    assert [found.metadata] * 3 == [one.metadata, two.metadata, three.metadata]
    assert (found.events, found.roles, [], found.limits) == (one.events, two.roles, two.events, three.limits)
    assert (found.address, found.site, found.budget) == (three.address, three.site, three.budget)
    assert package.orgs.find_by_id(db, id=1) == package.users.org_of(db, three)
