"""The audit trail of an organization."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, JsonValue

from examples.identity.api.dependencies import Db, permitted
from generated import audit
from generated.audit import ListAuditTrailOfMonthRow
from generated.enums import AuditSeverity, Permission
from generated.models import Membership

router = APIRouter(tags=["audit"])


class AuditEvent(BaseModel):
    id: int
    occurred_at: datetime
    action: str
    severity: AuditSeverity
    actor: str
    target_type: str | None
    target_id: UUID | None
    ip_address: IPv4Address | IPv6Address | IPv4Interface | IPv6Interface | None
    changes: JsonValue


@router.get("/organizations/{organization_id}/audit.jsonl")
async def export(
    member: Annotated[Membership, Depends(permitted(Permission.AUDIT_READ))], db: Db, since: AwareDatetime
) -> StreamingResponse:
    """Everything that happened since a time, oldest first, a line of JSON an event."""

    async def lines() -> AsyncIterator[str]:
        async with audit.stream_audit_trail(db, organization_id=member.organization_id, since=since) as events:
            async for event in events:
                yield AuditEvent.model_validate(event, from_attributes=True).model_dump_json() + "\n"

    return StreamingResponse(lines(), media_type="application/jsonl")


@router.get("/organizations/{organization_id}/audit/{year}/{month}", response_model=list[AuditEvent])
async def list_month(
    member: Annotated[Membership, Depends(permitted(Permission.AUDIT_READ))],
    db: Db,
    year: Annotated[int, Path(ge=2000, le=9998)],
    month: Annotated[int, Path(ge=1, le=12)],
) -> list[ListAuditTrailOfMonthRow]:
    """Everything that happened in one month (UTC), newest first."""
    first_day = date(year, month, 1)
    return await audit.list_audit_trail_of_month(db, organization_id=member.organization_id, month=first_day)
