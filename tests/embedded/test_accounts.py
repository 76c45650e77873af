"""As whom embedded servers run, and where their files lie."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from janua.embedded import accounts
from janua.embedded.accounts import Account
from janua.errors import EmbeddedServerError

as_root = pytest.mark.skipif("os.geteuid() != 0", reason="needs root")


@pytest.fixture
def private_package(tmp_path: Path) -> Path:
    """A package that only root can get at, with a program and a file."""
    package = tmp_path / "private"
    (package / "bin").mkdir(parents=True)
    (package / "bin" / "program").write_text("#!/bin/sh\necho ran\n")
    (package / "bin" / "program").chmod(0o700)
    (package / "bin" / "data").write_text("data")
    (package / "bin" / "data").chmod(0o600)
    package.chmod(0o700)
    return package


@as_root
def test_programs_that_the_servers_user_cannot_reach_are_copied(private_package: Path) -> None:
    """Once, readable and executable for that user, and the originals keep their permissions."""
    account = accounts.server_account()
    assert account is not None
    copy = accounts.reachable_copy(private_package, ("bin",), "bin/program", account)
    try:
        assert copy == accounts.reachable_copy(private_package, ("bin",), "bin/program", account)
        ran = subprocess.run(
            [copy / "bin" / "program"], user=account.uid, group=account.gid, capture_output=True, cwd="/"
        )
        assert b"ran\n" == ran.stdout
        assert 0o644 == (copy / "bin" / "data").stat().st_mode & 0o777
        assert 0o700 == private_package.stat().st_mode & 0o777
    finally:
        shutil.rmtree(copy)


def test_programs_are_not_copied_for_an_ordinary_user(private_package: Path) -> None:
    """The server runs as the user who asks for it."""
    assert private_package == accounts.reachable_copy(private_package, ("bin",), "bin/program", None)


@as_root
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """In a temporary directory, another user may have made it first."""
    account = Account(65534, 65534)
    taken = tmp_path / "taken"
    taken.mkdir()
    os.chown(taken, 12345, 12345)
    with pytest.raises(EmbeddedServerError, match="is not a folder of the user"):
        accounts.server_folder(taken, account)


@as_root
def test_a_link_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    """Files would land, and permissions change, where it points to."""
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(EmbeddedServerError, match="is not a folder of the user"):
        accounts.server_folder(tmp_path / "link", Account(65534, 65534))


@as_root
def test_files_of_projects_that_are_gone_are_removed(tmp_path: Path) -> None:
    """The next new project does it, since root's state does not lie in the project."""
    account = accounts.server_account()
    project, other = tmp_path / "project", tmp_path / "other"
    project.mkdir()
    gone = accounts.home_folder(project / ".janua", "pg", account).parent
    project.rmdir()
    kept = accounts.home_folder(other / ".janua", "pg", account).parent
    assert not gone.exists()
    shutil.rmtree(kept)


def test_state_in_a_project_is_ignored_by_git(tmp_path: Path) -> None:
    """Without an entry in the project's own file."""
    if os.geteuid() == 0:
        pytest.skip("root's state is not in the project")
    accounts.home_folder(tmp_path / ".janua", "pg", None)
    assert "*\n" == (tmp_path / ".janua" / ".gitignore").read_text()


def test_windows_is_refused_with_what_to_set() -> None:
    """Before anything is imported that only Unix has."""
    program = (
        "import sys; sys.platform = 'win32'; sys.modules['fcntl'] = None; sys.modules['pwd'] = None\n"
        "from janua.errors import EmbeddedServerError\n"
        "try:\n    from janua.embedded import postgres\n"
        "except EmbeddedServerError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "do not run on Windows" in done.stdout
    assert "JANUA_SCRATCH_URL" in done.stdout
