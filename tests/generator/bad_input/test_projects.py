"""A project that is not in order: one message that says what and where, and nothing is written."""

from __future__ import annotations

import pytest

from ..conftest import NewProject
from ..sandbox import GET_USER, USERS, Sandbox

GOOD: dict[str, str | bytes] = {"migrations/0001_users.sql": USERS, "queries/users.sql": GET_USER}


def refused(project: Sandbox, code: int) -> str:
    """Return the message of a run that fails without having written anything."""
    before = project.tree()
    outcome = project.run()
    assert (code, "") == (outcome.code, outcome.out)
    assert before == project.tree()
    return outcome.err


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("[oops", "pyproject.toml:2:6: not valid TOML: Expected ']' at the end of a table declaration\n"),
        ('querys = "x"', 'pyproject.toml: tool.janua.querys: unknown key; did you mean "queries"?\n'),
        ('queries = "nowhere"', 'pyproject.toml: tool.janua.queries: the folder "nowhere" does not exist\n'),
        (
            'migrations = "up"',
            'pyproject.toml: tool.janua.migrations: the folder "up" does not exist;'
            " janua migrate create NAME makes it\n",
        ),
        (
            'schemas = ["public", "audit"]',
            'pyproject.toml: tool.janua.schemas: the migrations make no schema "audit"\n',
        ),
        (
            'rename = { people = "Person" }',
            "pyproject.toml: tool.janua.rename.people: there is no such table or type\n",
        ),
        (
            'rename = { users = "dataclass" }',
            'pyproject.toml: tool.janua.rename.users: "dataclass" means something else in the generated modules\n',
        ),
        (
            'rename = { users = "str" }',
            'pyproject.toml: tool.janua.rename.users: "str" means something else in the generated modules\n',
        ),
    ],
)
def test_a_wrong_setting_is_named(new_project: NewProject, settings: str, message: str) -> None:
    """With the file and the key; exit 2."""
    assert message == refused(new_project(GOOD, settings), 2)


def test_a_refused_migration_is_shown_at_its_place(new_project: NewProject) -> None:
    """File, line and column, SQLSTATE and the statement's line; what was generated before stays."""
    project = new_project(GOOD)
    assert 0 == project.run().code
    project.write("migrations/0002_more.sql", "-- UP\nALTER TABLE users\n    ADD COLUMN x ünknown;\n")
    assert refused(project, 1) == (
        'migrations/0002_more.sql:3:18: type "ünknown" does not exist [42704]\n'
        "    3 |     ADD COLUMN x ünknown;\n"
        "      |                  ^^^^^^^\n"
        "\n1 error; nothing was written\n"
    )


def test_two_query_files_of_one_module_are_refused(new_project: NewProject) -> None:
    """Folders and punctuation do not reach Python."""
    project = new_project(GOOD | {"queries/admin/users.sql": GET_USER, "queries/Users.sql": GET_USER})
    message = refused(project, 1)
    assert "queries/admin/users.sql: would become the module users, as queries/Users.sql does\n" in message
    assert "queries/users.sql: would become the module users, as queries/Users.sql does\n" in message
    assert "would both be called" not in message
    assert "hint: rename the file\n" in message


def test_a_query_file_with_the_name_of_a_schema_is_refused(new_project: NewProject) -> None:
    """The package would hide the module."""
    files = GOOD | {"migrations/0002_x.sql": "CREATE SCHEMA billing;", "queries/billing.sql": GET_USER}
    message = refused(new_project(files, 'schemas = ["public", "billing"]'), 1)
    assert "queries/billing.sql: would become the module billing, as the schema billing does\n" in message


def test_two_schemas_of_one_package_are_refused(new_project: NewProject) -> None:
    """They differ only in what Python does not see."""
    files = GOOD | {"migrations/0002_x.sql": 'CREATE SCHEMA a_b; CREATE SCHEMA "a-b";'}
    message = refused(new_project(files, 'schemas = ["public", "a_b", "a-b"]'), 1)
    assert "pyproject.toml: the schemas a_b and a-b would both become a_b\n" in message


def test_two_tables_of_one_class_are_refused_until_one_is_renamed(new_project: NewProject) -> None:
    """The hint says what to write, and that works."""
    project = new_project(GOOD | {"migrations/0002_x.sql": 'CREATE TABLE "user" (id int);'})
    message = refused(project, 1)
    assert "pyproject.toml: public.user and public.users would both become the class User\n" in message
    assert 'hint: add to [tool.janua.rename]: "public.users" = "User2", or any other name\n' in message
    project.write("pyproject.toml", '[tool.janua.rename]\n"public.users" = "User2"\n')
    assert 0 == project.run().code
    assert "def get_user(db: Executor, /, *, id: int) -> _m.User2 | None: ...\n" in project.read("generated/users.py")


def test_a_type_of_an_unlisted_schema_is_refused(new_project: NewProject) -> None:
    """There is no class that its values could be."""
    files = GOOD | {
        "migrations/0002_x.sql": "CREATE SCHEMA audit; CREATE TYPE audit.level AS ENUM ('low', 'high');",
        "queries/audit.sql": "-- name: level :one\nSELECT 'low'::audit.level, 1 AS x;",
    }
    message = refused(new_project(files), 1)
    assert "query level uses the type audit.level, for which there is no class\n" in message
    assert 'hint: add "audit" to tool.janua.schemas in pyproject.toml\n' in message


def test_a_table_that_is_not_there_is_not_ignored(new_project: NewProject) -> None:
    """What is asked for must not be missing in silence."""
    message = refused(new_project(GOOD, 'tables = ["userz"]'), 2)
    assert message.startswith("pyproject.toml: tool.janua.tables[0]: ")
    assert '"userz"' in message
