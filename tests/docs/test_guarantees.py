"""docs/guarantees.md is true: the tests that it names are there, and so is what runs them."""

from __future__ import annotations

import re

import pytest
from janua_generator.analysis.nullability.totality import TOTAL
from janua_generator.typemap import SCALARS, TEXTUAL

from tests.docs.blocks import ROOT, blocks

PAGE = (ROOT / "docs/guarantees.md").read_text(encoding="utf-8")
ROWS = [re.split(r"(?<!\\)\|", row)[1:4] for row in re.findall(r"^\| .+ \|.+\|.*\|$", PAGE, re.MULTILINE)]
PATHS = sorted(
    {path for _, tests, again in ROWS for path in re.findall(r"`((?:tests|tools)/[^`]+|\.ci/run)`", tests + again)}
)


@pytest.mark.parametrize("path", PATHS)
def test_what_it_names_is_there(path: str) -> None:
    """A file, or a folder with tests in it."""
    place = ROOT / path
    assert place.is_file() or any(place.rglob("test_*.py")) or any(place.glob("*.py"))


def test_every_guarantee_names_its_tests() -> None:
    """Each row has a path."""
    rows = [row for row in ROWS if row[0].strip() != "guarantee"]
    assert [] == [name for name, tests, _ in rows if "`tests/" not in tests]


def test_every_target_is_one_of_the_makefile() -> None:
    """With the variables that it takes."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target, variable in re.findall(r"`make (\w+)(?: (\w+)=)?", PAGE):
        assert re.search(rf"(?m)^{target}:", makefile)
        assert f"$({variable})" in makefile or f"or $({variable})," in makefile or not variable


def test_there_is_as_much_as_it_says() -> None:
    """In the table's order; each number is a lower bound, so that nothing has to be counted anew for one more."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    counted = [
        len(re.findall(r"^(?:async )?def test_", code, re.MULTILINE)),
        len([each for each in (ROOT / "tests/generator/cases").iterdir() if each.is_dir()]),
        len(TOTAL),
        len({*SCALARS, *TEXTUAL}),
        sum(len(blocks(f"docs/{path.relative_to(ROOT / 'docs')}")) for path in (ROOT / "docs").rglob("*.md")),
    ]
    table = PAGE[PAGE.index("| more than |") :]
    said = [int(number.replace(",", "")) for number in re.findall(r"\| ([\d,]+) \|$", table, re.MULTILINE)]
    assert len(counted) == len(said)
    assert all(least < there for least, there in zip(said, counted, strict=True)), counted
