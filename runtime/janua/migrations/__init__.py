"""
The project's migrations: ``files`` reads them, ``extensions`` tells what they need of a server, ``apply`` runs them.

Reading them loads no psycopg: a generator that finds nothing to do must not pay for it.
"""

from typing import TYPE_CHECKING

from janua.migrations.files import Migration, Section, read_migrations

if TYPE_CHECKING:
    from janua.migrations.apply import apply_down, apply_up

__all__ = ["Migration", "Section", "apply_down", "apply_up", "read_migrations"]


if not TYPE_CHECKING:

    def __getattr__(name):
        """Import what is not loaded yet (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from janua.migrations import apply

        return getattr(apply, name)
