"""
What type checkers must report. It is never run.

Each comment names the error that is expected on its line, for mypy and for pyright. Both of them
report a comment that silences nothing, so that a mistake that passes is an error, too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from janua import UNSET, AsyncDatabase, Database

from generated import audit, audit_logs, constraints, factories, memberships, products, usage, users
from generated.audit import CopyAuditEventsParams
from generated.enums import WebhookEvent
from generated.models import User
from generated.products import ChangePricesParams, NewProduct
from generated.webhook_deliveries import NewWebhookDelivery


def wrong_arguments(db: Database, id: UUID) -> None:
    """Parameters have names and types, and are all needed."""
    users.get_user(db, uid=id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.get_user(db, id=1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    users.get_user(db)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.get_user(db, id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.get_user(id=id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.get_user(db, id=None)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    users.get_user("url", id=id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


def an_unchecked_none(db: Database, id: UUID) -> str:
    """A row that may be missing is not a row."""
    return users.get_user(db, id=id).display_name  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]


def an_unknown_column(user: User) -> None:
    """Rows have the columns that the query selects."""
    print(user.surname)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]


async def a_forgotten_await(db: AsyncDatabase, id: UUID) -> None:
    """The statement would never run."""
    users.get_user(db, id=id)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]


async def an_await_forgotten_in_an_expression(db: AsyncDatabase, id: UUID) -> User | None:
    """A coroutine is not its result."""
    return users.get_user(db, id=id)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


async def an_await_too_many(db: Database, id: UUID) -> None:
    """The value is there already."""
    await users.get_user(db, id=id)  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]


def a_stream_without_its_block(db: Database, id: UUID, since: datetime) -> None:
    """Its rows are there inside of it."""
    list(audit.stream_audit_trail(db, organization_id=id, since=since))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]


async def a_stream_of_the_other_kind(db: AsyncDatabase, id: UUID, since: datetime) -> None:
    """An asynchronous one has an asynchronous block and loop."""
    with audit.stream_audit_trail(db, organization_id=id, since=since):  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    async with audit.stream_audit_trail(db, organization_id=id, since=since) as rows:
        next(rows)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]


def a_blocking_copy_of_asynchronous_rows(db: Database, rows: AsyncIterator[CopyAuditEventsParams]) -> None:
    """It could not wait for them."""
    audit.copy_audit_events(db, rows)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


def rows_of_another_query(db: Database, rows: list[CopyAuditEventsParams]) -> None:
    """Each query has its own class of values."""
    usage.record_usages(db, rows)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]


def one_set_in_place_of_many(db: Database) -> None:
    """A batch takes an iterable of sets; their values are named, typed and all there."""
    products.change_prices(db, ChangePricesParams(sku="a", price=Decimal(1)))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    products.change_prices(db, [("a", Decimal(1))])  # type: ignore[list-item]  # pyright: ignore[reportCallIssue, reportArgumentType]
    ChangePricesParams(sku="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    ChangePricesParams("a", Decimal(1))  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue]
    ChangePricesParams(sku="a", price="1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def an_unchecked_none_of_a_batch(db: Database) -> str:
    """A set may have found no row."""
    return products.change_prices(db, [])[0].sku  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]


def wrong_parts(db: Database, id: UUID, order: str) -> None:
    """What may be left out has its type; a key to order by is one that there is."""
    users.update_profile(db, name="a")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.update_profile(db, id=id, nmae="a")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.update_profile(db, id=id, name=1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    users.update_profile(db, id=id, locale=None)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    users.update_profile(db, id=UNSET)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    memberships.find_members(db, organization_id=id, order_by="newest")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    memberships.find_members(db, organization_id=id, order_by=order)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    memberships.find_members(db, organization_id=id, order_by=None)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    memberships.list_colleagues(db, user_id=id, order_by="name")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]


def wrong_pages(db: Database, id: UUID) -> None:
    """A page has a limit and a cursor, which is a text."""
    users.list_users(db)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.list_users(db, limit="10")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    users.list_users(db, limit=10, after=id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    users.list_users(db, limit=10, offset=10)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    users.list_users(db, limit=10)[0]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]


async def a_page_without_await(db: AsyncDatabase) -> None:
    """It is a coroutine."""
    print(users.list_users(db, limit=10).items)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]


def an_unknown_constraint(db: Database, id: UUID) -> None:
    """A constraint that was renamed is noticed where it is caught."""
    try:
        users.get_user(db, id=id)
    except constraints.UsersMailKey:  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        print("refused")


def wrong_standard_calls(db: Database, id: UUID, user: User, event: WebhookEvent) -> None:
    """A key has its columns, a new row all that has no default, and nothing gives what the server makes."""
    products.find_by_id(db, sku="a")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    products.find_by_sku(db, sku=None)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    memberships.exists(db, user_id=id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    products.create(db, sku="a", name="A")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    products.create(db, sku=UNSET, name="A", price=Decimal(1))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    products.update(db, id=id, search="a")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    products.update(db, id=id, name=None)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    products.update(db, sku="a", name="A")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    products.upsert_by_sku(db, name="A", price=Decimal(1))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    products.delete(db)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    NewProduct(sku="a", name="A")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    NewProduct(sku="a", name="A", price=Decimal(1), search="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    NewWebhookDelivery(webhook_id=id, event=event)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    products.create_many(db, [user])  # type: ignore[list-item]  # pyright: ignore[reportCallIssue, reportArgumentType]
    memberships.organization_of(db, user)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    memberships.organization_of(db, id=id)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    audit_logs.page(db)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]


async def wrong_rows_for_tests(db: Database, adb: AsyncDatabase) -> None:
    """A factory takes the columns of its table, and None for those that may be NULL only."""
    factories.make_user(db, mail="a")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    factories.make_user(db, email=1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    factories.make_user(db, email=None)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    factories.make_user(db, display_name="a")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    factories.make_user(adb)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
