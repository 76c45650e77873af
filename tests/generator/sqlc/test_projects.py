"""Projects that were written for sqlc, generated as they are."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from janua import Database, NotFound
from janua.migrations import read_migrations
from janua.scratch import ScratchServer

from ..conftest import NewProject
from ..sandbox import Sandbox

USERS = """CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, mood mood, boss_id bigint);
CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL REFERENCES users);
"""
QUERIES = """-- name: CreateUser :one
-- @param name the user's name
-- @sqlc-vet-disable
INSERT INTO users (name, mood) VALUES (@name, sqlc.narg('mood')) RETURNING *;

-- name: AnyUser :one
SELECT * FROM users ORDER BY id;

-- name: UsersIn :many
SELECT id, name FROM users WHERE id IN (sqlc.slice('ids')) AND name NOT IN ( sqlc.slice(names) ) ORDER BY id;

-- name: Both :many
SELECT users.*, posts.* FROM users JOIN posts ON posts.user_id = users.id;

-- name: Mixed :many
SELECT id FROM users WHERE name = @name AND id > $1 AND id < sqlc.arg(max)::bigint LIMIT @count;

-- name: Rename :execresult
UPDATE users SET name = sqlc.arg('class') WHERE name = @oldName OR name = @oldname;

SELECT 'nobody named this';
"""
ONE = """version: "2"
sql:
  - engine: postgresql
    schema: db/schema.sql
    queries: db/queries
    rules: [sqlc/db-prepare]
    database: {uri: "${URL}"}
    gen:
      go:
        package: store
        out: store
        emit_json_tags: true
        overrides: [{db_type: uuid, go_type: x.UUID}]
        rename: {user: Person, name: Label}
"""


def project(new_project: NewProject, files: dict[str, str | bytes]) -> Sandbox:
    made = new_project({})
    (made.root / "pyproject.toml").unlink()
    for folder in ("migrations", "queries"):
        (made.root / folder).rmdir()
    for name, content in files.items():
        made.write(name, content)
    return made


@contextmanager
def imported(root: Path, *names: str) -> Iterator[list[ModuleType]]:
    sys.path.insert(0, str(root))
    try:
        yield [importlib.import_module(name) for name in names]
    finally:
        sys.path.remove(str(root))
        for name in [each for each in sys.modules if each.split(".")[0] == names[0].split(".")[0]]:
            del sys.modules[name]


@contextmanager
def database(scratch: ScratchServer, *schema: Path) -> Iterator[Database]:
    name = scratch.clone(scratch.migrated(read_migrations(schema), purpose="sqlc"))
    with Database(scratch.url(name)) as db:
        yield db
    scratch.drop(name)


def check_types(root: Path, program: str) -> str:
    (root / "program.py").write_text(program)
    environment = {**os.environ, "MYPY_CACHE_DIR": str(root / ".mypy_cache")}
    command = [sys.executable, "-m", "mypy", "--strict", "program.py"]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True).stdout


def test_a_project_generates_without_editing_its_sql(new_project: NewProject, scratch: ScratchServer) -> None:
    """And its functions do what sqlc's do."""
    files: dict[str, str | bytes] = {"sqlc.yaml": ONE, "db/schema.sql": USERS, "db/queries/users.sql": QUERIES}
    made = project(new_project, files)
    outcome = made.run("generate", "--sqlc", "sqlc.yaml", "--output", "shop_db")
    assert (0, "sqlc.yaml: 1 override names a Go type and is left out\n") == (outcome.code, outcome.err)
    assert (0, True) == (
        (again := made.run("check", "--sqlc", ".", "--output", "shop_db")).code,
        "up to date" in again.out,
    )
    with imported(made.root, "shop_db.users") as [users], database(scratch, made.root / "db/schema.sql") as db:
        with pytest.raises(NotFound):
            users.any_user(db)
        ann, bob, cid = (users.create_user(db, name=name, mood=None).id for name in ("Ann", "Bob", "Cid"))
        assert "Ann" == users.any_user(db).name
        assert "Person" == type(users.any_user(db)).__name__
        assert [bob] == [row.id for row in users.users_in(db, ids=[ann, bob], names=["Ann"])]
        assert [] == users.both(db)
        assert {"id", "name", "mood", "boss_id", "id_2", "user_id"} == set(users.BothRow.__slots__)
        assert [bob] == users.mixed(db, id=ann, name="Bob", max=cid, count=5)
        assert 1 == users.rename(db, class_="Dan", oldName="Cid")
    program = (
        "from janua import Database\nfrom shop_db import users\nfrom shop_db.enums import Mood\n"
        "db = Database('postgresql:///x')\n"
        "def run() -> int:\n    return users.any_user(db).id + users.create_user(db, name='x', mood=Mood.OK).id\n"
        "def all() -> list[int]:\n    return users.mixed(db, id=1, name='x', max=2, count=3)\n"
    )
    assert check_types(made.root, program).startswith("Success")


V1 = {
    "version": 1,
    "packages": [
        {"name": "db", "path": "a/db", "schema": ["sql"], "queries": "sql", "emit_interface": True},
        {"path": "b/db", "engine": "postgresql", "schema": "more/*.up.sql", "queries": ["q/*.sql", "r/same.sql"]},
    ],
}


def test_every_package_of_version_1_becomes_one(new_project: NewProject) -> None:
    """Files of one name are one module; schema and queries may share a folder."""
    made = project(
        new_project,
        {
            "sqlc.json": json.dumps(V1, indent="\t"),
            "sql/a_schema.sql": USERS,
            "sql/query.sql": "-- name: CountUsers :one\nSELECT count(*) FROM users;",
            "more/9_a.up.sql": "CREATE TABLE t (id int NOT NULL);",
            "more/10_b.up.sql": "ALTER TABLE t ADD x int;",
            "q/same.sql": "-- name: ListT :many\nSELECT * FROM t;",
            "r/same.sql": "-- name: ListX :many\nSELECT x FROM t;",
        },
    )
    assert 0 == made.run("generate", "--sqlc", "sqlc.json", "--output", "v1").code
    with imported(made.root, "v1.a_db.query", "v1.b_db.same") as [query, same]:
        assert callable(query.count_users)
        assert (True, True) == (callable(same.list_t), callable(same.list_x))
    found = json.loads(made.run("inspect", "--json", "--sqlc", "sqlc.json").out)
    modules = {each["module"] for each in found["queries"]}
    assert {"generated.a_db.query", "generated.b_db.same"} == modules


TWO = """version: '2'
overrides:
  go: {rename: {users: Account}}
sql:
  - {schema: [m], queries: one/q.sql, engine: postgresql, gen: {go: {out: one}}}
  - {schema: x.sql, queries: x.sql, engine: sqlite, gen: {go: {out: x}}}
  - schema: [m, two/extra.sql]
    queries: two/q.sql
    engine: postgresql
    codegen: [{plugin: py, out: src/two, options: {package: second, emit_sync_querier: true}}]
"""
GOOSE = {
    "m/001_users.sql": f"-- +goose Up\n{USERS}\n-- +goose Down\nDROP TABLE posts, users;",
    "m/002_mood.sql": "-- +goose Up\nALTER TYPE mood ADD VALUE 'new';\nALTER TABLE users ALTER mood SET DEFAULT 'new';",
}


def test_init_writes_the_same_configuration(new_project: NewProject) -> None:
    """Beside what a pyproject.toml has already; generating then finds everything up to date."""
    made = project(
        new_project,
        {
            **GOOSE,
            "sqlc.yml": TWO,
            "x.sql": "",
            "one/q.sql": "-- name: U :many\nSELECT * FROM users;",
            "two/q.sql": "-- name: E :many\nSELECT * FROM extra.things;",
            "two/extra.sql": "CREATE SCHEMA extra; CREATE TABLE extra.things (id int NOT NULL);",
            "pyproject.toml": '# mine\n[project]\nname = "x"',
        },
    )
    assert 0 == made.run("generate", "--sqlc", "sqlc.yml").code
    before = made.tree()
    outcome = made.run("init", "--from-sqlc", "sqlc.yml")
    assert (0, True) == (outcome.code, 'sql[1] has the engine "sqlite" and is left out' in outcome.err)
    assert made.read("pyproject.toml").startswith('# mine\n[project]\nname = "x"\n\n[tool.janua]\nsqlc = true\n')
    checked = made.run("check")
    assert (0, "") == (checked.code, checked.err)
    assert {**before, "pyproject.toml": None} == {**made.tree(), "pyproject.toml": None}
    again = made.run("init", "--from-sqlc", "sqlc.yml")
    assert (2, "pyproject.toml: there is a table [tool.janua] already; remove it first\n") == (again.code, again.err)


PYTHON_TYPES = """version: '2'
sql:
  - schema: schema.sql
    queries: q.sql
    engine: postgresql
    codegen:
      - plugin: py
        out: src
        options:
          package: store
          overrides:
            - {column: users.settings, py_type: app.types.Settings}
            - {column: users.name, py_type: str, nullable: true}
            - {db_type: pg_catalog.int8, py_type: Key, py_import: app.types}
            - {db_type: timestamptz, python_type: {module: app.types, name: Moment}}
            - {column: users.gone, py_type: app.types.Nothing}
            - {db_type: uuid, py_type: "dict[str, Any]"}
"""


def test_python_types_of_overrides_are_taken(new_project: NewProject) -> None:
    """Where they are names; of what does not exist, they are left out as sqlc leaves them out."""
    schema = "CREATE TABLE users (id bigint NOT NULL, name text, settings jsonb, seen timestamptz, key uuid);"
    made = project(
        new_project,
        {"sqlc.yaml": PYTHON_TYPES, "schema.sql": schema, "q.sql": "-- name: All :many\nSELECT * FROM users;"},
    )
    outcome = made.run("generate", "--sqlc", "sqlc.yaml")
    assert (0, "sqlc.yaml: 1 override names a Go type and is left out\n") == (outcome.code, outcome.err)
    models = made.read("generated/models.py")
    fields = ["id: _py_app_types.Key", "name: str | None", "settings: _py_app_types.Settings | None"]
    fields += ["seen: _py_app_types.Moment | None", "key: _uuid.UUID | None"]
    assert fields == [line.strip() for line in models.splitlines() if line.strip() in fields]
    assert made.run("init", "--from-sqlc", "sqlc.yaml").code == 0
    assert 0 == made.run("check").code


def test_init_makes_a_file_where_there_is_none(new_project: NewProject) -> None:
    """One package is the table itself; paths are relative to the new file, wherever that is."""
    made = project(new_project, {"go/sqlc.yaml": ONE, "go/db/schema.sql": USERS, "go/db/queries/users.sql": QUERIES})
    assert 0 == made.run("init", "--from-sqlc", "go/sqlc.yaml").code
    assert 'queries = ["go/db/queries"]\noutput = "go/generated"' in made.read("pyproject.toml")
    assert 0 == made.run("generate").code
    assert (made.root / "go/generated/users.py").exists()


def test_output_names_the_package(new_project: NewProject) -> None:
    """Anywhere."""
    made = project(new_project, {"go/sqlc.yaml": ONE, "go/db/schema.sql": USERS, "go/db/queries/users.sql": QUERIES})
    assert 0 == made.run("generate", "--sqlc", "go/sqlc.yaml", "--output", "python/store").code
    assert (made.root / "python/store/users.py").exists()
    assert not (made.root / "go/generated").exists()
    assert 2 == made.run("generate", "--output", "x").code


def config(entry: str, version: str = '"2"') -> str:
    return f"version: {version}\nsql:\n  - engine: postgresql\n{entry}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("version: '2'\nsql:\n\t- x", "sqlc.yaml:3:1: not valid YAML: "),
        ("", "sqlc.yaml: expected a mapping"),
        ("sql: []", "sqlc.yaml:1: the version is none, not 1 or 2"),
        ("# new\nversion: '3'", 'sqlc.yaml:2: version: the version is "3", not 1 or 2'),
        ("version: 2", "sqlc.yaml:1: sql: expected a list of at least one package"),
        ("version: 1\npackages: [3]", "sqlc.yaml:2: packages[0]: expected a mapping"),
        (config("    queries: q.sql"), "sqlc.yaml:3: sql[0].schema: this key is required"),
        (config("    schema: 3\n    queries: q.sql"), "sqlc.yaml:4: sql[0].schema: expected a path or a list of paths"),
        (
            config("    schema: gone\n    queries: q.sql"),
            'sqlc.yaml:4: sql[0].schema: the folder "gone" does not exist',
        ),
        (
            config("    schema:\n      - q.sql\n      - no/*.sql\n    queries: q.sql"),
            'sqlc.yaml:6: sql[0].schema[1]: nothing matches "no/*.sql"',
        ),
        (config("    schema: q.sql\n    queries: no.sql"), 'sqlc.yaml:5: sql[0].queries: the file "no.sql" does'),
        ("version: 2\nsql:\n  - engine: mysql", 'sqlc.yaml:3: sql[0].engine: the engine "mysql" is not supported'),
    ],
)
def test_mistakes_are_shown_with_their_place(new_project: NewProject, text: str, expected: str) -> None:
    """Nothing is written."""
    made = project(new_project, {"sqlc.yaml": text, "q.sql": "-- name: A :one\nSELECT 1 AS a;"})
    outcome = made.run("generate", "--sqlc", "sqlc.yaml")
    assert (2, True) == (outcome.code, outcome.err.startswith(expected)), outcome.err
    assert not (made.root / "generated").exists()


def test_a_mistake_in_json_is_shown_with_its_place(new_project: NewProject) -> None:
    """As YAML's are."""
    made = project(new_project, {"sqlc.json": '{\n  "version": 1,,\n}'})
    assert made.run("generate", "--sqlc", ".").err.startswith("sqlc.json:2:16: not valid JSON: ")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 WHERE 1 IN (2, sqlc.slice(ids))", "sqlc.slice stands alone in the parentheses of IN"),
        ("SELECT 1 WHERE 1 IN (sqlc.slice(ids)::int[])", "sqlc.slice stands alone in the parentheses of IN"),
        ("SELECT 1 WHERE 1 = $2", "$2 is used but $1 is not"),
        ("DELETE FROM users", "is declared to return rows, but its statement returns none"),
    ],
)
def test_queries_that_sqlc_would_not_take_either(new_project: NewProject, sql: str, expected: str) -> None:
    """The place is in the author's file."""
    files: dict[str, str | bytes] = {
        "sqlc.yaml": ONE,
        "db/schema.sql": USERS,
        "db/queries/q.sql": f"-- name: Q :one\n{sql};",
    }
    outcome = project(new_project, files).run("generate", "--sqlc", "sqlc.yaml")
    assert (1, True) == (outcome.code, expected in outcome.err), outcome.err
    assert "db/queries/q.sql:" in outcome.err


def test_a_function_that_the_schema_lacks_is_asked_for(new_project: NewProject) -> None:
    """sqlc takes it on trust."""
    query = "-- name: Q :many\nSELECT made_elsewhere(id) FROM users;"
    made = project(new_project, {"sqlc.yaml": ONE, "db/schema.sql": USERS, "db/queries/q.sql": query})
    outcome = made.run("generate", "--sqlc", "sqlc.yaml")
    hint = "hint: sqlc does not look for functions, PostgreSQL does: name the file that makes it under schema"
    assert (1, True) == (outcome.code, hint in outcome.err), outcome.err


def test_sqlcs_words_for_many_sets_of_values_mean_what_they_mean_there(new_project: NewProject) -> None:
    """Rows are copied, batches are one round trip; ``:batchone`` takes the first row, as ``:one`` does."""
    queries = (
        "-- name: AddPosts :copyfrom\nINSERT INTO posts (user_id) VALUES ($1);\n"
        "-- name: Rename :batchexec\nUPDATE users SET name = $2 WHERE id = $1;\n"
        "-- name: Touch :batchone\nUPDATE users SET mood = 'ok' WHERE id >= $1 RETURNING *;\n"
        "-- name: PostsOf :batchmany\nSELECT id FROM posts WHERE user_id = $1;\n"
    )
    made = project(new_project, {"sqlc.yaml": ONE, "db/schema.sql": USERS, "db/queries/q.sql": queries})
    outcome = made.run("generate", "--sqlc", "sqlc.yaml", "--output", "shop_db")
    assert (0, False) == (outcome.code, "warning" in outcome.err), outcome.err
    program = (
        "from janua import Database\nfrom shop_db import q\ndb = Database('postgresql:///x')\n"
        "def run() -> tuple[int, list[int], list[list[int]]]:\n"
        "    q.rename(db, [q.RenameParams(id=1, name='x')])\n"
        "    return q.add_posts(db, [1, 2]), [user.id for user in q.touch(db, [1])], q.posts_of(db, [1])\n"
    )
    assert check_types(made.root, program).startswith("Success")
    assert "batch_first(_TOUCH, sets)" in made.read("shop_db/q.py")


def test_the_same_name_twice_is_an_error(new_project: NewProject) -> None:
    """In one package, as with sqlc."""
    twice = "-- name: A :one\nSELECT 1 AS a;\n-- name: A :many\nSELECT 2 AS a;"
    outcome = project(new_project, {"sqlc.yaml": ONE, "db/schema.sql": USERS, "db/queries/q.sql": twice}).run(
        "generate", "--sqlc", "sqlc.yaml"
    )
    assert (1, True) == (outcome.code, "would both be called a in Python" in outcome.err)
