"""The promise that no two rows share the values of columns that are called a key, where none of them is NULL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, combinations

from janua_generator.analysis.scope import IsKey

from ..workbench import Rows


def keys_of(is_key: IsKey, width: int) -> Iterator[tuple[int, ...]]:
    """What is called a key, of one and two columns and of all, but for what holds another key."""
    found: list[tuple[int, ...]] = []
    for columns in chain(combinations(range(width), 1), combinations(range(width), 2), [tuple(range(width))]):
        if not any(set(key) <= set(columns) for key in found) and is_key(frozenset(columns)):
            found.append(columns)
            yield columns


def broken_keys(keys: list[tuple[int, ...]], rows: Rows) -> list[str]:
    """Keys whose values several rows share."""
    broken = []
    for key in keys:
        values = Counter(tuple(row[at] for at in key) for row in rows if all(row[at] is not None for at in key))
        for common, times in values.most_common(1):
            if times > 1:
                broken.append(f"{times} rows share {common} in columns {key}, which are called a key")
    return broken
