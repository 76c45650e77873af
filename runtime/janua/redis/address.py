"""Where Redis is, how to name it without its password, and what to raise where it does not answer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from redis.exceptions import ConnectionError, TimeoutError

from janua.errors import ConfigError, ServerUnreachable

VARIABLE = "JANUA_REDIS_URL"
UNREACHABLE = (ConnectionError, TimeoutError)


def find_url(url: str | None) -> str:
    """Return this URL, or that of the environment. Raises ConfigError where there is neither."""
    url = url or os.environ.get(VARIABLE, "")
    if not url:
        raise ConfigError(f"{VARIABLE} is not set; set it to redis://host:6379/0, or give Redis a URL")
    return url


def unreadable_url() -> ConfigError:
    """Return the error for a URL that redis-py refuses, whose own message may quote the password."""
    return ConfigError("the Redis URL cannot be read; it must look like redis://:password@host:6379/0")


def describe_address(parameters: Mapping[str, Any]) -> str:
    """Return host, port and database of redis-py's connection parameters."""
    if path := parameters.get("path"):
        return str(path)
    host, port = parameters.get("host", "localhost"), parameters.get("port", 6379)
    return f"{host}:{port}/{parameters.get('db', 0)}"


@contextmanager
def reachable(address: str) -> Iterator[None]:
    """Raise ServerUnreachable for redis-py's errors of the connection; the others pass."""
    try:
        yield
    except UNREACHABLE as error:
        raise ServerUnreachable(f"cannot reach Redis at {address}: {error}") from None
