"""What to do where a migration is written for another database, or for a tool that fills it in first."""

from __future__ import annotations

import re
from collections.abc import Callable

# Types of SQLite, MySQL, SQL Server and CockroachDB, and what PostgreSQL calls them.
_TYPES = {
    "binary": "bytea",
    "blob": "bytea",
    "bytes": "bytea",
    "datetime": "timestamp",
    "datetime2": "timestamp",
    "double": "double precision",
    "float64": "double precision",
    "int32": "integer",
    "int64": "bigint",
    "longblob": "bytea",
    "longtext": "text",
    "mediumint": "integer",
    "mediumtext": "text",
    "nvarchar": "varchar",
    "string": "text",
    "tinyint": "smallint",
    "tinytext": "text",
    "uniqueidentifier": "uuid",
    "varbinary": "bytea",
}


def hint_for_dialect(sqlstate: str, message: str) -> str:
    """Return what to do about a complaint of the server about a migration, or an empty string."""
    find = _HINTS.get(sqlstate)
    return find(message) if find else ""


def _type(message: str) -> str:
    found = re.search(r'type "([^"]+)" does not exist', message)
    name = found[1].lower() if found else ""
    if name not in _TYPES:
        return ""
    return (
        f"PostgreSQL calls it {_TYPES[name]}: write that, or "
        f"CREATE DOMAIN {name} AS {_TYPES[name]} in a file that comes first"
    )


def _schema(message: str) -> str:
    found = re.search(r'schema "([^"]+)" does not exist', message)
    return f"no migration makes it: put a file first that makes {found[1]} and what is needed of it" if found else ""


def _syntax(message: str) -> str:
    found = re.search(r'at or near "(.)', message)
    if found and found[1] in "{$<%":
        return "if this stands for something that a tool fills in, name a file in which it is filled in"
    if found and found[1] == "`":
        return 'PostgreSQL quotes names with "'
    return ""


_HINTS: dict[str, Callable[[str], str]] = {"42704": _type, "3F000": _schema, "42601": _syntax}
