"""The table in docs/types.md says what the generator does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from janua_generator.annotations import plain
from janua_generator.catalog.model import PgType
from janua_generator.typemap import FORMS, SCALARS, TEXTUAL, TypeMap

PAGE = Path(__file__).resolve().parents[2] / "docs" / "types.md"
NAMED = {
    "Inet": "IPv4Address | IPv6Address | IPv4Interface | IPv6Interface",
    "Cidr": "IPv4Network | IPv6Network",
}
EXTENSIONS = {name: extension for extension, name in FORMS} | {"citext": "citext"}


def rows() -> list[tuple[str, str]]:
    """Each type of the table with what it is in Python."""
    found = []
    for line in PAGE.read_text("utf-8").partition("\n## ")[0].splitlines():
        if line.startswith("| `"):
            types, python = re.split(r"(?<!\\)\|", line)[1:3]
            found += [(name, python.strip().strip("`").replace("\\|", "|")) for name in re.findall(r"`([^`]+)`", types)]
    return found


@pytest.mark.parametrize(("name", "python"), rows())
def test_each_row_is_true(name: str, python: str) -> None:
    """As the type map has it."""
    extension = EXTENSIONS.get(name, "")
    type_ = PgType(
        name=name, schema="pg_catalog", typname=name, kind="base", builtin=not extension, extension=extension
    )
    found = TypeMap({}, lambda _: "").python(type_)
    result = plain(found.result)
    assert (python, "") == (NAMED.get(result, result), found.unknown)


def test_no_type_is_missing() -> None:
    """Everything that the type map knows by name."""
    known = {*SCALARS, *TEXTUAL, *(name for _, name in FORMS)}
    assert known == {name for name, _ in rows()}
