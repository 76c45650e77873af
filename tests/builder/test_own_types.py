"""Types of the project's own in the place of the usual ones: what is built gives and takes them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from janua import Database
from janua.scratch import ScratchServer

from tests.generator.overridden import CONFIGURATION, files
from tests.generator.packages import generated, imported, migrated, type_errors
from tests.generator.sandbox import Sandbox

from .untyped import coalesce, insert, max, outer, select, update


@pytest.fixture(scope="module")
def own_project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A project with a type of its own of every kind."""
    root = tmp_path_factory.mktemp("own") / "project"
    made_of = files("built_types", "own_built"), "own_built", CONFIGURATION.format(types="built_types")
    with generated(scratch, root, *made_of) as made:
        yield made


@pytest.fixture(scope="module")
def own_package(own_project: Sandbox) -> Iterator[Any]:
    """Its modules."""
    with imported(own_project, "own_built") as found:
        yield found
        sys.modules.pop("built_types", None)


@pytest.fixture
def own_db(scratch: ScratchServer, own_project: Sandbox) -> Iterator[Database]:
    """Its database."""
    with migrated(scratch, own_project, "own") as url, Database(url) as db:
        yield db


def test_type_checkers_accept_the_tables(own_project: Sandbox) -> None:
    """With the project's types in them."""
    assert "" == type_errors(own_project, "own_built")


def test_values_of_own_types_come_back_as_they_went(own_package: Any, own_db: Database) -> None:
    """In columns, conditions, aggregates and models, alone and in arrays."""
    own, users = importlib.import_module("built_types"), own_package.tables.users
    given: dict[str, Any] = {
        "id": own.UserId(UUID(int=1)),
        "org_id": 1,
        "metadata": own.Metadata("Ada", UUID(int=7), [own.Part(Decimal("1.10"), datetime(2024, 2, 29, tzinfo=UTC))]),
        "settings": {"theme": "light"},
        "address": own.Address(streetName="Main St"),
        "events": [own.Clicked(3), own.Typed("k")],
        "limits": {"a": [own.Daily(1), own.Monthly(2)]},
        "email": own.Email("ada@example.com"),
        "roles": [own.Role.ADMIN, own.Role.GUEST],
        "budget": own.Money(Decimal("9.50")),
        "site": own.Site("https://example.com"),
        "level": own.Level.HIGH,
        "friends": [own.UserId(UUID(int=2))],
    }
    assert 1 == insert(users).values(**given).execute(own_db)
    row = select(users).one(own_db)
    assert given == {name: getattr(row, name) for name in given}
    alone = select(*(getattr(users, name) for name in given)).one(own_db)
    assert tuple(given.values()) == alone
    money = own.Money(Decimal("9.50"))
    found = select(users.site, coalesce(users.budget, own.Money(Decimal(0))), max(users.budget)).group_by(users.id)
    found = found.where(users.budget == money, users.site.in_([own.Site("https://example.com")]))
    assert (given["site"], money, money) == found.where(users.level.between(own.Level.LOW, own.Level.HIGH)).one(own_db)
    other = own.Site("https://example.org")
    assert other == update(users).set(site=other).where(users.level > own.Level.LOW).returning(users.site).one(own_db)
    u, orgs = outer(users), own_package.tables.orgs
    joined = select(orgs.id, u.site, u).left_join(u, on=u.org_id == orgs.id).order_by(orgs.id)
    assert [(1, other, other), (2, None, None)] == [(id, site, u and u.site) for id, site, u in joined.all(own_db)]
