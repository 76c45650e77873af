"""What Redis or Valkey says of itself, of all nodes of a cluster together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisMetrics:
    """
    The server's counters since its start; of a cluster, the sums over its primaries.

    ``max_memory_bytes`` 0 is no limit. ``fragmentation`` is the memory that the system gave over that which is used.
    ``ops`` are calls by command. ``hit_rate`` is the part of look-ups that found a key, None without any.
    """

    version: str
    nodes: int
    uptime_s: int
    memory_bytes: int
    peak_memory_bytes: int
    max_memory_bytes: int
    eviction_policy: str
    fragmentation: float | None
    connections: int
    blocked_connections: int
    rejected_connections: int
    replicas: int
    keys: int
    ops: Mapping[str, int]
    ops_per_second: int
    hits: int
    misses: int
    hit_rate: float | None
    expired_keys: int
    evicted_keys: int


@dataclass(frozen=True, slots=True)
class SlowCommand:
    """A command in the server's slow log. Of its arguments nothing is shown: they may be secrets."""

    at: datetime
    command: str
    duration_ms: float
    client: str


def read_metrics(nodes: Sequence[Mapping[str, Any]]) -> RedisMetrics:
    """Put together the answers to INFO of each node, as redis-py reads them."""

    def total(key: str) -> int:
        return sum(int(node.get(key, 0)) for node in nodes)

    hits, misses = total("keyspace_hits"), total("keyspace_misses")
    used, resident = total("used_memory"), total("used_memory_rss")
    first = nodes[0]
    return RedisMetrics(
        version=_version(first),
        nodes=len(nodes),
        uptime_s=min(int(node.get("uptime_in_seconds", 0)) for node in nodes),
        memory_bytes=used,
        peak_memory_bytes=total("used_memory_peak"),
        max_memory_bytes=total("maxmemory"),
        eviction_policy=str(first.get("maxmemory_policy", "")),
        fragmentation=resident / used if used and resident else None,
        connections=total("connected_clients"),
        blocked_connections=total("blocked_clients"),
        rejected_connections=total("rejected_connections"),
        replicas=total("connected_slaves"),
        keys=sum(_keys(node) for node in nodes),
        ops=_calls(nodes),
        ops_per_second=total("instantaneous_ops_per_sec"),
        hits=hits,
        misses=misses,
        hit_rate=hits / (hits + misses) if hits + misses else None,
        expired_keys=total("expired_keys"),
        evicted_keys=total("evicted_keys"),
    )


def read_slow_log(nodes: Iterable[Iterable[Mapping[str, Any]]], limit: int) -> tuple[SlowCommand, ...]:
    """Return the latest entries of all nodes, the latest first, without the arguments."""
    entries = [_slow_command(entry) for node in nodes for entry in node]
    return tuple(sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit])


def _slow_command(entry: Mapping[str, Any]) -> SlowCommand:
    words = _text(entry["command"]).split(maxsplit=1)
    return SlowCommand(
        at=datetime.fromtimestamp(int(entry["start_time"]), UTC),
        command=words[0].upper() if words else "",
        duration_ms=int(entry["duration"]) / 1000,
        client=_text(entry.get("client_address", "")),
    )


def _version(node: Mapping[str, Any]) -> str:
    if "valkey_version" in node:
        return f"Valkey {node['valkey_version']}"
    return f"Redis {node.get('redis_version', '')}".strip()


def _keys(node: Mapping[str, Any]) -> int:
    spaces = (value for key, value in node.items() if key.startswith("db") and key[2:].isdigit())
    return sum(int(space["keys"]) for space in spaces if isinstance(space, Mapping))


def _calls(nodes: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    calls: dict[str, int] = {}
    for node in nodes:
        for key, value in node.items():
            if key.startswith("cmdstat_") and isinstance(value, Mapping):
                name = key.removeprefix("cmdstat_").replace("|", " ")
                calls[name] = calls.get(name, 0) + int(value["calls"])
    return dict(sorted(calls.items(), key=lambda item: (-item[1], item[0])))


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
