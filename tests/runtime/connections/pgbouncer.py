"""A PgBouncer of a test's own, in transaction mode, with two connections to the server that its clients share."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from janua.embedded.accounts import server_account

from tests.runtime.connections.postgres import unused_port

PROGRAM = shutil.which("pgbouncer", path=os.defpath + ":/usr/sbin:/usr/local/sbin:/sbin")
needs_pgbouncer = pytest.mark.skipif(PROGRAM is None, reason="needs pgbouncer, of the system's packages")

SETTINGS = """
[databases]
app = host={host} port={port} dbname={dbname} user=postgres
[pgbouncer]
listen_addr =
listen_port = {own_port}
unix_socket_dir = {folder}
pool_mode = transaction
default_pool_size = 2
max_client_conn = 100
auth_type = any
logfile = {folder}/log
"""


@contextmanager
def bouncing(pg_url: str) -> Iterator[str]:
    """The address of a database through it."""
    account = server_account()
    folder = Path(tempfile.mkdtemp(prefix="janua-pgb-"))
    folder.chmod(0o755)
    there = psycopg.conninfo.conninfo_to_dict(pg_url)
    port = unused_port()
    names = {"host": there["host"], "port": there.get("port") or 5432, "dbname": there["dbname"]}
    (folder / "ini").write_text(SETTINGS.format(**names, own_port=port, folder=folder))
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    assert PROGRAM is not None
    process = subprocess.Popen(
        [PROGRAM, "--quiet", folder / "ini"],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    url = f"postgresql://postgres@/app?host={folder}&port={port}"
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                psycopg.connect(url).close()
                break
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
