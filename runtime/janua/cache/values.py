"""Values that are no answers of queries: as bytes, and under which keys."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from typing import Any

import msgspec

packed = msgspec.msgpack.Encoder().encode


def unpacked(data: bytes, type_: Any) -> Any:
    """Return a value of the type. Raises msgspec.ValidationError where it is none."""
    return msgspec.msgpack.decode(data, type=type_)


VALUE = b"v:"
"""What the keys of values begin with, and no answer's."""


def value_key(key: str) -> bytes:
    """Return what a value is kept under: apart from answers, and short."""
    return VALUE + blake2b(key.encode(), digest_size=16).hexdigest().encode()


def seconds_of(ttl: timedelta, least: float = 0.001) -> float:
    """Return how long a value is kept. Raises ValueError for less than a millisecond."""
    seconds = ttl.total_seconds()
    if seconds < least:
        raise ValueError("ttl must be at least a millisecond")
    return seconds
