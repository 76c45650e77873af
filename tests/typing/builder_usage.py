"""How services build statements: every line here must pass mypy --strict and pyright. It is never run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, assert_type
from uuid import UUID

from janua import AsyncDatabase, Database
from janua.builder import avg, coalesce, count, delete, exists, func, insert, max, outer, select, sum, update

from generated.enums import MembershipRole, UserStatus
from generated.models import Organization, User
from generated.tables import api_keys, memberships, organizations, users


@dataclass
class Member:
    """A class of rows."""

    id: UUID
    role: MembershipRole


def selected(db: Database, day: dt.datetime) -> None:
    """A row is a tuple of what is selected, one column's bare value, or a table's model."""
    assert_type(select(users.id).all(db), list[UUID])
    assert_type(select(users.id, users.name).where(users.created_at > day).all(db), list[tuple[UUID, str | None]])
    assert_type(select(users).one(db), User)
    assert_type(select(users).optional(db), User | None)
    assert_type(select(users.status, users).first(db), tuple[UserStatus, User])
    assert_type(select(memberships.user_id, memberships.role).into(Member).all(db), list[Member])
    u = users.as_("u")
    assert_type(select(u.id, users.name).join(u, on=u.id == users.id).all(db), list[tuple[UUID, str | None]])
    assert_type(
        select(u.id, u.id, u.id, u.id, u.id, u.id, u.id, u.id, u.id, u.id, u.name).all(db), list[tuple[Any, ...]]
    )


async def awaited(db: AsyncDatabase) -> None:
    """On an async executor each method gives something to await."""
    assert_type(await select(users.id, users.name).all(db), list[tuple[UUID, str | None]])
    assert_type(await select(users).optional(db), User | None)
    assert_type(await update(users).set(name=None).every_row().execute(db), int)


def joined(db: Database) -> None:
    """The columns of an outer table may be None, and so may its row."""
    o = outer(organizations)
    m = outer(memberships)
    found = (
        select(users.id, o.name, o)
        .left_join(m, on=m.user_id == users.id)
        .left_join(o, on=(o.id == m.organization_id) & (o.closed_at.is_null() | ~(m.role == MembershipRole.OWNER)))
        .all(db)
    )
    assert_type(found, list[tuple[UUID, str | None, Organization | None]])


def aggregated(db: Database) -> None:
    """Nothing but a count is there for sure, unless coalesce sees to it."""
    found = select(
        count(), sum(api_keys.use_count), sum(api_keys.rate_limit), avg(api_keys.rate_limit), max(users.created_at)
    ).one(db)
    assert_type(found, tuple[int, Decimal | None, int | None, Decimal | None, dt.datetime | None])
    assert_type(select(coalesce(sum(api_keys.rate_limit), 0)).one(db), int)
    assert_type(select(sum(users.risk_score), avg(users.risk_score)).one(db), tuple[float | None, float | None])


def conditions(db: Database, id: UUID) -> None:
    """A comparison is NULL where a side may be; so says its type."""
    assert_type(select(users.id == id, users.name == "x").one(db), tuple[bool, bool | None])
    assert_type(select(users.name.is_null(), users.name.like("a%")).one(db), tuple[bool, bool | None])
    both = select(users.id == memberships.user_id, users.id == memberships.invited_by)
    assert_type(both.one(db), tuple[bool, bool | None])
    assert_type(select(exists(select(users.id).where(users.id.in_([id])))).one(db), bool)
    assert_type(select(users.id.in_(select(memberships.user_id))).one(db), bool)
    assert_type(select(api_keys.use_count + 1, api_keys.rate_limit * 2).one(db), tuple[int, int | None])
    assert_type(select(sum(api_keys.use_count + 1)).one(db), Decimal | None)
    assert_type(select(func("lower", users.email, like=users.email)).one(db), str | None)


def written(db: Database, id: UUID) -> None:
    """Columns are keywords; what has a default may be left out, and what may be NULL may be None."""
    statement = insert(users).values(email="a@example.com").values(email="b@example.com", name=None)
    assert_type(statement.execute(db), int)
    assert_type(statement.returning(users.id, users.name).all(db), list[tuple[UUID, str | None]])
    change = update(api_keys).set(use_count=api_keys.use_count + 1, revoked_at=None, scopes=("read",))
    assert_type(change.where(api_keys.id == id).returning(api_keys.use_count).one(db), int)
    assert_type(delete(users).where(users.id == id).returning(users).optional(db), User | None)


def raw(db: Database) -> None:
    """Statements of no query file give dicts, or instances of a class."""
    statement = db.prepare("SELECT user_id AS id, role FROM memberships WHERE organization_id = $1", row=Member)
    assert_type(statement.fetch_all((1,)), list[Member])
    assert_type(statement.fetch_optional((1,)), Member | None)
    assert_type(db.prepare("SELECT 1").fetch_one(), dict[str, Any])
    assert_type(db.raw("SELECT 1", row=Member), list[Member])
