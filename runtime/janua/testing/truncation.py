"""Which tables to empty, and the command that does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files

from janua.config import suggestion
from janua.errors import ParameterError
from janua.query import Query


def _row(name: str, qualified: str, quoted: str) -> tuple[str, str, str]:
    return name, qualified, quoted


LIST_TABLES: Query[tuple[str, str, str]] = Query(
    name="tables",
    sql=(files(__package__) / "tables.sql").read_text("utf-8"),
    params=("text[]",),
    columns=("text", "text", "text"),
    row=_row,
)
"""The tables of schemas: their names, the names with the schema, and those as SQL writes them."""


def truncate_command(found: Sequence[tuple[str, str, str]], tables: Iterable[str] | None) -> str:
    """Return the command that empties the tables; nothing where there are none. Raises ParameterError."""
    by_name = {alias: quoted for name, qualified, quoted in reversed(found) for alias in (name, qualified)}
    if tables is None:
        wanted = [quoted for _, _, quoted in found]
    else:
        names = [tables] if isinstance(tables, str) else list(tables)
        for name in names:
            if name not in by_name:
                raise ParameterError(f'there is no table "{name}"{suggestion(name, list(by_name))}')
        wanted = [by_name[name] for name in names]
    return f"TRUNCATE {', '.join(dict.fromkeys(wanted))} RESTART IDENTITY CASCADE" if wanted else ""
