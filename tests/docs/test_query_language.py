"""docs/query-language.md is true: its queries generate what it shows, and it has every word of the language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from janua.cli import main
from janua_generator.sqlfile.directives import _FORMS
from janua_generator.sqlfile.model import Rule
from janua_generator.sqlfile.parser import CALL_WORDS, CARDINALITY_WORDS

from tests.docs.blocks import ROOT, Block, blocks

NAME = "docs/query-language.md"
PAGE = (ROOT / NAME).read_text(encoding="utf-8")
FILES = [block for block in blocks(NAME) if "/" in block.title]
SHOWN = [block for block in blocks(NAME) if "/" not in block.title]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, scratch_url: str) -> Path:
    """What is generated from the page's files."""
    root = tmp_path_factory.mktemp("language")
    (root / "pyproject.toml").write_text('[tool.janua]\noutput = "shown"\n')
    for block in FILES:
        (root / block.title).parent.mkdir(parents=True, exist_ok=True)
        (root / block.title).write_text(block.text)
    assert 0 == main(["generate", "--project", str(root), "--database-url", scratch_url])
    return root / "shown"


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: f"{block.title}:{block.line}")
def test_what_it_shows_is_generated(package: Path, block: Block) -> None:
    """But for the private aliases of modules, and for how a long line is wrapped."""
    generated = plain((package / block.title).read_text(encoding="utf-8"))
    for part in re.split(r"(?m)^(?=def |class )", block.text):
        assert plain(part) in generated, part


def plain(code: str) -> str:
    """Code without the aliases, without line breaks and the commas that they need."""
    return re.sub(
        r"\s+", " ", re.sub(r",?\s*\n\s*\)", ")", re.sub(r"\(\s*\n\s*", "(", re.sub(r"\b_[a-z]+\.", "", code)))
    ).strip()


def test_it_has_every_word_of_the_language() -> None:
    """Cardinalities, directives and warnings, and no others; each directive in a query."""
    tables = re.findall(r"^\| (`.+?) \|", PAGE, re.MULTILINE)
    words = {each for row in tables for each in re.findall(r"`:(\w+)`", row)}
    assert {*CARDINALITY_WORDS, *CALL_WORDS, "one", "many", "exec"} == words
    assert set(_FORMS) == {each for row in tables for each in re.findall(r"`-- @(\w+)", row)}
    assert set(_FORMS) == {each for block in FILES for each in re.findall(r"(?m)^-- @(\w+)", block.text)}
    rules = PAGE[PAGE.index("| rule |") :]
    assert [str(rule) for rule in Rule] == re.findall(r"^\| `([\w-]+)` \|", rules, re.MULTILINE)
