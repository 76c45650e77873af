"""The README is true: what it shows is what the files say and what the commands do."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from janua import Database, PoolOptions
from janua.config import load_project

from generated import organizations, users

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, containing: str) -> str:
    """The README's code block in this language that contains a text."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    found: list[str] = [each for each in blocks if containing in each]
    assert len(found) == 1, f"{len(found)} {language} blocks contain {containing!r}"
    return found[0]


def run(command: list[str], folder: Path, scratch_url: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "JANUA_SCRATCH_URL": scratch_url}
    program = Path(sys.executable).parent / command[0]
    return subprocess.run([program, *command[1:]], cwd=folder, env=environment, capture_output=True, text=True)


def test_the_query_that_it_shows_is_in_the_query_file() -> None:
    """The SQL on the first screen is copied from queries/users.sql."""
    assert block("sql", "find_user_for_login") in (ROOT / "queries/users.sql").read_text(encoding="utf-8")


def test_the_function_that_it_shows_is_generated() -> None:
    """The Python beside it has the same fields and the same signatures, but for the private module aliases."""
    generated = (ROOT / "generated/users.py").read_text(encoding="utf-8")
    shown = re.sub(r" +#.*", "", block("python", "class FindUserForLoginRow"))
    plain = re.sub(r"\b_[a-z]+\.", "", generated).replace('    """A row of :func:`find_user_for_login`."""\n\n', "")
    for part in shown.strip().split("\n\n"):
        assert part in plain


def test_the_commands_for_a_project_of_ones_own_work(tmp_path: Path, scratch_url: str) -> None:
    """`janua init`, `janua generate` and `pytest` in an empty folder, in the README's order."""
    lines = block("sh", "janua init").strip().splitlines()
    assert [Path(line.split()[0]).name for line in lines] == ["janua", "cd", "janua", "pytest"]
    project = tmp_path / "shop"

    made = run(["janua", "init", str(project)], tmp_path, scratch_url)
    assert (0, "") == (made.returncode, made.stderr)
    generated = run(["janua", "generate"], project, scratch_url)
    assert (0, "") == (generated.returncode, generated.stderr)
    tested = run(["pytest", "-q", "-p", "no:cacheprovider"], project, scratch_url)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_the_configuration_that_it_shows_is_valid(tmp_path: Path) -> None:
    """The `[tool.janua]` table loads as it stands."""
    text = block("toml", "[tool.janua]")
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    (tmp_path / "migrations").mkdir()
    (tmp_path / "queries").mkdir()
    assert tomllib.loads(text)["tool"]["janua"]["output"] == load_project(tmp_path).package


def test_the_error_that_it_shows_is_what_the_tool_prints(tmp_path: Path, scratch_url: str) -> None:
    """A misspelt column is reported with place, excerpt, SQLSTATE and the nearest name."""
    (tmp_path / "pyproject.toml").write_text("[tool.janua]\n", encoding="utf-8")
    (tmp_path / "migrations").mkdir()
    (tmp_path / "queries").mkdir()
    (tmp_path / "migrations/0001_create_bookings.sql").write_text(
        "CREATE TABLE bookings (id int, starts_at timestamptz);\n", encoding="utf-8"
    )
    query = "\n" * 12 + "-- name: list_starts :many\nSELECT starts FROM bookings\n"
    (tmp_path / "queries/bookings.sql").write_text(query, encoding="utf-8")

    failed = run(["janua", "generate"], tmp_path, scratch_url)

    assert failed.returncode == 1
    assert block("text", "bookings.sql:14:8").strip() in failed.stderr
    assert not (tmp_path / "generated").exists()


def test_a_script_of_three_lines_uses_a_project_elsewhere(tmp_path: Path, scratch_url: str) -> None:
    """`janua generate --project DIR` from outside; the generated package runs without the generator."""
    project = tmp_path / "elsewhere"
    assert run(["janua", "init", str(project)], tmp_path, scratch_url).returncode == 0
    assert run(["janua", "generate", "--project", str(project)], tmp_path, scratch_url).returncode == 0
    package = load_project(project).package
    script = (
        f"import sys; from {package} import notes; from janua import Database\n"
        "with Database() as db: assert notes.search_notes(db, text='x', limit=1) == []\n"
        "assert not {'sqlglot', 'jinja2', 'janua_generator'} & set(sys.modules)\n"
    )
    from janua.migrations import read_migrations
    from janua.scratch import open_scratch

    with open_scratch(project, scratch_url) as scratch:
        name = scratch.clone(scratch.migrated(read_migrations(project / "migrations"), purpose="script"))
        environment = {**os.environ, "JANUA_DATABASE_URL": scratch.url(name), "PYTHONPATH": str(project)}
        done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert (0, "") == (done.returncode, done.stderr)


def test_the_calls_that_it_shows_run(janua_database_url: str) -> None:
    """The block under "Running", with the names that it leaves open filled in."""
    code = block("python", "PoolOptions(max_size=20)")
    with Database(janua_database_url) as db:
        ada = users.register_user(db, email="ada@example.com", name="Ada", password_hash=b"x", locale="en")
    names = {
        "Database": Database,
        "PoolOptions": PoolOptions,
        "organizations": organizations,
        "url": janua_database_url,
        "user": ada,
        "transfer": lambda tx: users.get_user(tx, id=ada.id),
    }
    exec(compile(code, "README.md", "exec"), names)
    with Database(janua_database_url) as db:
        members = db.raw("SELECT user_id FROM memberships")
    assert [{"user_id": ada.id}] == members


async def test_the_same_call_serves_both_kinds_of_databases(janua_database_url: str) -> None:
    """The block with a blocking and an awaited call of one function."""
    code = block("python", "adb = AsyncDatabase(").replace("postgresql://localhost/app", janua_database_url)
    names: dict[str, Any] = {}
    running = eval(compile(code, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
    await running
    assert names["user"] is None
    names["db"].close()
    await names["adb"].close()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_its_links_lead_somewhere(link: str) -> None:
    """Every relative link is a file of the repository."""
    assert link.startswith("https://") or (ROOT / link).exists()
