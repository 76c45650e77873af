"""
What a project's tests need: ``plugin`` is loaded by pytest by itself and holds the fixtures.

``TestDatabase`` and ``AsyncTestDatabase`` are a database of a test's own for those who have no fixtures,
``TestRedis`` and ``AsyncTestRedis`` a Redis; ``factories`` is what makes rows. They are loaded on first use, so that
other projects' test runs pay nothing.
"""

from typing import TYPE_CHECKING

from janua._lazy import on_first_use

if TYPE_CHECKING:
    from janua.testing._async.database import AsyncTestDatabase
    from janua.testing._async.keyspace import AsyncTestRedis
    from janua.testing._sync.database import TestDatabase
    from janua.testing._sync.keyspace import TestRedis

_LAZY = {
    "AsyncTestDatabase": "janua.testing._async.database",
    "AsyncTestRedis": "janua.testing._async.keyspace",
    "TestDatabase": "janua.testing._sync.database",
    "TestRedis": "janua.testing._sync.keyspace",
}

__all__ = ["AsyncTestDatabase", "AsyncTestRedis", "TestDatabase", "TestRedis"]

if not TYPE_CHECKING:
    __getattr__ = on_first_use(__name__, _LAZY)
