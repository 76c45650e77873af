"""The cases that the page on NULL names are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/nullability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\|[^|]*\|([^|]*)\|$", PAGE, re.MULTILINE)
NAMED = [name for row in ROWS for name in re.findall(r"`(\w+)`", row)]


@pytest.mark.parametrize("name", NAMED)
def test_what_is_named_is_a_case(name: str) -> None:
    """Each name in the table is a folder with a schema, queries, and what is found of them."""
    case = ROOT / "tests/generator/cases" / name
    assert {"expected.txt", "migrations", "queries"} == {each.name for each in case.iterdir()}
