"""``janua db``: what asks, what is refused, and what is said."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from janua.cli import main
from janua.scratch import ScratchServer


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, in its folder."""
    (tmp_path / "migrations").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.janua]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JANUA_SCRATCH_URL", raising=False)
    return tmp_path


@pytest.fixture
def url(scratch: ScratchServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database with a row, as the environment names it."""
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    url = scratch.url(name)
    with psycopg.connect(url) as conn:
        conn.execute("CREATE TABLE t AS SELECT 1 AS id")
    monkeypatch.setenv("JANUA_DATABASE_URL", url)
    yield url
    scratch.drop(name)


def rows(url: str) -> list[tuple[int]]:
    with psycopg.connect(url) as conn:
        return conn.execute("SELECT id FROM t").fetchall()


def test_there_and_back(project: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A backup that is verified, an emptied table, a restore."""
    assert 0 == main(["db", "backup", "kept/monday", "--verify"])
    assert 0 == main(["db", "truncate", "t", "--yes"])
    assert [] == rows(url)
    assert 0 == main(["db", "restore", "kept/monday", "--yes", "--database-url", url])
    assert [(1,)] == rows(url)
    told = capsys.readouterr()
    assert "kept/monday: 1 table, 1 row," in told.out
    assert "emptied 1 table\nrestored 1 table, 1 row," in told.out
    assert ["back up", "verify", "restore"] == [
        line.rsplit("  ", 1)[0].split(" janua")[0].split(" kept")[0] for line in told.err.splitlines()
    ]


def test_a_backup_without_a_name_is_called_after_database_and_time(project: Path, url: str) -> None:
    """In the current folder."""
    assert 0 == main(["db", "backup"])
    assert 1 == len(list(project.glob("janua_scratch_*-20*-*/manifest.json")))


@pytest.mark.parametrize("action", [["reset"], ["truncate"], ["restore", "monday"]])
def test_nobody_who_could_answer_is_a_refusal(
    action: list[str], project: Path, url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is done."""
    main(["db", "backup", "monday"])
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert 2 == main(["db", *action])
    assert "give --yes" in capsys.readouterr().err
    assert [(1,)] == rows(url)


@pytest.mark.parametrize("action", [["reset"], ["truncate"], ["restore", "monday"]])
def test_a_protected_database_is_refused_in_any_case(
    action: list[str], project: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --yes, too; it may be backed up."""
    (project / "pyproject.toml").write_text('[tool.janua.safety]\nprotected = ["janua_scratch_*"]\n')
    assert 0 == main(["db", "backup", "monday"])
    assert 2 == main(["db", *action, "--yes"])
    assert "is protected" in capsys.readouterr().err
    assert [(1,)] == rows(url)


def test_a_reset_applies_the_migrations(project: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As the migrator does, in whatever style they are, and with a record of them."""
    (project / "pyproject.toml").write_text('[tool.janua]\nmigrations_table = "ops.history"\n')
    goose = "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE t (id int);\nCREATE INDEX CONCURRENTLY i ON t (id);\n"
    (project / "migrations/0001_t.sql").write_text(goose)
    assert 0 == main(["db", "reset", "--yes"])
    assert "the database was made anew, with 1 migration\n" == capsys.readouterr().out
    assert [] == rows(url)
    with psycopg.connect(url) as conn:
        assert [("0001_t.sql",)] == conn.execute("SELECT name FROM ops.history").fetchall()


def test_a_reset_that_fails_leaves_the_database_as_it_was(
    project: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The new one is made beside it, and dropped."""
    (project / "migrations/0001_t.sql").write_text("-- UP\nCREATE TABLE u (id int);\nSELECT nonsense;\n")
    assert 1 == main(["db", "reset", "--yes"])
    assert "migrations/0001_t.sql:3:8: " in capsys.readouterr().err
    assert [(1,)] == rows(url)
    with psycopg.connect(url) as conn:
        assert [] == conn.execute("SELECT datname FROM pg_database WHERE datname LIKE '%reset%'").fetchall()


def test_a_reset_may_leave_the_database_empty(project: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And tells what comes next."""
    assert 0 == main(["db", "reset", "--empty", "--yes"])
    assert "next: janua migrate up" in capsys.readouterr().out
    with psycopg.connect(url) as conn, pytest.raises(psycopg.errors.UndefinedTable):
        conn.execute("SELECT FROM t")


def test_truncate_spares_the_record_of_the_migrations(project: Path, url: str) -> None:
    """By the name that the configuration gives it."""
    (project / "pyproject.toml").write_text('[tool.janua]\nmigrations_table = "history"\n')
    (project / "migrations/0001_u.sql").write_text("-- UP\nCREATE TABLE u AS SELECT 1;\n")
    assert 0 == main(["migrate", "up"])
    assert 0 == main(["db", "truncate", "--yes"])
    assert [] == rows(url)
    with psycopg.connect(url) as conn:
        assert (1, 0) == conn.execute("SELECT (SELECT count(*) FROM history), (SELECT count(*) FROM u)").fetchone()


def test_a_damaged_backup_is_exit_code_1(project: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the file that is wrong."""
    main(["db", "backup", "monday"])
    file = next((project / "monday/dump").glob("*.dat.gz"))
    file.write_bytes(file.read_bytes()[:-1])
    assert 1 == main(["db", "restore", "monday", "--yes"])
    assert f"the file dump/{file.name} has" in capsys.readouterr().err
    assert [(1,)] == rows(url)


def test_wrong_usage_is_exit_code_2(project: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No action, an unknown one, no jobs, no address."""
    assert [2, 2, 2] == [main(["db"]), main(["db", "drop"]), main(["db", "backup", "--jobs", "0"])]
    monkeypatch.delenv("JANUA_DATABASE_URL")
    assert [2, 2, 2] == [main(["db", "backup"]), main(["db", "reset", "--yes"]), main(["db", "truncate", "--yes"])]
