"""What the tracking table says of a migration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

from janua.errors import ConfigError, JanuaError
from janua.lexer import Kind, tokenize

Direction: TypeAlias = Literal["up", "down"]

DEFAULT_TABLE = "janua_migrations"


@dataclass(frozen=True, slots=True)
class Record:
    """
    One row. ``id`` orders the rows as their migrations were begun.

    ``under_way`` is set where the migration runs outside a transaction, and is not at its end: ``done`` of its
    statements are, whose checksum is ``done_checksum``. ``in_doubt`` is not None while a statement runs that no
    transaction can hold, and keeps what there was before it.
    """

    id: int
    name: str
    checksum: str
    applied_at: datetime | None
    duration_ms: float
    applied_by: str
    under_way: Direction | None = None
    done: int = 0
    done_checksum: str = ""
    in_doubt: str | None = None


def table_name(text: str) -> tuple[str, ...]:
    """
    Return the parts of ``table`` or ``schema.table``, as SQL would read them.

    Raises ConfigError for anything else.
    """
    try:
        tokens = list(tokenize(text.strip()))
    except JanuaError:
        tokens = []
    names = tokens[::2]
    is_name = len(tokens) in (1, 3) and all(each.kind in (Kind.NAME, Kind.QUOTED_NAME) for each in names)
    if not is_name or (len(tokens) == 3 and tokens[1].text != "."):
        raise ConfigError(f'the tracking table must be named "table" or "schema.table", not {text!r}')
    return tuple(
        each.text[1:-1].replace('""', '"') if each.kind is Kind.QUOTED_NAME else each.text.lower() for each in names
    )


def record_name(path: Path) -> str:
    """Return the name by which a migration is recorded: its file's, or its folder's where each has its own."""
    return path.parent.name if path.name in ("up.sql", "migration.sql") else path.name


def by_name(records: Sequence[Record]) -> dict[str, Record]:
    """Return the records by their names."""
    return {record.name: record for record in records}
