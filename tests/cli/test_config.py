"""``[tool.janua]``, right and wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from janua.config import Function, Override, Project, Safety, load_project, load_projects
from janua.errors import ConfigError

from ..conftest import Write


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "file").touch()


def complaint(write: Write, text: str) -> str:
    root = write("pyproject.toml", text).parent
    with pytest.raises(ConfigError) as caught:
        load_project(root)
    return str(caught.value)


def test_an_empty_table_is_a_project(write: Write) -> None:
    """Everything has a default."""
    root = write("pyproject.toml", "[tool.janua]").parent
    assert load_project(root) == Project(
        root=root,
        configuration=root / "pyproject.toml",
        migrations=(root / "migrations",),
        queries=(root / "queries",),
        schema=root / "schema",
        output=root / "generated",
        package="generated",
        seeds=root / "seeds",
        schemas=("public",),
        tables="all",
        frozen=False,
        override=(),
        rename={},
        function=(),
        safety=Safety(()),
    )


def test_every_key_is_read(write: Write, tmp_path: Path) -> None:
    """Paths are relative to the file."""
    write("sql/queries/users.sql", "")
    write("sql/steps/0001_a.sql", "")
    write(
        "pyproject.toml",
        """
        [tool.janua]
        migrations = "sql/steps"
        queries = "sql/queries"
        schema = "sql/schema"
        output = "src/app/db"
        package = "app.db"
        seeds = "sql/seeds"
        schemas = ["app", "public"]
        tables = ["users"]
        frozen = true
        [[tool.janua.override]]
        column = "users.metadata"
        python = "app.types:UserMetadata"
        [[tool.janua.override]]
        query = "users.get_user"
        column = "tags"
        python = "list"
        [tool.janua.rename]
        users = "Person"
        [[tool.janua.function]]
        name = "touch_owner"
        reads = ["accounts"]
        writes = ["owners"]
        [tool.janua.safety]
        protected = ["*.prod.example.com"]
        """,
    )
    project = load_project(tmp_path)
    assert ((tmp_path / "sql/steps",), "app.db", tmp_path / "src/app/db") == (
        project.migrations,
        project.package,
        project.output,
    )
    assert (("app", "public"), ("users",), True) == (project.schemas, project.tables, project.frozen)
    assert (
        Override(python="app.types:UserMetadata", column="users.metadata"),
        Override(python="list", column="tags", query="users.get_user"),
    ) == project.override
    assert {"users": "Person"} == project.rename
    assert (Function("touch_owner", ("accounts",), ("owners",)),) == project.function
    assert Safety(("*.prod.example.com",)) == project.safety


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    """Most often, the wrong folder."""
    with pytest.raises(ConfigError) as caught:
        load_project(tmp_path)
    assert str(caught.value).startswith("pyproject.toml: no such file; run `janua init`")


def test_a_project_elsewhere_is_named_by_its_path(write: Write, tmp_path: Path) -> None:
    """So that the message can be followed."""
    write("shop/pyproject.toml", "[tool.janua]\nfrozen = 1")
    with pytest.raises(ConfigError, match=r"^shop/pyproject\.toml: tool\.janua\.frozen: "):
        load_project(Path("shop"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no table [tool.janua]; add one, even an empty one, to make this a project"),
        ("tool = 3", "no table [tool.janua]; add one, even an empty one, to make this a project"),
        ("[tool]\njanua = 3", "tool.janua: expected a table, got an integer"),
    ],
)
def test_the_table_must_be_there(write: Write, text: str, message: str) -> None:
    """A pyproject.toml alone is not a project."""
    assert f"pyproject.toml: {message}" == complaint(write, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.janua]\nfrozen = yes", "2:10: not valid TOML: Invalid value"),
        ("[tool.janua\n", "1:12: not valid TOML: Expected ']' at the end of a table declaration"),
        ("a = 1\nx", "2:2: not valid TOML: Expected '=' after a key in a key/value pair"),
    ],
)
def test_malformed_toml_is_located(write: Write, text: str, message: str) -> None:
    """By line and column."""
    assert f"pyproject.toml:{message}" == complaint(write, text)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """TOML is UTF-8."""
    (tmp_path / "pyproject.toml").write_bytes("[tool.janua] # é".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"^pyproject\.toml: not a UTF-8 text$"):
        load_project(tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("outptu = 'x'", 'outptu: unknown key; did you mean "output"?'),
        ("zzz = 1", "zzz: unknown key"),
        ("override = [{pythn = 'int', type = 'x'}]", 'override[0].pythn: unknown key; did you mean "python"?'),
        ("function = [{name = 'f', write = []}]", 'function[0].write: unknown key; did you mean "writes"?'),
        ("safety = {protect = []}", 'safety.protect: unknown key; did you mean "protected"?'),
    ],
)
def test_an_unknown_key_is_refused_with_the_closest_one(write: Write, line: str, message: str) -> None:
    """At any depth."""
    assert f"pyproject.toml: tool.janua.{message}" == complaint(write, f"[tool.janua]\n{line}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("migrations = 3", "migrations: expected a string or an array, got an integer"),
        ("schemas = 'public'", "schemas: expected an array, got a string"),
        ("schemas = ['public', 3]", "schemas[1]: expected a string, got an integer"),
        ("frozen = 'no'", "frozen: expected a boolean, got a string"),
        ("seeds = 1979-05-27", "seeds: expected a string, got a date"),
        ("tables = 'some'", 'tables: expected "all", "none" or an array of table names'),
        ("tables = [1]", 'tables: expected "all", "none" or an array of table names'),
        ("function = [3]", "function[0]: expected a table, got an integer"),
        ("function = [{reads = []}]", "function[0].name: this key is required"),
        ("rename = {users = 3}", "rename.*: expected a string, got an integer"),
    ],
)
def test_a_wrong_type_is_refused(write: Write, line: str, message: str) -> None:
    """In TOML's words."""
    assert f"pyproject.toml: tool.janua.{message}" == complaint(write, f"[tool.janua]\n{line}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("schemas = []", "schemas: must name at least one PostgreSQL schema"),
        ("schemas = ['a', 'a']", 'schemas[1]: "a" is named twice'),
        ("safety = {protected = ['']}", "safety.protected[0]: must not be empty"),
        ("migrations = 'steps'", 'migrations: the folder "steps" does not exist; janua migrate create NAME makes it'),
        ("migrations = 'file'", 'migrations: "file" is a file, not a folder or a .sql file'),
        ("output = '../x'", 'output: "../x" is not a folder below the project'),
        ("output = '.'", 'output: "." is not a folder below the project'),
        ("schema = '/x'", 'schema: "/x" is not a folder below the project'),
        ("output = 'migrations'", 'output: "migrations" is also the folder of tool.janua.migrations'),
        ("output = 'my-db'", 'output: "my-db" is not an import path such as "app.generated"'),
        ("package = 'a-b'", 'package: "a-b" is not an import path such as "app.generated"'),
        ("package = 'app.db'", 'package: "app.db" cannot be imported from a folder called "generated"'),
        ("rename = {users = 'class'}", 'rename.users: "class" cannot be the name of a Python class'),
        ("override = [{python = 'int'}]", "override[0]: needs one of column, type, or parameter with query"),
        (
            "override = [{python = 'int', type = 'x', column = 'a.b'}]",
            "override[0]: needs one of column, type, or parameter with query",
        ),
        (
            "override = [{python = 'int', type = 'x', query = 'a.b'}]",
            "override[0].query: goes together with column or parameter, not with type",
        ),
        ("override = [{python = 'int', parameter = 'x'}]", "override[0].parameter: needs the query, too"),
        ("override = [{python = 'int', column = 'x'}]", 'override[0].column: "x" is not "table.column"'),
        (
            "override = [{python = 'int', column = 'x', query = 'get'}]",
            'override[0].query: "get" is not "module.query", as in "users.get_user"',
        ),
        (
            "override = [{python = 'a:', type = 'x'}]",
            'override[0].python: "a:" is not "module:Name" or one of bool, bytes, dict, float, int, list, str',
        ),
        (
            "override = [{python = 'Money', type = 'x'}]",
            'override[0].python: "Money" is not "module:Name" or one of bool, bytes, dict, float, int, list, str',
        ),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(write: Write, line: str, message: str) -> None:
    """Before any command has begun."""
    assert f"pyproject.toml: tool.janua.{message}" == complaint(write, f"[tool.janua]\n{line}")


def test_only_the_generator_needs_the_queries(write: Write) -> None:
    """An image that migrates and serves has the migrations and the generated code."""
    root = write("pyproject.toml", "[tool.janua]\nqueries = 'q'").parent
    assert (root / "q",) == load_project(root).queries
    with pytest.raises(ConfigError, match=r'tool.janua.queries: the folder "q" does not exist'):
        load_projects(root)


@pytest.mark.parametrize(("setting", "tables"), [("", "none"), ('tables = "all"', "all")])
def test_a_project_for_sqlc_has_tables_where_it_asks_for_them(write: Write, setting: str, tables: str) -> None:
    """Its package stays what sqlc made of it."""
    write("migrations/0001_a.sql", "")
    write("queries/a.sql", "")
    root = write("pyproject.toml", f"[tool.janua]\nsqlc = true\n{setting}").parent
    assert tables == load_project(root).tables
