"""
Servers to try the service on: ``python -m examples.identity.playground`` runs them until Ctrl-C.

PostgreSQL and Valkey come out of wheels; the database is migrated, and is gone at the end.
"""

from __future__ import annotations

import secrets
import signal
from contextlib import suppress
from pathlib import Path

from janua.config import load_project
from janua.embedded import valkey
from janua.migrations import read_migrations
from janua.scratch import open_scratch


def main() -> None:
    """Print what to paste into the terminals of API and worker, and wait."""
    project = load_project(Path())
    migrations = read_migrations(project.migrations)
    with (
        open_scratch(project.root, migrations=migrations) as scratch,
        valkey.serve(project.root / ".janua") as redis,
    ):
        template = scratch.migrated(migrations, purpose="playground")
        print(f"export JANUA_DATABASE_URL='{scratch.url(scratch.clone(template))}'")
        print(f"export JANUA_REDIS_URL='{redis.url}'")
        print(f"export IDENTITY_WEBHOOK_KEY={secrets.token_hex(32)}", flush=True)
        signal.pause()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        main()
