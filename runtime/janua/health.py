"""The answer to "does this server work", the same for PostgreSQL and Redis."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """
    What one round trip to a server has shown.

    ``latency_ms`` is the time of that round trip, without the time of connecting or of waiting
    for a free connection. Where ``ok`` is False, ``error`` says why and the rest is None.
    """

    ok: bool
    latency_ms: float | None = None
    server_version: str | None = None
    error: str | None = None
