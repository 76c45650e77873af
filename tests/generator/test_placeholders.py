"""Which characters of a statement are parameters, and which only look like one."""

from __future__ import annotations

import pytest
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.model import ParsedQuery, SourceFile
from janua_generator.sqlfile.parser import parse_file
from janua_generator.sqlfile.placeholders import parse_query


def parsed(sql: str) -> ParsedQuery:
    """The one query that this statement makes."""
    queries, findings = parse_file(SourceFile("queries/q.sql", f"-- name: q\n{sql};\n"))
    assert not findings
    [query] = queries
    return parse_query(query)


@pytest.mark.parametrize(
    ("written", "sent", "names"),
    [
        ("SELECT :a, :b, :a", "SELECT $1, $2, $1", ["a", "b"]),
        ("SELECT @a", "SELECT $1", ["a"]),
        ("SELECT $1, $2", "SELECT $1, $2", ["", ""]),
        ("SELECT sqlc.arg(a), sqlc.narg('b')", "SELECT $1, $2", ["a", "b"]),
        ("SELECT SQLC.ARG(Ab), Sqlc . nArg (c)", "SELECT $1, $2", ["Ab", "c"]),
        ("SELECT 1 WHERE x IN (sqlc.slice(a))", "SELECT 1 WHERE x = ANY($1)", ["a"]),
        (
            "SELECT 1 WHERE sqlc.slice(a)::e[] IS NULL OR x = ANY(sqlc.slice(a)::e[])",
            "SELECT 1 WHERE $1::e[] IS NULL OR x = ANY($1::e[])",
            ["a"],
        ),
        ("SELECT 1 WHERE x IN (SELECT unnest(sqlc.slice(a)))", "SELECT 1 WHERE x IN (SELECT unnest($1))", ["a"]),
        ("SELECT x::text, :a::text", "SELECT x::text, $1::text", ["a"]),
        ("SELECT v[1:2], v[a:b], v[:a]", "SELECT v[1:2], v[a:b], v[$1]", ["a"]),
        ("SELECT f(x := :a)", "SELECT f(x := $1)", ["a"]),
        ("SELECT ':a', \":a\", $$:a$$, /* :a */ E'\\':a'", "SELECT ':a', \":a\", $$:a$$, /* :a */ E'\\':a'", []),
        ("SELECT :a!=b", "SELECT $1!=b", ["a"]),
        ("SELECT j ? 'a', j @> :a", "SELECT j ? 'a', j @> $1", ["a"]),
        ("SELECT 1 WHERE x IN(:a,:b)", "SELECT 1 WHERE x IN($1,$2)", ["a", "b"]),
    ],
)
def test_placeholders_become_numbers(written: str, sent: str, names: list[str]) -> None:
    """In the order of their first appearance; everything else stays as the author wrote it."""
    query = parsed(written)
    assert sent == query.sql
    assert names == [each.name for each in query.placeholders]


def test_marks_say_whether_none_is_taken() -> None:
    """``?`` takes None, ``!`` does not, and without a mark it is left to be inferred."""
    query = parsed("SELECT :a? , :b! , :c")
    assert [True, False, None] == [each.nullable for each in query.placeholders]


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("SELECT $1, :a", "$1 stands beside :a"),
        ("SELECT $2", "$2 is used but $1 is not"),
        ("SELECT :a?, :a!", ":a may be None in one place (?) and not in another (!)"),
    ],
)
def test_contradictions_are_errors(written: str, complaint: str) -> None:
    """With what contradicts what."""
    with pytest.raises(GenerationFailed) as failure:
        parsed(written)
    assert [complaint] == [each.message for each in failure.value.diagnostics]


def test_offsets_lead_back_to_the_file() -> None:
    """Through placeholders and characters of several bytes."""
    query = parsed("SELECT 'ä😀', :a_long_name, wrong")
    place = query.spliced.offset_in_file(query.sql.index("wrong"))
    assert query.source.file.text[place:].startswith("wrong")
