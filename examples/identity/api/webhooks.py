"""Webhooks: addresses that an organization wants called. The worker makes the calls."""

from __future__ import annotations

import secrets
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from examples.identity import signing
from examples.identity.api import events
from examples.identity.api.dependencies import Administrator, Db, Kept
from generated import webhooks
from generated.enums import WebhookEvent
from generated.webhooks import ListWebhooksWithLastDeliveryRow

router = APIRouter(prefix="/organizations/{organization_id}/webhooks", tags=["webhooks"])

# Names of the receiver's own, so that no header of the call itself can be replaced.
HeaderName = Annotated[str, Field(pattern=r"^[Xx]-[A-Za-z0-9-]+$", max_length=100)]
HeaderValue = Annotated[str, Field(pattern=r"^[\x21-\x7e][\x20-\x7e]*$", max_length=1000)]


class NewWebhook(BaseModel):
    url: Annotated[str, Field(pattern=r"^https://[\x21-\x7e]+$", max_length=2000)]
    events: Annotated[list[WebhookEvent], Field(min_length=1)]
    description: str | None = None
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)


class ShownWebhook(BaseModel):
    id: UUID
    secret: str


@router.post("", status_code=201)
async def create_webhook(body: NewWebhook, caller: Administrator, resources: Kept) -> ShownWebhook:
    """Register an address. The secret, by which its calls are verified, is shown only here."""
    seed = secrets.token_bytes(32)
    async with resources.db.transaction() as tx:
        webhook = await webhooks.create(
            tx,
            organization_id=caller.organization_id,
            url=body.url,
            description=body.description,
            events=body.events,
            secret=seed,
            headers=body.headers,
            created_by=caller.user_id,
        )
        await events.record(
            tx,
            "webhook.created",
            actor_id=caller.user_id,
            organization_id=caller.organization_id,
            target=("webhook", webhook.id),
        )
    key = signing.signing_key(resources.webhook_key, seed)
    return ShownWebhook(id=webhook.id, secret=signing.written_key(key))


@router.get("")
async def list_webhooks(caller: Administrator, db: Db) -> list[ListWebhooksWithLastDeliveryRow]:
    """The organization's webhooks and how the latest call of each went."""
    return await webhooks.list_webhooks_with_last_delivery(db, organization_id=caller.organization_id)
