"""Query files: headers, documentation and statements."""

from __future__ import annotations

import pytest
from janua_generator.sqlfile.model import Cardinality, SourceFile
from janua_generator.sqlfile.parser import parse_file


def test_a_file_holds_queries_with_their_documentation() -> None:
    """Comments between header and statement are the documentation; those inside stay in the statement."""
    text = """-- name: GetUser :one
-- The user with this id.
SELECT id, -- its key
    name FROM users WHERE id = :id;

/* name: list_users */
SELECT 1
"""
    queries, findings = parse_file(SourceFile("queries/q.sql", text))
    assert [] == findings
    assert [("GetUser", Cardinality.ONE), ("list_users", None)] == [(each.name, each.cardinality) for each in queries]
    assert "The user with this id." == queries[0].doc
    assert text[queries[0].start : queries[0].end].startswith("SELECT id, -- its key")
    assert [1, 6] == [each.line for each in queries]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1;\n-- name: q\nSELECT 1;", "SQL before the first query"),
        ("-- name: q :many\n", "query q has no statement"),
        ("-- name: q\nSELECT 1; SELECT 2;", "query q has 2 statements"),
        ("-- name: q :oen\nSELECT 1;", 'unknown cardinality ":oen"; did you mean ":one"?'),
        ("-- name: 1q\nSELECT 1;", '"1q" is not a name: letters, digits and underscores, not beginning with a digit'),
    ],
)
def test_what_is_wrong_is_found(text: str, message: str) -> None:
    """Every finding says what it is about."""
    _, findings = parse_file(SourceFile("queries/q.sql", text))
    assert message in [each.message for each in findings]


def test_one_bad_query_hides_no_other() -> None:
    """The good ones are still there."""
    queries, findings = parse_file(SourceFile("queries/q.sql", "-- name: a :oen\nSELECT 1;\n-- name: b\nSELECT 2;\n"))
    assert ["b"] == [each.name for each in queries]
    assert 1 == len(findings)
