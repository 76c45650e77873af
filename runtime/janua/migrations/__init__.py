"""
The project's migrations: ``folders`` reads them, ``extensions`` tells what they need of a server, ``apply`` runs
them, and ``build`` makes a schema of them.

Reading them loads no psycopg: a generator that finds nothing to do must not pay for it.
"""

from typing import TYPE_CHECKING

from janua.migrations.files import Migration
from janua.migrations.folders import read_migrations
from janua.migrations.styles import Section, Style

if TYPE_CHECKING:
    from janua.migrations.apply import apply_down, apply_up
    from janua.migrations.build import build_schema

__all__ = ["Migration", "Section", "Style", "apply_down", "apply_up", "build_schema", "read_migrations"]


if not TYPE_CHECKING:

    def __getattr__(name):
        """Import what is not loaded yet (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from janua.migrations import apply, build

        return getattr(build if name == "build_schema" else apply, name)
