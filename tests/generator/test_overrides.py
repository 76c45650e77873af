"""Types of the project's own in the place of the usual ones, from SQL to objects and back."""

from __future__ import annotations

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
from janua.errors import ConfigError, ParameterError, UnreadableValue
from janua.scratch import ScratchServer

from .conftest import NewProject
from .packages import generated, imported, migrated, type_errors
from .sandbox import Sandbox

SCHEMA = """\
-- UP
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN price AS numeric(10, 2);
CREATE TABLE orgs (id int PRIMARY KEY, plan text NOT NULL, settings jsonb);
CREATE TABLE users (
    id uuid PRIMARY KEY,
    org_id int NOT NULL REFERENCES orgs,
    metadata jsonb NOT NULL,
    settings jsonb,
    address json,
    events jsonb[] NOT NULL DEFAULT '{}',
    limits jsonb NOT NULL DEFAULT '{}',
    email text NOT NULL,
    roles text[] NOT NULL DEFAULT '{}',
    mood mood,
    budget price,
    site text,
    level smallint,
    friends uuid[] NOT NULL DEFAULT '{}',
    free jsonb
);
CREATE VIEW people AS SELECT u.id AS who, u.metadata AS about, u.settings, u.roles, u.metadata || '{}' AS merged
FROM users u;
CREATE VIEW people_again AS SELECT p.who, p.about, coalesce(p.settings, '{}') AS settings, p.roles FROM people p;
CREATE MATERIALIZED VIEW frozen_people AS SELECT who, about FROM people;
INSERT INTO orgs VALUES (1, 'free', '{"theme": "dark"}'), (2, 'pro', NULL);
-- DOWN
DROP TABLE users, orgs;
"""
CONFIGURATION = """
[[tool.janua.override]]
column = "users.metadata"
python = "{types}:Metadata"
[[tool.janua.override]]
column = "public.users.settings"
python = "{types}:Settings"
[[tool.janua.override]]
column = "users.address"
python = "{types}:Address"
[[tool.janua.override]]
column = "users.events"
python = "{types}:Event"
[[tool.janua.override]]
column = "users.limits"
python = "{types}:Limits"
[[tool.janua.override]]
column = "users.email"
python = "{types}:Email"
[[tool.janua.override]]
column = "users.roles"
python = "{types}:Role"
[[tool.janua.override]]
column = "users.level"
python = "{types}:Level"
[[tool.janua.override]]
column = "users.site"
python = "{types}:Site"
[[tool.janua.override]]
column = "orgs.plan"
python = "{types}:Plan"
[[tool.janua.override]]
type = "uuid"
python = "{types}:UserId"
[[tool.janua.override]]
type = "price"
python = "{types}:Money"
[[tool.janua.override]]
query = "q.counted"
column = "n"
python = "{types}:Count"
[[tool.janua.override]]
query = "q.by_plan"
parameter = "number"
python = "{types}:Count"
[[tool.janua.override]]
query = "q.as_text"
column = "id"
python = "str"
[[tool.janua.override]]
column = "orgs.settings"
python = "dict"
"""
TYPES = '''
"""The project's own types. They know the generated package, which knows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Literal, NewType, NotRequired, Self, TypedDict
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from PACKAGE import models

Row = models.User


@dataclass
class Part:
    amount: Decimal
    at: datetime


@dataclass
class Metadata:
    name: str
    id: UUID
    parts: list[Part] = field(default_factory=list)


class Settings(TypedDict):
    theme: str
    size: NotRequired[int]


class Address(BaseModel):
    model_config = ConfigDict(populate_by_name=False)

    street_name: str = Field(alias="streetName")
    number: int = 0


class Clicked(msgspec.Struct, tag="clicked"):
    x: int


class Typed(msgspec.Struct, tag="typed", rename="camel"):
    key_code: str


Event = Clicked | Typed


@dataclass
class Daily:
    day: int


@dataclass
class Monthly:
    month: int


Limits = dict[str, list[Daily | Monthly]]

Email = NewType("Email", str)
UserId = NewType("UserId", UUID)
Plan = Literal["free", "pro"]


class Role(StrEnum):
    ADMIN = "admin"
    GUEST = "guest"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True)
class Money:
    amount: Decimal


class Site:
    def __init__(self, url: str) -> None:
        self.url = url

    def __str__(self) -> str:
        return self.url

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Site) and self.url == other.url


class Count:
    def __init__(self, number: int) -> None:
        self.number = number

    @classmethod
    def __janua_load__(cls, value: int) -> Self:
        return cls(value)

    def __janua_dump__(self) -> int:
        return self.number
'''
QUERIES = """\
-- name: add :one
INSERT INTO users (id, org_id, metadata, settings, address, events, limits, email, roles, mood, budget, site, level,
    friends)
VALUES (:id, :org_id, :metadata, :settings, :address, :events, :limits, :email, :roles, :mood, :budget, :site, :level,
        :friends)
RETURNING *;

-- name: get :optional
SELECT * FROM users WHERE id = :id;

-- name: metadata_of :one
SELECT metadata FROM users WHERE id = :id;

-- name: ids_of :many
SELECT id FROM users WHERE email = :email OR email = ANY(:emails) OR email LIKE :pattern ORDER BY id;

-- name: containing :many
SELECT id, address FROM users WHERE metadata @> :filter AND settings IS NOT DISTINCT FROM :settings ORDER BY id;

-- name: through_views :many
SELECT p.who, p.about, p.merged, a.about AS again, a.settings, a.roles, f.about AS frozen
FROM people p JOIN people_again a USING (who) LEFT JOIN frozen_people f ON f.who = p.who ORDER BY p.who;

-- name: through_queries :many
WITH found AS (SELECT id, metadata FROM users), named AS (SELECT f.id, f.metadata AS m FROM found f)
SELECT n.m, s.budget FROM named n JOIN (SELECT id, budget FROM users) s ON s.id = n.id ORDER BY n.id;

-- name: embedded :many
SELECT o.id, sqlc.embed(u) FROM orgs o LEFT JOIN users u ON u.org_id = o.id ORDER BY o.id, u.id;

-- name: nested :many
-- @nest members by id
SELECT o.id, o.plan, u.id AS "members.id", u.metadata AS "members.metadata", u.roles AS "members.roles"
FROM orgs o LEFT JOIN users u ON u.org_id = o.id ORDER BY o.id, u.id;

-- name: card :many
-- @row Card
SELECT u.email, u.metadata FROM users u ORDER BY u.email;

-- name: cards :many
-- @row Card
SELECT u.email, u.metadata FROM users u WHERE u.level = :level;

-- name: update_free :exec
-- @json free: TYPES:Metadata
UPDATE users SET free = :it WHERE id = :id;

-- name: free :many
-- @json metadata: TYPES:Part
-- @json merged: TYPES:Metadata
SELECT u.free AS metadata, u.metadata || '{}' AS merged FROM users u WHERE free IS NOT NULL;

-- name: counted :one
SELECT count(*) AS n FROM users;

-- name: by_plan :many
SELECT o.id, o.settings FROM orgs o WHERE o.plan = :plan AND o.id >= :number::int ORDER BY o.id;

-- name: as_text :many
SELECT id, friends FROM users ORDER BY id;

-- name: built :many
SELECT jsonb_build_object('metadata', u.metadata) AS it, to_jsonb(u) AS whole FROM users u ORDER BY id;

-- name: spoil :exec
UPDATE users SET metadata = :text::text::jsonb, roles = :roles::text::text[] WHERE id = :id;

-- name: spoil_address :exec
UPDATE users SET address = :text::text::json WHERE id = :id;

-- name: spoil_limits :exec
UPDATE users SET limits = :text::text::jsonb WHERE id = :id;

-- name: address_and_point :one
SELECT address, events, roles, point(1, 2) AS place FROM users WHERE id = :id;
"""


def files(types: str, package: str) -> dict[str, str | bytes]:
    """A project whose own types are in the module ``types``."""
    return {
        "migrations/0001_x.sql": SCHEMA,
        "queries/q.sql": QUERIES.replace("TYPES", types),
        f"{types}.py": TYPES.replace("PACKAGE", package),
    }


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


def errors_of(new_project: NewProject, settings: str, query: str = "") -> tuple[int, str]:
    project = new_project(
        {"migrations/0001_x.sql": SCHEMA, "queries/users.sql": query or "-- name: get_plan\nSELECT plan FROM orgs;\n"},
        settings,
    )
    outcome = project.run()
    return outcome.code, outcome.err


def override(**keys: str) -> str:
    return "[[tool.janua.override]]\n" + "".join(f'{key} = "{value}"\n' for key, value in keys.items())


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"column": "user.metadata"},
            'column = "user.metadata": there is no table or view "user"; did you mean "users"?',
        ),
        (
            {"column": "users.metdata"},
            'column = "users.metdata": users has no column "metdata"; did you mean "metadata"?',
        ),
        ({"column": "other.users.id"}, 'column = "other.users.id": there is no table or view "other.users"'),
        ({"type": "uiud"}, 'type = "uiud": there is no such type; did you mean "uuid"?'),
        ({"type": "uuid[]"}, 'type = "uuid[]": name the type of its elements, "uuid": arrays of it become lists'),
        ({"type": "_int4"}, 'type = "_int4": name the type of its elements, "integer": arrays of it become lists'),
        (
            {"type": "uuid", "python": "dict"},
            'type = "uuid": Python\'s dict does not tell what is in it: name a type alias that does',
        ),
        ({"query": "users.get_pln", "column": "plan"}, 'query = "users.get_pln": there is no such query; did you mean'),
    ],
)
def test_an_override_of_nothing_is_refused(new_project: NewProject, keys: dict[str, str], message: str) -> None:
    """With its file and key."""
    code, err = errors_of(new_project, override(**{"python": "app.types:X", **keys}))
    assert (2, True) == (code, f"pyproject.toml: tool.janua.override: {message}" in err), err


def test_two_overrides_of_the_same_are_refused(new_project: NewProject) -> None:
    """However the type is spelled."""
    code, err = errors_of(new_project, override(type="int", python="a:X") + override(type="int4", python="a:Y"))
    assert (2, True) == (code, 'tool.janua.override: type = "int4": it is given a type twice' in err)


@pytest.mark.parametrize(
    ("keys", "message", "hint"),
    [
        ({"column": "pln"}, 'query get_plan has no column "pln"', 'did you mean "plan"?'),
        ({"parameter": "plan"}, 'query get_plan has no parameter "plan"', "there are none"),
    ],
)
def test_an_override_of_what_a_query_lacks_is_a_finding(
    new_project: NewProject, keys: dict[str, str], message: str, hint: str
) -> None:
    """Beside those of other queries."""
    code, err = errors_of(new_project, override(query="users.get_plan", python="a:X", **keys))
    assert (1, True, True) == (code, message in err, hint in err), err


@pytest.mark.parametrize(
    ("directive", "query", "message", "hint"),
    [
        ("@json plann: a:X", "SELECT plan, settings FROM orgs", 'has no column "plann"', 'did you mean "plan"?'),
        ("@json plan: a:X", "SELECT plan FROM orgs", '"plan" is text and no JSON', "an override in the configuration"),
        ("@json settings: a:X\n-- @json settings: a:X", "SELECT settings FROM orgs", "given a type twice", "leave one"),
        ("@json settings", "SELECT settings FROM orgs", "malformed directive @json", "@json metadata: app.types:User"),
        (
            "@json settings: a.b",
            "SELECT settings FROM orgs",
            "malformed directive @json",
            "@json metadata: app.types:User",
        ),
    ],
)
def test_a_directive_that_means_nothing_is_shown_in_its_place(
    new_project: NewProject, directive: str, query: str, message: str, hint: str
) -> None:
    """By file, line and column."""
    code, err = errors_of(new_project, "", f"-- name: odd\n-- {directive}\n{query};\n")
    line = directive.count("\n") + 2
    assert (1, True, True) == (code, f"queries/users.sql:{line}:4: " in err, message in err), err
    assert hint in err


def test_another_type_is_noticed(new_project: NewProject) -> None:
    """A run after a change of the configuration or a directive does what it says."""
    query = "-- name: settings\n-- @json settings: a:{}\nSELECT settings FROM orgs;\n"
    project = new_project(
        {"migrations/0001_x.sql": SCHEMA, "queries/users.sql": query.format("X")}, override(type="text", python="a:Y")
    )
    assert 0 == project.run().code
    project.write("queries/users.sql", query.format("Z"))
    project.write("pyproject.toml", f"[tool.janua]\n{override(type='text', python='a:W')}")
    assert 0 == project.run().code
    assert ("_py_a.Z", True) == (
        "_py_a.Z" if "_py_a.Z" in project.read("generated/users.py") else "",
        "plan: _py_a.W" in project.read("generated/models.py"),
    )


def test_a_type_that_is_not_there_says_so(new_project: NewProject, scratch: ScratchServer) -> None:
    """When the query first needs it; type checkers know it before."""
    project = new_project(
        {
            "migrations/0001_x.sql": SCHEMA,
            "queries/q.sql": "-- name: plans\nSELECT plan FROM orgs;\n-- name: ids\n-- @json settings: janua:Nothing\n"
            "SELECT id, settings FROM orgs;\n",
        },
        'output = "missing_types"\npackage = "missing_types"\n'
        + override(column="orgs.plan", python="no_such.types:Plan"),
    )
    assert 0 == project.run().code
    with (
        imported(project, "missing_types") as package,
        migrated(scratch, project, "missing") as url,
        Database(url) as db,
    ):
        with pytest.raises(
            ConfigError, match=r'^the Python type "no_such\.types:Plan" is not there: no module no_such$'
        ):
            package.q.plans(db)
        with pytest.raises(ConfigError, match=r'^the Python type "janua:Nothing" is not there: no Nothing in janua$'):
            package.q.ids(db)
