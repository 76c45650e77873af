"""
Fixtures for pytest, there wherever this package is installed: a migrated database of its own for each test.

    def test_users_start_without_a_name(janua_db: Database) -> None:
        assert users.list_users(janua_db) == []

The migrations run once, into a template; a test gets a clone of it, made in some milliseconds and dropped
afterwards, or (``janua_tx``) a transaction that is rolled back, in a clone that all of these share. With
``--janua-keep`` a failed test's database stays. Servers are embedded unless ``JANUA_SCRATCH_URL`` and
``JANUA_REDIS_URL`` name others; workers of pytest-xdist share them. Everything is imported by the fixtures, so that
other projects pay nothing.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from janua.extras import needed_by

with needed_by("janua.testing.plugin"):
    import pytest

if TYPE_CHECKING:
    from janua import AsyncDatabase, AsyncTransaction, Database, Transaction
    from janua.config import Project
    from janua.scratch import ScratchServer
    from janua.testing import AsyncTestRedis, TestRedis
    from janua.testing.clones import Clones


_FAILED: pytest.StashKey[bool] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--janua-keep``."""
    group = parser.getgroup("janua")
    group.addoption("--janua-keep", action="store_true", help="keep the database of a failed test, and show its URL")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Have a failed test show where its database is."""
    report = yield
    fixtures: dict[str, Any] = getattr(item, "funcargs", {})
    url = fixtures.get("janua_database_url")
    if report.when == "call" and report.failed and url is not None and item.config.getoption("--janua-keep"):
        item.stash[_FAILED] = True
        scratch: ScratchServer = fixtures["_janua_clones"].scratch
        report.sections.append(("the test's database", scratch.kept_url(url)))
    return report


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
    for name, function in _ASYNC_FIXTURES.items():
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
        return janua_scratch.migrated(read_migrations(janua_project.migrations), purpose="test", sealed=True)


@pytest.fixture(scope="session")
def _janua_clones(janua_scratch: ScratchServer, janua_template: str) -> Iterator[Clones]:
    from janua.testing.clones import Clones

    clones = Clones(janua_scratch, janua_template)
    yield clones
    clones.close()


@pytest.fixture
def janua_database_url(
    janua_scratch: ScratchServer, _janua_clones: Clones, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The URL of a fresh, migrated database, dropped after the test even while something is connected."""
    name = _janua_clones.take()
    yield janua_scratch.url(name)
    _janua_clones.give_back(name, keep=request.node.stash.get(_FAILED, False))


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
def janua_shared_url(janua_scratch: ScratchServer, janua_template: str) -> str:
    """The URL of a migrated database that stays as it is: all tests with ``janua_tx`` begin with it."""
    return janua_scratch.url(janua_scratch.clone(janua_template))


@pytest.fixture(scope="session")
def _janua_shared(janua_shared_url: str) -> Iterator[Database]:
    from janua import Database

    with Database(janua_shared_url) as database:
        yield database


@pytest.fixture
def janua_tx(_janua_shared: Database) -> Iterator[Transaction]:
    """A transaction on a migrated database, of which nothing stays after the test."""
    from janua.testing._sync.rolledback import rolled_back

    with rolled_back(_janua_shared) as transaction:
        yield transaction


async def _async_transaction(janua_shared_url: str) -> AsyncIterator[AsyncTransaction]:
    """An asynchronous transaction on a migrated database, of which nothing stays after the test."""
    from janua import AsyncDatabase, PoolOptions
    from janua.testing._async.rolledback import rolled_back

    # Of the test's own event loop, which is another one each time.
    pool = PoolOptions(min_size=1, max_size=1)
    async with AsyncDatabase(janua_shared_url, pool=pool) as database, rolled_back(database) as transaction:
        yield transaction


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


_ASYNC_FIXTURES = {"janua_adb": _async_database, "janua_atx": _async_transaction, "janua_aredis": _async_redis}


@contextmanager
def _plain_failures() -> Iterator[None]:
    """Let our own errors fail a test with their message alone: no traceback says more."""
    from janua.errors import JanuaError

    try:
        yield
    except JanuaError as error:
        pytest.fail(str(error), pytrace=False)
