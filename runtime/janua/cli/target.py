"""Which database a command works on, by all the names that it is reached under."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from psycopg import pq

from janua.database.target import VARIABLE, Target, find_target
from janua.errors import ConfigError


def find_database(url: str | None) -> Target:
    """
    Return the database that ``url`` names, which is what ``--database-url`` gave, or else ``JANUA_DATABASE_URL``.

    Raises ConfigError where neither does, or the URL cannot be read. Nothing is connected to.
    """
    if not url and not os.environ.get(VARIABLE):
        raise ConfigError(f"which database? give --database-url postgresql://user@host:5432/name, or set {VARIABLE}")
    return find_target(url or None, {}, None, "janua")


def names_of(target: Target) -> set[str]:
    """
    Return the hosts, addresses and database names under which libpq would look for it.

    What the URL leaves open comes from where libpq takes it: the service that it names, PGHOST, PGDATABASE.
    """
    with _service(target.parameters):
        defaults = {option.keyword.decode(): option.val.decode() for option in pq.Conninfo.get_defaults() if option.val}
    given: Mapping[str, Any] = {**defaults, **{key: value for key, value in target.parameters.items() if value}}
    found = {
        name.strip()
        for key in ("host", "hostaddr")
        for name in str(given.get(key) or ("localhost" if key == "host" else "")).split(",")
    }
    # libpq calls the database as the user where nothing names it.
    return (found | {str(given.get("dbname") or given.get("user") or "")}) - {""}


@contextmanager
def _service(parameters: Mapping[str, Any]) -> Iterator[None]:
    """Have libpq read its defaults from the service that a URL names: it tells them for PGSERVICE alone."""
    before, service = os.environ.get("PGSERVICE"), parameters.get("service")
    if service:
        os.environ["PGSERVICE"] = str(service)
    try:
        yield
    finally:
        if service and before is None:
            del os.environ["PGSERVICE"]
        elif service and before is not None:
            os.environ["PGSERVICE"] = before
