"""Colours are for terminals that show them, and for people who want them."""

from __future__ import annotations

import io

import pytest
from janua.cli.terminal import is_coloured, moves_cursor


class Terminal(io.StringIO):
    """A terminal, as far as it says so."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "variables", "expected"),
    [
        (Terminal(), {}, True),
        (io.StringIO(), {}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (Terminal(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_the_environment_decides(
    stream: io.StringIO, variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR is stronger than FORCE_COLOR."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert expected == is_coloured(stream)


def test_forced_colours_do_not_move_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the log of a build, lines stay."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert not moves_cursor(io.StringIO())
