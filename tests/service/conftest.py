"""The service on a freshly migrated database: the API over HTTP, workers as processes, a receiver of webhooks."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from janua import Database

from examples.identity.settings import Settings
from tests.service.people import Person, arrive, connect
from tests.service.processes import Process, serve_api
from tests.service.receiver import CERTIFICATE, Receiver, serve

Arrive = Callable[[str], Person]
StartWorker = Callable[..., Process]


@pytest.fixture
def settings(janua_database_url: str, janua_redis_url: str, janua_redis_prefix: str, tmp_path: Path) -> Settings:
    """Settings with a database, a Redis prefix and an outbox of this test's own."""
    return Settings(
        webhook_key=secrets.token_bytes(32),
        database_url=janua_database_url,
        redis_url=janua_redis_url,
        redis_prefix=janua_redis_prefix,
        mail_folder=tmp_path / "mail",
    )


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The same settings as the environment of a process."""
    assert settings.database_url is not None
    assert settings.redis_url is not None
    return {
        "JANUA_DATABASE_URL": settings.database_url,
        "JANUA_REDIS_URL": settings.redis_url,
        "IDENTITY_WEBHOOK_KEY": settings.webhook_key.hex(),
        "IDENTITY_REDIS_PREFIX": settings.redis_prefix,
        "IDENTITY_MAIL_FOLDER": str(settings.mail_folder),
    }


@pytest.fixture
def api_url(settings: Settings) -> Iterator[str]:
    """The URL of the API."""
    with serve_api(settings) as url:
        yield url


@pytest.fixture
def client(api_url: str) -> Iterator[httpx.Client]:
    """A client that is nobody."""
    with connect(api_url) as client:
        yield client


@pytest.fixture
def person(janua_db: Database, api_url: str) -> Iterator[Arrive]:
    """Make a person of this name, who is logged in."""
    with ExitStack() as stack:

        def person(name: str) -> Person:
            made = arrive(janua_db, api_url, name)
            stack.enter_context(made.client)
            return made

        yield person


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks."""
    with serve() as receiver:
        yield receiver


@pytest.fixture
def start_worker(environment: dict[str, str]) -> Iterator[StartWorker]:
    """Start a worker that trusts the receivers; those that are still running are killed at the end."""
    with ExitStack() as stack:

        def start_worker(*arguments: str) -> Process:
            trusting = {**environment, "SSL_CERT_FILE": str(CERTIFICATE)}
            process = Process("examples.identity.worker", ("--pause", "0.05", *arguments), trusting)
            stack.callback(process.kill)
            return process

        yield start_worker
