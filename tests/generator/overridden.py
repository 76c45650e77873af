"""A project with a type of its own of every kind, in every place."""

from __future__ import annotations

SCHEMA = """\
-- UP
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN price AS numeric(10, 2);
CREATE TABLE orgs (id int PRIMARY KEY, plan text NOT NULL, settings jsonb);
CREATE TABLE users (
    id uuid PRIMARY KEY,
    org_id int NOT NULL REFERENCES orgs,
    metadata jsonb NOT NULL,
    settings jsonb,
    address json,
    events jsonb[] NOT NULL DEFAULT '{}',
    limits jsonb NOT NULL DEFAULT '{}',
    email text NOT NULL,
    roles text[] NOT NULL DEFAULT '{}',
    mood mood,
    budget price,
    site text,
    level smallint,
    friends uuid[] NOT NULL DEFAULT '{}',
    free jsonb
);
CREATE VIEW people AS SELECT u.id AS who, u.metadata AS about, u.settings, u.roles, u.metadata || '{}' AS merged
FROM users u;
CREATE VIEW people_again AS SELECT p.who, p.about, coalesce(p.settings, '{}') AS settings, p.roles FROM people p;
CREATE MATERIALIZED VIEW frozen_people AS SELECT who, about FROM people;
INSERT INTO orgs VALUES (1, 'free', '{"theme": "dark"}'), (2, 'pro', NULL);
-- DOWN
DROP TABLE users, orgs;
"""
CONFIGURATION = """
[[tool.janua.override]]
column = "users.metadata"
python = "{types}:Metadata"
[[tool.janua.override]]
column = "public.users.settings"
python = "{types}:Settings"
[[tool.janua.override]]
column = "users.address"
python = "{types}:Address"
[[tool.janua.override]]
column = "users.events"
python = "{types}:Event"
[[tool.janua.override]]
column = "users.limits"
python = "{types}:Limits"
[[tool.janua.override]]
column = "users.email"
python = "{types}:Email"
[[tool.janua.override]]
column = "users.roles"
python = "{types}:Role"
[[tool.janua.override]]
column = "users.level"
python = "{types}:Level"
[[tool.janua.override]]
column = "users.site"
python = "{types}:Site"
[[tool.janua.override]]
column = "orgs.plan"
python = "{types}:Plan"
[[tool.janua.override]]
type = "uuid"
python = "{types}:UserId"
[[tool.janua.override]]
type = "price"
python = "{types}:Money"
[[tool.janua.override]]
query = "q.counted"
column = "n"
python = "{types}:Count"
[[tool.janua.override]]
query = "q.by_plan"
parameter = "number"
python = "{types}:Count"
[[tool.janua.override]]
query = "q.as_text"
column = "id"
python = "str"
[[tool.janua.override]]
column = "orgs.settings"
python = "dict"
"""
TYPES = '''
"""The project's own types. They know the generated package, which knows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Literal, NewType, NotRequired, Self, TypedDict
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from PACKAGE import models

Row = models.User


@dataclass
class Part:
    amount: Decimal
    at: datetime


@dataclass
class Metadata:
    name: str
    id: UUID
    parts: list[Part] = field(default_factory=list)


class Settings(TypedDict):
    theme: str
    size: NotRequired[int]


class Address(BaseModel):
    model_config = ConfigDict(populate_by_name=False)

    street_name: str = Field(alias="streetName")
    number: int = 0


class Clicked(msgspec.Struct, tag="clicked"):
    x: int


class Typed(msgspec.Struct, tag="typed", rename="camel"):
    key_code: str


Event = Clicked | Typed


@dataclass
class Daily:
    day: int


@dataclass
class Monthly:
    month: int


Limits = dict[str, list[Daily | Monthly]]

Email = NewType("Email", str)
UserId = NewType("UserId", UUID)
Plan = Literal["free", "pro"]


class Role(StrEnum):
    ADMIN = "admin"
    GUEST = "guest"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True)
class Money:
    amount: Decimal


class Site:
    def __init__(self, url: str) -> None:
        self.url = url

    def __str__(self) -> str:
        return self.url

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Site) and self.url == other.url


class Count:
    def __init__(self, number: int) -> None:
        self.number = number

    @classmethod
    def __janua_load__(cls, value: int) -> Self:
        return cls(value)

    def __janua_dump__(self) -> int:
        return self.number
'''
QUERIES = """\
-- name: add :one
INSERT INTO users (id, org_id, metadata, settings, address, events, limits, email, roles, mood, budget, site, level,
    friends)
VALUES (:id, :org_id, :metadata, :settings, :address, :events, :limits, :email, :roles, :mood, :budget, :site, :level,
        :friends)
RETURNING *;

-- name: add_all
-- @bulk
INSERT INTO users (id, org_id, metadata, settings, address, events, limits, email, roles, mood, budget, site, level,
    friends)
VALUES (:id, :org_id, :metadata, :settings, :address, :events, :limits, :email, :roles, :mood, :budget, :site, :level,
        :friends)
RETURNING *;

-- name: copy_all :copy
INSERT INTO users (id, org_id, metadata, settings, address, events, limits, email, roles, mood, budget, site, level,
    friends)
VALUES (:id, :org_id, :metadata, :settings, :address, :events, :limits, :email, :roles, :mood, :budget, :site, :level,
        :friends);

-- name: get_each :batch
SELECT * FROM users WHERE id = :id;

-- name: every_one :stream
SELECT * FROM users ORDER BY id;

-- name: leveled :stream
-- @optional emails
-- @order up = id; down = id DESC
SELECT * FROM users WHERE level = :level AND email = ANY(:emails);

-- name: at_level
-- @optional level
-- @page email, level, id
SELECT * FROM users WHERE level = :level;

-- name: get :optional
SELECT * FROM users WHERE id = :id;

-- name: metadata_of :one
SELECT metadata FROM users WHERE id = :id;

-- name: ids_of :many
SELECT id FROM users WHERE email = :email OR email = ANY(:emails) OR email LIKE :pattern ORDER BY id;

-- name: containing :many
SELECT id, address FROM users WHERE metadata @> :filter AND settings IS NOT DISTINCT FROM :settings ORDER BY id;

-- name: through_views :many
SELECT p.who, p.about, p.merged, a.about AS again, a.settings, a.roles, f.about AS frozen
FROM people p JOIN people_again a USING (who) LEFT JOIN frozen_people f ON f.who = p.who ORDER BY p.who;

-- name: through_queries :many
WITH found AS (SELECT id, metadata FROM users), named AS (SELECT f.id, f.metadata AS m FROM found f)
SELECT n.m, s.budget FROM named n JOIN (SELECT id, budget FROM users) s ON s.id = n.id ORDER BY n.id;

-- name: embedded :many
SELECT o.id, sqlc.embed(u) FROM orgs o LEFT JOIN users u ON u.org_id = o.id ORDER BY o.id, u.id;

-- name: nested :many
-- @nest members by id
SELECT o.id, o.plan, u.id AS "members.id", u.metadata AS "members.metadata", u.roles AS "members.roles"
FROM orgs o LEFT JOIN users u ON u.org_id = o.id ORDER BY o.id, u.id;

-- name: card :many
-- @row Card
SELECT u.email, u.metadata FROM users u ORDER BY u.email;

-- name: cards :many
-- @row Card
SELECT u.email, u.metadata FROM users u WHERE u.level = :level;

-- name: update_free :exec
-- @json free: TYPES:Metadata
UPDATE users SET free = :it WHERE id = :id;

-- name: free :many
-- @json metadata: TYPES:Part
-- @json merged: TYPES:Metadata
SELECT u.free AS metadata, u.metadata || '{}' AS merged FROM users u WHERE free IS NOT NULL;

-- name: counted :one
SELECT count(*) AS n FROM users;

-- name: by_plan :many
SELECT o.id, o.settings FROM orgs o WHERE o.plan = :plan AND o.id >= :number::int ORDER BY o.id;

-- name: as_text :many
SELECT id, friends FROM users ORDER BY id;

-- name: built :many
SELECT jsonb_build_object('metadata', u.metadata) AS it, to_jsonb(u) AS whole FROM users u ORDER BY id;

-- name: spoil :exec
UPDATE users SET metadata = :text::text::jsonb, roles = :roles::text::text[] WHERE id = :id;

-- name: spoil_address :exec
UPDATE users SET address = :text::text::json WHERE id = :id;

-- name: spoil_limits :exec
UPDATE users SET limits = :text::text::jsonb WHERE id = :id;

-- name: address_and_point :one
SELECT address, events, roles, point(1, 2) AS place FROM users WHERE id = :id;
"""


def files(types: str, package: str) -> dict[str, str | bytes]:
    """A project whose own types are in the module ``types``."""
    return {
        "migrations/0001_x.sql": SCHEMA,
        "queries/q.sql": QUERIES.replace("TYPES", types),
        f"{types}.py": TYPES.replace("PACKAGE", package),
    }
