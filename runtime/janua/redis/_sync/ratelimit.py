# Derived from runtime/janua/redis/_async/ratelimit.py by tools/derive_sync.py; do not edit.
"""How many calls are let through: counted by the server, in one round trip, for all who ask it."""

from __future__ import annotations

import logging
from typing import Literal

from redis.exceptions import RedisError

from janua.errors import ServerUnreachable
from janua.redis._sync.connection import Redis
from janua.redis.limits import LIMIT, Decision, Limit, limit_key, read_decision, unenforced

_log = logging.getLogger("janua.redis")


class RateLimiter:
    """
    Limits for each key (a user, an address, a route), all of which must allow a call.

    The server counts by its own clock in one script: clients may be many, and their clocks wrong. Where it does
    not answer, or refuses as when its memory is full, ``on_error`` decides: ``raise`` the error, ``allow`` the
    call or ``deny`` it.
    A call that was repeated because its connection broke may have been counted twice, never less than once.
    """

    def __init__(
        self,
        redis: Redis,
        *limits: Limit,
        prefix: str = "rate:",
        on_error: Literal["raise", "allow", "deny"] = "raise",
    ) -> None:
        names = {limit_key("", "", limit) for limit in limits}
        if not limits or len(names) < len(limits):
            raise ValueError("a rate limiter needs at least one limit, and no two over the same time")
        if on_error not in ("raise", "allow", "deny"):
            raise ValueError("on_error must be 'raise', 'allow' or 'deny'")
        if not prefix or prefix.startswith("}"):
            raise ValueError("prefix must not be empty, nor begin with a brace: it keeps a key's limits in one slot")
        self._redis = redis
        self._limits = limits
        self._prefix = prefix
        self._on_error = on_error
        self._most = min(limit.most for limit in limits)
        self._arguments = [each for limit in limits for each in limit.arguments()]

    def consume(self, key: str, n: int = 1) -> Decision:
        """
        Take ``n`` from every limit where all of them allow it, and nothing otherwise.

        This is what guards a call: to ask with ``check`` and take afterwards lets others in between. Raises
        ValueError where ``n`` is less than 1 or more than a limit ever allows at once.
        """
        return self._ask("consume", key, n)

    def check(self, key: str, n: int = 1) -> Decision:
        """Tell what ``consume`` would say, and take nothing."""
        return self._ask("check", key, n)

    def reset(self, key: str) -> None:
        """Forget what this key has taken."""
        self._redis.delete(*self._keys(key))

    def _ask(self, mode: str, key: str, n: int) -> Decision:
        if not 1 <= n <= self._most:
            raise ValueError(f"n must be between 1 and {self._most}, which is all that the limits ever allow at once")
        try:
            states = self._redis.evaluate(LIMIT, self._keys(key), (mode, n, *self._arguments))
        except (ServerUnreachable, RedisError) as error:
            if self._on_error == "raise":
                raise
            # A server's complaint may quote what it was sent.
            said = error if isinstance(error, ServerUnreachable) else type(error).__name__
            _log.warning("rate limits are not enforced, calls are %s: %s", _SAID[self._on_error], said)
            return unenforced(self._on_error == "allow")
        return read_decision(self._limits, states)

    def _keys(self, key: str) -> list[str]:
        return [limit_key(self._prefix, key, limit) for limit in self._limits]


_SAID = {"allow": "allowed", "deny": "denied"}
