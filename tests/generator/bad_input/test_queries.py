"""Queries that are not in order: all of them are reported at once, each at its place, and nothing is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ..conftest import NewProject
from ..sandbox import GET_USER, USERS, Outcome, Sandbox

GOOD: dict[str, str | bytes] = {"migrations/0001_users.sql": USERS, "queries/users.sql": GET_USER}


def run_with(new_project: NewProject, text: str | bytes) -> Outcome:
    """Run a project whose only unusual thing is this query file; where it fails, nothing was written."""
    project: Sandbox = new_project(GOOD | {"queries/q.sql": text})
    before = project.tree()
    outcome = project.run()
    if outcome.code:
        assert 1 == outcome.code
        assert before == project.tree()
    return outcome


def test_all_errors_of_all_files_are_reported_at_once(new_project: NewProject) -> None:
    """Of the file format and of the server together, in the order of files and lines; generated files stay."""
    project = new_project(GOOD)
    assert 0 == project.run().code
    project.write(
        "queries/b.sql", "-- name: b\nSELECT id FROM users;\n-- name: c\nSELECT 1; SELECT 2;\n-- name: d\n;\n"
    )
    project.write("queries/a.sql", "-- name: a\nSELECT nme FROM users;\n-- name: unclosed\nSELECT 'x;\n")
    project.write("queries/latin.sql", "-- name: x\nSELECT 'é';\n".encode("latin-1"))
    project.write(
        "queries/c.sql", "-- name: e :on\nSELECT 1;\n-- name: e f\nSELECT 1;\n-- name: g\nSELECT FROM nowhere;"
    )
    before = project.tree()
    outcome = project.run()
    assert 1 == outcome.code
    assert before == project.tree()
    assert (
        """\
queries/a.sql:2:8: column "nme" does not exist [42703]
    2 | SELECT nme FROM users;
      |        ^^^
hint: did you mean "name"?

queries/a.sql:4:8: the string is not closed
    4 | SELECT 'x;
      |        ^

queries/b.sql:4:11: query c has 2 statements
    4 | SELECT 1; SELECT 2;
      |           ^
hint: a query is one statement: give each its own -- name: line, or combine them WITH

queries/b.sql:5:10: query d has no statement
    5 | -- name: d
      |          ^

queries/c.sql:1:12: unknown cardinality ":on"; did you mean ":one"?
    1 | -- name: e :on
      |            ^^^

queries/c.sql:3:4: malformed header of a query
    3 | -- name: e f
      |    ^^^^^^^^^
hint: a name is one word: -- name: e_f

queries/c.sql:6:13: relation "nowhere" does not exist [42P01]
    6 | SELECT FROM nowhere;
      |             ^^^^^^^

queries/latin.sql: not a UTF-8 text: byte 0xe9 in line 2
hint: save the file as UTF-8

8 errors; nothing was written
"""
        == outcome.err
    )


@pytest.mark.parametrize(
    ("text", "place", "excerpt"),
    [
        ("-- name: q\nSELECT 'äöü', '日本', nam FROM users;", "2:21", "    2 | SELECT 'äöü', '日本', nam FROM users;"),
        ("-- name: q\r\nSELECT id,\r\n  nam\r\nFROM users;\r\n", "3:3", "    3 |   nam"),
        ("\ufeff-- name: q\nSELECT nam FROM users;", "2:8", "    2 | SELECT nam FROM users;"),
        ("-- name: q\nSELECT\t\tid,\tnam FROM users;", "2:13", "    2 | SELECT      id, nam FROM users;"),
        (
            "-- name: q\nSELECT :first::text, :second, nam FROM users;",
            "2:31",
            "    2 | SELECT :first::text, :second, nam",
        ),
        ("/* name: q */ SELECT nam FROM users;", "1:22", "    1 | /* name: q */ SELECT nam FROM users;"),
    ],
    ids=["multi-byte", "CRLF", "BOM", "tabs", "parameters before it", "all on one line"],
)
def test_the_pointer_stands_under_the_error(new_project: NewProject, text: str, place: str, excerpt: str) -> None:
    """Counted in characters, whatever stands before it."""
    outcome = run_with(new_project, text)
    assert f'queries/q.sql:{place}: column "nam" does not exist [42703]\n{excerpt}' in outcome.err
    lines = outcome.err.splitlines()
    shown, pointer = lines[1].replace("日本", "____"), lines[2]
    assert "nam" == shown[pointer.index("^") : pointer.rindex("^") + 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1;\n-- name: q\nSELECT 1;", "queries/q.sql:1:1: SQL before the first query\n"),
        ("-- name:\nSELECT 1;", "queries/q.sql:1:4: malformed header of a query\n"),
        ("-- name: 1st\nSELECT 1;", 'queries/q.sql:1:10: "1st" is not a name: '),
        ("-- name: é\nSELECT 1;", 'queries/q.sql:1:10: "é" is not a name: '),
        ("-- name: q\n-- only a comment\n", "queries/q.sql:1:10: query q has no statement\n"),
        ("-- name: q\nSELECT $$x;", "queries/q.sql:2:8: the dollar quote $$ is not closed\n"),
        ("-- name: q\nSELECT 1 /* x", "queries/q.sql:2:10: the block comment is not closed\n"),
        ('-- name: q\nSELECT "x', "queries/q.sql:2:8: the quoted name is not closed\n"),
        ("-- name: q\nSELECT :a + $1;", "queries/q.sql:2:13: $1 stands beside :a\n"),
        ("-- name: q\nSELECT $1::int, $3::int;", "queries/q.sql:2:17: $3 is used but $2 is not\n"),
        ("-- name: q\nSELECT $0::int;", "queries/q.sql:2:8: $0 is not a parameter: they count from $1\n"),
        ("-- name: q\nSELECT :a?::int, :a!;", "queries/q.sql:2:18: :a may be None in one place (?) and not in another"),
        ("-- name: q\nSELECT :x;\n-- name: r\nSELECT FRM;", 'column "frm" does not exist'),
        ("-- name: q\n-- @cached 60s\nSELECT 1;", "queries/q.sql:2:4: unknown directive @cached\n"),
        ("-- name: q :execlastid\nSELECT 1;", ":execlastid does not exist in PostgreSQL: add RETURNING id"),
        ("-- name: q\nSELECT '\0';", "queries/q.sql: not a text: NUL character in line 2\n"),
        ("-- name: q\nSELECT 1 AS a, 2 AS a;", 'query q has two columns named "a"\n'),
        ('-- name: q\nSELECT 1 AS "a b", 2 AS "a-b";', "two columns of query q would both be called a_b in Python\n"),
        ("-- name: q\nSELECT :db::int AS a, :db_::int AS b;", "two parameters of query q would both be called db_ in"),
        ("-- name: GetUser\nSELECT 1;\n-- name: get_user\nSELECT 2;", "get_user and GetUser (line 1) would both be"),
        (
            "-- name: class\nSELECT 1;\n-- name: class_\nSELECT 2;",
            "class_ and class (line 1) would both be called class_",
        ),
    ],
)
def test_what_is_wrong_is_said(new_project: NewProject, text: str, message: str) -> None:
    """One message for each kind of mistake."""
    outcome = run_with(new_project, text)
    assert 1 == outcome.code
    assert message in outcome.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-- nmae: z\nSELECT 1;", "write line 1 as -- name: z"),
        ("-- Name: z :one\nSELECT 1;", "write line 1 as -- name: z :one"),
        ("-- name: y\nSELECT 1;\n\n-- name : z\nSELECT 1;", "write line 4 as -- name: z"),
        ("-- name: y\nSELECT 1;\n-- note: z\nSELECT 1;", "a query is one statement"),
        ("-- name: y\n-- nmae: z\nSELECT 1; SELECT 2;", "a query is one statement"),
        ("-- name: y many\nSELECT 1;", "a cardinality begins with a colon: -- name: y :many"),
        ("-- name: get it\nSELECT 1;", "a name is one word: -- name: get_it"),
        ("-- name: y :MANY\nSELECT 1;", 'unknown cardinality ":MANY"; did you mean ":many"?'),
    ],
)
def test_a_header_that_is_nearly_right_is_shown_as_it_should_be(new_project: NewProject, text: str, said: str) -> None:
    """A comment that looks like one is nothing else, where a statement follows that belongs to no query."""
    assert said in run_with(new_project, text).err


@pytest.mark.parametrize(
    "text",
    ["", "-- a comment\n", "\ufeff", "-- name: q\nSELECT 1;;\n", "-- name: q\rSELECT 1;\r", "-- name: q\nSELECT 1"],
)
def test_what_is_only_unusual_is_accepted(new_project: NewProject, text: str) -> None:
    """Empty files, doubled or missing semicolons, a Mac's line ends."""
    assert 0 == run_with(new_project, text).code


def test_utf_16_is_refused(new_project: NewProject) -> None:
    """What some editors call Unicode."""
    outcome = run_with(new_project, "-- name: q\nSELECT 1;".encode("utf-16"))
    assert "queries/q.sql: not a UTF-8 text: byte 0xff in line 1\nhint: save the file as UTF-8\n" in outcome.err


def test_a_file_name_of_odd_bytes_is_refused(new_project: NewProject) -> None:
    """It could not be written into the module's heading."""
    project = new_project(GOOD)
    path = os.fsencode(project.root / "queries") + b"/odd\xff.sql"
    Path(os.fsdecode(path)).write_text("-- name: q\nSELECT 1;")
    assert "queries/odd\\xff.sql: the file's name is not a UTF-8 text\nhint: rename the file\n" in project.run().err


def test_a_folder_that_is_called_like_a_query_file_is_passed_over(new_project: NewProject) -> None:
    """And what is in it is found."""
    project = new_project(GOOD | {"queries/odd.sql/more.sql": "-- name: q\nSELECT 1;"})
    assert 0 == project.run().code
    assert "generated/more.py" in project.generated()


def test_the_limit_of_parameters_is_known(new_project: NewProject) -> None:
    """65,536 are refused by us, before a server is asked."""
    many = ",".join(f":a{n}" for n in range(65_536))
    outcome = run_with(new_project, f"-- name: q\nSELECT id FROM users WHERE id IN ({many});")
    assert "queries/q.sql:1:10: 65536 parameters: the protocol carries 65535 at most\n" in outcome.err
    assert "hint: pass arrays and use unnest(:ids)\n" in outcome.err


def test_a_query_of_a_megabyte_passes(new_project: NewProject) -> None:
    """It is sent as it is."""
    comment = "x" * 1_000_000
    outcome = run_with(new_project, f"-- name: q\nSELECT id /* {comment} */ FROM users;")
    assert (0, "") == (outcome.code, outcome.err)


def test_parentheses_may_be_nested_deeply(new_project: NewProject) -> None:
    """Where the syntax tree gives up, the types are still right."""
    outcome = run_with(new_project, f"-- name: q :one\nSELECT {'(' * 500}1{')' * 500} AS x, 2 AS y;")
    assert 0 == outcome.code


def test_a_very_long_chain_generates_all_the_same(new_project: NewProject) -> None:
    """What is deeper than Python's stack is a statement whose structure cannot be told."""
    chain = " || ".join(["'x'"] * 3000)
    query = f"-- name: q :one\nSELECT {chain} AS x, 2 AS y;"
    outcome = run_with(new_project, query)
    assert 0 == outcome.code
    assert "the structure of q cannot be told: every column may be None" in outcome.err


def test_a_view_of_a_very_long_chain_may_be_read(new_project: NewProject) -> None:
    """Its columns may be None, and nothing else is wrong with it."""
    chain = " || ".join(["'x'"] * 1500)
    files = {"migrations/0002_deep.sql": f"CREATE VIEW deep AS SELECT {chain} AS x;"}
    project = new_project(GOOD | files | {"queries/deep.sql": "-- name: read_deep\nSELECT x FROM deep;"})
    assert 0 == project.run().code


def test_a_table_may_have_as_many_columns_as_the_server_allows(new_project: NewProject) -> None:
    """1,600; a select list may have 1,664, and the server's own message says so."""
    columns = ", ".join(f"c{n} int" for n in range(1600))
    project = new_project(
        GOOD
        | {"migrations/0002_wide.sql": f"CREATE TABLE wide ({columns});", "queries/w.sql": "-- name: w\nTABLE wide;"}
    )
    assert 0 == project.run().code
    project.write("queries/w.sql", f"-- name: w\nSELECT {', '.join(f'1 AS c{n}' for n in range(1665))};")
    assert "target lists can have at most 1664 entries [54011]" in project.run().err
