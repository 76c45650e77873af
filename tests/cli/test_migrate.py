"""``janua migrate``: its output and its exit codes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from janua.cli import main
from janua.scratch import ScratchServer

from ..conftest import Write

A = "-- UP\nCREATE TABLE a (x int);\n-- DOWN\nDROP TABLE a;\n"


@pytest.fixture(autouse=True)
def _project(scratch: ScratchServer, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A project of one migration, and an empty database that the environment names."""
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    monkeypatch.setenv("JANUA_DATABASE_URL", scratch.url(name))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.chdir(tmp_path)
    write("pyproject.toml", "[tool.janua]\n")
    write("migrations/0001_a.sql", A)
    yield
    scratch.drop(name)


def test_up_shows_each_file_with_its_time(capfd: pytest.CaptureFixture[str]) -> None:
    """And how many there were."""
    assert 0 == main(["migrate", "up"])
    out, err = capfd.readouterr()
    assert err.startswith("up    0001_a.sql  ")
    assert out.startswith("1 migration in ")
    assert (0, "nothing to apply\n") == (main(["migrate", "up"]), capfd.readouterr().out)


def test_the_options_of_all_commands_may_stand_before_or_behind(tmp_path: Path) -> None:
    """As with other commands."""
    assert 0 == main(["migrate", "--project", str(tmp_path), "status"])
    assert 0 == main(["migrate", "status", "--project", str(tmp_path)])
    assert 2 == main(["migrate", "status", "--project", str(tmp_path / "nowhere")])


def test_a_dry_run_prints_the_sql(capfd: pytest.CaptureFixture[str]) -> None:
    """To be read, or piped."""
    assert 0 == main(["migrate", "up", "--dry-run"])
    assert "-- up    0001_a.sql\nCREATE TABLE a (x int);\n\n" == capfd.readouterr().out


def test_status_is_for_people_and_programs(capfd: pytest.CaptureFixture[str]) -> None:
    """The latter get the names of the Python class."""
    main(["migrate", "status"])
    assert "pending       0001_a.sql\n" == capfd.readouterr().out
    main(["migrate", "up"])
    capfd.readouterr()
    assert 0 == main(["migrate", "status", "--json"])
    (found,) = json.loads(capfd.readouterr().out)
    assert ("0001_a.sql", True, "applied") == (found["name"], found["applied"], found["state"])


def test_status_finds_what_needs_attention(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """The exit code says so, and up refuses."""
    main(["migrate", "up"])
    write("migrations/0001_a.sql", A.replace("int", "bigint"))
    assert 1 == main(["migrate", "status"])
    assert "edited        0001_a.sql" in capfd.readouterr().out
    assert 1 == main(["migrate", "up"])
    assert 0 == main(["migrate", "repair"])
    assert 0 == main(["migrate", "status"])


def test_a_refused_migration_is_a_finding(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """With its place."""
    write("migrations/0002_b.sql", "SELECT nothing;")
    assert 1 == main(["migrate", "up"])
    assert 'migrations/0002_b.sql:1:8: column "nothing" does not exist [42703]' in capfd.readouterr().err


@pytest.mark.parametrize("command", ["down", "redo"])
def test_taking_back_asks_first(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Where nobody can answer, --yes does."""
    main(["migrate", "up"])
    assert 2 == main(["migrate", command])
    assert "take back 0001_a.sql" in capfd.readouterr().err
    assert 0 == main(["migrate", command, "--yes"])


@pytest.mark.parametrize("command", ["down", "redo"])
def test_a_protected_database_is_not_taken_back(command: str, write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever is said."""
    main(["migrate", "up"])
    write("pyproject.toml", '[tool.janua.safety]\nprotected = ["*clone*"]\n')
    assert 2 == main(["migrate", command, "--yes"])
    assert "is protected" in capfd.readouterr().err
    assert 0 == main(["migrate", command, "--dry-run"])
    assert 0 == main(["migrate", "up"])


def test_the_table_is_configured(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """For all commands."""
    write("pyproject.toml", '[tool.janua]\nmigrations_table = "ops.history"\n')
    main(["migrate", "up"])
    assert 0 == main(["migrate", "status", "--table", "ops.history"])
    assert "applied " in capfd.readouterr().out


def test_create_says_which_file_to_fill(capfd: pytest.CaptureFixture[str]) -> None:
    """It needs no database."""
    assert 0 == main(["migrate", "create", "add b"])
    assert "migrations/0002_add_b.sql\n" == capfd.readouterr().out


def test_create_makes_the_folder_of_the_first_migration(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A project begins with an empty table."""
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[tool.janua]\n")
    assert 0 == main(["migrate", "create", "users", "--project", str(folder)])
    assert ["0001_users.sql"] == [path.name for path in (folder / "migrations").iterdir()]


def test_create_refuses_a_name_that_is_there(capfd: pytest.CaptureFixture[str]) -> None:
    """Two files of one name are told apart by their numbers only."""
    assert 2 == main(["migrate", "create", "a"])
    expected = "migrations/0001_a.sql: there is a migration a already; give this one another name\n"
    assert ("", expected) == capfd.readouterr()
    assert ["0001_a.sql"] == [path.name for path in Path("migrations").iterdir()]


def test_baseline_says_what_it_records(capfd: pytest.CaptureFixture[str]) -> None:
    """And runs nothing."""
    assert 0 == main(["migrate", "baseline", "--to", "1"])
    assert "0001_a.sql: is recorded as applied\n" == capfd.readouterr().out


def test_without_a_database_there_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Never an embedded one by the way."""
    monkeypatch.delenv("JANUA_DATABASE_URL")
    assert 2 == main(["migrate", "up"])
    assert "which database? give --database-url" in capfd.readouterr().err


def test_a_server_that_does_not_answer_is_another_code(capfd: pytest.CaptureFixture[str]) -> None:
    """Three, and no password."""
    assert 3 == main(["migrate", "up", "--database-url", "postgresql://me:secret@localhost:1/x"])
    assert "secret" not in capfd.readouterr().err
