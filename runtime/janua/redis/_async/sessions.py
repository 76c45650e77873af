"""Sessions of users, kept by the server until they are idle for too long, are too old, or are ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Generic, TypeVar, cast

import msgspec

from janua.errors import SessionConflict
from janua.redis._async.connection import AsyncRedis
from janua.redis.sessions import (
    CREATE,
    DESTROY,
    FIELDS,
    OF_USER,
    ROTATE,
    TOUCH,
    UPDATE,
    Session,
    UserId,
    handle_of,
    index_key,
    index_suffix,
    is_handle,
    lifetime_ms,
    make_identifier,
    make_tag,
    make_version,
    read_session,
    session_key,
    tag_of,
)

T = TypeVar("T")

_ENDED, _CHANGED = 0, -1
_ATTEMPTS = 20


class AsyncSessionStore(Generic[T]):
    """
    Sessions with data of one type: anything that msgspec encodes, such as a dataclass.

    A session ends when it was not touched for ``idle_timeout``, and in any case ``absolute_timeout`` after it was
    created; either may be None, not both. Identifiers have 256 random bits; the server has only their SHA-256,
    so that a copy of it opens no session. Each change is a script that runs at once by the server's clock: what has
    ended never comes back. On a cluster, a user's sessions are in one slot. All methods raise ServerUnreachable
    where the server does not answer.
    """

    def __init__(
        self,
        redis: AsyncRedis,
        type: type[T],
        *,
        prefix: str = "session:",
        idle_timeout: timedelta | None = timedelta(days=1),
        absolute_timeout: timedelta | None = None,
    ) -> None:
        if idle_timeout is None and absolute_timeout is None:
            raise ValueError("a session needs idle_timeout or absolute_timeout: it would never end")
        self._redis = redis
        self._type = type
        self._prefix = prefix
        self._idle_ms = lifetime_ms("idle_timeout", idle_timeout)
        self._absolute_ms = lifetime_ms("absolute_timeout", absolute_timeout)

    async def create(self, data: T, user_id: UserId | None = None) -> str:
        """
        Begin a session and return its identifier, which goes to the user and is stored nowhere.

        ``user_id`` is None for a visitor who is not logged in. On login create a new session and destroy the
        visitor's: an identifier that somebody else may know must not become the user's.
        """
        if user_id is not None and not str(user_id):
            raise ValueError("user_id must not be empty; a visitor's is None")
        identifier = make_identifier(make_tag(user_id))
        user = "" if user_id is None else str(user_id)
        arguments = (user, msgspec.msgpack.encode(data), make_version(), self._idle_ms, self._absolute_ms)
        await self._redis.evaluate(CREATE, [self._key(handle_of(identifier))], arguments)
        return identifier

    async def get(self, session_id: str) -> Session[T] | None:
        """
        Return the session, or None where it has ended; does not count as activity.

        Raises msgspec.ValidationError where the stored data do not fit the type (give new fields a default).
        """
        handle = handle_of(session_id)
        if handle is None:
            return None
        fields = await self._redis.command("HMGET", self._redis.prefix + self._key(handle), *FIELDS)
        return None if fields[0] is None else read_session(handle, fields, self._type)

    async def touch(self, session_id: str) -> Session[T] | None:
        """Note activity, which puts off the end by being idle; return the session, or None where it has ended."""
        handle = handle_of(session_id)
        if handle is None:
            return None
        fields = await self._redis.evaluate(TOUCH, [self._key(handle)], (self._idle_ms,))
        return None if fields is None else read_session(handle, fields, self._type)

    async def update(self, session_id: str, data: T) -> bool:
        """Replace the data, whatever they are now. False where the session has ended."""
        handle = handle_of(session_id)
        return handle is not None and await self._store(handle, data, made_from="") != _ENDED

    async def modify(self, session_id: str, change: Callable[[T], T]) -> T | None:
        """
        Replace the data by what ``change`` makes of them, and return that; None where the session has ended.

        ``change`` returns new data. It is called again where another request changed the session meanwhile: no
        change is lost. Raises SessionConflict where that happens 20 times over.
        """
        for _ in range(_ATTEMPTS):
            session = await self.get(session_id)
            if session is None:
                return None
            data = change(session.data)
            stored = await self._store(session.handle, data, session.version)
            if stored != _CHANGED:
                return None if stored == _ENDED else data
        raise SessionConflict(f"the session was changed by others {_ATTEMPTS} times over")

    async def rotate(self, session_id: str) -> str | None:
        """
        Give the session a new identifier and return it; the old one opens nothing from now on.

        None where the session has ended, and where another request has rotated it already: of many at once, one wins.
        """
        old = handle_of(session_id)
        if old is None:
            return None
        identifier = make_identifier(tag_of(session_id))
        keys = [self._key(old), self._key(handle_of(identifier))]
        return identifier if await self._redis.evaluate(ROTATE, keys, ()) else None

    async def destroy(self, session_id: str) -> bool:
        """End the session. False where it had ended already."""
        handle = handle_of(session_id)
        return handle is not None and bool(await self._redis.evaluate(DESTROY, [self._key(handle)], ()))

    async def revoke(self, user_id: UserId, handle: str) -> bool:
        """End the session with this handle, if it is this user's. False where there is none."""
        if not is_handle(handle):
            return False
        return bool(await self._redis.evaluate(DESTROY, [self._key(handle)], (str(user_id),)))

    async def user_sessions(self, user_id: UserId) -> list[Session[T]]:
        """Return all sessions of a user, the one that ends first at the beginning."""
        found = await self._of_user(user_id, "list")
        tag = make_tag(user_id)
        sessions = cast("list[list[bytes]]", found)
        return [read_session(tag + member.decode(), fields, self._type) for member, *fields in sessions]

    async def destroy_all(self, user_id: UserId, *, keep: str | None = None) -> int:
        """End all sessions of a user but ``keep``, an identifier, and return how many that were."""
        kept = handle_of(keep) if keep is not None else None
        return int(cast("int", await self._of_user(user_id, "destroy", kept[len(tag_of(kept)) :] if kept else "")))

    async def _of_user(self, user_id: UserId, *arguments: str) -> object:
        length = len(index_suffix(user_id).encode())
        return await self._redis.evaluate(OF_USER, [index_key(self._prefix, user_id)], (length, *arguments))

    async def _store(self, handle: str, data: T, made_from: str) -> int:
        arguments = (msgspec.msgpack.encode(data), make_version(), made_from)
        return int(await self._redis.evaluate(UPDATE, [self._key(handle)], arguments))

    def _key(self, handle: str | None) -> str:
        # What was just made always has a handle.
        return session_key(self._prefix, handle or "")
