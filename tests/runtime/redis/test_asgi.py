"""The middleware: cookies, and the sessions behind them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
from janua import ServerUnreachable
from janua.redis import AsyncRedis, AsyncSessionStore
from janua.redis.asgi import RequestSession, SessionMiddleware, session_of

from tests.runtime.redis import servers


@dataclass
class Visit:
    pages: int = 0


Endpoint = Callable[[RequestSession[Visit]], Awaitable[object]]


def application(endpoint: Endpoint) -> Any:
    """An application that answers with what an endpoint does with the session."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = repr(await endpoint(session_of(scope, Visit))).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-app", b"1")]})
        await send({"type": "http.response.body", "body": body})

    return app


def browser(app: Any, cookie: str | None = None) -> httpx.AsyncClient:
    """A client that keeps cookies, as a browser does."""
    cookies = {"session": cookie} if cookie else None
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://app", cookies=cookies)


@pytest.fixture
async def store(janua_redis_url: str, prefix: str) -> AsyncIterator[AsyncSessionStore[Visit]]:
    """Sessions of this test's own."""
    async with AsyncRedis(janua_redis_url, prefix=prefix) as redis:
        yield AsyncSessionStore(redis, Visit)


async def visit(session: RequestSession[Visit]) -> int:
    """Count pages, from the first one on."""
    if session.current is None:
        await session.begin(Visit(1))
    else:
        await session.modify(lambda data: replace(data, pages=data.pages + 1))
    assert session.data is not None
    return session.data.pages


async def test_a_session_lasts_over_requests(store: AsyncSessionStore[Visit]) -> None:
    """The cookie is set once, and no script of a page can read it."""
    async with browser(SessionMiddleware(application(visit), store)) as client:
        first = await client.get("/")
        assert ["1", "2", "3"] == [first.text, *[(await client.get("/")).text for _ in range(2)]]
        cookie = SimpleCookie(first.headers["set-cookie"])["session"]
        assert (True, True, "Lax", "/", "") == (
            cookie["httponly"],
            cookie["secure"],
            cookie["samesite"],
            cookie["path"],
            cookie["max-age"],
        )
        assert "set-cookie" not in (await client.get("/")).headers
        assert "1" == first.headers["x-app"]


async def test_a_request_without_a_cookie_asks_nobody() -> None:
    """Not even a server that is away; one with a cookie gets the error."""

    async def idle(session: RequestSession[Visit]) -> object:
        return session.current, session.data, session.user_id, await session.rotate(), await session.update(Visit())

    async with AsyncRedis(f"redis://127.0.0.1:{servers.free_port()}/0", max_retries=0) as redis:
        middleware = SessionMiddleware(application(idle), AsyncSessionStore(redis, Visit))
        async with browser(middleware) as client:
            assert "(None, None, None, False, False)" == (await client.get("/")).text
        async with browser(middleware, "abc" + "x" * 43) as client:
            with pytest.raises(ServerUnreachable):
                await client.get("/")


async def test_logging_in_changes_the_identifier(store: AsyncSessionStore[Visit]) -> None:
    """One that somebody else may have planted never becomes the user's."""

    async def log_in(session: RequestSession[Visit]) -> object:
        return (await session.begin(Visit(), user_id=7)).user_id

    planted = await store.create(Visit())
    async with browser(SessionMiddleware(application(log_in), store), planted) as client:
        answer = await client.get("/")
    assert "'7'" == answer.text
    identifier = SimpleCookie(answer.headers["set-cookie"])["session"].value
    assert identifier != planted
    assert await store.get(planted) is None
    session = await store.get(identifier)
    assert session is not None
    assert "7" == session.user_id


async def test_rotating_sets_the_new_cookie(store: AsyncSessionStore[Visit]) -> None:
    """The old identifier opens nothing any more."""

    async def rotate(session: RequestSession[Visit]) -> object:
        return await session.rotate(), await session.update(Visit(9)), session.data

    old = await store.create(Visit(3), "ada")
    async with browser(SessionMiddleware(application(rotate), store), old) as client:
        answer = await client.get("/")
    assert "(True, True, Visit(pages=9))" == answer.text
    new = SimpleCookie(answer.headers["set-cookie"])["session"].value
    assert await store.get(old) is None
    session = await store.get(new)
    assert session is not None
    assert Visit(9) == session.data


async def test_of_concurrent_requests_that_rotate_one_sets_the_cookie(store: AsyncSessionStore[Visit]) -> None:
    """The others leave it alone: what they would take back is the winner's."""
    met = asyncio.Event()
    waiting: list[int] = []

    async def rotate(session: RequestSession[Visit]) -> object:
        waiting.append(1)
        if len(waiting) == 3:
            met.set()
        await met.wait()
        return await session.rotate()

    old = await store.create(Visit(), "ada")
    middleware = SessionMiddleware(application(rotate), store)
    async with browser(middleware, old) as one, browser(middleware, old) as two, browser(middleware, old) as three:
        answers = await asyncio.gather(*(client.get("/") for client in (one, two, three)))
    assert ["False", "False", "True"] == sorted(answer.text for answer in answers)
    assert [answer.text == "True" for answer in answers] == ["set-cookie" in answer.headers for answer in answers]


async def test_logging_out_takes_the_cookie_back(store: AsyncSessionStore[Visit]) -> None:
    """And ends the session."""

    async def log_out(session: RequestSession[Visit]) -> object:
        await session.end()
        await session.end()
        return session.current

    identifier = await store.create(Visit(), "ada")
    async with browser(SessionMiddleware(application(log_out), store), identifier) as client:
        answer = await client.get("/")
    assert "0" == SimpleCookie(answer.headers["set-cookie"])["session"]["max-age"]
    assert await store.get(identifier) is None


@pytest.mark.parametrize("cookie", ["abc" + "x" * 43, "nonsense"])
async def test_a_cookie_that_opens_nothing_is_taken_back(store: AsyncSessionStore[Visit], cookie: str) -> None:
    """Of a session that has ended, and of none."""

    async def read(session: RequestSession[Visit]) -> object:
        return session.current

    async with browser(SessionMiddleware(application(read), store), cookie) as client:
        answer = await client.get("/")
    assert "None" == answer.text
    assert "0" == SimpleCookie(answer.headers["set-cookie"])["session"]["max-age"]


async def test_data_of_an_earlier_version_are_no_session(store: AsyncSessionStore[Visit], caplog: Any) -> None:
    """A deploy must not lock users out; the log says what happened, not what was stored."""

    async def read(session: RequestSession[Visit]) -> object:
        return session.current

    older: AsyncSessionStore[Any] = AsyncSessionStore(store._redis, str)
    identifier = await older.create("secret")
    async with browser(SessionMiddleware(application(read), store), identifier) as client:
        assert "None" == (await client.get("/")).text
    assert "data do not fit" in caplog.text
    assert "secret" not in caplog.text


async def test_a_cookie_after_the_response_has_begun_is_an_error(store: AsyncSessionStore[Visit]) -> None:
    """It would be lost silently."""
    errors: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        session = session_of(scope, Visit)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for call in (session.begin(Visit()), session.rotate(), session.end()):
            try:
                await call
            except RuntimeError as error:
                errors.append(str(error))
        await send({"type": "http.response.body", "body": b""})

    async with browser(SessionMiddleware(app, store), await store.create(Visit())) as client:
        await client.get("/")
    assert ["the response has begun: its cookie cannot be set any more"] * 3 == errors


async def test_how_the_cookie_is_set_can_be_chosen(store: AsyncSessionStore[Visit]) -> None:
    """What browsers refuse is refused."""
    middleware = SessionMiddleware(
        application(visit),
        lambda scope: store,
        cookie="sid",
        path="/app",
        domain="example.com",
        same_site="strict",
        secure=False,
        max_age_s=3600,
    )
    async with browser(middleware) as client:
        header = (await client.get("/")).headers["set-cookie"]
    cookie = SimpleCookie(header)["sid"]
    assert ("3600", "/app", "example.com", "Strict", "") == (
        cookie["max-age"],
        cookie["path"],
        cookie["domain"],
        cookie["samesite"],
        cookie["secure"],
    )
    with pytest.raises(ValueError, match="browsers refuse"):
        SessionMiddleware(application(visit), store, same_site="none", secure=False)
    with pytest.raises(ValueError, match="the name of a cookie"):
        SessionMiddleware(application(visit), store, cookie="a b")


async def test_connections_that_are_no_requests_have_their_session_too(store: AsyncSessionStore[Visit]) -> None:
    """A WebSocket's is read, and its cookie set when it is accepted; the lifespan passes."""
    seen: list[Any] = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            with pytest.raises(LookupError, match="SessionMiddleware"):
                session_of(scope, Visit)
            return
        session = session_of(scope, Visit)
        seen.append(session.data)
        await session.rotate()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "hello"})

    async def send(message: Any) -> None:
        sent.append(message)

    identifier = await store.create(Visit(4), "ada")
    middleware = SessionMiddleware(app, store)
    scope = {"type": "websocket", "headers": [(b"cookie", f"other=1; session={identifier}".encode())]}
    await middleware(scope, None, send)  # type: ignore[arg-type]
    await middleware({"type": "lifespan"}, None, send)  # type: ignore[arg-type]
    assert [Visit(4)] == seen
    [(name, value)] = sent[0]["headers"]
    assert b"set-cookie" == name
    assert identifier.encode() not in value
