"""How services call generated code: every line here must pass mypy --strict and pyright. It is never run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import assert_type
from uuid import UUID

from janua import UNSET, AsyncDatabase, AsyncExecutor, ConstraintViolation, Database, Executor, Page, Unset
from psycopg.errors import UniqueViolation

from generated import audit, constraints, factories, memberships, products, usage, users
from generated.audit import CopyAuditEventsParams, StreamAuditTrailRow
from generated.enums import UserStatus
from generated.models import Organization, OrganizationMember, Product, Session, User
from generated.products import ChangePricesParams, ChangePricesRow, NewProduct
from generated.usage import RecordUsagesParams
from generated.users import ListUsersRow


def a_call(db: Database, id: UUID) -> str:
    """A sync executor gives the value itself."""
    user = users.get_user(db, id=id)
    assert_type(user, User | None)
    if user is None:
        return ""
    assert_type(user.status, UserStatus)
    assert_type(user.name, str | None)
    assert_type(users.list_users_by_id(db, ids=[id]), list[User])
    assert_type(users.set_marketing_consent(db, accepts=True, id=id), int)
    return user.display_name


async def an_awaited_call(db: AsyncDatabase, id: UUID) -> None:
    """An async executor gives something to await."""
    assert_type(await users.get_user(db, id=id), User | None)
    assert_type(await users.list_users_by_id(db, ids=(id,)), list[User])
    assert_type(await users.set_marketing_consent(db, accepts=True, id=id), int)


async def calls_at_once(db: AsyncDatabase, ids: Sequence[UUID]) -> list[User]:
    """What it gives is a coroutine: it goes into a task group and into gather."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(users.get_user(db, id=id)) for id in ids]
    first, everyone = await asyncio.gather(users.get_user(db, id=ids[0]), users.list_users_by_id(db, ids=ids))
    assert_type(first, User | None)
    assert_type(everyone, list[User])
    return [user for task in tasks if (user := task.result()) is not None]


def in_a_transaction(db: Database, id: UUID) -> None:
    """A transaction is an executor."""
    with db.transaction() as transaction:
        assert_type(users.get_user(transaction, id=id), User | None)


async def in_an_async_transaction(db: AsyncDatabase, id: UUID) -> None:
    """The other as well."""
    async with db.transaction() as transaction:
        assert_type(await users.get_user(transaction, id=id), User | None)


def with_the_protocol(db: Executor, id: UUID) -> User | None:
    """Code that does not care which executor it gets."""
    return users.get_user(db, id=id)


async def with_the_async_protocol(db: AsyncExecutor, id: UUID) -> User | None:
    """The other as well."""
    return await users.get_user(db, id=id)


def rows_one_by_one(db: Database, id: UUID, since: datetime) -> list[int]:
    """A stream is a context manager over the rows of a list."""
    with audit.stream_audit_trail(db, organization_id=id, since=since) as rows:
        assert_type(rows, Iterator[StreamAuditTrailRow])
        return [row.id for row in rows]


async def awaited_rows_one_by_one(db: AsyncDatabase, id: UUID, since: datetime) -> list[int]:
    """The other as well."""
    async with db.transaction() as tx, audit.stream_audit_trail(tx, organization_id=id, since=since) as rows:
        assert_type(rows, AsyncIterator[StreamAuditTrailRow])
        return [row.id async for row in rows]


async def many_rows(db: Database, adb: AsyncDatabase, events: Iterable[CopyAuditEventsParams]) -> None:
    """Copies take any iterable, asynchronous executors an asynchronous one too."""

    async def gathered() -> AsyncIterator[CopyAuditEventsParams]:
        for event in events:
            yield event

    assert_type(audit.copy_audit_events(db, events), int)
    assert_type(audit.copy_audit_events(db, (event for event in events)), int)
    assert_type(await audit.copy_audit_events(adb, [*events]), int)
    assert_type(await audit.copy_audit_events(adb, gathered()), int)


async def many_sets(db: Executor, adb: AsyncExecutor, id: UUID) -> None:
    """Bulk inserts give the rows, batches what each set gives."""
    event = RecordUsagesParams(
        idempotency_key=id, api_key_id=None, metric="calls", quantity=Decimal(1), duration_ms=None
    )
    assert_type(usage.record_usages(db, [event]), list[UUID])
    assert_type(await usage.record_usages(adb, [event]), list[UUID])
    prices = (ChangePricesParams(sku=sku, price=Decimal(1)) for sku in ("a", "b"))
    assert_type(products.change_prices(db, prices), list[ChangePricesRow | None])
    assert_type(await products.change_prices(adb, prices), list[ChangePricesRow | None])


async def calls_in_a_pipeline(db: Database, adb: AsyncDatabase, id: UUID) -> None:
    """A pipeline is an executor: what its calls return is typed as ever."""
    with db.pipeline() as pipeline:
        assert_type(users.get_user(pipeline, id=id), User | None)
    async with adb.transaction() as tx, tx.pipeline() as apipeline:
        user, everyone = await asyncio.gather(
            users.get_user(apipeline, id=id), users.list_users_by_id(apipeline, ids=[id])
        )
        assert_type(user, User | None)
        assert_type(everyone, list[User])


def parts_left_out(db: Database, id: UUID) -> None:
    """What may be left out has a default; None is a value of its own where the column takes it."""
    assert_type(users.update_profile(db, id=id), User | None)
    assert_type(users.update_profile(db, id=id, name=None, locale="de"), User | None)
    given: str | Unset | None = UNSET
    users.update_profile(db, id=id, name=given)
    assert_type(memberships.find_members(db, organization_id=id), list[OrganizationMember])
    memberships.find_members(db, organization_id=id, name="a", order_by="name")


def pages(db: Database) -> str | None:
    """Rows and a cursor."""
    page = users.list_users(db, limit=10)
    assert_type(page, Page[ListUsersRow])
    assert_type(page.items, list[ListUsersRow])
    return users.list_users(db, limit=10, after=page.next, status=UserStatus.ACTIVE).next


async def awaited_pages(db: AsyncDatabase, id: UUID) -> None:
    """The same, awaited."""
    assert_type(await users.list_users(db, limit=10), Page[ListUsersRow])
    assert_type(await memberships.find_members(db, organization_id=id, order_by="joined"), list[OrganizationMember])


def a_violated_constraint(db: Database, address: str) -> tuple[str, ...]:
    """Each constraint is an error of its own, which is psycopg's and the runtime's as well."""
    try:
        users.register_user(db, email=address, name=None, password_hash=b"", locale="en")
    except constraints.UsersEmailKey as error:
        assert_type(error, constraints.UsersEmailKey)
        assert_type(error.sqlstate, str | None)
        caught: ConstraintViolation = error
        driver: UniqueViolation = error
        return (caught.schema, caught.table, caught.constraint, *error.columns, str(driver.diag.constraint_name))
    return ()


async def standard_calls(db: Database, adb: AsyncDatabase, id: UUID) -> None:
    """Rows of a table are of its model; a reference that is sure gives a row, another one perhaps None."""
    assert_type(products.find_by_sku(db, sku="a"), Product | None)
    assert_type(await products.find_by_sku(adb, sku="a"), Product | None)
    assert_type(products.create(db, sku="a", name="A", price=Decimal(1), description=None), Product)
    assert_type(products.update(db, id=id, description=None, currency=UNSET), Product | None)
    assert_type(products.upsert_by_sku(db, sku="a", name="A", price=Decimal(1)), Product)
    new = [NewProduct(sku="a", name="A", price=Decimal(1), currency="USD")]
    assert_type(products.create_many(db, new), list[Product])
    assert_type(await products.copy_many(adb, new), int)
    assert_type((products.exists(db, id=id), products.count(db), products.delete(db, id=id)), tuple[bool, int, int])
    assert_type(products.page(db, limit=2), Page[Product])
    for member in memberships.list_by_organization_id(db, organization_id=id):
        assert_type(memberships.organization_of(db, member), Organization)
        assert_type(await memberships.invited_by_of(adb, member), User | None)


def rows_for_tests(db: Database, user: User, expires_at: datetime | Unset) -> User:
    """A factory takes any columns of its table, and gives the row."""
    session = factories.make_session(db, user_id=user.id, expires_at=expires_at, revoked_at=None)
    assert_type(session, Session)
    return factories.make_user(db)


async def rows_for_asynchronous_tests(db: AsyncExecutor) -> User:
    """Awaited."""
    user = await factories.make_user(db, email="a@example.com", status=UserStatus.ACTIVE)
    assert_type(user, User)
    return user
