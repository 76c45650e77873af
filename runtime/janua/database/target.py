"""Which server and database to connect to, and how to name it without its password."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from janua.database.options import TLS
from janua.errors import ConfigError

VARIABLE = "JANUA_DATABASE_URL"


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """libpq's parameters of a connection. Its text is the address alone: no user, no password."""

    parameters: Mapping[str, Any]

    def __str__(self) -> str:
        host = self.parameters.get("host") or self.parameters.get("hostaddr") or "localhost"
        port = self.parameters.get("port") or "5432"
        dbname = self.parameters.get("dbname") or self.parameters.get("user") or ""
        return f"{host}:{port}/{dbname}"

    def __repr__(self) -> str:
        return f"<Target {self}>"


def find_target(
    url: str | None,
    fields: Mapping[str, str | int | None],
    tls: TLS | None,
    application_name: str,
) -> Target:
    """
    Put together the parameters: the URL's, over them the fields that are given, over them those of TLS.

    Without URL and fields, the URL is that of the environment. Raises ConfigError where there
    is none or it cannot be read.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    if url is None and not given:
        url = _url_from_environment()
    parameters = {
        "application_name": application_name,
        **(_parse(url) if url is not None else {}),
        **given,
        **(tls.parameters() if tls is not None else {}),
        "client_encoding": "UTF8",
    }
    if "@" in str(parameters.get("host", "")):
        # "user:p@ss@host" ends the password at the first @: the host would show the rest of it.
        raise ConfigError("the database URL's password contains an @; write it as %40")
    return Target(parameters)


def _url_from_environment() -> str:
    url = os.environ.get(VARIABLE, "")
    if not url:
        raise ConfigError(
            f"{VARIABLE} is not set; set it to postgresql://user@host:5432/name,"
            " or give the database a URL or its host and dbname"
        )
    return url


def _parse(url: str) -> dict[str, Any]:
    try:
        return dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        # libpq's message quotes the part that it did not understand: that may be the password.
        raise ConfigError(
            "the database URL cannot be read; it must look like postgresql://user:password@host:5432/name,"
            " with special characters of the password percent-encoded"
        ) from None
