"""docs/recipes.md has every recipe, and what it links to is there."""

from __future__ import annotations

import re

from .conftest import RECIPES, ROOT

PAGE = ROOT / "docs" / "recipes.md"


def test_the_page_names_every_recipe() -> None:
    """And no file that is not there."""
    links = re.findall(r"\]\((\.\./examples/recipes/[^)]+)\)", PAGE.read_text())
    linked = {(PAGE.parent / each).resolve() for each in links}
    assert {each.resolve() for each in RECIPES.rglob("*") if each.is_file() and each.suffix != ".pyc"} == linked
