"""The blocking candidates. Each is written as its own documentation does it, and keeps its connection in a pool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import psycopg
import psycopg_pool
from psycopg.rows import class_row
from subject import MANY, ONE, Calls, Candidate, Person


@contextmanager
def libpq(url: str) -> Iterator[Calls]:
    """The floor: a prepared statement, of whose answer nothing is read."""
    with psycopg.connect(url, autocommit=True) as connection:
        pgconn = connection.pgconn
        pgconn.prepare(b"one", f"{ONE}$1".encode())

        def one(key: UUID) -> object:
            return pgconn.exec_prepared(b"one", [b"%032x" % key.int], None, 1)

        yield Calls(one)


@contextmanager
def janua(url: str) -> Iterator[Calls]:
    """Generated functions on a database."""
    from benchmarked import people
    from janua import Database

    with Database(url) as db:
        yield Calls(lambda key: people.get_person(db, id=key), lambda: people.list_people(db))


@contextmanager
def psycopg_autocommit(url: str) -> Iterator[Calls]:
    """Without transactions around each statement."""
    with _psycopg(url, autocommit=True) as calls:
        yield calls


@contextmanager
def psycopg_default(url: str) -> Iterator[Calls]:
    """As the pool's documentation has it: a transaction for each block."""
    with _psycopg(url, autocommit=False) as calls:
        yield calls


@contextmanager
def _psycopg(url: str, autocommit: bool) -> Iterator[Calls]:
    with psycopg_pool.ConnectionPool(url, min_size=1, kwargs={"autocommit": autocommit}) as pool:
        pool.wait()

        def one(key: UUID) -> Person | None:
            with pool.connection() as connection, connection.cursor(row_factory=class_row(Person)) as cursor:
                return cursor.execute(f"{ONE}%s", (key,)).fetchone()

        def many() -> list[Person]:
            with pool.connection() as connection, connection.cursor(row_factory=class_row(Person)) as cursor:
                return cursor.execute(MANY).fetchall()

        yield Calls(one, many)


@contextmanager
def psycopg_tuples(url: str) -> Iterator[Calls]:
    """One connection, and rows as binary tuples: the least that psycopg can do."""
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor(binary=True) as cursor:
        yield Calls(
            lambda key: cursor.execute(f"{ONE}%s", (key,), prepare=True).fetchone(),
            lambda: cursor.execute(MANY, prepare=True).fetchall(),
        )


@contextmanager
def sqlalchemy_text(url: str) -> Iterator[Calls]:
    """What sqlc's plugin for Python emits, which makes the statement anew for each call."""
    from sqlalchemy import create_engine, text

    engine = create_engine(_sqlalchemy_url(url))
    by_id = f"{ONE}:p1"

    def one(key: UUID) -> Person | None:
        with engine.connect() as connection:
            row = connection.execute(text(by_id), {"p1": key}).first()
            return None if row is None else Person(*row)

    def many() -> list[Person]:
        with engine.connect() as connection:
            return [Person(*row) for row in connection.execute(text(MANY))]

    yield Calls(one, many)
    engine.dispose()


@contextmanager
def sqlalchemy_orm(url: str) -> Iterator[Calls]:
    """A session for each call."""
    from sqlalchemy import create_engine, select
    from sqlalchemy.orm import Session
    from sqlalchemy_model import Human

    engine = create_engine(_sqlalchemy_url(url))
    everyone = select(Human).order_by(Human.id).limit(1000)

    def one(key: UUID) -> object:
        with Session(engine) as session:
            return session.get(Human, key)

    def many() -> list[object]:
        with Session(engine) as session:
            return list(session.scalars(everyone))

    yield Calls(one, many)
    engine.dispose()


@contextmanager
def django_orm(url: str) -> Iterator[Calls]:
    """With a connection that is kept."""
    import django
    from django.conf import settings
    from django.db import connection

    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    place = {
        "NAME": parts.path[1:],
        "USER": parts.username,
        "HOST": query.get("host") or parts.hostname,
        "PORT": query.get("port") or parts.port or "",
    }
    database = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None, **place}
    settings.configure(DATABASES={"default": database}, USE_TZ=True, INSTALLED_APPS=[])
    django.setup()
    from django_model import Human

    yield Calls(lambda key: Human.objects.get(pk=key), lambda: list(Human.objects.order_by("id")[:1000]))
    connection.close()


def _sqlalchemy_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


FLOOR = Candidate("libpq alone, nothing decoded", libpq)
JANUA = Candidate("janua", janua)
PSYCOPG = Candidate("psycopg pool, class_row", psycopg_default)
PSYCOPG_AUTOCOMMIT = Candidate("psycopg pool, class_row, autocommit", psycopg_autocommit)
TUPLES = Candidate("psycopg connection, binary tuples", psycopg_tuples)
SQLALCHEMY_TEXT = Candidate("SQLAlchemy Core text()", sqlalchemy_text)
SQLALCHEMY_ORM = Candidate("SQLAlchemy ORM", sqlalchemy_orm)
DJANGO = Candidate("Django ORM", django_orm)

BLOCKING = (FLOOR, JANUA, TUPLES, PSYCOPG_AUTOCOMMIT, PSYCOPG, SQLALCHEMY_TEXT, SQLALCHEMY_ORM, DJANGO)
