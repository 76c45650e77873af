"""The reference of the runtime has every public name."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from janua import JanuaError, errors

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


def shown() -> list[str]:
    """The names for which the pages ask."""
    return [name for page in PAGES.glob("*.md") for name in re.findall(r"^::: (\S+)$", page.read_text("utf-8"), re.M)]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_in_the_reference_once(package: str) -> None:
    """What a package exports, and nothing that it does not."""
    of_package = sorted(name for name in shown() if name.rpartition(".")[0] == package)
    assert sorted(f"{package}.{name}" for name in import_module(package).__all__) == of_package


def test_every_error_is_in_the_reference() -> None:
    """Those that ``janua`` exports, and the others of its tree."""
    last = {name.rpartition(".")[2] for name in shown()}
    declared = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, JanuaError)}
    assert declared <= last
