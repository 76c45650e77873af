"""
What a project's tests need: ``plugin`` is loaded by pytest by itself and holds the fixtures.

``TestRedis`` and ``AsyncTestRedis`` are a Redis of a test's own. They are loaded on first use, so that other
projects' test runs pay nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from janua.testing._async.keyspace import AsyncTestRedis
    from janua.testing._sync.keyspace import TestRedis

_LAZY = {"AsyncTestRedis": "janua.testing._async.keyspace", "TestRedis": "janua.testing._sync.keyspace"}

__all__ = ["AsyncTestRedis", "TestRedis"]

if not TYPE_CHECKING:

    def __getattr__(name):
        """Import what is not loaded yet (PEP 562)."""
        if name not in _LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_LAZY[name]), name)
        globals()[name] = value
        return value
