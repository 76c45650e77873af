"""The page about migrations is true: its code runs, its commands exist, and so do the words that it explains."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import get_args

import pytest
from janua.cli.main import main
from janua.cli.migrate import MIGRATE
from janua.cli.parser import CommandParser
from janua.database import Database
from janua.migrations.plan import State
from janua.scratch import ScratchServer

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/migrations.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_its_python_runs(scratch: ScratchServer) -> None:
    """On an empty database, with this project's migrations."""
    [code] = blocks("python")
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    try:
        with Database(scratch.url(name)) as db:
            exec(compile(code.replace('"migrations"', repr(str(ROOT / "migrations")), 1), "docs", "exec"), {"db": db})
            assert [{"count": 21}] == db.raw("SELECT count(*)::int FROM migrations WHERE applied_at IS NOT NULL")
    finally:
        scratch.drop(name)


def test_its_migration_can_be_applied_and_taken_back(scratch: ScratchServer, tmp_path: Path) -> None:
    """Behind those of this project."""
    from janua.migrations import Migrator, read_migrations

    text, _ = blocks("sql")
    (tmp_path / "0022_add_prices_to_products.sql").write_text(text.partition("\n")[2].replace("price", "other_price"))
    name = scratch.clone(scratch.migrated(read_migrations(ROOT / "migrations"), purpose="docs"))
    try:
        with Database(scratch.url(name)) as db:
            Migrator(db, tmp_path).up()
            Migrator(db, tmp_path).down()
    finally:
        scratch.drop(name)


def test_verify_says_what_it_shows(
    scratch_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Behind a migration that makes the table."""
    _, text = blocks("sql")
    name, _, migration = text.removeprefix("-- ").partition("\n")
    before = "CREATE TABLE products (name text NOT NULL, currency text NOT NULL)"
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/0021_create_products.sql").write_text(f"-- UP\n{before};\n-- DOWN\nDROP TABLE products;\n")
    (tmp_path / name).write_text(migration)
    (tmp_path / "pyproject.toml").write_text("[tool.janua]\n")
    monkeypatch.chdir(tmp_path)
    [session] = blocks("console")
    command, _, output = session.removeprefix("$ janua ").partition("\n")
    assert 1 == main([*command.split(), "--database-url", scratch_url])
    assert output == capsys.readouterr().out


def test_its_commands_and_options_exist() -> None:
    """And no others are named."""
    parser = CommandParser()
    MIGRATE.configure(parser)
    known = " ".join(each.format_help() for each in _subparsers(parser).values())
    for command in re.findall(r"janua migrate (\w+)", PAGE):
        assert command in _subparsers(parser)
    for option in set(re.findall(r"`(?:repair )?(--[\w-]+)", PAGE)) - {"--database-url"}:
        assert option in known, option


def test_it_explains_every_state() -> None:
    """Beside those that need no explanation."""
    explained = set(re.findall(r"^\| `([\w ]+)` \|", PAGE, re.MULTILINE))
    assert set(get_args(State)) - {"applied", "pending"} == explained


def _subparsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    [action] = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    return dict(action.choices)
