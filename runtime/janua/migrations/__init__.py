"""The project's migrations: ``files`` reads them, ``apply`` runs them."""

from janua.migrations.apply import apply_down, apply_up
from janua.migrations.files import Migration, Section, read_migrations

__all__ = ["Migration", "Section", "apply_down", "apply_up", "read_migrations"]
