"""Where Redis is, how to name it without its password, and what to raise where it does not answer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from redis.exceptions import (
    ClusterDownError,
    ConnectionError,
    ReadOnlyError,
    RedisClusterException,
    TimeoutError,
)

from janua.errors import ConfigError, ServerUnreachable

VARIABLE = "JANUA_REDIS_URL"
# A cluster that lacks nodes answers, but cannot serve; nor can what has become a replica.
UNREACHABLE = (ConnectionError, TimeoutError, ClusterDownError, RedisClusterException, ReadOnlyError)
_DEFAULT_PORT = 6379
_TRUE = {"1", "true", "yes"}


@dataclass(frozen=True, slots=True)
class Address:
    """A URL that redis-py reads, the further nodes that it named, and whether it asked for a cluster."""

    url: str
    others: tuple[tuple[str, int], ...] = ()
    is_cluster: bool = False


def read_address(url: str | None) -> Address:
    """
    Read this URL, or that of the environment.

    Beyond what redis-py reads, there may be several hosts with commas between them, the first ones to be
    asked about a cluster, and ``cluster=true`` among the options. Raises ConfigError where there is no
    URL, or one that cannot be read.
    """
    url = url or os.environ.get(VARIABLE, "")
    if not url:
        raise ConfigError(f"{VARIABLE} is not set; set it to redis://host:6379/0, or give Redis a URL")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise unreadable_url() from None
    login, at, hosts = parts.netloc.rpartition("@")
    first, *others = hosts.split(",")
    options = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in options if name != "cluster"]
    is_cluster = any(name == "cluster" and value.lower() in _TRUE for name, value in options)
    # Not urlunsplit, which leaves the slashes out of unix:///path.
    plain = f"{parts.scheme}://{login}{at}{first}{parts.path}"
    rest = f"?{urlencode(kept)}" if kept else ""
    return Address(plain + rest, tuple(map(_node, others)), is_cluster or bool(others))


def _node(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        if parts.hostname:
            return parts.hostname, parts.port or _DEFAULT_PORT
    except ValueError:
        pass
    raise unreadable_url() from None


def unreadable_url() -> ConfigError:
    """Return the error for a URL that redis-py refuses, whose own message may quote the password."""
    return ConfigError(
        "the Redis URL cannot be read; it must look like redis://:password@host:6379/0, and its options"
        " must be those of redis-py"
    )


def describe_address(parameters: Mapping[str, Any]) -> str:
    """Return host, port and database of redis-py's connection parameters."""
    if path := parameters.get("path"):
        return str(path)
    host, port = parameters.get("host", "localhost"), parameters.get("port", _DEFAULT_PORT)
    return f"{host}:{port}/{parameters.get('db', 0)}"


@contextmanager
def reachable(address: str) -> Iterator[None]:
    """Raise ServerUnreachable for redis-py's errors of the connection; the others pass."""
    try:
        yield
    except UNREACHABLE as error:
        raise ServerUnreachable(f"cannot reach Redis at {address}: {error}") from None
