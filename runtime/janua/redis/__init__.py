"""Values kept in Redis or Valkey, asynchronous and blocking."""

from janua.redis._async.connection import AsyncRedis
from janua.redis._sync.connection import Redis

__all__ = ["AsyncRedis", "Redis"]
