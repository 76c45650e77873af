"""Text of queries and of the schema that tries to become code: it stays text, in Python and in SQL."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generator.conftest import NewProject

EVIL = [
    '"""\nimport os\nos.system("true")\n"""',
    "\\",
    '\\"""\\',
    "'''",
    "{{ 7 * 7 }}{% raw %}",
    "\N{LINE SEPARATOR}import os",
    "\x0cimport os",
    "#}",
    '")',
]
ALLOWED_IMPORTS = {
    "__future__", "builtins", "collections", "dataclasses", "datetime", "decimal", "enum",
    "janua", "janua.builder", "janua.errors", "janua.testing", "janua.types", "psycopg", "psycopg.types", "typing",
    "uuid", "",
}  # fmt: skip


def _commented(text: str) -> str:
    return "\n".join(f"-- {line}" for line in text.split("\n"))


def _imports(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield "" if node.level else node.module or ""


@pytest.mark.parametrize("evil", EVIL)
def test_comments_literals_labels_and_names_stay_text(new_project: NewProject, evil: str) -> None:
    """Documentation of queries, tables and columns, constants in SQL, labels of enums, aliases, names of files."""
    quoted = evil.replace("'", "''")
    alias = evil[:30].replace('"', '""').replace("\n", " ")
    label = quoted[:40]
    migration = (
        f"-- UP\nCREATE TYPE mood AS ENUM ('{label}', 'b');\nCREATE TABLE users (id int PRIMARY KEY, mood mood NOT NULL"
        f" DEFAULT '{label}');\nCOMMENT ON TABLE users IS '{quoted}';\nCOMMENT ON TYPE mood IS '{quoted}';"
        f"COMMENT ON COLUMN users.id IS '{quoted}';\n-- DOWN\nDROP TABLE users; DROP TYPE mood;\n"
    )
    queries = (
        f"-- name: one :many\n{_commented(evil)}\nSELECT id, mood, '{quoted}' AS \"{alias}\" FROM users;\n\n"
        f"-- name: two\n-- @row Card\nSELECT json_build_object('{quoted}', id) AS o FROM users;\n"
    )
    project = new_project({"migrations/0001_x.sql": migration, "queries/q.sql": queries})
    outcome = project.run()
    assert (0, "") == (outcome.code, outcome.err), outcome.err
    assert set() == set(_imports(project.root / "generated")) - ALLOWED_IMPORTS
    statement = next(line for line in queries.split("\n\n") if "AS " in line)
    body = statement.partition("SELECT")[2].rpartition(";")[0]
    values = {
        node.value
        for node in ast.walk(ast.parse((project.root / "generated/q.py").read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert any(body in value for value in values)


@pytest.mark.parametrize(
    "directive",
    [
        '@row X"""; import os',
        "@row __import__('os')",
        "@row class",
        "@nest members by id); DROP TABLE users; --",
        "@nest __class__ by id",
        "@allow many-rows; DROP TABLE users",
        "@allow {{ 7 }}",
    ],
)
def test_a_directive_takes_only_what_it_is_for(new_project: NewProject, directive: str) -> None:
    """Anything else is an error at its place, and nothing is written."""
    migration = "-- UP\nCREATE TABLE users (id int PRIMARY KEY);\n-- DOWN\nDROP TABLE users;\n"
    query = f"-- name: one\n-- {directive}\nSELECT id FROM users;\n"
    project = new_project({"migrations/0001_x.sql": migration, "queries/q.sql": query})
    outcome = project.run()
    assert 1 == outcome.code
    assert outcome.err.startswith("queries/q.sql:2:4: ")
    assert {} == project.generated()


@pytest.mark.parametrize(
    "directive",
    [
        "@optional id; DROP TABLE users",
        '@optional id"""',
        "@optional __import__('os')",
        "@order a = id; DROP TABLE users",
        "@order a = id) FROM users; DELETE FROM users; --",
        '@order a = id; b"] = 1',
        "@order __import__('os') = id",
        "@order a = id LIMIT 1",
        "@order a = id -- ;",
        "@order a = id /* ; */",
        "@order a = 'x",
        "@order a = $$x",
        "@order a = {{ 7 * 7 }}",
        "@page id; DROP TABLE users",
        "@page id) AS page; DROP TABLE users; --",
        "@page id -- x",
        "@page id /* x */",
        "@page id DESC LIMIT 1",
        "@page 1",
        "@page lower(name)",
        '@page "id',
        '@page "id"""',
        "@page {{ 7 }}",
    ],
)
def test_a_directive_about_variants_takes_only_what_it_is_for(new_project: NewProject, directive: str) -> None:
    """Anything else is an error within its line, and nothing is written."""
    migration = "-- UP\nCREATE TABLE users (id int PRIMARY KEY, name text);\n-- DOWN\nDROP TABLE users;\n"
    query = f"-- name: one\n-- {directive}\nSELECT id, name FROM users WHERE id = :id;\n"
    project = new_project({"migrations/0001_x.sql": migration, "queries/q.sql": query})
    outcome = project.run()
    assert 1 == outcome.code
    assert outcome.err.startswith("queries/q.sql:2:"), outcome.err
    assert {} == project.generated()


@pytest.mark.parametrize("evil", [each for each in EVIL if "\n" not in each and "\x0c" not in each])
def test_variants_and_orders_stay_text(new_project: NewProject, evil: str) -> None:
    """Constants in what may be left out, and in what rows are ordered by."""
    quoted = evil.replace("'", "''").replace("\N{LINE SEPARATOR}", " ")
    alias = quoted[:9].replace('"', '""')
    migration = "-- UP\nCREATE TABLE users (id int PRIMARY KEY, name text);\n-- DOWN\nDROP TABLE users;\n"
    query = (
        f"-- name: one\n-- @optional id\n-- @order a = name <> '{quoted}', id; b = '{quoted}' || name\n"
        f"SELECT id, name FROM users WHERE id = :id AND name = '{quoted}' -- {evil}\n AND '{quoted}' <> name;\n"
        f"-- name: two\n-- @page id\nSELECT id, '{quoted}' AS \"{alias}\" FROM users\n"
    )
    project = new_project({"migrations/0001_x.sql": migration, "queries/q.sql": query})
    outcome = project.run()
    assert (0, "") == (outcome.code, outcome.err), outcome.err
    assert set() == set(_imports(project.root / "generated")) - ALLOWED_IMPORTS
    text = (project.root / "generated/q.py").read_text()
    values = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
    assert f"'{quoted}' <> name" in values
    assert f"name <> '{quoted}', id" in values


@pytest.mark.parametrize("name", ["a-b", "a.b", "1a", "a b", "a;DROP TABLE users", "class", "__init__", "é", "a'b"])
def test_a_query_name_is_a_name_or_an_error(new_project: NewProject, name: str) -> None:
    """Never something that Python would run."""
    migration = "-- UP\nCREATE TABLE users (id int PRIMARY KEY);\n-- DOWN\nDROP TABLE users;\n"
    project = new_project({"migrations/0001_x.sql": migration, "queries/q.sql": f"-- name: {name}\nSELECT 1 AS x;\n"})
    outcome = project.run()
    assert outcome.code in (0, 1)
    assert "Traceback" not in outcome.err
    if outcome.code == 0:
        assert set() == set(_imports(project.root / "generated")) - ALLOWED_IMPORTS
    else:
        assert outcome.err.startswith("queries/q.sql:1:")
