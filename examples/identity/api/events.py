"""
What is written down beside a change, in the transaction that makes it: both happen, or neither.

So a webhook is never called for something that was rolled back, and never forgotten for something that was not.
"""

from __future__ import annotations

from uuid import UUID

from janua import AsyncExecutor
from janua.types import Inet, JsonInput

from generated import audit, webhooks
from generated.enums import AuditSeverity, WebhookEvent


async def record(
    tx: AsyncExecutor,
    action: str,
    *,
    actor_id: UUID,
    organization_id: UUID | None = None,
    target: tuple[str, UUID] | None = None,
    changes: JsonInput = None,
    ip_address: Inet | None = None,
    severity: AuditSeverity = AuditSeverity.INFO,
) -> None:
    """Add an event to the audit trail. ``target`` is what kind of thing was changed, and which."""
    target_type, target_id = target or (None, None)
    await audit.record_audit_event(
        tx,
        organization_id=organization_id,
        actor_id=actor_id,
        action=action,
        severity=severity,
        target_type=target_type,
        target_id=target_id,
        ip_address=ip_address,
        changes=changes,
    )


async def announce(tx: AsyncExecutor, event: WebhookEvent, *, organization_id: UUID, user_id: UUID) -> None:
    """Queue the event, which is about a user, for every webhook of the organization that wants it."""
    payload = {"organization_id": str(organization_id), "user_id": str(user_id)}
    await webhooks.enqueue_deliveries(tx, event=event, organization_id=organization_id, payload=payload)
