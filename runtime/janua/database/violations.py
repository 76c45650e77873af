"""What the server says of a violated constraint, as the class that generated code has for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, TypeAlias

import psycopg
from psycopg.pq import DiagnosticField

from janua.errors import ConstraintViolation
from janua.query import CONSTRAINT_MODULES, Types

Key: TypeAlias = tuple[str, str, str]
"""Schema, table or domain, and constraint."""

_KINDS = {
    # What ON DELETE RESTRICT refuses has had this one since PostgreSQL 18.
    "23001": "foreign key",
    "23503": "foreign key",
    "23505": "unique",
    "23514": "check",
    "23P01": "exclusion",
}
# All others may quote the row: DETAIL and CONTEXT do, and a function may raise such an error with any message.
_HARMLESS = (
    DiagnosticField.SEVERITY,
    DiagnosticField.SEVERITY_NONLOCALIZED,
    DiagnosticField.SQLSTATE,
    DiagnosticField.STATEMENT_POSITION,
    DiagnosticField.INTERNAL_POSITION,
    DiagnosticField.SCHEMA_NAME,
    DiagnosticField.TABLE_NAME,
    DiagnosticField.COLUMN_NAME,
    DiagnosticField.DATATYPE_NAME,
    DiagnosticField.CONSTRAINT_NAME,
    DiagnosticField.SOURCE_FILE,
    DiagnosticField.SOURCE_LINE,
    DiagnosticField.SOURCE_FUNCTION,
)


def name_violation(error: BaseException, types: Types, met: Iterable[Types]) -> None:
    """
    Make the error one of its constraint's class, without the values of the row.

    The class is that of the package whose query it was, which ``types`` tell; of one of those that were ``met`` on
    this database, where that knows none; or else of the only one in this process that does. An error of any other
    constraint stays as it is.
    """
    if not isinstance(error, psycopg.Error) or error.sqlstate not in _KINDS:
        return
    sqlstate = error.sqlstate
    found = _class_of(error, types, met)
    if found is None:
        return
    fields = {field: getattr(error.diag, field.name.lower()) for field in _HARMLESS}
    # The same object becomes another class: a second one would have the first, and so the row, as its context.
    error.__class__ = found
    error.args = (_message(found, sqlstate),)
    error._info = {field: value and value.encode() for field, value in fields.items()}
    error._encoding = "utf-8"
    # A class that is two of psycopg's has the first one's.
    error.sqlstate = sqlstate


def _class_of(error: psycopg.Error, types: Types, met: Iterable[Types]) -> type[Any] | None:
    diag = error.diag
    key = diag.schema_name or "", diag.table_name or diag.datatype_name or "", diag.constraint_name or ""
    for package in (types, *met):
        for found in _classes(package.constraints, key, type(error)):
            return found
    elsewhere = list(_classes(CONSTRAINT_MODULES, key, type(error)))
    return elsewhere[0] if len(elsewhere) == 1 else None


def _classes(modules: Iterable[str], key: Key, kind: type[psycopg.Error]) -> Iterator[type[Any]]:
    """The constraint's classes in these modules that are of the error's kind."""
    for name in tuple(modules):
        try:
            found = import_module(name).ALL.get(key)
        except ModuleNotFoundError:
            # The package has gone since it was imported.
            continue
        if found is not None and issubclass(found, kind):
            yield found


def _message(found: type[ConstraintViolation], sqlstate: str) -> str:
    place = f"{found.schema}.{found.table or found.domain}"
    columns = f" ({', '.join(found.columns)})" if found.columns else ""
    return f'{place}{columns} violates the {_KINDS[sqlstate]} constraint "{found.constraint}"'
