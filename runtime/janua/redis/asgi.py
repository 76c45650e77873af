"""
Sessions in the cookies of a web application: middleware for any ASGI server and framework.

    app = SessionMiddleware(app, AsyncSessionStore(redis, Visit))

    async def endpoint(request):                     # Starlette, FastAPI: anything with the ASGI scope
        session = session_of(request.scope, Visit)
        await session.begin(Visit(), user_id=user.id)

Follows the ASGI specification 3.0 and RFC 6265 for the cookie.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import msgspec

from janua.redis._async.sessions import AsyncSessionStore
from janua.redis.sessions import Session, UserId

T = TypeVar("T")

Scope: TypeAlias = MutableMapping[str, Any]
ASGIMessage: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[ASGIMessage]]
Send: TypeAlias = Callable[[ASGIMessage], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_KEY = "janua.session"
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_log = logging.getLogger("janua.redis")


class RequestSession(Generic[T]):
    """
    The session of one request; what changes it sets the response's cookie, so do it before the response begins.

    ``current`` is the session as the request found it, or as ``begin`` or ``update`` have left it, None without one.
    """

    def __init__(self, store: AsyncSessionStore[T], identifier: str | None, current: Session[T] | None) -> None:
        self.current = current
        self._store = store
        self._identifier = identifier if current is not None else None
        # A cookie that opens nothing is taken back.
        self._is_changed = identifier is not None and current is None
        self._is_sent = False

    @property
    def data(self) -> T | None:
        """The session's data, None without a session."""
        return None if self.current is None else self.current.data

    @property
    def user_id(self) -> str | None:
        """Whose session it is, None for a visitor and without a session."""
        return None if self.current is None else self.current.user_id

    async def begin(self, data: T, user_id: UserId | None = None) -> Session[T]:
        """Begin a new session, as on login, and end the one that there was."""
        self._check_unsent()
        identifier = await self._store.create(data, user_id)
        await self.end()
        return await self._use(identifier)

    async def rotate(self) -> bool:
        """
        Give the session a new identifier, as when it gains rights.

        False where there is none any more, or another request has rotated it: the cookie is then left alone.
        """
        self._check_unsent()
        identifier = None if self._identifier is None else await self._store.rotate(self._identifier)
        if identifier is None:
            return False
        await self._use(identifier)
        return True

    async def update(self, data: T) -> bool:
        """Replace the data. False where there is no session any more."""
        if self._identifier is None or not await self._store.update(self._identifier, data):
            return False
        self.current = await self._store.get(self._identifier)
        return self.current is not None

    async def modify(self, change: Callable[[T], T]) -> T | None:
        """Replace the data by what ``change`` makes of them; see AsyncSessionStore."""
        if self._identifier is None:
            return None
        data = await self._store.modify(self._identifier, change)
        self.current = await self._store.get(self._identifier)
        return data

    async def end(self) -> None:
        """End the session, as on logout, and have the browser forget its cookie."""
        if self._identifier is not None:
            self._check_unsent()
            await self._store.destroy(self._identifier)
            self._identifier, self.current, self._is_changed = None, None, True

    def take_change(self) -> tuple[bool, str | None]:
        """Return whether the cookie is to be set, and to which identifier; called when the response begins."""
        self._is_sent = True
        return self._is_changed, self._identifier

    async def _use(self, identifier: str) -> Session[T]:
        self._identifier, self._is_changed = identifier, True
        self.current = session = await self._store.get(identifier)
        if session is None:
            raise RuntimeError("the session ended as soon as it had begun: its timeouts are too short")
        return session

    def _check_unsent(self) -> None:
        if self._is_sent:
            raise RuntimeError("the response has begun: its cookie cannot be set any more")


def session_of(scope: Scope, type: type[T]) -> RequestSession[T]:
    """
    Return the session of the request with this ASGI scope; ``type`` is that of the store's data.

    Raises LookupError where SessionMiddleware does not wrap the application.
    """
    session: RequestSession[T] | None = scope.get(_KEY)
    if session is None:
        raise LookupError("the request has no session: wrap the application in janua.redis.asgi.SessionMiddleware")
    return session


class SessionMiddleware:
    """
    Reads the session of each request that brings a cookie, and counts the request as its activity: one round trip.

    The cookie is HttpOnly, and Secure unless ``secure=False`` (for development without TLS). It lasts as long as the
    browser is open, or ``max_age_s`` seconds; the server decides when the session ends. A session whose data do not
    fit the store's type any more counts as none. Where Redis does not answer, requests with a cookie raise
    ServerUnreachable.
    """

    def __init__(
        self,
        app: App,
        store: AsyncSessionStore[Any] | Callable[[Scope], AsyncSessionStore[Any]],
        *,
        cookie: str = "session",
        path: str = "/",
        domain: str | None = None,
        same_site: Literal["lax", "strict", "none"] = "lax",
        secure: bool = True,
        max_age_s: int | None = None,
    ) -> None:
        """``store`` may be a function of the scope, for applications that connect when they start."""
        if not _TOKEN.fullmatch(cookie):
            raise ValueError("the name of a cookie is letters, digits and some signs (RFC 6265)")
        if same_site == "none" and not secure:
            raise ValueError("browsers refuse cookies with same_site='none' that are not secure")
        self._app = app
        self._store = store
        self._cookie = cookie
        self._attributes = f"Path={path}; HttpOnly; SameSite={same_site.capitalize()}"
        self._attributes += f"; Domain={domain}" if domain else ""
        self._attributes += "; Secure" if secure else ""
        self._max_age_s = max_age_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or a connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        session = await self._open(scope)
        scope[_KEY] = session

        async def send_with_cookie(message: ASGIMessage) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                is_changed, identifier = session.take_change()
                if is_changed:
                    headers = [*message.get("headers", ()), (b"set-cookie", self._set_cookie(identifier))]
                    message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_with_cookie)

    async def _open(self, scope: Scope) -> RequestSession[Any]:
        store = self._store if isinstance(self._store, AsyncSessionStore) else self._store(scope)
        identifier = self._read_cookie(scope)
        current = None
        if identifier is not None:
            try:
                current = await store.touch(identifier)
            except msgspec.ValidationError:
                _log.warning("a session whose data do not fit their type any more is not used")
        return RequestSession(store, identifier, current)

    def _read_cookie(self, scope: Scope) -> str | None:
        for name, value in scope["headers"]:
            if name == b"cookie":
                for pair in value.decode("latin-1").split(";"):
                    key, _, identifier = pair.strip().partition("=")
                    if key == self._cookie:
                        return str(identifier.strip('"'))
        return None

    def _set_cookie(self, identifier: str | None) -> bytes:
        if identifier is None:
            return f"{self._cookie}=; Max-Age=0; {self._attributes}".encode("latin-1")
        age = "" if self._max_age_s is None else f"Max-Age={self._max_age_s}; "
        return f"{self._cookie}={identifier}; {age}{self._attributes}".encode("latin-1")
