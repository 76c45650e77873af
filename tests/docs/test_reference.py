"""The pages of reference are complete: keys of the configuration, variables, commands, and what `inspect` gives."""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest
from janua.cli import main
from janua.cli.commands import command_names
from janua.config import load_projects
from janua.config.settings import Function, Override, Safety, Settings

from tests.docs.blocks import ROOT, blocks
from tools.docs_hooks import parsers

CONFIGURATION, INSPECT, COMMANDS = "docs/configuration.md", "docs/inspect.md", "docs/cli.md"


def keys(page: str, heading: str) -> list[str]:
    """The first words of the rows of the table that begins with this line."""
    table = (ROOT / page).read_text(encoding="utf-8").split(f"{heading}\n", 1)[1].split("\n\n")[0]
    return [name for row in table.splitlines()[1:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def test_every_key_is_there_with_its_default() -> None:
    """In the order that a reader needs, which is not the code's."""
    page = (ROOT / CONFIGURATION).read_text(encoding="utf-8")
    shown = dict(re.findall(r"^\| `(\w+)` \| (`[^`]+`|none|the name of `output`) \|", page, re.MULTILINE))
    assert {each.name for each in fields(Settings)} == set(shown)
    for each in fields(Settings):
        if each.default is not MISSING and shown[each.name].startswith("`"):
            default = list(each.default) if isinstance(each.default, tuple) else each.default
            assert json.dumps(default) == shown[each.name].strip("`"), each.name


@pytest.mark.parametrize(
    ("heading", "table"), [("override]]`", Override), ("function]]`", Function), ("safety]`", Safety)]
)
def test_every_key_of_a_table_is_there(heading: str, table: type) -> None:
    """And no others."""
    section = (ROOT / CONFIGURATION).read_text(encoding="utf-8").split(heading, 1)[1].split("\n## ")[0]
    assert {each.name for each in fields(table)} == set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


def test_its_examples_are_valid(tmp_path: Path) -> None:
    """Each loads, with the folders that it names."""
    for folder in ("db/migrations", "db/queries", "migrations", "shop/queries", "reports/queries"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "reports/one.sql").write_text("")
    for block in blocks(CONFIGURATION):
        table = block.text if block.text.startswith("[tool.janua]") else f"[tool.janua]\n{block.text}"
        (tmp_path / "pyproject.toml").write_text(table)
        assert load_projects(tmp_path)


def test_every_variable_of_the_package_is_there() -> None:
    """Those that begin with JANUA_ in its code."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("runtime", "generator")
        for path in (ROOT / folder).rglob("*.py")
    )
    read = set(re.findall(r'"(JANUA_\w+)"', code))
    assert read == {each for each in keys(CONFIGURATION, "| variable | |") if each.startswith("JANUA_")}


def test_every_command_is_there() -> None:
    """In the table, and with its help where the site is built."""
    page = (ROOT / COMMANDS).read_text(encoding="utf-8")
    assert set(command_names()) == set(re.findall(r"^\| `janua (\w+)` \|", page, re.MULTILINE))
    shown = {each.prog: each.format_help() for each in parsers()}
    assert {f"janua {name}" for name in command_names()} < set(shown)
    assert "--lock-timeout" in shown["janua migrate up"]


@pytest.fixture
def inspected(tmp_path: Path, scratch_url: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What is printed for the page's files."""
    (tmp_path / "pyproject.toml").write_text("[tool.janua]\n")
    for block in blocks(INSPECT):
        if block.title:
            (tmp_path / block.title).parent.mkdir(exist_ok=True)
            (tmp_path / block.title).write_text(block.text)
    broken = "\n-- name: broken\nSELECT nam FROM people;\n"
    with (tmp_path / "queries/people.sql").open("a") as file:
        file.write(broken)
    assert 1 == main(["inspect", "--json", "--project", str(tmp_path), "--database-url", scratch_url])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_what_inspect_gives_is_what_the_page_shows(inspected: dict[str, Any]) -> None:
    """Of the query, each key and value; of all else, each key."""
    [shown] = [json.loads(block.text) for block in blocks(INSPECT) if block.language == "json"]
    assert shown == inspected["queries"][0]
    assert set(inspected) == set(keys(INSPECT, "| key | of the object |"))
    assert set(shown) == set(keys(INSPECT, "| key | of a query |"))
    assert set(inspected["errors"][0]) == set(keys(INSPECT, "| key | of an error or a warning |"))
