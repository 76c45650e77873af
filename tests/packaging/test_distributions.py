"""What is inside the wheel and the sdist: our files, all of them, and nothing else."""

from __future__ import annotations

import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from janua import __version__

from tests.packaging.conftest import ROOT, build

PACKAGES = {"janua": ROOT / "runtime" / "janua", "janua_generator": ROOT / "generator" / "janua_generator"}
INFO = f"janua_database-{__version__}.dist-info"
TOP = f"janua_database-{__version__}"


def sources() -> dict[str, Path]:
    """Return the files of both packages, by the names that they are imported under."""
    return {
        f"{package}/{file.relative_to(folder).as_posix()}": file
        for package, folder in PACKAGES.items()
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }


def metadata(wheel: Path) -> Message:
    """Return what an index and pip read of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return Parser().parsestr(archive.read(f"{INFO}/METADATA").decode())


def test_the_wheel_has_both_packages_and_nothing_else(wheel: Path) -> None:
    """No tests, no caches, no generated code; SQL, Lua and templates are there."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if not name.startswith(f"{INFO}/")}
    assert set(sources()) == inside


def test_the_wheel_has_the_files_as_they_are(wheel: Path) -> None:
    """Byte for byte."""
    with zipfile.ZipFile(wheel) as archive:
        different = [name for name, file in sources().items() if archive.read(name) != file.read_bytes()]
    assert [] == different


def test_the_sdist_has_the_sources_and_what_describes_them(sdist: Path) -> None:
    """What a distributor builds the wheel of; tests and the reference application stay in the repository."""
    with tarfile.open(sdist) as archive:
        inside = {name.removeprefix(f"{TOP}/") for name in archive.getnames()}
    ours = {file.relative_to(ROOT).as_posix() for file in sources().values()}
    beside = {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "runtime/README.md", "generator/README.md"}
    made = {"PKG-INFO", ".gitignore"}
    assert ours | beside | made == inside


def test_the_sdist_gives_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    """The very bytes that the checkout gives: a build depends on nothing but the sources."""
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    again = build(tmp_path / TOP, tmp_path / "again", "wheel")
    assert wheel.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("package", PACKAGES)
def test_both_packages_are_typed(wheel: Path, package: str) -> None:
    """PEP 561's marker is inside."""
    with zipfile.ZipFile(wheel) as archive:
        assert f"{package}/py.typed" in archive.namelist()


def test_the_wheel_has_the_version_that_the_package_says(wheel: Path) -> None:
    """It stands in one file."""
    assert __version__ == metadata(wheel)["Version"]


def test_the_wheel_says_its_licence_and_has_its_text(wheel: Path) -> None:
    """PEP 639."""
    described = metadata(wheel)
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"{INFO}/licenses/LICENSE")
    assert ("MIT", (ROOT / "LICENSE").read_bytes()) == (described["License-Expression"], text)


def test_the_wheel_is_small(wheel: Path) -> None:
    """Under 1.5 MB, so that what production downloads stays small beside psycopg's 4 MB."""
    assert wheel.stat().st_size < 1_500_000
