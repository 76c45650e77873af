"""What can be chosen about a database's connections."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite
from typing import Literal, TypeAlias, TypeGuard

Isolation: TypeAlias = Literal["read uncommitted", "read committed", "repeatable read", "serializable"]
"""PostgreSQL's isolation levels (its manual's section "Transaction Isolation")."""

TargetSessionAttrs: TypeAlias = Literal["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]
"""Which of several hosts will do (libpq's ``target_session_attrs``)."""

_LONGEST = 2_147_483  # seconds: PostgreSQL holds such a time as milliseconds in 32 bits


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """
    How many connections are kept, and how long anything may take; all times are in seconds.

    ``timeout`` is how long a call waits for a free connection, ``connect_timeout`` how long
    connecting may take (in whole seconds, at least 2, for each address). Where the server is gone,
    calls that wait fail with ServerUnreachable after about ``connect_timeout`` instead. A connection above
    ``min_size`` that was not needed for ``max_idle`` is closed, any one is replaced when it is
    ``max_lifetime`` old. With ``max_waiting``, further calls fail at once instead of queueing;
    0 means that any number may wait.

    Each connection keeps ``statement_cache`` statements prepared, those that were called last. The server
    holds them in memory, some tens of kilobytes each; with 0 psycopg prepares what has run five times.

    The last three are the server's settings of these names, as every connection starts with them: how
    long one statement may run, wait for a lock, and how long a transaction may stand idle. 0 is no limit, None
    leaves what the server, the database or the role has. Raises ValueError where a value cannot be.
    """

    min_size: int = 1
    max_size: int = 10
    timeout: float = 30.0
    connect_timeout: float = 5.0
    max_idle: float = 600.0
    max_lifetime: float = 3600.0
    max_waiting: int = 0
    statement_cache: int = 250
    statement_timeout: float | None = None
    lock_timeout: float | None = None
    idle_in_transaction_session_timeout: float | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _COUNTS:
                _check_count(field.name, value, _COUNTS[field.name])
            elif field.name in SESSION_TIMEOUTS:
                _check_session_timeout(field.name, value)
            elif not _is_number(value) or value <= 0:
                raise ValueError(f"PoolOptions: {field.name} must be a number of seconds above 0, not {value!r}")
        if self.min_size > self.max_size:
            raise ValueError(
                f"PoolOptions: min_size ({self.min_size}) must not be greater than max_size ({self.max_size})"
            )

    def session_settings(self) -> dict[str, int]:
        """Return the server's settings that are asked for, in milliseconds."""
        asked = {name: getattr(self, name) for name in SESSION_TIMEOUTS}
        # Rounded up: 0 would be no limit.
        return {name: -int(-seconds * 1000 // 1) for name, seconds in asked.items() if seconds is not None}


SESSION_TIMEOUTS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
"""The options that the server keeps to."""

_COUNTS = {"min_size": 0, "max_size": 1, "max_waiting": 0, "statement_cache": 0}


def _check_count(name: str, value: object, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"PoolOptions: {name} must be a whole number, at least {least}, not {value!r}")


def _check_session_timeout(name: str, value: object) -> None:
    if value is not None and not (_is_number(value) and 0 <= value <= _LONGEST):
        raise ValueError(f"PoolOptions: {name} must be seconds from 0 (no limit) to {_LONGEST}, or None, not {value!r}")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


@dataclass(frozen=True, slots=True)
class PoolStats:
    """The pool at this moment: open connections, of them idle and in use, and callers that wait for one."""

    total: int = 0
    idle: int = 0
    busy: int = 0
    waiting: int = 0
