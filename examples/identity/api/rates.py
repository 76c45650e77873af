"""How often one address may have a password hashed, which is expensive on purpose: counted for all processes."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, HTTPException
from janua.redis import AsyncRateLimiter, AsyncRedis, SlidingWindow

from examples.identity.api.dependencies import ClientAddress, Kept


def limit_passwords(redis: AsyncRedis, per_minute: int) -> AsyncRateLimiter:
    """Return the limiter. Where Redis is away it lets calls through: logging in does not depend on it."""
    limits = SlidingWindow(per_minute, timedelta(minutes=1)), SlidingWindow(10 * per_minute, timedelta(hours=1))
    return AsyncRateLimiter(redis, *limits, prefix="passwords:", on_error="allow")


async def take_a_password(resources: Kept, address: ClientAddress) -> None:
    """Count the call, or answer 429 and say when to come again."""
    decision = await resources.passwords.consume(str(address))
    if not decision.allowed:
        wait = str(math.ceil(decision.retry_after.total_seconds()))
        raise HTTPException(429, "too many passwords from this address; try again later", {"Retry-After": wait})


HashesAPassword = Annotated[None, Depends(take_a_password)]
