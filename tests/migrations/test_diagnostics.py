"""How findings in SQL files are shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from janua.diagnostics import Diagnostic, diagnostic_at, excerpt, locate, render, shown_path


def test_a_diagnostic_shows_place_excerpt_state_and_hint() -> None:
    """As the house style has it."""
    text = "\n" * 13 + "SELECT starts FROM bookings\nWHERE true"
    found = diagnostic_at(
        "queries/bookings.sql",
        text,
        text.index("starts"),
        len("starts"),
        'column "starts" does not exist',
        sqlstate="42703",
        hint='did you mean "starts_at"?',
    )
    assert render(found) == (
        'queries/bookings.sql:14:8: column "starts" does not exist [42703]\n'
        "   14 | SELECT starts FROM bookings\n"
        "      |        ^^^^^^\n"
        'hint: did you mean "starts_at"?'
    )


def test_a_warning_says_that_it_is_one() -> None:
    """Errors are the rule."""
    found = Diagnostic("a.sql", 1, 2, "hm", severity="warning")
    assert "a.sql:1:2: warning: hm" == render(found)


def test_a_diagnostic_may_be_about_a_whole_file() -> None:
    """Then there is no line."""
    assert "a.sql: hm" == render(Diagnostic("a.sql", 0, 0, "hm"))


@pytest.mark.parametrize(
    ("text", "marked", "pointer"),
    [
        ("\tab\tcd", "cd", "            ^^"),
        ("日本 cd", "cd", "         ^^"),
        ("a日本b", "日本", "     ^^^^"),
        ("e\u0301 cd", "cd", "      ^^"),
        ("SELECT 1,\n  cd", "cd", "      ^^"),
    ],
)
def test_the_pointer_fits_the_columns_of_a_terminal(text: str, marked: str, pointer: str) -> None:
    """Tabs become blanks, wide characters take two columns, combining ones none."""
    line = excerpt(text, text.index(marked), len(marked)).splitlines()[1]
    assert pointer[4:] == line.partition("| ")[2]


def test_a_span_of_several_lines_is_marked_to_the_end_of_the_first() -> None:
    """One line is enough to find it."""
    assert "    1 | SELECT 1,\n      |        ^^" == excerpt("SELECT 1,\n2", 7, 4)


def test_the_end_of_the_text_can_be_pointed_at() -> None:
    """Where something is missing."""
    assert "    2 |\n      | ^" == excerpt("SELECT\n", 7, 1)


def test_a_long_line_is_cut_around_the_pointer() -> None:
    """A terminal would wrap it, and the pointer would point at nothing."""
    shown, pointer = excerpt("a" * 500 + "XX" + "b" * 500, 500, 2).splitlines()
    assert len(shown) < 140
    assert "XX" == shown[pointer.index("^") : pointer.rindex("^") + 1]


def test_characters_that_move_the_cursor_are_not_printed() -> None:
    """A file could repaint the terminal otherwise."""
    assert "\x1b" not in excerpt("SELECT '\x1b[2J'", 0, 1)


@given(st.text(alphabet="ab\n\té日\u0301", max_size=60), st.data())
def test_every_place_of_every_text_can_be_shown(text: str, data: st.DataObject) -> None:
    """Two lines, the second with a pointer; and the place is the right one."""
    offset = data.draw(st.integers(0, len(text)))
    line, column = locate(text, offset)
    assert offset == sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + column - 1
    shown = excerpt(text, offset, data.draw(st.integers(0, 5)))
    assert 2 == len(shown.split("\n"))
    assert "^" in shown.split("\n")[1]


def test_paths_are_shown_from_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And in full where they are elsewhere."""
    monkeypatch.chdir(tmp_path)
    assert "a/b.sql" == shown_path(tmp_path / "a" / "b.sql")
    assert "/elsewhere/b.sql" == shown_path(Path("/elsewhere/b.sql"))
