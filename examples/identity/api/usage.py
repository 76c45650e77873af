"""Usage: recorded by programs with an API key, read by members of the organization."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from examples.identity.api.dependencies import ApiKey, Db, Member
from generated import usage
from generated.api_keys import AuthenticateApiKeyRow
from generated.usage import ListUsageByDayRow, RecordUsagesParams

router = APIRouter(tags=["usage"])

_SCOPE = "usage:write"
_LONGEST_PERIOD = timedelta(days=366)


class UsageEvent(BaseModel):
    metric: str
    quantity: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    duration_ms: float | None = None
    idempotency_key: UUID = Field(default_factory=uuid4)


class Recorded(BaseModel):
    was_new: bool


def _require_scope(key: AuthenticateApiKeyRow) -> None:
    if _SCOPE not in key.scopes:
        raise HTTPException(403, f"the key lacks the scope {_SCOPE}")


@router.post("/usage", status_code=201)
async def record_usage(body: UsageEvent, key: ApiKey, db: Db) -> Recorded:
    """Record an event. One that is reported again, under the same idempotency key, counts once."""
    _require_scope(key)
    number = await usage.record_usage(
        db,
        idempotency_key=body.idempotency_key,
        organization_id=key.organization_id,
        api_key_id=key.id,
        user_id=None,
        metric=body.metric,
        quantity=body.quantity,
        duration_ms=body.duration_ms,
    )
    return Recorded(was_new=number is not None)


@router.post("/usage/batch", status_code=201)
async def record_usages(body: Annotated[list[UsageEvent], Field(max_length=10_000)], key: ApiKey, db: Db) -> list[UUID]:
    """Record many events at once. Returns the keys of those that were not reported before."""
    _require_scope(key)
    events = [
        RecordUsagesParams(
            idempotency_key=event.idempotency_key,
            api_key_id=key.id,
            metric=event.metric,
            quantity=event.quantity,
            duration_ms=event.duration_ms,
        )
        for event in body
    ]
    return await usage.record_usages(db, events)


@router.get("/organizations/{organization_id}/usage")
async def list_usage_by_day(
    member: Member, db: Db, metric: str, first_day: date, last_day: date
) -> list[ListUsageByDayRow]:
    """One metric by day (UTC), days without usage included, for a year at most."""
    if last_day - first_day > _LONGEST_PERIOD:
        raise HTTPException(422, f"at most {_LONGEST_PERIOD.days} days at once")
    return await usage.list_usage_by_day(
        db, organization_id=member.organization_id, metric=metric, first_day=first_day, last_day=last_day
    )
