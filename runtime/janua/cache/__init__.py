"""A cache that gives nothing that a write has outdated, asynchronous and blocking."""

from janua.cache._async.cache import AsyncCache
from janua.cache._sync.cache import Cache
from janua.cache.near import NearCache
from janua.cache.statistics import CacheStats

__all__ = ["AsyncCache", "Cache", "CacheStats", "NearCache"]
