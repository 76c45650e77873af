"""Imports in the runtime point one way: a layer knows those below it, never those above."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = ROOT / "runtime" / "janua"

# From the bottom up. A module that is in no layer fails the test: place it.
LAYERS: list[set[str]] = [
    {"_lazy", "_version", "errors", "extras"},
    {
        *("config", "diagnostics", "dynamic", "events", "health", "lexer", "paging", "protocols", "query"),
        *("querycache", "redaction", "tls", "types"),
    },
    {"database"},
    {"builder", "migrations", "redis"},
    {"cache", "seeds"},
    {"embedded", "monitor", "operations", "scratch", "telemetry", "testing"},
    {"cli", "scaffold"},
    {"__main__"},
]
# The package's own file only hands out names, most of them on first use.
FACADE = "__init__"


def module_of(file: Path) -> str:
    """Return the module or package directly under ``janua`` that a file belongs to."""
    return file.relative_to(RUNTIME).parts[0].removesuffix(".py")


def imports_of(file: Path) -> set[str]:
    """Return the absolute names of what a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer_of(module: str) -> int:
    """Return the number of a module's layer."""
    return next(number for number, modules in enumerate(LAYERS) if module in modules)


FILES = sorted(file for file in RUNTIME.rglob("*.py") if file.relative_to(RUNTIME).as_posix() != f"{FACADE}.py")


def test_every_module_is_in_a_layer() -> None:
    """Also the newest one."""
    assert set() == {module_of(file) for file in FILES} - set().union(*LAYERS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(RUNTIME).as_posix())
def test_imports_point_down(file: Path) -> None:
    """To a lower layer, or within the same one."""
    used = {name.split(".")[1] for name in imports_of(file) if name.startswith("janua.")}
    # ``from janua import __version__`` names no module.
    modules = {name for name in used if any(name in layer for layer in LAYERS)}
    above = {name for name in modules if layer_of(name) > layer_of(module_of(file))}
    assert set() == above


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(RUNTIME).as_posix())
def test_the_runtime_does_not_know_the_generator(file: Path) -> None:
    """It is not there in production."""
    assert set() == {name for name in imports_of(file) if name.split(".")[0] == "janua_generator"}


def test_the_database_does_not_know_redis() -> None:
    """Nor do migrations: a cache is given to them."""
    files = [file for file in FILES if module_of(file) in ("database", "migrations")]
    assert set() == {name for file in files for name in imports_of(file) if "redis" in name.split(".")}
