"""The reference of the runtime has every public name."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "docs/api"
PACKAGES = (
    "janua",
    "janua.builder",
    "janua.cache",
    "janua.migrations",
    "janua.monitor",
    "janua.operations",
    "janua.redis",
    "janua.seeds",
    "janua.testing",
)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_in_the_reference_once(package: str) -> None:
    """What a package exports, and nothing that it does not."""
    shown = [name for page in PAGES.glob("*.md") for name in re.findall(r"^::: (\S+)$", page.read_text("utf-8"), re.M)]
    of_package = sorted(name for name in shown if name.rpartition(".")[0] == package)
    assert sorted(f"{package}.{name}" for name in import_module(package).__all__) == of_package
