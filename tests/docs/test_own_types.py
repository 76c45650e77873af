"""The project that docs/types.md shows under "Types of your own" does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from janua.migrations import read_migrations
from janua.scratch import ScratchServer

PAGE = Path(__file__).resolve().parents[2] / "docs" / "types.md"
SCHEMA = "-- UP\nCREATE TABLE users (id uuid PRIMARY KEY, metadata jsonb NOT NULL, roles text[] NOT NULL);\n-- DOWN\n"
IMPORTS = """\
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NewType
from uuid import UUID
"""
PROGRAM = """\
import os
from uuid import UUID

from app.types import Id, Metadata, Role
from janua import Database
from own_db import users

ada = Id(UUID(int=1))
with Database(os.environ["URL"]) as db:
"""


def blocks() -> dict[str, str]:
    """The section's blocks of code: by their language, the first and the second of Python."""
    section = PAGE.read_text("utf-8").partition("## Types of your own")[2]
    found: dict[str, str] = {}
    for language, text in re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL):
        found[f"{language}2" if language in found else language] = text
    return found


def test_it_generates_checks_and_runs(tmp_path: Path, scratch: ScratchServer) -> None:
    """The configuration, the types, the queries and the calls."""
    shown = blocks()
    program = PROGRAM + "".join(f"    {line}\n" for line in shown["python2"].splitlines())
    files = {
        "pyproject.toml": f'[tool.janua]\noutput = "own_db"\n{shown["toml"]}',
        "migrations/0001_users.sql": SCHEMA,
        "queries/users.sql": shown["sql"],
        "app/__init__.py": "",
        "app/types.py": IMPORTS + shown["python"],
        "program.py": program.replace(
            "user = users.get_user(db, id=ada)", "user = users.get_user(db, id=ada)\n    assert user"
        ),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    url = scratch.url("postgres")
    name = scratch.clone(scratch.migrated(read_migrations(tmp_path / "migrations"), purpose="own"))
    for command in (["janua.cli", "generate"], ["mypy", "--strict", "program.py"], ["program"]):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            env={"JANUA_SCRATCH_URL": url, "URL": scratch.url(name), "PATH": ""},
            capture_output=True,
            text=True,
        )
        assert (0, "") == (done.returncode, done.stderr), done.stdout + done.stderr
    scratch.drop(name)
