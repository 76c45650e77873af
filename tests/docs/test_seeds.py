"""docs/seeds.md is true: its seeds run, and so does its program."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from janua import Database
from janua.seeds import Seeder

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "seeds.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The page's blocks of code in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_seeds_run(janua_db: Database, tmp_path: Path) -> None:
    """That in SQL, whose rows lie beside it, and that in Python; as often as one likes."""
    (tmp_path / "organizations.sql").write_text("SELECT 1")
    (tmp_path / "countries.csv").write_text("code,name\nDE,Germany\n")
    (tmp_path / "a.sql").write_text(blocks("sql")[0])
    (tmp_path / "b.py").write_text(blocks("python")[0])
    janua_db.raw("CREATE TABLE countries (code text, name text)")
    seeder = Seeder(janua_db, tmp_path)
    for _ in range(2):
        assert (2, 1) == (seeder.run("a")[1].statements, len(janua_db.raw("SELECT FROM users")))
        seeder.run("b")
    assert 2 == len(janua_db.raw("SELECT FROM feature_flags"))


def test_the_program_runs(janua_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells what it has run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "development.sql").write_text("SELECT 1")
    with redirect_stdout(StringIO()) as output:
        exec(blocks("python")[1], {"url": janua_database_url})
    assert "development.sql 1 0\n" == output.getvalue()
