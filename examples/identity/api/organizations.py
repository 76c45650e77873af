"""Organizations and their members."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query
from janua import AsyncTransaction
from pydantic import BaseModel

from examples.identity.api import events, paging
from examples.identity.api.dependencies import Administrator, Db, Member, Session, permitted
from examples.identity.api.paging import Limit
from generated import memberships, organizations, users
from generated.enums import AuditSeverity, MembershipRole, Permission, WebhookEvent
from generated.models import Membership, OrganizationMember
from generated.organizations import CreateOrganizationRow
from generated.users import SearchUsersRow

router = APIRouter(tags=["organizations"])


class NewOrganization(BaseModel):
    slug: str
    name: str
    billing_email: str | None = None


class MemberPage(BaseModel):
    items: list[OrganizationMember]
    next: str | None


class NewRole(BaseModel):
    role: MembershipRole


@router.post("/organizations", status_code=201)
async def create_organization(body: NewOrganization, session: Session, db: Db) -> CreateOrganizationRow:
    """Create an organization, whose first owner is the caller. 409 where the slug is taken."""
    async with db.transaction() as tx:
        created = await organizations.create_organization(
            tx, slug=body.slug, name=body.name, billing_email=body.billing_email, owner_id=session.user_id
        )
        await events.record(
            tx,
            "organization.created",
            actor_id=session.user_id,
            organization_id=created.id,
            target=("organization", created.id),
        )
    return created


@router.get("/organizations/{organization_id}/members")
async def list_members(member: Member, db: Db, after: str | None = None, limit: Limit = 50) -> MemberPage:
    """Members with their roles, in the order in which they joined. ``next`` is ``after`` of the next page."""
    joined_at, user_id = paging.read_cursor(after)
    rows = await memberships.list_members_after(
        db, organization_id=member.organization_id, joined_at=joined_at, user_id=user_id, limit=limit
    )
    is_full = len(rows) == limit
    return MemberPage(items=rows, next=paging.make_cursor(rows[-1].joined_at, rows[-1].user_id) if is_full else None)


@router.get("/organizations/{organization_id}/users")
async def search_users(
    member: Annotated[Membership, Depends(permitted(Permission.USERS_READ))],
    db: Db,
    term: Annotated[str, Query(min_length=1, max_length=100)],
    limit: Limit = 20,
) -> list[SearchUsersRow]:
    """Members whose name or address resembles the term, the most similar first."""
    return await users.search_users(db, organization_id=member.organization_id, term=term, limit=limit)


@router.patch("/organizations/{organization_id}/members/{user_id}", status_code=204)
async def change_role(user_id: UUID, body: NewRole, caller: Administrator, db: Db) -> None:
    """Give a member another role. 409 where nobody would be left as owner."""
    organization_id = caller.organization_id

    async def change(tx: AsyncTransaction) -> None:
        member = await memberships.get_membership(tx, organization_id=organization_id, user_id=user_id)
        if member is None:
            raise HTTPException(404, "there is no such member")
        # The caller's own role, too, as it is in this transaction: it may have just been taken away.
        me = await memberships.get_membership(tx, organization_id=organization_id, user_id=caller.user_id)
        if MembershipRole.OWNER in (body.role, member.role) and (me is None or me.role != MembershipRole.OWNER):
            raise HTTPException(403, "only owners make and unmake owners")
        if not await memberships.change_role(tx, organization_id=organization_id, user_id=user_id, role=body.role):
            raise HTTPException(409, "an organization needs an owner")
        await events.record(
            tx,
            "member.role_changed",
            actor_id=caller.user_id,
            organization_id=organization_id,
            target=("user", user_id),
            changes={"role": {"old": member.role, "new": body.role}},
            severity=AuditSeverity.NOTICE,
        )

    # Two owners who step down at once each see the other: serializable lets one of them through, and
    # run() calls the other's function again, which then sees that it is the last.
    await db.run(change, isolation="serializable")


@router.delete("/organizations/{organization_id}/members/{user_id}", status_code=204)
async def remove_member(user_id: UUID, caller: Administrator, db: Db) -> None:
    """End a membership. 409 for an owner, who has to step down first."""
    organization_id = caller.organization_id

    async def remove(tx: AsyncTransaction) -> None:
        member = await memberships.get_membership(tx, organization_id=organization_id, user_id=user_id)
        if member is None:
            raise HTTPException(404, "there is no such member")
        if member.role == MembershipRole.OWNER:
            raise HTTPException(409, "an owner has to step down first")
        await memberships.remove_member(tx, organization_id=organization_id, user_id=user_id)
        await events.record(
            tx, "member.removed", actor_id=caller.user_id, organization_id=organization_id, target=("user", user_id)
        )
        await events.announce(tx, WebhookEvent.MEMBER_LEFT, organization_id=organization_id, user_id=user_id)

    await db.run(remove, isolation="serializable")
