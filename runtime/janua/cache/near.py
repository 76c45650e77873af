"""Values that are kept in this process, in front of Redis: which ones, how many, and when they count. No I/O."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import monotonic

from janua.cache.stamps import Keys
from janua.cache.statistics import CacheStats
from janua.cache.values import VALUE
from janua.errors import ConfigError
from janua.querycache import Place, Wanted
from janua.redis.concurrency import Guard

# What an entry takes beside its value: the object, its key and places in the tables that find it; and for each table.
_ENTRY_BYTES = 450
_NAME_BYTES = 150
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class NearCache:
    """
    How much a cache keeps in this process, too: ``Cache(redis, near=NearCache())``.

    ``max_bytes`` bounds what it takes; what was used longest ago goes first. An answer from there was the cache's at
    most ``max_lag`` seconds ago: usually for the moment that a message from Redis takes, and for so long where
    messages do not arrive any more. Raises ConfigError for a number that is not above zero.
    """

    max_bytes: int = 32_000_000
    max_lag: float = 2.0

    def __post_init__(self) -> None:
        for name in ("max_bytes", "max_lag"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"NearCache({name}=…) must be above zero, not {getattr(self, name)!r}")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A value, on what it depends, and the keys in Redis whose change ends it."""

    value: bytes
    place: Place
    tables: tuple[str, ...]
    names: tuple[bytes, ...]
    ends: float

    @property
    def cost(self) -> int:
        return len(self.value) + _ENTRY_BYTES + _NAME_BYTES * len(self.names)


class NearValues:
    """
    Values as bytes, while somebody listens for what Redis tells of them.

    A value counts until a key that it depends on is said to have changed, until its time is over, and only while it is
    known that nothing said went unheard: ``trust``. What was looked up in Redis is kept only where nothing was said
    since the ``moment`` before the look.
    """

    def __init__(self, max_bytes: int, stats: CacheStats) -> None:
        self._max_bytes = max_bytes
        self._stats = stats
        stats.near_bytes, stats.near_is_on = 0, False
        self._guard = Guard()
        self._keys: Keys | None = None
        self._trusted_until = 0.0
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._bytes = 0
        # Which values depend on a key in Redis.
        self._dependents: dict[bytes, set[bytes]] = {}
        # When each key was last said to have changed, counted in what was said; nothing is known of before the first.
        self._said = 0
        self._known_since = 0
        self._changed: OrderedDict[bytes, int] = OrderedDict()

    def find(self, wanted: Wanted, tables: tuple[str, ...]) -> bytes | None:
        """Return the value that counts now."""
        now = monotonic()
        key = wanted.key
        kept = self._kept.get(key)
        if kept is None or now >= self._trusted_until or kept.tables != tables:
            return None
        if kept.place is not wanted.place and kept.place != wanted.place:
            return None
        with self._guard:
            if now + wanted.policy.stale >= kept.ends:
                if now >= kept.ends and self._kept.get(key) is kept:
                    self._remove(key)
                return None
            if key in self._kept:
                self._kept.move_to_end(key)
            self._stats.near_hits += 1
        return kept.value

    def moment(self) -> int:
        """Return what ``put`` is to be told of the moment before a look into Redis."""
        return self._said

    def put(self, moment: int, keys: Keys, wanted: Wanted, tables: tuple[str, ...], value: bytes, ends: float) -> None:
        """Keep what was found in Redis, where it ``ends`` then, unless something was said since the moment."""
        names = keys.tables(wanted.place, tables)
        if wanted.key.startswith(VALUE):
            if not keys.are_values_told:
                return
            names.append(keys.entry(wanted.key))
        kept = _Kept(value, wanted.place, tables, tuple(names), ends)
        with self._guard:
            if self._keys is None or not self._keys.is_same(keys) or moment < self._known_since:
                return
            if kept.cost > self._max_bytes or any(self._changed.get(name, 0) > moment for name in names):
                return
            self._remove(wanted.key)
            self._add(wanted.key, kept)
            while self._bytes > self._max_bytes:
                self._remove(next(iter(self._kept)))
                self._stats.near_evictions += 1

    def drop(self, names: Iterable[bytes]) -> None:
        """Forget what depends on these keys, and do not keep what somebody is about to have found before."""
        with self._guard:
            self._said += 1
            for name in names:
                self._changed[name] = self._said
                self._changed.move_to_end(name)
                for key in list(self._dependents.get(name, ())):
                    self._remove(key)
                    self._stats.near_drops += 1
            while len(self._changed) > _MOST_REMEMBERED:
                _, self._known_since = self._changed.popitem(last=False)

    def drop_tables(self, place: Place, tables: Sequence[str]) -> None:
        """Forget what depends on these tables."""
        if (keys := self._keys) is not None:
            self.drop(keys.tables(place, tables))

    def drop_values(self, keys: Iterable[bytes]) -> None:
        """Forget values that are no answers."""
        if (names := self._keys) is not None:
            self.drop([names.entry(key) for key in keys])

    def drop_all(self) -> None:
        """Forget everything."""
        with self._guard:
            self._begin_anew()

    def start(self, keys: Keys) -> None:
        """From now on what happens to these keys is heard."""
        with self._guard:
            self._begin_anew()
            self._keys = keys

    def trust(self, until: float) -> None:
        """Nothing went unheard: what is here counts until then."""
        with self._guard:
            if self._keys is not None:
                self._trusted_until = until
                self._stats.near_is_on = True

    def stop(self) -> None:
        """Nobody listens any more: forget everything, and keep nothing."""
        with self._guard:
            self._keys = None
            self._trusted_until = 0.0
            self._stats.near_is_on = False
            self._begin_anew()

    def _add(self, key: bytes, kept: _Kept) -> None:
        self._kept[key] = kept
        self._bytes += kept.cost
        for name in kept.names:
            self._dependents.setdefault(name, set()).add(key)
        self._stats.near_bytes = self._bytes

    def _remove(self, key: bytes) -> None:
        kept = self._kept.pop(key, None)
        if kept is None:
            return
        self._bytes -= kept.cost
        for name in kept.names:
            dependents = self._dependents[name]
            dependents.discard(key)
            if not dependents:
                del self._dependents[name]
        self._stats.near_bytes = self._bytes

    def _begin_anew(self) -> None:
        self._stats.near_drops += len(self._kept)
        self._kept.clear()
        self._dependents.clear()
        self._changed.clear()
        self._bytes = self._stats.near_bytes = 0
        self._said += 1
        self._known_since = self._said
