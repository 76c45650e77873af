"""Whether the service works, for those who watch it."""

from __future__ import annotations

import asyncio
from typing import Literal

from fastapi import APIRouter, Response
from janua import Health, ServerUnreachable
from janua.redis import AsyncRedis
from pydantic import BaseModel

from examples.identity import heartbeat
from examples.identity.api.dependencies import Kept
from examples.identity.heartbeat import Heartbeat

router = APIRouter(tags=["health"])


class ServiceHealth(BaseModel):
    status: Literal["ok", "degraded", "down"]
    database: Health
    redis: Health
    worker: Heartbeat | None


@router.get("/health")
async def get_health(resources: Kept, response: Response) -> ServiceHealth:
    """
    Ask both servers, and look for a worker's sign of life.

    Without the database nothing works: ``down``, and 503, so that no requests are sent here. Without Redis or
    a worker, requests are still answered: ``degraded``.
    """
    database, redis, worker = await asyncio.gather(
        resources.db.health(), resources.redis.health(), _find_worker(resources.redis)
    )
    if not database.ok:
        response.status_code = 503
        return ServiceHealth(status="down", database=database, redis=redis, worker=worker)
    status: Literal["ok", "degraded"] = "ok" if redis.ok and worker else "degraded"
    return ServiceHealth(status=status, database=database, redis=redis, worker=worker)


async def _find_worker(redis: AsyncRedis) -> Heartbeat | None:
    try:
        return await redis.get(heartbeat.KEY, Heartbeat)
    except ServerUnreachable:
        return None
