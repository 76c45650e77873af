"""What the service says about itself."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
from janua.scratch import ScratchServer
from psycopg.conninfo import conninfo_to_dict

from examples.identity.settings import Settings
from tests.service.conftest import StartWorker
from tests.service.people import connect
from tests.service.processes import eventually, serve_api


def test_health_shows_both_servers_and_a_worker(client: httpx.Client, start_worker: StartWorker) -> None:
    """A service without a worker is degraded; one that starts is seen by its heartbeat."""
    before = client.get("/health")
    assert (200, "degraded", None) == (before.status_code, before.json()["status"], before.json()["worker"])
    assert before.json()["database"]["ok"]
    assert before.json()["redis"]["ok"]
    worker = start_worker()
    eventually(lambda: client.get("/health").json()["status"] == "ok", "the heartbeat")
    beat = datetime.fromisoformat(client.get("/health").json()["worker"]["at"])
    assert timedelta(0) <= datetime.now(UTC) - beat < timedelta(seconds=20)
    worker.terminate()
    assert 0 == worker.wait()


def test_health_tells_when_redis_is_away(settings: Settings) -> None:
    """Requests are answered all the same: only the health needs it."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        away = replace(settings, redis_url=f"redis://:hunter2@127.0.0.1:{port}/0")
        with serve_api(away) as url, connect(url) as client:
            health = client.get("/health")
            assert (200, "degraded") == (health.status_code, health.json()["status"])
            assert not health.json()["redis"]["ok"]
            assert f"127.0.0.1:{port}" in health.json()["redis"]["error"]
            assert "hunter2" not in health.text
            assert 401 == client.get("/me").status_code


def test_health_tells_when_the_database_is_away(
    client: httpx.Client, settings: Settings, janua_scratch: ScratchServer
) -> None:
    """It answers within seconds, so that whoever watches it sends no more requests."""
    janua_scratch.drop(str(conninfo_to_dict(settings.database_url or "")["dbname"]))
    health = client.get("/health")
    assert (503, "down") == (health.status_code, health.json()["status"])
