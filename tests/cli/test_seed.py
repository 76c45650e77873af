"""``janua seed``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from janua import Database
from janua.cli import main
from janua.scratch import ScratchServer


@pytest.fixture
def project(tmp_path: Path, scratch: ScratchServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in the current folder, with a database."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.janua]\n[tool.janua.safety]\nprotected = ['live*']\n")
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    monkeypatch.setenv("JANUA_DATABASE_URL", scratch.url(name))
    with Database() as db:
        db.raw("CREATE TABLE notes (note text)")
    return tmp_path


def notes() -> list[str]:
    with Database() as db:
        return [row["note"] for row in db.raw("SELECT note FROM notes")]


def test_a_seed_is_created_and_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both kinds; what is there is not overwritten."""
    assert 0 == main(["seed", "create", "first"])
    assert "seeds/first.sql: written; run it with: janua seed run first" in capsys.readouterr().out
    assert 0 == main(["seed", "create", "second", "--python"])
    assert [0, 0] == [main(["seed", "run", each]) for each in ("first", "second")]
    assert 2 == main(["seed", "create", "first"])
    assert 2 == main(["seed", "create", "../first"])


@pytest.mark.parametrize("word", ["", "async "])
def test_a_function_of_either_kind_is_run(project: Path, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each file is told with its time."""
    call = f"{'await ' if word else ''}db.raw(\"INSERT INTO notes VALUES ('a')\")"
    (project / "seeds").mkdir()
    (project / "seeds" / "a.py").write_text(f"{word}def seed(db):\n    {call}\n")
    assert 0 == main(["seed", "run", "a"])
    assert ["a"] == notes()
    assert capsys.readouterr().err.startswith("seeds/a.py  ")


def test_mistakes_are_one_message(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Usage is 2, a refused statement 1, a server that is not there 3."""
    (project / "seeds").mkdir()
    (project / "seeds" / "a.sql").write_text("INSERT INTO notes VALUES ('a');\nSELECT nonsense;")
    assert 2 == main(["seed", "run", "b"])
    assert 'seeds: there is no seed "b"; there are a' in capsys.readouterr().err
    assert 1 == main(["seed", "run", "a"])
    assert 'seeds/a.sql:2:8: column "nonsense" does not exist [42703]' in capsys.readouterr().err
    assert [] == notes()
    assert 2 == main(["seed"])
    assert 3 == main(["seed", "run", "a", "--database-url", "postgresql://127.0.0.1:1/x"])


def test_a_protected_database_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the seed."""
    (project / "seeds").mkdir()
    (project / "seeds" / "a.sql").write_text("SELECT 1")
    assert 2 == main(["seed", "run", "a", "--database-url", "postgresql://127.0.0.1/live_one"])
    assert 'tool.janua.safety.protected in pyproject.toml has "live*"' in capsys.readouterr().err


def test_it_needs_to_know_which_database(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is started for it."""
    monkeypatch.delenv("JANUA_DATABASE_URL")
    assert 2 == main(["seed", "run", "a"])
    assert "JANUA_DATABASE_URL" not in os.environ
