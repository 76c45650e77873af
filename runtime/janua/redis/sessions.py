"""What a session is, how its identifier is made, and under which keys it is kept: nothing here talks to a server."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Generic, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from janua.redis.scripts import load_script

T = TypeVar("T")

UserId: TypeAlias = str | int | UUID
"""How an application names its users; kept as text."""

FIELDS = ("user", "data", "version", "created", "seen", "deadline")
CREATE = load_script("session", "create_session")
TOUCH = load_script("session", "touch_session")
UPDATE = load_script("session", "update_session")
ROTATE = load_script("session", "rotate_session")
DESTROY = load_script("session", "destroy_session")
OF_USER = load_script("user_sessions")

_TAG_DIGITS = 3
_SECRET_BYTES = 32
_VERSION_BYTES = 8
_IDENTIFIER = re.compile(r"[0-9a-f]{3}[A-Za-z0-9_-]{43}", re.ASCII)
_HANDLE = re.compile(r"[0-9a-f]{67}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Session(Generic[T]):
    """
    A session as it was when it was read.

    ``handle`` names it in lists ("sign out this device"); it opens nothing and is no secret. ``user_id`` is None for
    a visitor. It ends at ``expires_at`` unless it is touched before. ``version`` is another after every change of its
    data.
    """

    handle: str
    user_id: str | None
    data: T = field(repr=False)
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    version: str


def make_tag(user_id: UserId | None) -> str:
    """
    Return the hash tag of this user's keys, a random one for a visitor.

    It begins every identifier, so that session and index are found in one slot of a cluster: 4,096 tags spread
    users over the nodes, and tell next to nothing of who they are.
    """
    if user_id is None:
        return secrets.token_hex(2)[:_TAG_DIGITS]
    return sha256(str(user_id).encode()).hexdigest()[:_TAG_DIGITS]


def make_identifier(tag: str) -> str:
    """Return a new identifier: the tag and 256 random bits."""
    return tag + secrets.token_urlsafe(_SECRET_BYTES)


def make_version() -> str:
    """Return the name of a new version of a session's data, by which a repeated command knows its own."""
    return secrets.token_hex(_VERSION_BYTES)


def tag_of(identifier: str) -> str:
    """Return the tag with which an identifier or a handle begins."""
    return identifier[:_TAG_DIGITS]


def handle_of(identifier: str) -> str | None:
    """Return tag and SHA-256, which is all that is stored; None for what is no identifier at all."""
    if not _IDENTIFIER.fullmatch(identifier):
        return None
    return tag_of(identifier) + sha256(identifier.encode()).hexdigest()


def is_handle(text: str) -> bool:
    """Tell whether a text has a handle's form."""
    return _HANDLE.fullmatch(text) is not None


def session_key(prefix: str, handle: str) -> str:
    """Return the key of a session."""
    return f"{prefix}{{{tag_of(handle)}}}:{handle[_TAG_DIGITS:]}"


def index_suffix(user_id: UserId) -> str:
    """Return what follows the tag in the key of a user's index."""
    return f"user:{user_id}"


def index_key(prefix: str, user_id: UserId) -> str:
    """Return the key of the index of a user's sessions: a sorted set of SHA-256 digests by their end."""
    return f"{prefix}{{{make_tag(user_id)}}}:{index_suffix(user_id)}"


def lifetime_ms(name: str, lifetime: timedelta | None) -> int:
    """Return a lifetime in milliseconds, 0 for none. Raises ValueError for less than one."""
    if lifetime is None:
        return 0
    if lifetime < timedelta(milliseconds=1):
        raise ValueError(f"{name} must be at least a millisecond")
    return lifetime // timedelta(milliseconds=1)


def read_session(handle: str, fields: Sequence[bytes], type: type[T]) -> Session[T]:
    """
    Return the session that is stored in these FIELDS.

    Raises msgspec.ValidationError where its data do not fit the type.
    """
    user, data, version, created, seen, deadline = fields
    return Session(
        handle=handle,
        user_id=user.decode() or None,
        data=msgspec.msgpack.decode(data, type=type),
        created_at=_moment(created),
        last_seen_at=_moment(seen),
        expires_at=_moment(deadline),
        version=version.decode(),
    )


def _moment(milliseconds: bytes) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
