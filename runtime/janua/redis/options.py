"""What can be chosen about the connection to Redis, and redis-py's parameters for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from redis.backoff import AbstractBackoff, ExponentialWithJitterBackoff
from redis.exceptions import AuthenticationError, AuthorizationError, TimeoutError

from janua.errors import ConfigError
from janua.tls import TLS

RetryStrategy: TypeAlias = Callable[[int], float]
"""How long to wait before repetition 1, 2, 3 …, in seconds."""

_FIRST_WAIT_S = 0.02
_LONGEST_WAIT_S = 1.0
_POWERS = 16


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for Redis, in seconds, and how often a command is repeated: see AsyncRedis."""

    timeout: float
    connect_timeout: float
    max_retries: int
    retry_strategy: RetryStrategy | None

    def __post_init__(self) -> None:
        if self.timeout <= 0 or self.connect_timeout <= 0 or self.max_retries < 0:
            raise ValueError("Redis needs timeout and connect_timeout > 0 and max_retries >= 0")

    def backoff(self) -> AbstractBackoff:
        """Return redis-py's form of the waits before repetitions."""
        if self.retry_strategy is None:
            return ExponentialWithJitterBackoff(base=_FIRST_WAIT_S, cap=_LONGEST_WAIT_S)
        return _Chosen(self.retry_strategy)

    def wait_before(self, repetition: int) -> float:
        """Return how long to wait before a repetition that has no last one."""
        # redis-py's backoff is a power, which overflows long after it has reached its cap.
        return self.backoff().compute(repetition if self.retry_strategy else min(repetition, _POWERS))

    def parameters(self) -> dict[str, Any]:
        """Return redis-py's parameters of a connection."""
        return {"socket_timeout": self.timeout, "socket_connect_timeout": self.connect_timeout}


class _Chosen(AbstractBackoff):
    """The user's own waits."""

    def __init__(self, strategy: RetryStrategy) -> None:
        self._strategy = strategy

    def compute(self, failures: int) -> float:
        return max(0.0, self._strategy(failures))


def login_parameters(username: str | None, password: str | None, db: int | None) -> dict[str, Any]:
    """Return redis-py's parameters for what is given."""
    given = {"username": username, "password": password, "db": db}
    return {name: value for name, value in given.items() if value is not None}


def tls_parameters(tls: TLS | None) -> dict[str, Any]:
    """Return redis-py's parameters of TLS. Raises ConfigError for a file that cannot be read."""
    if tls is None:
        return {}
    tls.check_files()
    files = {"ssl_ca_certs": tls.ca, "ssl_certfile": tls.cert, "ssl_keyfile": tls.key}
    given: dict[str, Any] = {name: os.fspath(path) for name, path in files.items() if path is not None}
    if tls.key_password is not None:
        given["ssl_password"] = tls.key_password
    return {"ssl_cert_reqs": "required" if tls.verify else "none", "ssl_check_hostname": tls.verify is True, **given}


def with_tls(url: str, tls: TLS | None) -> str:
    """Return the URL with the scheme for TLS, where that was asked for. Raises ConfigError for a Unix socket."""
    if tls is None or url.startswith("rediss://"):
        return url
    if not url.startswith("redis://"):
        raise ConfigError("TLS needs a Redis URL that begins with rediss:// or redis://")
    return f"rediss://{url.removeprefix('redis://')}"


def cluster_parameters(parameters: Mapping[str, Any], is_encrypted: bool) -> dict[str, Any]:
    """Return the parameters of a cluster's client. Raises ConfigError for what a cluster does not have."""
    if parameters.get("path"):
        raise ConfigError("a Redis cluster is reached by host and port, not by Unix socket")
    if parameters.get("db"):
        raise ConfigError("a Redis cluster has only database 0")
    if parameters.get("ssl_password"):
        raise ConfigError("redis-py's client of a cluster cannot read an encrypted key: leave out TLS's key_password")
    kept = {name: value for name, value in parameters.items() if name not in ("connection_class", "db")}
    return {**kept, "ssl": True} if is_encrypted else kept


def may_repeat(error: Exception) -> bool:
    """Tell whether the same command may succeed on a new connection: not with the same wrong password."""
    return not isinstance(error, (AuthenticationError, AuthorizationError, TimeoutError))
