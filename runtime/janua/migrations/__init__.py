"""
The project's migrations: ``folders`` reads them, ``extensions`` tells what they need of a server, ``Migrator`` applies
them to a database that is kept, ``apply`` to one that is not, and ``build`` makes a schema of them.

Reading them loads no psycopg: a generator that finds nothing to do must not pay for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from janua.migrations.files import Migration
from janua.migrations.folders import read_migrations
from janua.migrations.styles import Section, Style

if TYPE_CHECKING:
    from janua.migrations._async.migrator import AsyncMigrator
    from janua.migrations._sync.migrator import Migrator
    from janua.migrations.apply import apply_down, apply_up
    from janua.migrations.build import build_schema
    from janua.migrations.plan import MigrationStatus
    from janua.migrations.repairs import Repair
    from janua.migrations.steps import MigrationStep

_LAZY = {
    "AsyncMigrator": "_async.migrator",
    "MigrationStatus": "plan",
    "MigrationStep": "steps",
    "Migrator": "_sync.migrator",
    "Repair": "repairs",
    "apply_down": "apply",
    "apply_up": "apply",
    "build_schema": "build",
}

__all__ = [
    "AsyncMigrator",
    "Migration",
    "MigrationStatus",
    "MigrationStep",
    "Migrator",
    "Repair",
    "Section",
    "Style",
    "apply_down",
    "apply_up",
    "build_schema",
    "read_migrations",
]


if not TYPE_CHECKING:

    def __getattr__(name):
        """Import what is not loaded yet (PEP 562)."""
        if name not in _LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
        globals()[name] = value
        return value
