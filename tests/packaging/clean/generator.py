"""The generator, on a server that is named: it scaffolds, generates, and finds what it wrote unchanged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

os.environ["JANUA_SCRATCH_URL"] = os.environ["JANUA_DATABASE_URL"]


def janua(*arguments: str) -> str:
    """Run a command that succeeds."""
    done = subprocess.run([Path(sys.executable).with_name("janua"), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


janua("init", "shop")
janua("generate", "--project", "shop")
janua("generate", "--check", "--project", "shop")
janua("check", "--project", "shop")
janua("inspect", "--project", "shop")
janua("migrate", "verify", "--project", "shop")
janua("migrate", "lint", "--project", "shop")
# What the reference application's generated files are made of is another database's business.
assert (Path("shop") / "shop_db" / "notes.py").is_file()
