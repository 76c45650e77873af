"""squawk's rules about migrations that harm running services, at their places in our files."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from janua.diagnostics import Diagnostic, diagnostic_at, shown_path
from janua.migrations import Migration
from janua.migrations.statements import runs_in_transaction, statements_of

_PROGRAM = "squawk"
# The migrator sees to these.
_DONE_BY_MIGRATOR = "require-lock-timeout,require-statement-timeout,prefer-robust-stmts"


def find_squawk() -> Path | None:
    """Return where the program is: beside the interpreter, as pip puts it there, or on the path."""
    beside = shutil.which(_PROGRAM, path=str(Path(sys.executable).parent))
    found = beside or shutil.which(_PROGRAM)
    return Path(found) if found else None


def run_squawk(program: Path, migration: Migration, *, root: Path, server_version: int) -> list[Diagnostic]:
    """
    Return what squawk says of a migration's UP section.

    A ``.squawk.toml`` in the project's folder chooses the rules.
    """
    blank = re.sub(r"[^\r\n]", " ", migration.text[: migration.up.offset])
    command = [str(program), "--reporter", "json", "--stdin-filepath", str(migration.path)]
    command += ["--exclude", _DONE_BY_MIGRATOR, "--pg-version", f"{server_version // 10000}.0"]
    if runs_in_transaction(migration, statements_of(migration, migration.up)):
        command.append("--assume-in-transaction")
    ended = subprocess.run(
        command, input=blank + migration.up.sql, capture_output=True, text=True, cwd=root, check=False
    )
    try:
        found = json.loads(ended.stdout or "[]")
    except json.JSONDecodeError:
        complaint = (ended.stderr or ended.stdout).strip()
        return [Diagnostic(shown_path(migration.path), 0, 0, f"squawk has failed: {complaint}")]
    return [_diagnostic(migration, each) for each in found]


def _diagnostic(migration: Migration, found: dict[str, Any]) -> Diagnostic:
    # It counts lines from 0, and columns in bytes.
    lines = migration.text.split("\n")
    number = min(int(found["line"]), len(lines) - 1)
    column = len(lines[number].encode()[: int(found["column"])].decode(errors="ignore"))
    offset = sum(len(line) + 1 for line in lines[:number]) + column
    is_same_line = found.get("line_end") == found["line"]
    length = int(found["column_end"]) - int(found["column"]) if is_same_line else len(lines[number]) - column
    return diagnostic_at(
        shown_path(migration.path),
        migration.text,
        offset,
        max(length, 1),
        str(found["message"]),
        hint=str(found.get("help") or ""),
        severity="warning",
        rule=str(found["rule_name"]),
    )
