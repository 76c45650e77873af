"""What is shown of a statement: its name, and its text without values."""

from __future__ import annotations

import pytest
from janua.monitor.statement import Statement, read_statement


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "SELECT /* users.get_user */ * FROM users WHERE id = $1",
            Statement("users.get_user", "SELECT * FROM users WHERE id = $1"),
        ),
        ("SELECT 'x', 12, $$y$$, E'z', 1e5", Statement("", "SELECT ?, ?, ?, ?, ?")),
        (
            "SELECT \"odd 'name'\"\n  FROM t -- it's 'so'\n WHERE a = b",
            Statement("", "SELECT \"odd 'name'\" FROM t WHERE a = b"),
        ),
        ("SELECT 'cut off in the mid", Statement("", "SELECT …")),
        ("SELECT /* cut off in a com", Statement("", "SELECT …")),
        ("SELECT /* no name */ 1", Statement("", "SELECT ?")),
        ("", Statement("", "")),
    ],
)
def test_literals_and_comments_are_left_out(text: str, shown: Statement) -> None:
    """However they are written, and where the server has cut the text off."""
    assert shown == read_statement(text)


def test_it_prints_as_its_name_or_else_its_text() -> None:
    """The name is what the project's people know it by."""
    assert ("users.get_user", "SELECT ?") == (
        str(Statement("users.get_user", "SELECT …")),
        str(Statement("", "SELECT ?")),
    )
