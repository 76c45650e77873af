"""What a finding about a parameter of two types says to write is what the server takes."""

from __future__ import annotations

import re

import pytest

from .workbench import Workbench

CONFLICTS = (
    "INSERT INTO t (id, s) VALUES (:x, :x)",
    "SELECT id FROM t WHERE id = :x AND s = :x",
    "SELECT id FROM t WHERE id = :x AND :x = s",
    "SELECT id FROM t WHERE id = :x OR s LIKE :x",
    "SELECT id FROM t WHERE s = ANY (ARRAY[:x]) OR id = :x",
    "INSERT INTO t (id, s) SELECT id, :x FROM t WHERE id = :x",
    "UPDATE t SET s = :x::text, id = :x",
    "SELECT id FROM t WHERE id = :x AND big = :x AND s = :x",
    "SELECT id FROM t WHERE s = 'ä' AND id = :x\n  AND s = :x",
)


@pytest.mark.parametrize("sql", CONFLICTS)
def test_what_the_hint_says_makes_the_query_pass(workbench: Workbench, sql: str) -> None:
    """The cast that the hint names, at the place that the finding is about, or else two names."""
    workbench.migrate("CREATE TABLE t (id integer, s text, big bigint)")
    (error,) = workbench.analyse(f"-- name: q\n{sql};\n").errors
    assert "another name" in error.hint
    cast = re.search(r"write (:x::[\w ]+::[\w ]+) here", error.hint)
    places = [match.start() for match in re.finditer(r":x\b", sql)]
    line, column = re.search(r"at (\d+):(\d+):", error.hint).groups()  # type: ignore[union-attr]
    lines = sql.split("\n")
    other = sum(len(each) + 1 for each in lines[: int(line) - 2]) + int(column) - 1
    assert other in places
    written = cast[1] if cast is not None else ":y"
    mended = [at for at in places if at != other][-1]
    fixed = sql[:mended] + written + sql[mended + 2 :]
    assert () == workbench.analyse(f"-- name: q\n{fixed};\n").errors
