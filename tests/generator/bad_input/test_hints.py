"""What is said beside the server's own words: the nearest name, from the query's own relations first."""

from __future__ import annotations

import pytest

from ..workbench import Workbench

SCHEMA = """
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE, name text, mood mood);
CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users, emails text, total int);
CREATE TABLE mails (e_mail text);
CREATE FUNCTION grand_total(of int) RETURNS int LANGUAGE sql AS 'SELECT of';
"""


@pytest.mark.parametrize(
    ("sql", "sqlstate", "hint"),
    [
        ("SELECT e_mail FROM users", "42703", 'did you mean "email"?'),
        ("SELECT e_mails FROM users u JOIN orders o ON o.user_id = u.id", "42703", 'did you mean "emails"?'),
        ("SELECT u.emails FROM users u JOIN orders o ON o.user_id = u.id", "42703", 'did you mean "email"?'),
        ("INSERT INTO users (nam) VALUES ('x')", "42703", 'did you mean "name"?'),
        ("SELECT u.colour FROM users AS u", "42703", "users has id, email, name, mood"),
        ("SELECT 1 FROM user_s", "42P01", 'did you mean "users"?'),
        ("WITH recent AS (SELECT 1 AS x) SELECT x FROM recnt", "42P01", 'did you mean "recent"?'),
        ("SELECT user.id, usr.id FROM users usrs", "42601", None),
        ("SELECT usr.id FROM users usrs", "42P01", 'did you mean "usrs"?'),
        ("SELECT id FROM users u JOIN orders o ON o.user_id = u.id", "42702", "write u.id or o.id"),
        ("SELECT grand_totl(1)", "42883", 'did you mean "grand_total"?'),
        ("SELECT grand_total('x'::text, 1)", "42883", "there is grand_total(of integer)"),
        ("SELECT lowr(name) FROM users", "42883", 'did you mean "lower"?'),
        (
            "SELECT 1 FROM users WHERE id = name",
            "42883",
            "there is no integer = text: cast one side, such as ::integer behind the right one",
        ),
        (
            "SELECT name, count(*) FROM users GROUP BY id, email HAVING max(name) > 'a' ORDER BY orders",
            "42703",
            None,
        ),
        (
            "SELECT o.user_id, o.total FROM orders o GROUP BY o.user_id",
            "42803",
            "add o.total to GROUP BY, or take an aggregate of it such as max(o.total)",
        ),
        ("SELECT 1 FROM users WHERE count(*) > 1", "42803", "conditions on aggregates belong into HAVING"),
        ("SELECT 1 FROM users WHERE mood = 'hapy'", "22P02", 'did you mean "happy"?'),
        ("SELECT 1 FROM users WHERE mood = 'x'", "22P02", "mood has happy, sad"),
        ("SELECT 1::intger", "42704", 'did you mean "integer"?'),
        ("SELECT 'x'::mod", "42704", 'did you mean "mood"?'),
        ("SELECT id, FROM users", "42601", "remove the comma before it"),
        ("SELECT id FORM users WHERE id = 1", "42601", "did you mean FROM where FORM stands?"),
        ("SELECT (1", "42601", "the statement ends too early: something is missing, or a parenthesis is not closed"),
        (
            "SELECT 1 FROM users WHERE id IN :ids",
            "42601",
            "a list is one parameter, an array: = ANY(:ids); without it: <> ALL(:ids)",
        ),
        ("SELECT 1 FROM users WHERE id = ?", "42601", "a parameter is written :name, not ?"),
        ("SELECT 1 FROM users WHERE id = ? AND name = ?", "42601", "a parameter is written :name, not ?"),
        ("SELECT 1 FROM users WHERE id = %s", "42601", "a parameter is written :name, not with %"),
        ("SELECT 1 FROM users WHERE id = %(mine)s", "42601", "a parameter is written :mine, not with %"),
        ("SELECT 1 FROM users WHERE id = :1", "42601", "a parameter is written :name, or $1"),
        ('SELECT 1 FROM users WHERE name = "xyzzy"', "42703", "double quotes are for names; a text is written 'xyzzy'"),
        ("SELECT x.id FROM users me", "42P01", "x is not in FROM; there is me"),
        ("SELECT 1 FROM other.users", "42P01", "there is public.users"),
        ("SELECT 1 FROM users, users", "42712", "give one of the two another alias"),
    ],
)
def test_the_hint_names_what_is_meant(workbench: Workbench, sql: str, sqlstate: str, hint: str | None) -> None:
    """One for each kind of complaint."""
    workbench.migrate(SCHEMA)
    [error] = workbench.analyse(f"-- name: q\n{sql};").errors
    assert sqlstate == error.sqlstate
    assert hint is None or hint == error.hint


@pytest.mark.parametrize(
    ("before", "width"),
    [
        ("'日本語', ", 10),
        ("'e\u0301', ", 5),
        ("'\u2764\ufe0f', ", 5),
        ("'😀', ", 6),
        ("\t", 8 - 7),
    ],
    ids=["wide", "combining", "variation selector", "emoji", "tab"],
)
def test_the_pointer_counts_the_columns_of_a_terminal(workbench: Workbench, before: str, width: int) -> None:
    """East Asian characters and emoji take two, marks none."""
    workbench.migrate(SCHEMA)
    [error] = workbench.analyse(f"-- name: q\nSELECT {before}nam FROM users;").errors
    pointer = error.excerpt.splitlines()[1]
    assert len("      | SELECT ") + width == pointer.index("^")
    assert pointer.endswith("^^^")


@pytest.mark.parametrize(
    ("sql", "underlined"),
    [
        ("SELECT u.colour FROM users u", "u.colour"),
        ("SELECT 1 FROM nowhere.users", "nowhere.users"),
        ("SELECT colour FROM users", "colour"),
    ],
)
def test_a_name_is_pointed_at_as_a_whole(workbench: Workbench, sql: str, underlined: str) -> None:
    """With everything that its dots join."""
    workbench.migrate(SCHEMA)
    [found] = workbench.analyse(f"-- name: q\n{sql};").errors
    assert len(underlined) == found.length


def test_a_very_long_line_is_cut_around_the_place(workbench: Workbench) -> None:
    """Before and behind it, and in what is meant itself."""
    workbench.migrate(SCHEMA)
    many = ", ".join(f"{n} AS a{n}" for n in range(2000))
    text = f"-- name: q\nSELECT {many}, nam, {many} FROM users;\n-- name: r\nSELECT '{'x' * 5000}'::int;"
    for error in workbench.analyse(text).errors:
        line, pointer = error.excerpt.splitlines()
        assert len(line) < 180
        assert pointer.index("^") < len(line)
        assert "nam" in line or "xxx" in line
