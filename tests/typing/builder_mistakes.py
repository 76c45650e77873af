"""What type checkers must report of statements that are built; see ``mistakes``. It is never run."""

from __future__ import annotations

from uuid import UUID

from janua import AsyncDatabase, Database
from janua.builder import delete, func, insert, outer, select, update

from generated.tables import active_sessions, memberships, organizations, users


def wrong_values(name: str, text: str) -> None:
    """A column is compared with values of its own type, and never with None."""
    select(users.id).where(users.id == 5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(users.id).where(users.created_at > "yesterday")  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]
    select(users.id).where(users.name == None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # noqa: E711
    select(users.id).where(users.id.in_(["x"]))  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    select(users.id).where(users.id.in_(select(users.name)))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(users.id).where(users.id.like("x%"))  # type: ignore[misc]  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType, reportAttributeAccessIssue]
    select(users.id).where(users.created_at.between(1, 2))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(users.id).where(users.name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(users.id).where(users.email & users.accepts_marketing)  # type: ignore[misc]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]
    select(users.id).where(name == text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(users.id).limit("10")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(users.name + 1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]


def wrong_joins(db: Database) -> None:
    """Only an outer table goes into a left join, only another one into a join, and neither without ``on``."""
    o = outer(organizations)
    select(users.id).left_join(organizations, on=organizations.id == users.id)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(users.id).join(o, on=o.id == users.id)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(users.id).join(organizations)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    select(users.id).join(organizations, on=True)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    select(users.id).from_(o)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def wrong_rows(db: Database) -> list[tuple[UUID, str]]:
    """What may be NULL may be None."""
    return select(users.id, users.name).all(db)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


def an_outer_column(db: Database) -> str:
    """Also where the table's own column may not."""
    o = outer(organizations)
    m = outer(memberships)
    joined = select(o.name).from_(users).left_join(m, on=m.user_id == users.id)
    return joined.left_join(o, on=o.id == m.organization_id).first(db)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


def wrong_writes(db: Database, id: UUID) -> None:
    """Needed columns are given, generated ones are not, and all have their types; views are only read."""
    insert(users).values(name="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    insert(users).values(email=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    insert(users).values(email="x", display_name="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    insert(users).values(email="x", nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    insert(organizations).values(slug="x", name="x", id=users.name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    update(users).set(email=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    update(users).set(status="active")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    update(users).set(locale=users.name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    insert(active_sessions)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    delete(active_sessions)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    delete(outer(users))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    delete(users).where(users.id == id).all(db)  # type: ignore[attr-defined]  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]


def unknown_names() -> None:
    """There are the table's columns, and no others."""
    select(users.surname)  # type: ignore[attr-defined]  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType, reportAttributeAccessIssue]


def not_literal(db: Database, sql: str) -> None:
    """What is SQL is written in the program."""
    db.raw(sql)  # pyright: ignore[reportArgumentType]
    db.raw(f"SELECT * FROM users WHERE email = '{sql}'")  # pyright: ignore[reportArgumentType]
    db.prepare(sql)  # pyright: ignore[reportArgumentType]
    func(sql, like=users.name)  # pyright: ignore[reportArgumentType]
    users.as_(sql)  # pyright: ignore[reportArgumentType]


async def a_forgotten_await(db: AsyncDatabase) -> None:
    """The statement would never run."""
    select(users.id).all(db)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
