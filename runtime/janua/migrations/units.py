"""
How a migration outside a transaction is cut: what can be recorded together with what it does.

A statement runs in a transaction of its own that also records that it is done; so does what the file itself puts
between BEGIN and COMMIT. What no transaction can hold is recorded before and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from janua.migrations.files import Migration, malformed
from janua.migrations.statements import Statement, changes_session, controls_transaction, needs_autocommit


class Kind(Enum):
    """How a unit is run."""

    SINGLE = auto()
    BLOCK = auto()
    BARE = auto()


@dataclass(frozen=True, slots=True)
class Unit:
    """Statements that are done together, or not at all; of a ``BARE`` one nobody knows until it is at its end."""

    kind: Kind
    statements: tuple[Statement, ...]


def units_of(migration: Migration, statements: Sequence[Statement]) -> list[Unit]:
    """Cut the statements. Raises MigrationError where a transaction is begun and not ended."""
    found: list[Unit] = []
    at = 0
    while at < len(statements):
        size = _block_length(migration, statements, at)
        taken = tuple(statements[at : at + size])
        kind = Kind.BLOCK if size > 1 else Kind.BARE if _is_bare(taken[0]) else Kind.SINGLE
        found.append(Unit(kind, taken))
        at += size
    return found


def session_settings(statements: Sequence[Statement]) -> list[Statement]:
    """Return those that a session needs again which goes on behind them."""
    return [each for each in statements if changes_session(each) or each.words[:1] == ("reset",)]


def _is_bare(statement: Statement) -> bool:
    return needs_autocommit(statement) or controls_transaction(statement)


def _block_length(migration: Migration, statements: Sequence[Statement], start: int) -> int:
    if statements[start].words[0] not in ("begin", "start"):
        return 1
    for at in range(start + 1, len(statements)):
        if controls_transaction(statements[at]):
            if "chain" in statements[at].words and "no" not in statements[at].words:
                _refuse(migration, statements[at], "AND CHAIN begins a transaction that nothing here can follow")
            return at + 1 - start
    _refuse(migration, statements[start], "begins a transaction and does not end it")
    return 1


def _refuse(migration: Migration, statement: Statement, message: str) -> None:
    malformed(migration.path, migration.text, statement.offset, len(statement.sql), message)
