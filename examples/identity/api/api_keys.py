"""Keys with which programs call for an organization. A key is shown once, when it is made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel

from examples.identity.api import events
from examples.identity.api.dependencies import Db, permitted
from examples.identity.tokens import new_api_key, token_hash
from generated import api_keys
from generated.api_keys import ListApiKeysRow
from generated.enums import AuditSeverity, Permission
from generated.models import Membership

router = APIRouter(prefix="/organizations/{organization_id}/api-keys", tags=["api keys"])

Reader = Annotated[Membership, Depends(permitted(Permission.KEYS_READ))]
Writer = Annotated[Membership, Depends(permitted(Permission.KEYS_WRITE))]


class NewApiKey(BaseModel):
    name: str
    scopes: list[str]
    rate_limit: int | None = None
    expires_at: datetime | None = None


class ShownApiKey(BaseModel):
    id: UUID
    key: str


@router.post("", status_code=201)
async def create_api_key(body: NewApiKey, caller: Writer, db: Db) -> ShownApiKey:
    """Make a key. 409 where the organization has one of this name."""
    key, prefix = new_api_key()
    async with db.transaction() as tx:
        created = await api_keys.create(
            tx,
            organization_id=caller.organization_id,
            created_by=caller.user_id,
            name=body.name,
            prefix=prefix,
            key_hash=token_hash(key),
            scopes=body.scopes,
            rate_limit=body.rate_limit,
            expires_at=body.expires_at,
        )
        await events.record(
            tx,
            "api_key.created",
            actor_id=caller.user_id,
            organization_id=caller.organization_id,
            target=("api_key", created.id),
        )
    return ShownApiKey(id=created.id, key=key)


@router.get("")
async def list_api_keys(caller: Reader, db: Db) -> list[ListApiKeysRow]:
    """The keys that still work, and who made them."""
    return await api_keys.list_api_keys(db, organization_id=caller.organization_id)


@router.post("/{key_id}/rotation", status_code=201)
async def rotate_api_key(key_id: UUID, caller: Writer, db: Db) -> ShownApiKey:
    """Put a new key in the place of one, with its name, scopes and limits. 404 where that is revoked already."""
    key, prefix = new_api_key()
    async with db.transaction() as tx:
        fresh = await api_keys.rotate_api_key(
            tx,
            id=key_id,
            organization_id=caller.organization_id,
            rotated_by=caller.user_id,
            prefix=prefix,
            key_hash=token_hash(key),
        )
        await events.record(
            tx,
            "api_key.rotated",
            actor_id=caller.user_id,
            organization_id=caller.organization_id,
            target=("api_key", key_id),
            changes={"id": {"old": str(key_id), "new": str(fresh.id)}},
        )
    return ShownApiKey(id=fresh.id, key=key)


@router.delete("/{key_id}", status_code=204)
async def revoke_api_key(key_id: UUID, caller: Writer, db: Db) -> None:
    """End a key for good. 404 where it has ended already."""
    async with db.transaction() as tx:
        if not await api_keys.revoke_api_key(tx, id=key_id, organization_id=caller.organization_id):
            raise HTTPException(404, "the key has been revoked already")
        await events.record(
            tx,
            "api_key.revoked",
            actor_id=caller.user_id,
            organization_id=caller.organization_id,
            target=("api_key", key_id),
            severity=AuditSeverity.NOTICE,
        )
