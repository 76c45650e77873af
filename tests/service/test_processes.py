"""The processes of the README: servers to play with, the API under uvicorn, a worker."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from tests.service.processes import ROOT, Process, eventually


def test_the_commands_of_the_readme_work() -> None:
    """All three start, find each other, and end in an orderly way on SIGTERM."""
    command = [sys.executable, "-m", "examples.identity.playground"]
    with (
        tempfile.TemporaryDirectory(prefix="janua") as folder,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as playground,
    ):
        try:
            assert playground.stdout is not None
            exports = [shlex.split(playground.stdout.readline())[1] for _ in range(3)]
            run_service(dict(export.split("=", 1) for export in exports), Path(folder))
        finally:
            playground.send_signal(signal.SIGTERM)
        assert 0 == playground.wait(20)


def run_service(environment: dict[str, str], folder: Path) -> None:
    """Start the API and a worker with this environment, and see both in the API's health."""
    address = folder / "api.sock"
    environment = {**environment, "IDENTITY_MAIL_FOLDER": str(folder), "IDENTITY_REDIS_PREFIX": f"{os.getpid()}:"}
    api = Process("uvicorn", ("examples.identity.api:app", "--uds", str(address)), environment)
    worker = Process("examples.identity.worker", (), environment)
    try:
        eventually(address.exists, "the start of the API")
        transport = httpx.HTTPTransport(uds=str(address), retries=5)
        with httpx.Client(transport=transport, base_url="http://identity") as client:
            eventually(lambda: client.get("/health").json()["status"] == "ok", "the start of the worker")
            assert "/organizations/{organization_id}/members" in client.get("/openapi.json").json()["paths"]
            person = {"email": "ada@example.com", "password": "wrong"}
            assert 401 == client.post("/sessions", json=person).status_code
        for process in (worker, api):
            process.terminate()
        assert 0 == worker.wait()
        # uvicorn ends orderly and then lets the signal have its usual effect.
        assert api.wait() in (0, -signal.SIGTERM)
    finally:
        worker.kill()
        api.kill()
