"""What can be chosen about a database's connections."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal, TypeAlias

Isolation: TypeAlias = Literal["read uncommitted", "read committed", "repeatable read", "serializable"]
"""PostgreSQL's isolation levels (its manual's section "Transaction Isolation")."""


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """
    How many connections are kept, and how long anything may take; all times are in seconds.

    ``timeout`` is how long a call waits for a free connection, ``connect_timeout`` how long
    connecting may take (libpq rounds it down to whole seconds, at least 2). A connection above
    ``min_size`` that was not needed for ``max_idle`` is closed, any one is replaced when it is
    ``max_lifetime`` old. With ``max_waiting``, further calls fail at once instead of queueing;
    0 means that any number may wait.
    """

    min_size: int = 1
    max_size: int = 10
    timeout: float = 30.0
    connect_timeout: float = 5.0
    max_idle: float = 600.0
    max_lifetime: float = 3600.0
    max_waiting: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.min_size <= self.max_size or self.max_size < 1:
            raise ValueError("PoolOptions needs 0 <= min_size <= max_size and max_size >= 1")


@dataclass(frozen=True, slots=True)
class TLS:
    """
    An encrypted connection, with the server's certificate verified against its name.

    ``ca`` is the file of trusted authorities; without it the system's are taken (libpq 16 or
    newer). ``cert`` and ``key`` are the client's own. ``verify=False`` encrypts without knowing
    to whom.
    """

    verify: bool = True
    ca: str | os.PathLike[str] | None = None
    cert: str | os.PathLike[str] | None = None
    key: str | os.PathLike[str] | None = None

    def parameters(self) -> dict[str, str]:
        """Return libpq's parameters for these choices."""
        files = {"sslrootcert": self.ca, "sslcert": self.cert, "sslkey": self.key}
        parameters = {name: os.fspath(path) for name, path in files.items() if path is not None}
        if self.verify:
            parameters.setdefault("sslrootcert", "system")
        return {"sslmode": "verify-full" if self.verify else "require", **parameters}


@dataclass(frozen=True, slots=True)
class PoolStats:
    """The pool at this moment: open connections, of them idle and in use, and callers that wait for one."""

    total: int = 0
    idle: int = 0
    busy: int = 0
    waiting: int = 0
