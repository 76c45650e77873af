"""
Fixtures for pytest, there wherever this package is installed: a migrated database of its own for each test.

    def test_users_start_without_a_name(janua_db: Database) -> None:
        assert users.list_users(janua_db) == []

The migrations run once, into a template; a test gets a clone of it, made in some milliseconds and dropped
afterwards. Servers are embedded unless ``JANUA_SCRATCH_URL`` and ``JANUA_REDIS_URL`` name others; workers
of pytest-xdist share them. Everything is imported by the fixtures, so that other projects pay nothing.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from janua import AsyncDatabase, Database
    from janua.config import Project
    from janua.scratch import ScratchServer
    from janua.testing import AsyncTestRedis, TestRedis


def pytest_configure(config: pytest.Config) -> None:
    """Offer the asynchronous fixtures in the way that pytest-asyncio wants, in either mode, where it is there."""
    # Known by its entry point, or by its module where it was named with -p.
    if any(map(config.pluginmanager.hasplugin, ("asyncio", "pytest_asyncio", "pytest_asyncio.plugin"))):
        import pytest_asyncio

        fixture: Any = pytest_asyncio.fixture
    else:
        # Another plugin, such as AnyIO's, may know what to do with it.
        fixture = pytest.fixture
    module = ModuleType("janua.testing.asynchronous")
    for name, function in (("janua_adb", _async_database), ("janua_aredis", _async_redis)):
        module.__dict__[name] = fixture(function, name=name)
    config.pluginmanager.register(module, module.__name__)


@pytest.fixture(scope="session")
def janua_project(pytestconfig: pytest.Config) -> Project:
    """The project's configuration: of pytest's root directory, or of the nearest folder above that has one."""
    from janua.config import load_project, project_folder

    with _plain_failures():
        return load_project(project_folder(pytestconfig.rootpath) or pytestconfig.rootpath)


@pytest.fixture(scope="session")
def janua_scratch(janua_project: Project) -> Iterator[ScratchServer]:
    """The server on which the tests' databases are made."""
    from janua.migrations import read_migrations
    from janua.scratch import open_scratch

    with _plain_failures():
        migrations = read_migrations(janua_project.migrations)
        with open_scratch(janua_project.root, migrations=migrations) as scratch:
            yield scratch


@pytest.fixture(scope="session")
def janua_template(janua_project: Project, janua_scratch: ScratchServer) -> str:
    """The name of the database that every test's own one is a copy of: all migrations applied, no rows."""
    from janua.migrations import read_migrations

    with _plain_failures():
        return janua_scratch.migrated(read_migrations(janua_project.migrations), purpose="test")


@pytest.fixture
def janua_database_url(janua_scratch: ScratchServer, janua_template: str) -> Iterator[str]:
    """The URL of a fresh, migrated database, dropped after the test even while something is connected."""
    name = janua_scratch.clone(janua_template)
    yield janua_scratch.url(name)
    janua_scratch.drop(name)


@pytest.fixture
def janua_db(janua_database_url: str) -> Iterator[Database]:
    """A Database on a fresh, migrated database."""
    from janua import Database

    with Database(janua_database_url) as database:
        yield database


async def _async_database(janua_database_url: str) -> AsyncIterator[AsyncDatabase]:
    """An AsyncDatabase on a fresh, migrated database."""
    from janua import AsyncDatabase

    async with AsyncDatabase(janua_database_url) as database:
        yield database


@pytest.fixture(scope="session")
def janua_redis_url(janua_project: Project) -> Iterator[str]:
    """The URL of a Redis or Valkey server, shared by all tests: use ``janua_redis_prefix`` for keys."""
    given = os.environ.get("JANUA_REDIS_URL")
    if given:
        yield given
        return
    with _plain_failures():
        from janua.embedded import valkey

        with valkey.serve(janua_project.root / ".janua") as server:
            yield server.url


@pytest.fixture
def janua_redis(janua_redis_url: str) -> Iterator[TestRedis]:
    """A Redis object with keys and channels of this test's own."""
    from janua.testing import TestRedis

    with TestRedis(janua_redis_url) as redis:
        yield redis


async def _async_redis(janua_redis_url: str) -> AsyncIterator[AsyncTestRedis]:
    """An AsyncRedis object with keys and channels of this test's own."""
    from janua.testing import AsyncTestRedis

    async with AsyncTestRedis(janua_redis_url) as redis:
        yield redis


@pytest.fixture
def janua_redis_prefix(janua_redis_url: str) -> Iterator[str]:
    """A prefix for keys that no other test has. Keys that begin with it are deleted after the test."""
    from redis import Redis

    prefix = f"janua-test:{secrets.token_hex(8)}:"
    yield prefix
    with Redis.from_url(janua_redis_url) as redis:
        for key in redis.scan_iter(match=f"{prefix}*", count=1000):
            redis.unlink(key)


@contextmanager
def _plain_failures() -> Iterator[None]:
    """Let our own errors fail a test with their message alone: no traceback says more."""
    from janua.errors import JanuaError

    try:
        yield
    except JanuaError as error:
        pytest.fail(str(error), pytrace=False)
