"""The generated module ``tables``: names of every kind, schemas, and which tables there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from janua.scratch import ScratchServer

from tests.generator.packages import type_errors
from tests.generator.sandbox import Sandbox

from .untyped import delete, insert, outer, select, update


def test_type_checkers_accept_it(project: Sandbox) -> None:
    """mypy --strict, and pyright's strict mode."""
    assert "" == type_errors(project, "built_upon")


def test_columns_of_any_name(db: Any, t: Any) -> None:
    """Keywords, builtins, what the table itself is called by, what is no identifier, and doubles of all these."""
    odd = t.Odd_one_here
    values = {"as__": 1, "as___": 2, "select": "s", "class_": "c", "self": "me", "values": "v", "str": "t", "int": 3}
    values |= {"Größe": 4, "a_b": 5, "a_b_": 6, "outer": "o", "self_": 7, "id": 8}
    assert 1 == insert(odd).values(**values).execute(db)
    row = select(odd).one(db)
    assert [*values.values()] == [getattr(row, name) for name in row.__slots__]
    assert tuple(values.values()) == select(*(getattr(odd, each) for each in values)).one(db)
    assert 1 == update(odd).set(self="you", as__=odd.as__ + 1).where(odd.as__ == 1, odd.Größe < 9).execute(db)
    a = outer(odd.as_("select"))
    assert ("you", 2) == select(odd.self, a.as__).left_join(a, on=a.id == odd.id).one(db)
    assert 1 == delete(odd).where(odd.a_b_ == 6).execute(db)


def test_tables_of_any_name(db: Any, t: Any) -> None:
    """Also one that hides a builtin which annotations use."""
    assert 1 == insert(t.from_).values(id=1, where="x").execute(db)
    assert [(1, "x")] == select(t.from_.id, t.from_.where).all(db)
    assert 1 == insert(t.str).values(id=1, value="x").execute(db)
    assert 1 == insert(t.annotations_).values(id=1).execute(db)


def test_other_schemas_are_subpackages(db: Any, t: Any, package: Any) -> None:
    """A table of the same name there is another one."""
    other = getattr(package, "other_world.tables").people
    assert 1 == insert(other).values(id=1, feeling="ok", Other="x").execute(db)
    assert [package.enums.Mood.OK] == select(other.feeling).all(db)
    p = other.as_("p")
    insert(t.people).values(id=1).execute(db)
    assert [1] == select(t.people.id).join(p, on=p.id == t.people.id).all(db)


FILES = {
    "migrations/0001.sql": "CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE VIEW v AS SELECT id FROM a;",
    "queries/q.sql": "-- name: one :one\nSELECT 1 AS one;\n",
}


@pytest.mark.parametrize(
    ("setting", "classes"),
    [
        ("", ["ATable", "BTable", "VTable"]),
        ('tables = "all"', ["ATable", "BTable", "VTable"]),
        ('tables = ["v", "public.b"]', ["BTable", "VTable"]),
        ('tables = "none"', []),
    ],
)
def test_the_configuration_selects(scratch: ScratchServer, tmp_path: Path, setting: str, classes: list[str]) -> None:
    """All, none, or those that are named."""
    project = Sandbox(tmp_path / "p", scratch.url("postgres"))
    project.fill(FILES, setting)
    assert 0 == project.run().code
    path = project.root / "generated" / "tables.py"
    text = path.read_text() if path.exists() else ""
    assert classes == [line.split()[1].partition("(")[0] for line in text.splitlines() if line.startswith("class ")]
    assert bool(classes) == ("TABLE_TYPES" in project.read("generated/_types.py"))


def test_a_table_that_is_not_there_is_refused(scratch: ScratchServer, tmp_path: Path) -> None:
    """With its place."""
    project = Sandbox(tmp_path / "p", scratch.url("postgres"))
    project.fill(FILES, 'tables = ["a", "nowhere"]')
    outcome = project.run()
    message = 'pyproject.toml: tool.janua.tables[1]: there is no table or view "nowhere"'
    assert (2, True) == (outcome.code, message in outcome.err), outcome.err


def test_a_column_without_a_class_is_left_out(scratch: ScratchServer, tmp_path: Path) -> None:
    """As one of an enum in a schema that is not generated: the others can be selected, the whole cannot."""
    ddl = "CREATE SCHEMA away; CREATE TYPE away.e AS ENUM ('x'); CREATE TABLE a (id int, e away.e);"
    project = Sandbox(tmp_path / "p", scratch.url("postgres"))
    project.fill({**FILES, "migrations/0001.sql": ddl})
    assert 0 == project.run().code
    text = project.read("generated/tables.py")
    assert (True, False, True) == ("    id: " in text, "    e: " in text, "        None,\n" in text)
