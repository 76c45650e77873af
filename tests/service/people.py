"""People who use the service, each with a client of their own."""

from __future__ import annotations

import email
import email.policy
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import httpx
from janua import Database

from examples.identity.tokens import new_token, token_hash
from generated import sessions, users

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in."""

    id: UUID
    email: str
    client: httpx.Client


@dataclass(frozen=True)
class Organization:
    """An organization that a person has made."""

    id: UUID
    slug: str
    path: str
    created_at: datetime


def new_address(name: str) -> str:
    """Return an address that nobody else has."""
    return f"{name.lower()}.{secrets.token_hex(4)}@example.com"


def mail_token(folder: Path, recipient: str) -> str:
    """Return the token in the only mail that was sent to an address, however that was spelt."""
    messages = [
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in folder.glob("*.eml")
    ]
    [mine] = [message for message in messages if message["To"].lower() == recipient.lower()]
    body = mine.get_body()
    assert body is not None
    found = re.search(r"token=(\S+)", body.get_content())
    assert found is not None
    return found[1]


def arrive(db: Database, url: str, name: str) -> Person:
    """Return a person who has registered, confirmed the address and logged in: by the database, in no time."""
    user = users.register_user(db, email=new_address(name), name=name, password_hash=None, locale="en")
    users.verify_email(db, id=user.id)
    token = new_token()
    sessions.create_session(
        db, user_id=user.id, organization_id=None, token_hash=token_hash(token), ip_address=None, user_agent=None
    )
    client = connect(url)
    client.headers["Authorization"] = f"Bearer {token}"
    return Person(user.id, user.email, client)


def connect(url: str) -> httpx.Client:
    """Return a client that is nobody. It speaks plain HTTP, and loads no certificates, which takes long."""
    return httpx.Client(base_url=url, verify=False, trust_env=False)


def found_organization(person: Person) -> Organization:
    """Let a person make an organization."""
    slug = f"acme-{secrets.token_hex(4)}"
    made = person.client.post("/organizations", json={"slug": slug, "name": "Acme"})
    assert 201 == made.status_code, made.text
    id = made.json()["id"]
    return Organization(UUID(id), slug, f"/organizations/{id}", datetime.fromisoformat(made.json()["created_at"]))
