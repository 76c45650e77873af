"""
Generated code from a project in which every name is unlucky: it passes the type checkers, and runs.

The SQL that it sends is exactly what was described.
"""

from __future__ import annotations

import ast
import datetime as dt
import importlib
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from janua import AsyncDatabase, Database
from janua.migrations import read_migrations
from janua.scratch import ScratchServer
from psycopg.types.range import Range

from .conftest import NewProject, drop_databases
from .sandbox import USERS, Sandbox

ROOT = Path(__file__).resolve().parents[2]
UNLUCKY = Path(__file__).parent / "bad_input" / "unlucky"


@pytest.fixture(scope="module")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The unlucky project, generated."""
    root = tmp_path_factory.mktemp("unlucky") / "project"
    shutil.copytree(UNLUCKY, root)
    made = Sandbox(root, scratch.url("postgres"))
    # not in the repository, where tools that convert line ends would meet it
    made.write("queries/crlf.sql", CRLF)
    outcome = made.run()
    assert (0, "") == (outcome.code, outcome.err)
    yield made
    drop_databases(root, made.url)


CRLF = "-- name: crlf :one\r\n-- Doc one\r\n-- two\r\nSELECT 'a\r\nb' AS x,\r\n  2 AS y;\r\n"


@pytest.fixture(scope="module")
def package(project: Sandbox) -> Iterator[ModuleType]:
    """The generated package, imported with all its modules."""
    sys.path.insert(0, str(project.root))
    try:
        found = importlib.import_module("unlucky")
        for module in pkgutil.walk_packages(found.__path__, "unlucky."):
            importlib.import_module(module.name)
        yield found
    finally:
        sys.path.remove(str(project.root))
        for name in [name for name in sys.modules if name.partition(".")[0] == "unlucky"]:
            del sys.modules[name]


@pytest.fixture
def database_url(project: Sandbox, scratch: ScratchServer) -> Iterator[str]:
    """A fresh database with the project's schema."""
    name = scratch.clone(scratch.migrated(read_migrations(project.root / "migrations"), purpose="unlucky"))
    yield scratch.url(name)
    scratch.drop(name)


def test_mypy_accepts_it(project: Sandbox) -> None:
    """With --strict."""
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "unlucky"]
    environment = {**os.environ, "MYPYPATH": str(ROOT / "runtime"), "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache/unlucky")}
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, env=environment)
    assert done.stdout.startswith("Success: no issues found in "), done.stdout + done.stderr


def test_pyright_accepts_it(project: Sandbox) -> None:
    """In its strict mode."""
    settings = {"include": ["unlucky"], "extraPaths": [str(ROOT / "runtime")], "typeCheckingMode": "strict"}
    project.write("pyrightconfig.json", json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
    assert "0 errors, 0 warnings, 0 informations" == done.stdout.strip().splitlines()[-1], done.stdout


def test_its_imports_are_in_order_and_all_used(project: Sandbox) -> None:
    """As ruff would put them; no line ends in a blank."""
    settings = 'lint.isort = { known-third-party = ["janua", "psycopg"], lines-after-imports = 2 }'
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "I,F,E,W", "--ignore", "E501,E741"]
    command += ["--line-length", "120"]
    for path in project.root.rglob("unlucky/**/[!_]*.py"):
        path.with_suffix(".linted.py").write_text(path.read_text().replace("# ruff: noqa\n", ""))
    done = subprocess.run(
        [*command, "--config", settings, *project.root.rglob("unlucky/**/*.linted.py")], capture_output=True, text=True
    )
    for path in project.root.rglob("unlucky/**/*.linted.py"):
        path.unlink()
    assert "All checks passed!\n" == done.stdout


def test_no_name_begins_with_an_underscore(project: Sandbox) -> None:
    """But for the modules' own: constants and aliases, and what a table has besides its columns."""
    found: set[str] = set()
    for path in project.root.rglob("unlucky/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is None:
                found.add(node.target.id)
    assert {"get_columns", "UnluckyColumn", "class_"} <= found
    own = {"_outer", "_values", "_changes", "_self"}
    assert own == {name for name in found if name.startswith("_")}


def test_the_sql_is_what_was_described(project: Sandbox, package: ModuleType) -> None:
    """Character for character, through backslashes, quotes of all lengths, and carriage returns."""
    outcome = project.run("inspect", "--json")
    assert 0 == outcome.code
    for query in json.loads(outcome.out)["queries"]:
        module = importlib.import_module(f"unlucky.{query['module']}")
        assert query["sql"] == getattr(module, f"_{query['name'].upper()}").sql


def test_docstrings_are_what_was_written(package: ModuleType) -> None:
    """With quotes and backslashes as they were; line ends are Python's, and so is what it does to the indentation."""
    unlucky: Any = importlib.import_module("unlucky.unlucky")
    models: Any = importlib.import_module("unlucky.models")
    enums: Any = importlib.import_module("unlucky.enums")
    crlf: Any = importlib.import_module("unlucky.crlf")
    assert 'Doc """ here \\ and there\\\nand a "quote"' in cleandoc(unlucky.literals.__doc__)
    assert "Doc one\ntwo\n" in cleandoc(crlf.crlf.__doc__)
    assert 'Doc with """ and a trailing backslash \\' == models.User.__doc__
    assert 'ends with a quote "' == models.List.__doc__
    assert 'Über\nlines\n\n   indented\n"""' == cleandoc(models.Type.__doc__)
    assert '\\N{BULLET} \\x41 {{ jinja }} {% x %} """ and a backslash \\' == enums.Mood.__doc__


def test_every_label_is_a_member(package: ModuleType) -> None:
    """Also those that are no name, and those that look alike."""
    enums: Any = importlib.import_module("unlucky.enums")
    members = {name: member.value for name, member in enums.Mood.__members__.items()}
    expected = {
        "EMPTY": "", "A_B": "a b", "N1ST": "1st", "IT_S": "it's", "SAY_HI": 'say "hi"', "BACK_SLASH": "back\\slash",
        "NONE": "None", "MRO": "mro", "X_": "_x_", "Y__": "__y__", "Z": "_z", "É": "é", "PAST_DUE": "past due",
        "PAST_DUE_": "past-due", "PAST_DUE__": "past_due", "A": "A", "A_": "a", "EMPTY_": "___", "日本": "日本",
        "TWO_LINES": "two\nlines", "EMPTY__": '"""', "TRAILING": "trailing\\", "NAME": "name", "NAME_": "_name_",
    }  # fmt: skip
    assert expected.items() <= members.items()
    assert 37 == len(members)


def values(package: ModuleType) -> tuple[dict[str, Any], Any]:
    """A value of every type that the project has, and the row that they make."""
    found = SimpleNamespace(**{name: importlib.import_module(f"unlucky.{name}") for name in ("enums", "models")})
    e, m = found.enums, found.models
    inner = m.InnerValue(m=e.Mood.BACK_SLASH, ms=[e.Mood.SAY_HI, e.Mood.EMPTY], with_blank=1, class_='x"(,)\\')
    outer = m.OuterValue(i=inner, is_=[inner, inner], d=1, ds=[1, 2], InnerValue=inner)
    pair = importlib.import_module("unlucky.other.models").Pair
    row = {
        "id": 1,
        "m": e.Mood.EMPTY,
        "d": e.Mood.TWO_LINES,
        "ds": [e.Mood.PAST_DUE_, e.Mood.A],
        "o": outer,
        "os": [outer],
        "t": Range(dt.time(1), dt.time(2)),
        "mr": Range(e.Mood.A_B, e.Mood.IT_S),
        "ot": importlib.import_module("unlucky.other.enums").Mood.X,
        "op": pair(e.Mood.A, importlib.import_module("unlucky.other.enums").Mood.Y),
        "ck": importlib.import_module("unlucky.class_.enums").Kind.C,
        "mk": importlib.import_module("unlucky.models_.enums").Kind.K,
        "odd": importlib.import_module("unlucky.odd_schema.enums").OddType.O,
    }
    return row, m.Model(**row)


def test_every_value_makes_the_round_trip(package: ModuleType, database_url: str) -> None:
    """What is written is read back as it was: enums, domains, composites within composites, ranges, arrays."""
    queries: Any = importlib.import_module("unlucky.unlucky")
    row, model = values(package)
    with Database(database_url) as db:
        assert model == queries.add_model(db, **row)
        assert [model] == queries.list_models(db)
        assert row["m"] == queries.m(db, id=1)


async def test_every_value_makes_the_round_trip_asynchronously(package: ModuleType, database_url: str) -> None:
    """Through the same functions."""
    queries: Any = importlib.import_module("unlucky.unlucky")
    row, model = values(package)
    async with AsyncDatabase(database_url) as db:
        assert model == await queries.add_model(db, **row)
        assert [model] == await queries.list_models(db)


def test_every_query_runs(package: ModuleType, database_url: str) -> None:
    """And gives what stands in the tables."""
    q: Any = importlib.import_module("unlucky.unlucky")
    other: Any = importlib.import_module("unlucky.other.models")
    with Database(database_url) as db:
        [columns] = q.get_columns(db)
        assert ("blank", "dash", 7, "ligature", "letters") == (
            columns.with_blank, columns.with_blank_, columns.class__, columns.fi, columns.fi_,
        )  # fmt: skip
        assert ({"a": [1]}, ["x", "y"], 2) == (columns.object, columns.list, columns.int)
        assert ["Ann", None] == [each.name for each in q.whole_rows(db)]
        [thing] = q.things(db)
        assert [other.UserRecord] == [type(thing.o)]
        assert [thing.o] == [each.t.o for each in q.rows_with_ids(db)]
        assert [(1, "k", "c")] == [(each.id, each.k, each.ck) for each in q.models_users(db)]
        assert [(1, "", "o")] == [(each.id, each.m, each.Odd_Col) for each in q.odd(db)]
        assert [(1, 2, 3)] == [(each.id, each.Select, each.from_) for each in q.order_(db)]
        assert "東京" == q.japan(db)[0].列
        assert (1, "a") == (q.unnamed(db).column_1, q.unnamed(db).column_3)
        assert ("a\\b'", 'tri"""ple', "x\\y", "tab\t", "nbsp\u00a0", 'end"') == tuple(
            getattr(q.literals(db), name) for name in "abcdef"
        )
        assert 2 == q.quotes_at_the_end(db).q
        assert "types" == q.types(db)
        assert None is q.print_(db) is q.query(db) is q.executor(db) is q.class_(db) is q.async_(db)
        assert (2, 2) == (q.a_b(db).y, q.a__b(db).z)
        found = q.parameters(
            db, class_=1, db_="d", from_="f", self="s", int=3, str="t", list=["a"], date=dt.date(2026, 1, 1),
            dt=dt.date(2026, 1, 2), GET_COLUMNS="g", Executor="e", None_=5, print="p",
        )  # fmt: skip
        assert (1, "d", "f", 3, ["a"], 5) == (found.class_, found.db, found.from_, found.int, found.list, found.None_)


def test_a_parameter_may_be_called_as_the_statement_is(package: ModuleType, database_url: str) -> None:
    """``query``, in whatever function."""
    searches: Any = importlib.import_module("unlucky.searches")
    with Database(database_url) as db:
        made = searches.create(db, id=1, query="q", query_="r", row="s", limit=2)
        assert ("q", "r", "s", 2) == (made.query, made.query_, made.row, made.limit)
        assert "changed" == searches.update(db, id=1, query="changed").query
        assert "again" == searches.upsert(db, id=1, query="again").query


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_output_depends_on_nothing_but_the_input(project: Sandbox, new_project: NewProject, seed: str) -> None:
    """Not on the folder, the order of hashes, or what ran before."""
    twin = new_project({}, name=f"twin{seed}")
    for folder in ("migrations", "queries"):
        shutil.copytree(project.root / folder, twin.root / folder, dirs_exist_ok=True)
    shutil.copy(project.root / "pyproject.toml", twin.root)
    with twin.start(PYTHONHASHSEED=seed) as process:
        _, err = process.communicate()
    assert (0, "") == (process.returncode, err)
    for folder in ("unlucky", "schema"):
        mine, theirs = (
            {path.relative_to(each.root): path.read_bytes() for path in (each.root / folder).rglob("*.*")
             if "__pycache__" not in path.parts}
            for each in (project, twin)
        )  # fmt: skip
        assert mine == theirs


def test_an_empty_project_is_a_package(new_project: NewProject) -> None:
    """No tables, no queries, no types."""
    project = new_project({})
    outcome = project.run()
    assert (0, "") == (outcome.code, outcome.err)
    program = "import generated.enums, generated.models, generated._types"
    assert 0 == subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=project.root).returncode


def test_rows_can_be_frozen(new_project: NewProject) -> None:
    """All of them."""
    query = "-- name: some :one\nSELECT 1 AS x, 2 AS y;\n"
    project = new_project({"migrations/0001_users.sql": USERS, "queries/q.sql": query}, "frozen = true")
    assert 0 == project.run().code
    for name in ("generated/models.py", "generated/q.py"):
        assert "@dataclass(frozen=True, slots=True)\n" in project.read(name)


def test_a_timeout_is_declared_in_seconds(new_project: NewProject) -> None:
    """Whatever its unit in the query file; other queries have none."""
    texts = {"short": "250ms", "plain": "2s", "long": "3 min"}
    queries = [f"-- name: {name} :one\n-- @timeout {text}\nSELECT 1 AS x;\n" for name, text in texts.items()]
    queries.append("-- name: unlimited :one\nSELECT 1 AS x;\n")
    project = new_project({"migrations/0001_users.sql": USERS, "queries/q.sql": "".join(queries)})
    outcome = project.run()
    assert (0, "") == (outcome.code, outcome.err)
    assert ["0.25", "2.0", "180.0"] == re.findall(r"timeout=(.*),", project.read("generated/q.py"))
    project.write("queries/q.sql", "".join(queries).replace("250ms", "1s"))
    assert 0 == project.run().code
    assert ["1.0", "2.0", "180.0"] == re.findall(r"timeout=(.*),", project.read("generated/q.py"))
