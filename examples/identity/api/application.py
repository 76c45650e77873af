"""The application: its parts, and what is opened before the first request and closed after the last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from janua import AsyncDatabase, PoolOptions
from janua.redis import AsyncRedis

from examples.identity.api import accounts, api_keys, audit, health, invitations, organizations, usage, webhooks
from examples.identity.api.dependencies import Resources
from examples.identity.api.errors import add_error_handlers
from examples.identity.api.rates import limit_passwords
from examples.identity.mail import Outbox
from examples.identity.settings import Settings, read_settings

# Short, as for Redis below: a client that waits for a database that is away helps nobody.
_POOL = PoolOptions(max_size=10, timeout=5, connect_timeout=2)


def create_app(settings: Settings | None = None) -> FastAPI:
    """
    Return the application; without settings, it reads the environment when it starts.

    Starting fails where the database cannot be reached. Redis may be away: only health and the limit on passwords
    need it.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        chosen = settings or read_settings()
        async with (
            AsyncDatabase(chosen.database_url, application_name="identity-api", pool=_POOL) as db,
            AsyncRedis(chosen.redis_url, prefix=chosen.redis_prefix, timeout=1, connect_timeout=1) as redis,
        ):
            passwords = limit_passwords(redis, chosen.passwords_per_minute)
            app.state.resources = Resources(db, redis, passwords, Outbox(chosen.mail_folder), chosen.webhook_key)
            yield

    app = FastAPI(title="Identity", lifespan=lifespan)
    for part in (accounts, organizations, invitations, api_keys, usage, webhooks, audit, health):
        app.include_router(part.router)
    add_error_handlers(app)
    return app
