"""``janua init``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from janua.cli import main
from janua.cli.init import package_name, scaffold
from janua.config import load_project
from janua.scratch import ScratchServer

from ..conftest import Write

FILES = [
    ".gitignore",
    "README.md",
    "migrations/0001_create_notes.sql",
    "pyproject.toml",
    "queries/notes.sql",
    "tests/test_notes.py",
]


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("argv", [["init", "my-shop"], ["init", "--project", "my-shop"]])
def test_it_writes_a_project(argv: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Into a new folder, with a package called after it."""
    assert 0 == main(argv)
    assert files(tmp_path / "my-shop") == FILES
    assert "my_shop_db" == load_project(tmp_path / "my-shop").package
    assert "  cd my-shop\n  janua generate\n  pytest\n" in capsys.readouterr().out


def test_it_writes_into_the_current_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where none is named."""
    assert 0 == main(["init"])
    assert files(tmp_path) == FILES
    assert "cd " not in capsys.readouterr().out


def test_it_overwrites_nothing(write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file in the way, and nothing at all is written."""
    write("README.md", "mine")
    write("queries", "a file where a folder must be")
    assert 2 == main(["init"])
    assert ["README.md", "queries"] == files(tmp_path)
    assert "mine" == (tmp_path / "README.md").read_text()
    assert capsys.readouterr().err.endswith("are there already:\n  README.md\n  queries/notes.sql\n")


def test_a_file_in_place_of_the_folder_is_named(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """No list of files makes sense then."""
    write("shop", "")
    assert 2 == main(["init", "shop"])
    assert "shop: is a file, not a folder\n" == capsys.readouterr().err


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("shop", "shop_db"),
        ("My Shop!", "my_shop_db"),
        ("3d-models", "app_3d_models_db"),
        ("Größe", "groe_db"),
        ("class", "class_db"),
        ("日本", "app_db"),
        ("", "app_db"),
        ("@package@", "package_db"),
    ],
)
def test_the_package_can_be_imported_whatever_the_folder_is_called(folder: str, name: str) -> None:
    """Never a keyword, nor a module of the standard library."""
    assert name == package_name(folder)
    assert name.isidentifier()


def test_nothing_of_the_templates_is_left_over(tmp_path: Path) -> None:
    """Every placeholder is filled."""
    for text in scaffold(tmp_path).values():
        assert "@" not in text


def test_the_project_generates_and_tests_at_once(
    tmp_path: Path, scratch: ScratchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The promise of the command. (The test shares the repository's server, so as not to start another.)"""
    monkeypatch.setenv("JANUA_SCRATCH_URL", scratch.url("postgres"))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    assert 0 == main(["init", "shop"])
    for command in (["janua.cli", "generate"], ["janua.cli", "check"], ["pytest", "-q", "-p", "janua"]):
        done = subprocess.run([sys.executable, "-m", *command], cwd=tmp_path / "shop", capture_output=True, text=True)
        assert 0 == done.returncode, done.stdout + done.stderr
    assert "2 passed" in done.stdout
