"""A person's own affairs: registering, confirming the address, logging in and out."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, HTTPException
from janua import AsyncDatabase, AsyncExecutor
from pydantic import BaseModel, Field

from examples.identity import passwords
from examples.identity.api import events
from examples.identity.api.dependencies import ClientAddress, Db, Kept, Session
from examples.identity.api.rates import HashesAPassword
from examples.identity.tokens import new_token, token_hash
from generated import authentication, models, sessions, users
from generated.enums import LoginOutcome, MembershipRole, UserStatus, VerificationPurpose, WebhookEvent
from generated.users import FindUserForLoginRow, GetUserWithOrganizationsRow, VerifyEmailRow

router = APIRouter(tags=["accounts"])

_FAILURES_ALLOWED = 5
_FAILURES_COUNT_FOR = timedelta(minutes=15)
_LINK_LASTS = timedelta(days=1)

Password = Annotated[str, Field(min_length=12, max_length=128)]


class Registration(BaseModel):
    email: str
    password: Password
    name: str | None = None
    locale: str = "en"


class Account(BaseModel):
    id: UUID
    email: str
    display_name: str
    status: UserStatus


class Verification(BaseModel):
    token: str


class Credentials(BaseModel):
    email: str
    password: Annotated[str, Field(max_length=128)]


class LoggedIn(BaseModel):
    token: str
    expires_at: datetime


class OrganizationOfUser(BaseModel):
    id: UUID
    slug: str
    name: str
    role: MembershipRole


class Profile(BaseModel):
    id: UUID
    display_name: str
    is_verified: bool
    organizations: list[OrganizationOfUser]


@router.post("/users", status_code=201, response_model=Account)
async def register(body: Registration, resources: Kept, address: ClientAddress, _: HashesAPassword) -> models.User:
    """Register; the token to confirm the address comes by mail. 409 where that is taken, 429 after too many calls."""
    password_hash = await asyncio.to_thread(passwords.hash_password, body.password)
    token = new_token()
    async with resources.db.transaction() as tx:
        user = await users.register_user(
            tx, email=body.email, name=body.name, password_hash=password_hash, locale=body.locale
        )
        await authentication.issue_verification_token(
            tx,
            token_hash=token_hash(token),
            user_id=user.id,
            purpose=VerificationPurpose.EMAIL,
            new_email=None,
            lifetime=_LINK_LASTS,
        )
        await events.record(tx, "user.registered", actor_id=user.id, target=("user", user.id), ip_address=address)
    await asyncio.to_thread(resources.outbox.send, user.email, "Confirm your address", f"token={token}")
    return user


@router.post("/users/verification")
async def verify(body: Verification, db: Db) -> VerifyEmailRow:
    """Confirm an address with the token from the mail. 404 where that was used before or is late."""
    async with db.transaction() as tx:
        link = await authentication.use_verification_token(
            tx, token_hash=token_hash(body.token), purpose=VerificationPurpose.EMAIL
        )
        if link is None:
            raise HTTPException(404, "the token has been used or has expired")
        return await users.verify_email(tx, id=link.user_id)


@router.post("/sessions", status_code=201)
async def log_in(
    body: Credentials,
    db: Db,
    address: ClientAddress,
    _: HashesAPassword,
    user_agent: Annotated[str | None, Header()] = None,
) -> LoggedIn:
    """Log in. 401 for wrong credentials, 403 for an account that may not, 429 after too many failures or calls."""
    await _refuse_guessing(db, body.email)
    user = await users.find_user_for_login(db, email=body.email)
    stored = user.password_hash if user else None
    is_right = await asyncio.to_thread(passwords.is_password, body.password, stored)
    outcome = _outcome(user, is_right)
    if user is None or outcome is not LoginOutcome.SUCCESS:
        await _note_attempt(db, body.email, outcome, address)
        raise _refusal(outcome)
    token = new_token()
    async with db.transaction() as tx:
        await _note_attempt(tx, body.email, outcome, address)
        await users.record_login(tx, id=user.id, risk_score=None)
        session = await sessions.create_session(
            tx,
            user_id=user.id,
            organization_id=None,
            token_hash=token_hash(token),
            ip_address=address,
            user_agent=user_agent,
        )
    return LoggedIn(token=token, expires_at=session.expires_at)


@router.delete("/sessions/current", status_code=204)
async def log_out(session: Session, db: Db) -> None:
    """End the session; its token opens nothing any more."""
    async with db.transaction() as tx:
        await sessions.revoke_session(tx, id=session.id, user_id=session.user_id)
        if session.organization_id is not None:
            await events.announce(
                tx,
                WebhookEvent.SESSION_REVOKED,
                organization_id=session.organization_id,
                user_id=session.user_id,
            )


@router.put("/sessions/current/organization/{organization_id}", status_code=204)
async def work_in(organization_id: UUID, session: Session, db: Db) -> None:
    """Work in one of the user's organizations from now on. 404 where the user is not a member."""
    if not await sessions.switch_organization(db, id=session.id, organization_id=organization_id):
        raise HTTPException(404, "there is no such organization")


@router.get("/me", response_model=Profile)
async def get_me(session: Session, db: Db) -> GetUserWithOrganizationsRow:
    """Who is logged in, and where that person belongs."""
    profile = await users.get_user_with_organizations(db, id=session.user_id)
    if profile is None:
        raise HTTPException(404, "the account is gone")
    return profile


async def _refuse_guessing(db: AsyncDatabase, email: str) -> None:
    recent = await authentication.count_recent_failures(db, email=email, within=_FAILURES_COUNT_FOR)
    if recent.failures >= _FAILURES_ALLOWED:
        wait = str(int(_FAILURES_COUNT_FOR.total_seconds()))
        raise HTTPException(429, "too many failed attempts; try again later", {"Retry-After": wait})


def _outcome(user: FindUserForLoginRow | None, is_right: bool) -> LoginOutcome:
    if user is None:
        return LoginOutcome.UNKNOWN_USER
    if not is_right:
        return LoginOutcome.WRONG_PASSWORD
    if user.status is not UserStatus.ACTIVE:
        return LoginOutcome.LOCKED
    # This service enrols no second factors; it must not pass over one that another service asks for.
    return LoginOutcome.WRONG_CODE if user.needs_second_factor else LoginOutcome.SUCCESS


def _refusal(outcome: LoginOutcome) -> HTTPException:
    if outcome is LoginOutcome.LOCKED:
        return HTTPException(403, "the address is not confirmed yet, or the account is locked")
    if outcome is LoginOutcome.WRONG_CODE:
        return HTTPException(403, "this account needs a second factor")
    return HTTPException(401, "wrong address or password")


async def _note_attempt(
    db: AsyncExecutor, email: str, outcome: LoginOutcome, address: IPv4Address | IPv6Address
) -> None:
    await authentication.record_login_attempt(db, email=email, outcome=outcome, ip_address=address, country=None)
