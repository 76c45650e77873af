"""The sign of life that workers leave in Redis and that the API's health shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

KEY = "worker"
EVERY = timedelta(seconds=10)
# Longer than a beat and the longest delivery together: a worker that is busy is not missing.
LASTS = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Which worker was there last, and when. With several workers, it says that one of them lives."""

    worker: str
    at: datetime
