"""Redis or Valkey: typed values, sessions, messages and rate limits, asynchronous and blocking."""

from janua.redis._async.connection import AsyncRedis
from janua.redis._async.pubsub import AsyncPubSub
from janua.redis._async.ratelimit import AsyncRateLimiter
from janua.redis._async.sessions import AsyncSessionStore
from janua.redis._async.subscription import AsyncSubscription
from janua.redis._sync.connection import Redis
from janua.redis._sync.pubsub import PubSub
from janua.redis._sync.ratelimit import RateLimiter
from janua.redis._sync.sessions import SessionStore
from janua.redis._sync.subscription import Subscription
from janua.redis.limits import GCRA, Decision, Limit, SlidingWindow
from janua.redis.messages import Gap, Message, Undelivered
from janua.redis.scripts import Script
from janua.redis.sessions import Session

__all__ = [
    "GCRA",
    "AsyncPubSub",
    "AsyncRateLimiter",
    "AsyncRedis",
    "AsyncSessionStore",
    "AsyncSubscription",
    "Decision",
    "Gap",
    "Limit",
    "Message",
    "PubSub",
    "RateLimiter",
    "Redis",
    "Script",
    "Session",
    "SessionStore",
    "SlidingWindow",
    "Subscription",
    "Undelivered",
]
