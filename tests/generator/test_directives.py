"""Directives below a query's name: what is taken, and what is refused with its place."""

from __future__ import annotations

import pytest
from janua.diagnostics import render
from janua_generator.sqlfile.model import SourceFile
from janua_generator.sqlfile.parser import parse_file


def directives(*lines: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The directives of a query with these comment lines, and the first line of each finding."""
    text = "\n".join(["-- name: q", *(f"-- {line}" for line in lines), "SELECT 1;"])
    queries, findings = parse_file(SourceFile("q.sql", text))
    found = [(each.word, each.text) for query in queries for each in query.directives]
    return found, [render(each).splitlines()[0] for each in findings]


def test_directives_are_no_documentation() -> None:
    """They are told apart line by line."""
    queries, findings = parse_file(
        SourceFile("q.sql", "-- name: q\n-- One.\n-- @row Two\n-- Three.\n/* @allow many-rows */\nSELECT 1;")
    )
    assert ([], "One.\nThree.") == (findings, queries[0].doc)
    assert [("row", "Two"), ("allow", "many-rows")] == [(each.word, each.text) for each in queries[0].directives]


@pytest.mark.parametrize(
    ("lines", "finding"),
    [
        (["@rwo X"], "q.sql:2:4: unknown directive @rwo"),
        (["@row"], "q.sql:2:4: malformed directive @row"),
        (["@row a b"], "q.sql:2:4: malformed directive @row"),
        (["@row A", "@row B"], "q.sql:3:4: @row stands twice"),
        (["@nest members"], "q.sql:2:4: malformed directive @nest"),
        (["@json settings"], "q.sql:2:4: malformed directive @json"),
        (["@cached 60s"], "q.sql:2:4: unknown directive @cached"),
        (["@timeout 2"], "q.sql:2:4: malformed directive @timeout"),
        (["@timeout 0s"], "q.sql:2:4: malformed directive @timeout"),
        (["@replica newest"], "q.sql:2:4: malformed directive @replica"),
        (["@replica", "@replica fresh"], "q.sql:3:4: @replica stands twice"),
        (["@timeout 2s", "@timeout 3s"], "q.sql:3:4: @timeout stands twice"),
        (["@allow many_rows"], "q.sql:2:4: malformed directive @allow"),
        (["@allow many-row"], 'q.sql:2:4: no warning goes by "many-row"'),
    ],
)
def test_a_mistake_has_its_place(lines: list[str], finding: str) -> None:
    """Unknown words, wrong forms, repetition."""
    assert ([], [finding]) == directives(*lines)


def test_allow_may_repeat() -> None:
    """And may name several rules at once."""
    found, findings = directives("@allow many-rows", "@allow proven, unknown-type")
    assert ([("allow", "many-rows"), ("allow", "proven, unknown-type")], []) == (found, findings)
