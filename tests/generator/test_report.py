"""``--format``: findings for people, for programs and for GitHub; the exit code is always the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from janua.diagnostics import Diagnostic, render
from janua_generator.report import annotation

from .conftest import NewProject
from .sandbox import GET_USER, USERS, Sandbox

FILES: dict[str, str | bytes] = {
    "migrations/0001_users.sql": USERS,
    "queries/users.sql": GET_USER,
    "queries/bad.sql": "-- name: bad\nSELECT nam FROM users;\n",
    "queries/doubt.sql": "-- name: doubt :one\nSELECT id, name FROM users;\n",
}


@pytest.fixture
def project(new_project: NewProject) -> Sandbox:
    """A project with an error and a warning."""
    return new_project(FILES)


def test_json_is_one_object_alone_on_standard_output(project: Sandbox) -> None:
    """With the keys that ``inspect --json`` has; exit 1."""
    outcome = project.run("generate", "--format", "json")
    assert 1 == outcome.code
    found = json.loads(outcome.out)
    assert {"version", "errors", "warnings"} == set(found)
    assert [
        {
            "file": "queries/bad.sql",
            "line": 2,
            "column": 8,
            "length": 3,
            "code": "42703",
            "sqlstate": "42703",
            "message": 'column "nam" does not exist',
            "hint": 'did you mean "name"?',
        }
    ] == found["errors"]
    assert ["queries/doubt.sql"] == [each["file"] for each in found["warnings"]]
    assert found["errors"] == json.loads(project.run("inspect", "--json").out)["errors"]


def test_json_tells_of_a_good_run_too(project: Sandbox) -> None:
    """Also where nothing has to be done, warnings included."""
    (project.root / "queries/bad.sql").unlink()
    first, second = (project.run("generate", "--format", "json") for _ in range(2))
    assert (0, 0) == (first.code, second.code)
    assert json.loads(first.out) == json.loads(second.out)
    assert 1 == len(json.loads(first.out)["warnings"])
    assert second.err.startswith("up to date: ")


def test_every_error_has_a_code(project: Sandbox) -> None:
    """The SQLSTATE of the server, or the stage in which it was found."""
    for stage, text in {
        "query-file": "-- name: x :on\nSELECT 1;",
        "parameters": "-- name: x\nSELECT $2::int;",
        "variants": "-- name: x\n-- @optional nothing\nSELECT id FROM users;",
        "result": "-- name: x\nSELECT 1 AS a, 2 AS a;",
        "call": "-- name: x :copy\nSELECT 1 AS a;",
    }.items():
        project.write(f"queries/{stage}.sql", text)
    errors = json.loads(project.run("generate", "--format", "json").out)["errors"]
    codes = {Path(each["file"]).stem: each["code"] for each in errors}
    stages = {stage: stage for stage in ("query-file", "parameters", "variants", "result", "call")}
    assert stages | {"bad": "42703"} == codes


def test_clashing_names_have_a_code_too(project: Sandbox) -> None:
    """They are found where every query is in order."""
    project.write("queries/bad.sql", "-- name: GetIt\nSELECT 1;\n-- name: get_it\nSELECT 2;")
    [found] = json.loads(project.run("generate", "--format", "json").out)["errors"]
    assert "names" == found["code"]


@pytest.mark.parametrize("command", [("check",), ("generate", "--check")])
def test_what_is_stale_is_an_error(project: Sandbox, command: tuple[str, ...]) -> None:
    """Of the file as a whole."""
    (project.root / "queries/bad.sql").unlink()
    outcome = project.run(*command, "--format", "json")
    assert 1 == outcome.code
    stale = {each["file"]: each["message"] for each in json.loads(outcome.out)["errors"]}
    assert "missing" == stale["generated/users.py"]
    assert {"stale"} == {each["code"] for each in json.loads(outcome.out)["errors"]}


def test_a_refused_migration_is_a_finding_among_those_of_the_queries(project: Sandbox) -> None:
    """Those of the file format: no server can be asked about the others."""
    project.write("migrations/0002_x.sql", "CREATE TABLE x (y nothing);")
    project.write("queries/bad.sql", "-- name: a :on\nSELECT 1;")
    outcome = project.run("generate", "--format", "json")
    assert 1 == outcome.code
    places = [(each["file"], each["line"], each["sqlstate"]) for each in json.loads(outcome.out)["errors"]]
    assert [("migrations/0002_x.sql", 1, "42704"), ("queries/bad.sql", 1, "")] == places


def test_a_malformed_migration_is_a_finding(project: Sandbox) -> None:
    """Before any server is asked."""
    project.write("migrations/0002_x.sql", "SELECT 'x")
    [found] = json.loads(project.run("generate", "--format", "json").out)["errors"]
    assert ("migrations/0002_x.sql", 1, 8, "the string is not closed", "migration") == tuple(
        found[key] for key in ("file", "line", "column", "message", "code")
    )


def test_github_shows_findings_beside_the_lines(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """By paths below the repository, in whichever of its folders the project is."""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.root.parent))
    outcome = project.run("generate", "--format", "github")
    assert 1 == outcome.code
    assert (
        "::error file=project/queries/bad.sql,line=2,endLine=2,col=8,endColumn=11,title=janua 42703::"
        'column "nam" does not exist%0Ahint: did you mean "name"?'
    ) in outcome.out.splitlines()
    assert "::warning file=project/queries/doubt.sql,line=1," in outcome.out


def test_an_annotation_is_one_line_whatever_it_says() -> None:
    """Percent signs, line breaks, and in properties colons and commas."""
    found = Diagnostic("x", 1, 2, "50% of\r\n::error::it", length=3)
    assert (
        "::error file=a%3Ab%2Cc%25.sql,line=1,endLine=1,col=2,endColumn=5,title=janua::50%25 of%0D%0A::error::it"
    ) == annotation(found, "a:b,c%.sql")
    assert "::error file=x,title=janua::y" == annotation(Diagnostic("x", 0, 0, "y"), "x")


def test_colours_change_nothing_but_the_colours() -> None:
    """Red for errors, yellow for warnings; none unless asked for."""
    found = Diagnostic("x.sql", 1, 2, "wrong", "42703", "hint", "    1 | ab\n      |  ^")
    coloured = render(found, coloured=True)
    assert "\x1b[1;31mwrong\x1b[0m [42703]" in coloured
    assert render(found) == coloured.replace("\x1b[1;31m", "").replace("\x1b[0m", "")
    assert "\x1b" not in render(found)


def test_piped_output_has_no_colours(project: Sandbox) -> None:
    """Colours are for terminals."""
    with project.start() as process:
        assert "\x1b" not in "".join(process.communicate(timeout=60))
    assert Path(project.root / "generated").exists() is False
