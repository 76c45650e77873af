"""The audit trail of an organization."""

from __future__ import annotations

from datetime import date, datetime
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, JsonValue

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
