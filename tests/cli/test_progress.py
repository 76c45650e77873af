"""How long work is shown."""

from __future__ import annotations

import io

import pytest
from janua.cli.progress import Progress, shown_time


class Terminal(io.StringIO):
    """What moves."""

    def isatty(self) -> bool:
        return True


def test_each_step_ends_as_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the output goes."""
    monkeypatch.setattr("janua.cli.progress.shown_time", lambda seconds: "0 ms")
    stream = io.StringIO()
    with Progress(stream).step("0001_create_users"):
        pass
    assert "0001_create_users  0 ms\n" == stream.getvalue()


def test_a_step_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the failure goes on."""
    monkeypatch.setattr("janua.cli.progress.shown_time", lambda seconds: "0 ms")
    stream = io.StringIO()
    with pytest.raises(ValueError, match="no"), Progress(stream).step("0001_create_users"):
        raise ValueError("no")
    assert "0001_create_users  0 ms  failed\n" == stream.getvalue()


def test_a_terminal_shows_how_much_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, which the result replaces."""
    monkeypatch.setattr("janua.cli.progress._REDRAW_S", 0.001)
    stream = Terminal()
    with Progress(stream).step("restore", total=200) as step:
        step.advance(100)
        step.note("users")
        while "users" not in stream.getvalue():
            pass
    assert "\r\x1b[2Krestore  [############............]  50%" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.0124, "12 ms"), (3.44, "3.4 s"), (59.99, "1 min 00 s"), (125.2, "2 min 05 s")]
)
def test_times_are_short(seconds: float, shown: str) -> None:
    """In the unit that fits."""
    assert shown == shown_time(seconds)
