"""What a cache has done so far."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(slots=True)
class CacheStats:
    """
    Counts since the cache was made, in this process.

    ``hits`` and ``misses`` are calls that were answered by the cache and by the server; of the hits, ``stale`` gave a
    value past its ``ttl``, as ``stale`` in ``@cache`` allows. Of the misses, ``bypassed`` could neither use nor keep
    anything: a write was under way. ``unavailable`` counts commands that Redis did not answer, ``writes``
    transactions that the cache was told of, and ``undelivered`` how many of them it has yet to be told of.

    Of the hits, ``near_hits`` needed no Redis. The near cache takes ``near_bytes`` now; ``near_evictions`` were thrown
    out for lack of room, and ``near_drops`` because something changed or may have. It is used while ``near_is_on``.
    """

    hits: int = 0
    misses: int = 0
    stale: int = 0
    bypassed: int = 0
    unavailable: int = 0
    writes: int = 0
    undelivered: int = 0
    near_hits: int = 0
    near_bytes: int = 0
    near_evictions: int = 0
    near_drops: int = 0
    near_is_on: bool = False

    def copy(self) -> CacheStats:
        """Return the counts of this moment."""
        return replace(self)
