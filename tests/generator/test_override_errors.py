"""Overrides that mean nothing, and what a run notices of those that do."""

from __future__ import annotations

import pytest
from janua import Database
from janua.errors import ConfigError
from janua.scratch import ScratchServer

from .conftest import NewProject
from .overridden import SCHEMA
from .packages import imported, migrated


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


def test_the_same_query_elsewhere_is_not_named_by_the_override(new_project: NewProject) -> None:
    """What is remembered of a statement holds for one that an override names as little as for one that none does."""
    query = "-- name: plans\nSELECT plan FROM orgs;\n"
    files = {"migrations/0001_x.sql": SCHEMA, "queries/a.sql": query}
    project = new_project(files, override(query="a.plans", column="plan", python="own:Plan"))
    assert 0 == project.run().code
    project.write("queries/b.sql", query)
    assert 0 == project.run().code
    found = [project.read(f"generated/{name}.py").count("own:Plan") for name in ("a", "b")]
    assert [1, 0] == found


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
