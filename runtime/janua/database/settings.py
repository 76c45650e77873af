"""Settings of one transaction: a tenant for row level security, a timeout, a time zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias
from uuid import UUID

from janua.errors import ParameterError
from janua.query import Query

Settings: TypeAlias = Mapping[str, str | int | float | bool | UUID]
"""Values by the names of the server's settings, or of ones of your own, which have a dot in their name."""

NO_SETTINGS: Settings = {}

SET_LOCAL = Query[None](
    name="set_local",
    sql="SELECT set_config(name, value, true) FROM unnest($1::text[], $2::text[]) AS asked (name, value)",
    params=("text[]", "text[]"),
    columns=("text",),
)

# The limit of before is read first: a row has to be there for the condition on it to be looked at.
REPLACE_TIMEOUT = Query[str](
    name="replace_timeout",
    sql=(
        "WITH before AS MATERIALIZED (SELECT current_setting('statement_timeout') AS value)"
        " SELECT value FROM before WHERE set_config('statement_timeout', $1, true) IS NOT NULL"
    ),
    params=("text",),
    columns=("text",),
)

# What PostgreSQL takes for the name of a setting of one's own (its manual's section "Customized Options").
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)*", re.ASCII)


def set_local_parameters(settings: Settings) -> tuple[list[str], list[str]]:
    """Return the parameters of SET_LOCAL. Raises ParameterError, without the value, for what cannot be set."""
    for name, value in settings.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ParameterError(f"settings: {name!r} is no name of a setting; write it as in app.tenant_id")
        if not isinstance(value, str | int | float | UUID):
            raise ParameterError(
                f"settings: {name} must be a str, a number, a bool or a UUID, not {type(value).__name__}"
            )
    return list(settings), [_text(value) for value in settings.values()]


def _text(value: str | int | float | bool | UUID) -> str:
    return ("off", "on")[value] if isinstance(value, bool) else str(value)


def limit_of(seconds: float) -> str:
    """Return a time limit as the server reads it."""
    return f"{max(1, round(seconds * 1000))}ms"
