"""
The API alone: the tests of a file share one database and one server, as its users do.

They keep apart as users do, too: every person has an address and every organization a slug of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from janua.scratch import ScratchServer

from examples.identity.settings import Settings
from tests.service.processes import serve_api


@pytest.fixture(scope="module")
def janua_database_url(janua_scratch: ScratchServer, janua_template: str) -> Iterator[str]:
    """The URL of a migrated database, in the place of one for each test."""
    name = janua_scratch.clone(janua_template)
    yield janua_scratch.url(name)
    janua_scratch.drop(name)


@pytest.fixture(scope="module")
def settings(janua_database_url: str, janua_redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the shared server."""
    return Settings(
        webhook_key=secrets.token_bytes(32),
        database_url=janua_database_url,
        redis_url=janua_redis_url,
        # Every test is a client of the same address.
        passwords_per_minute=10_000,
        mail_folder=tmp_path_factory.mktemp("mail"),
    )


@pytest.fixture(scope="module")
def api_url(settings: Settings) -> Iterator[str]:
    """The URL of the shared server."""
    with serve_api(settings) as url:
        yield url
