"""A small project in a folder of its own, and the real command in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from janua.cli import main

USERS = "-- UP\nCREATE TABLE users (id int PRIMARY KEY, name text, note text);\n-- DOWN\nDROP TABLE users;\n"
GET_USER = "-- name: get_user :optional\nSELECT * FROM users WHERE id = :id;\n"


@dataclass(frozen=True)
class Outcome:
    """What a command returned and printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Sandbox:
    """A project; its scratch databases are made on the server at ``url``."""

    root: Path
    url: str

    def fill(self, files: Mapping[str, str | bytes], settings: str = "") -> None:
        """Write the project's files, by paths below its folder."""
        for folder in ("migrations", "queries"):
            (self.root / folder).mkdir(parents=True)
        self.write("pyproject.toml", f"[tool.janua]\n{settings}")
        for name, content in files.items():
            self.write(name, content)

    def write(self, name: str, content: str | bytes) -> Path:
        """Write one file; text as UTF-8, byte for byte."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def read(self, name: str) -> str:
        """Read a file as text."""
        return (self.root / name).read_bytes().decode()

    def run(self, *arguments: str) -> Outcome:
        """Run ``janua`` in the project's folder, in this process."""
        out, err = StringIO(), StringIO()
        with chdir(self.root), patch.dict(os.environ, self.environment), redirect_stdout(out), redirect_stderr(err):
            code = main(arguments or ["generate"])
        return Outcome(code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str, embedded: bool = False, **environment: str) -> subprocess.Popen[str]:
        """Start ``janua`` as a process of its own."""
        settings = {**os.environ, **({} if embedded else self.environment), **environment}
        if embedded:
            settings.pop("JANUA_SCRATCH_URL", None)
        command = [sys.executable, "-m", "janua.cli", *(arguments or ("generate",))]
        return subprocess.Popen(
            command, cwd=self.root, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    @property
    def environment(self) -> dict[str, str]:
        """What names the server."""
        return {"JANUA_SCRATCH_URL": self.url}

    def tree(self) -> dict[str, tuple[bytes, int]]:
        """Every file but the state in ``.janua/``, with its content and the time of its last change."""
        paths = [path for path in self.root.rglob("*") if path.is_file() and ".janua" not in path.parts]
        return {path.relative_to(self.root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}

    def generated(self) -> dict[str, bytes]:
        """The content of every file of the output folders."""
        return {
            name: content for name, (content, _) in self.tree().items() if name.startswith(("generated/", "schema/"))
        }
