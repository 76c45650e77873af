"""
The project's migrations: ``folders`` reads them, ``extensions`` tells what they need of a server, ``Migrator`` applies
them to a database that is kept, ``apply`` to one that is not, and ``build`` makes a schema of them.

Reading them loads no psycopg: a generator that finds nothing to do must not pay for it.
"""

from typing import TYPE_CHECKING

from janua._lazy import on_first_use
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
    "AsyncMigrator": "janua.migrations._async.migrator",
    "MigrationStatus": "janua.migrations.plan",
    "MigrationStep": "janua.migrations.steps",
    "Migrator": "janua.migrations._sync.migrator",
    "Repair": "janua.migrations.repairs",
    "apply_down": "janua.migrations.apply",
    "apply_up": "janua.migrations.apply",
    "build_schema": "janua.migrations.build",
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
    __getattr__ = on_first_use(__name__, _LAZY)
