"""The page on connections is true: its code runs, and its tables name every option with its default."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from janua import TLS, AsyncDatabase, Database, PoolOptions

PAGE = (Path(__file__).resolve().parents[2] / "docs/connections.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS, ids=lambda code: code.strip().splitlines()[-1])
def test_the_code_runs(code: str, scratch_url: str, tmp_path: Path) -> None:
    """With the names that it leaves open filled in."""
    names: dict[str, Any] = {"url": scratch_url, "Database": Database, "PoolOptions": PoolOptions, "TLS": TLS}
    for file in ("ca_file", "cert_file", "key_file"):
        names[file] = tmp_path / file
        names[file].write_text("")
    if "db = " not in code and "as db" not in code:
        names["db"] = Database(scratch_url)
    names["tenant_id"] = uuid4()
    names["vault"] = SimpleNamespace(read=lambda path: "secret")
    exec(compile(code, "connections.md", "exec"), names)
    for made in names.values():
        if isinstance(made, Database):
            made.close()


def test_every_option_of_the_pool_is_there_with_its_default() -> None:
    """In the order in which they are declared."""
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+|None) \| (\w+) \|", PAGE, re.MULTILINE)
    assert [(field.name, str(field.default)) for field in fields(PoolOptions)] == [row[:2] for row in rows]


@pytest.mark.parametrize("twin_class", [Database, AsyncDatabase])
def test_every_argument_of_a_database_is_there(twin_class: type) -> None:
    """The pool's options have their own table."""
    arguments = set(inspect.signature(twin_class).parameters) - {"pool"}
    table = PAGE[PAGE.index("| argument |") : PAGE.index("Arguments take precedence")]
    assert arguments == set(re.findall(r"`(\w+)`", "\n".join(row.split("|")[1] for row in table.splitlines() if row)))
