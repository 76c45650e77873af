"""What endpoints ask for: the resources of the process, and who is calling and may do what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Annotated
from uuid import UUID

from fastapi import Depends, HTTPException, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from janua import AsyncDatabase
from janua.redis import AsyncRateLimiter, AsyncRedis

from examples.identity.mail import Outbox
from examples.identity.tokens import token_hash
from generated import api_keys, memberships, sessions
from generated.api_keys import AuthenticateApiKeyRow
from generated.enums import MembershipRole, Permission
from generated.models import Membership
from generated.sessions import AuthenticateSessionRow


@dataclass(frozen=True, slots=True)
class Resources:
    """What lives as long as the process."""

    db: AsyncDatabase
    redis: AsyncRedis
    passwords: AsyncRateLimiter
    outbox: Outbox
    webhook_key: bytes


def get_resources(request: Request) -> Resources:
    """Return what the application opened when it started."""
    resources: Resources = request.app.state.resources
    return resources


def get_db(resources: Annotated[Resources, Depends(get_resources)]) -> AsyncDatabase:
    """Return the database, which most endpoints need and nothing else."""
    return resources.db


Kept = Annotated[Resources, Depends(get_resources)]
Db = Annotated[AsyncDatabase, Depends(get_db)]


def get_client_address(request: Request) -> IPv4Address | IPv6Address:
    """Return where the request came from. Without an address, the peer is on this machine's Unix socket."""
    return ip_address(request.client.host if request.client else "127.0.0.1")


ClientAddress = Annotated[IPv4Address | IPv6Address, Depends(get_client_address)]


async def get_session(
    db: Db, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]
) -> AuthenticateSessionRow:
    """Return the session and its user, or answer 401."""
    if bearer is not None:
        session = await sessions.authenticate_session(db, token_hash=token_hash(bearer.credentials))
        if session is not None:
            return session
    raise HTTPException(401, "log in first", {"WWW-Authenticate": "Bearer"})


Session = Annotated[AuthenticateSessionRow, Depends(get_session)]


async def get_member(organization_id: UUID, session: Session, db: Db) -> Membership:
    """Return the caller's membership in the path's organization; to others, it does not exist: 404."""
    member = await memberships.get_membership(db, organization_id=organization_id, user_id=session.user_id)
    if member is None:
        raise HTTPException(404, "there is no such organization")
    return member


Member = Annotated[Membership, Depends(get_member)]


def get_administrator(member: Member) -> Membership:
    """Return the caller's membership where it is an owner's or admin's, or answer 403."""
    if member.role not in (MembershipRole.OWNER, MembershipRole.ADMIN):
        raise HTTPException(403, "only owners and admins may do this")
    return member


Administrator = Annotated[Membership, Depends(get_administrator)]


def permitted(permission: Permission) -> Callable[[Membership, AsyncDatabase], Awaitable[Membership]]:
    """Return the dependency that lets members with this permission pass and answers 403 to the others."""

    async def get_permitted(member: Member, db: Db) -> Membership:
        is_allowed = await memberships.may(
            db, organization_id=member.organization_id, user_id=member.user_id, permission=permission
        )
        if not is_allowed:
            raise HTTPException(403, f"this needs the permission {permission}")
        return member

    return get_permitted


async def get_api_key(
    db: Db,
    address: ClientAddress,
    key: Annotated[str | None, Depends(APIKeyHeader(name="X-API-Key", auto_error=False))],
) -> AuthenticateApiKeyRow:
    """Return what the caller's API key may do, or answer 401. Every use is counted."""
    if key is not None:
        found = await api_keys.authenticate_api_key(db, key_hash=token_hash(key), ip_address=address)
        if found is not None:
            return found
    raise HTTPException(401, "send a valid key in the header X-API-Key")


ApiKey = Annotated[AuthenticateApiKeyRow, Depends(get_api_key)]
