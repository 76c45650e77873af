"""Invitations: made by those who manage an organization, accepted with the token from the mail."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from examples.identity.api import events
from examples.identity.api.dependencies import Administrator, Db, Kept, Session
from examples.identity.tokens import new_token, token_hash
from generated import invitations
from generated.enums import MembershipRole, WebhookEvent
from generated.invitations import AcceptInvitationRow, InviteRow, ListPendingInvitationsRow

router = APIRouter(tags=["invitations"])


class NewInvitation(BaseModel):
    email: str
    role: MembershipRole = MembershipRole.MEMBER
    message: str | None = None


class Acceptance(BaseModel):
    token: str


@router.post("/organizations/{organization_id}/invitations", status_code=201)
async def invite(body: NewInvitation, caller: Administrator, resources: Kept) -> InviteRow:
    """Invite an address, or invite it again with a new token, after which the one before is worth nothing."""
    if body.role == MembershipRole.OWNER and caller.role != MembershipRole.OWNER:
        raise HTTPException(403, "only owners make and unmake owners")
    token = new_token()
    async with resources.db.transaction() as tx:
        invitation = await invitations.invite(
            tx,
            organization_id=caller.organization_id,
            email=body.email,
            role=body.role,
            group_ids=[],
            message=body.message,
            token_hash=token_hash(token),
            invited_by=caller.user_id,
        )
        await events.record(
            tx,
            "member.invited",
            actor_id=caller.user_id,
            organization_id=caller.organization_id,
            target=("invitation", invitation.id),
        )
    text = f"{body.message or 'You are invited.'}\ntoken={token}"
    await asyncio.to_thread(resources.outbox.send, body.email, "You are invited", text)
    return invitation


@router.get("/organizations/{organization_id}/invitations")
async def list_pending(caller: Administrator, db: Db) -> list[ListPendingInvitationsRow]:
    """The invitations that nobody has accepted yet, the next to expire first."""
    return await invitations.list_pending_invitations(db, organization_id=caller.organization_id)


@router.post("/invitations/acceptance")
async def accept(body: Acceptance, session: Session, db: Db) -> AcceptInvitationRow:
    """Become a member. 404 for a token that was used, revoked or has expired."""
    async with db.transaction() as tx:
        joined = await invitations.accept_invitation(tx, token_hash=token_hash(body.token), user_id=session.user_id)
        await events.record(
            tx,
            "member.joined",
            actor_id=session.user_id,
            organization_id=joined.organization_id,
            target=("user", session.user_id),
        )
        await events.announce(
            tx, WebhookEvent.MEMBER_JOINED, organization_id=joined.organization_id, user_id=session.user_id
        )
    return joined
