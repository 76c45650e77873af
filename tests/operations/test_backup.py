"""A backup holds everything of one moment, and is there only when it is complete."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from janua import ConfigError, operations
from janua.embedded.distributions import distributions
from janua.errors import OperationError, ServerUnreachable
from janua.operations import servers
from janua.operations.manifest import read_manifest
from psycopg.conninfo import make_conninfo

from tests.faults.servers import FaultServer
from tests.operations.conftest import count, names_like, rich_database

SERVERS = {each.major: each for each in reversed(list(distributions()))}


@pytest.fixture(scope="module", params=sorted(SERVERS), ids=lambda major: f"PostgreSQL {major}")
def any_server(request: pytest.FixtureRequest) -> Iterator[FaultServer]:
    """A server of each version that is here."""
    server = FaultServer(SERVERS[request.param])
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def any_url(any_server: FaultServer) -> Iterator[str]:
    """A database with a bit of everything, on each of them."""
    yield from rich_database(any_server.url)


def test_what_is_restored_is_what_was_backed_up(any_url: str, tmp_path: Path) -> None:
    """Every row and every object, into a database that was not there; a backup of that says the same."""
    made = operations.backup(any_url, tmp_path / "first")
    elsewhere = make_conninfo(any_url, dbname="elsewhere")
    restored = operations.restore(tmp_path / "first", elsewhere)
    again = operations.backup(elsewhere, tmp_path / "second")
    assert (made, False) == (restored.manifest, restored.has_replaced)
    assert (made.tables, made.schema_hash) == (again.tables, again.schema_hash)
    rows = {"app.people": 3002, "public.log_1": 9, "public.log_2": 41, 'public.Odd "name': 1, "public.nothing": 0}
    assert rows == {table.table: table.rows for table in made.tables}


def test_settings_and_rights_of_the_database_stay(any_url: str, tmp_path: Path) -> None:
    """Those of a database that is replaced are given to the one that takes its place; so with a reset."""
    with psycopg.connect(any_url, autocommit=True) as conn:
        name = '"' + conn.info.dbname + '"'
        for statement in (
            "CREATE ROLE visitor",
            f"ALTER DATABASE {name} CONNECTION LIMIT 42",
            f'ALTER DATABASE {name} SET search_path = app, "$user", public',
            f"ALTER DATABASE {name} SET \"app.Tenant\" = 'it''s, really'",
            f"ALTER DATABASE {name} SET datestyle = 'SQL, DMY'",
            f"ALTER ROLE visitor IN DATABASE {name} SET work_mem = '5MB'",
            f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {name} TO visitor WITH GRANT OPTION",
            f"COMMENT ON DATABASE {name} IS 'it''s mine'",
        ):
            conn.execute(statement.encode())
    before = _properties(any_url)
    operations.backup(any_url, tmp_path / "backup")
    assert operations.restore(tmp_path / "backup", any_url, replace=True).has_replaced
    assert before == _properties(any_url)
    assert operations.reset(any_url)
    assert before == _properties(any_url)
    assert not operations.holds_anything(any_url)


def _properties(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as conn:
        of_database = conn.execute(
            "SELECT datconnlimit, encoding, datcollate, datctype, datdba, shobj_description(oid, 'pg_database'),"
            " ARRAY(SELECT unnest(datacl)::text ORDER BY 1) FROM pg_database WHERE datname = current_database()"
        ).fetchall()
        settings = conn.execute(
            "SELECT setrole, setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase"
            " WHERE datname = current_database() ORDER BY setrole"
        ).fetchall()
    return [*of_database, *settings]


def test_the_owner_of_a_database_needs_no_other_right_than_to_make_one(any_url: str, tmp_path: Path) -> None:
    """Backups, restores and resets; without that right the error says so, and nothing is left."""
    with psycopg.connect(any_url, autocommit=True) as conn:
        conn.execute("CREATE ROLE plain LOGIN CREATEDB")
        conn.execute("CREATE DATABASE plain OWNER plain")
    url = make_conninfo(any_url, dbname="plain", user="plain")
    with psycopg.connect(url) as conn:
        conn.execute("CREATE TABLE t AS SELECT 1 AS id")
    operations.backup(url, tmp_path / "backup")
    operations.verify(tmp_path / "backup", url)
    operations.restore(tmp_path / "backup", url, replace=True)
    with psycopg.connect(any_url) as conn:
        conn.execute("ALTER ROLE plain NOCREATEDB")
    for refused in (lambda: operations.verify(tmp_path / "backup", url), lambda: operations.reset(url)):
        with pytest.raises(OperationError, match="permission denied to create database"):
            refused()
    assert ["plain"] == names_like(url)
    assert 1 == count(url, "t")


def test_rows_that_a_role_may_not_read_are_no_backup(url: str, tmp_path: Path) -> None:
    """Row level security would leave some out."""
    role = f"reader_{uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("ALTER TABLE app.people ENABLE ROW LEVEL SECURITY")
        for statement in ("CREATE ROLE {} LOGIN", "GRANT pg_read_all_data TO {}"):
            conn.execute(statement.format(role).encode())
    try:
        with pytest.raises(OperationError, match=r"not all of app\.people can be read by this role"):
            operations.backup(make_conninfo(url, user=role), tmp_path / "backup")
        assert [] == list(tmp_path.iterdir())
    finally:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(f"DROP OWNED BY {role}".encode())
            conn.execute(f"DROP ROLE {role}".encode())


def test_a_backup_is_of_one_moment_while_others_write(url: str, tmp_path: Path) -> None:
    """The rows that are counted are those that are dumped."""
    stop = threading.Event()

    def write() -> None:
        with psycopg.connect(url, autocommit=True) as conn:
            while not stop.is_set():
                conn.execute(
                    "INSERT INTO app.people (name) VALUES ('new'); DELETE FROM log WHERE at = 1 + random() * 40"
                )

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        made = operations.backup(url, tmp_path / "backup")
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert made == operations.verify(tmp_path / "backup", url)
    assert made.rows < sum(count(url, table) for table in ("app.people", "log", '"Odd ""name"'))


def test_verifying_leaves_nothing(url: str, tmp_path: Path) -> None:
    """The scratch database is dropped, the database is not touched."""
    operations.backup(url, tmp_path / "backup")
    before = names_like(url)
    operations.verify(tmp_path / "backup", url)
    assert before == names_like(url)


def test_the_folder_is_this_users_alone(url: str, tmp_path: Path) -> None:
    """It holds everything that the database does."""
    operations.backup(url, tmp_path / "backup")
    assert 0o700 == (tmp_path / "backup").stat().st_mode & 0o777
    assert {"manifest.json", "dump"} == {entry.name for entry in (tmp_path / "backup").iterdir()}


def test_a_folder_that_is_there_is_left_alone(url: str, tmp_path: Path) -> None:
    """Unless it is empty."""
    (tmp_path / "backup").mkdir()
    operations.backup(url, tmp_path / "backup")
    with pytest.raises(OperationError, match="is there already"):
        operations.backup(url, tmp_path / "backup")
    assert 5 == len(read_manifest(tmp_path / "backup").tables)


def test_a_killed_backup_leaves_no_backup(url: str, tmp_path: Path) -> None:
    """Or a whole one, whatever it was doing; the next one removes what is left of it."""
    with psycopg.connect(url) as conn:
        conn.execute(
            "CREATE TABLE big AS SELECT g, repeat(md5(g::text), 20) AS words FROM generate_series(1, 60000) AS g"
        )
    command = [sys.executable, "-m", "janua.cli", "db", "backup", str(tmp_path / "backup"), "--database-url", url]
    killed = 0
    for delay in (0.3, 0.5, 0.7, 0.9, 1.1):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(timeout=delay)
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
        if (tmp_path / "backup").exists():
            # It was quicker: then it is whole.
            assert 6 == len(read_manifest(tmp_path / "backup").tables)
            shutil.rmtree(tmp_path / "backup")
    assert killed
    deadline = time.monotonic() + 20
    while operations.backup(url, tmp_path / "backup") and len(list(tmp_path.iterdir())) > 1:
        # A pg_dump that has outlived its parent still writes into what is left.
        assert time.monotonic() < deadline
        shutil.rmtree(tmp_path / "backup")
    assert 6 == len(read_manifest(tmp_path / "backup").tables)


@pytest.mark.skipif(os.getuid() != 0 or sys.platform != "linux", reason="only root may mount a small disk")
def test_a_full_disk_leaves_no_backup(url: str, tmp_path: Path) -> None:
    """The error says so, and the disk is as empty as before."""
    with psycopg.connect(url) as conn:
        conn.execute(
            "CREATE TABLE big AS SELECT string_agg(md5(random()::text), '') AS words"
            " FROM generate_series(1, 100000) AS g GROUP BY g % 1000"
        )
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        with pytest.raises(OperationError, match=r"No space left on device|the disk is full"):
            operations.backup(url, disk / "backup")
        assert [] == list(disk.iterdir())
    finally:
        subprocess.run(["umount", disk], check=True)


def test_what_is_wrong_with_the_address_is_said(tmp_path: Path) -> None:
    """Without the password."""
    with pytest.raises(ServerUnreachable) as error:
        operations.backup("postgresql://me:hunter2@127.0.0.1:1/shop", tmp_path / "backup")
    assert "hunter2" not in str(error.value)
    with pytest.raises(OperationError, match="names no database"):
        operations.backup("postgresql://me@127.0.0.1:1", tmp_path / "backup")
    with pytest.raises(ConfigError):
        operations.backup("postgresql://me:p@ss@127.0.0.1:1/shop", tmp_path / "backup")
    assert [] == list(tmp_path.iterdir())


def test_databases_that_killed_processes_left_are_dropped(url: str, tmp_path: Path) -> None:
    """Those that another process is filling are not."""
    operations.backup(url, tmp_path / "backup")
    place = servers.Place(url)
    with place.beside() as other, place.beside() as gone:
        busy, left = (servers.make_like(conn, place.name, purpose="restoring") for conn in (other, gone))
        gone.close()
        deadline = time.monotonic() + 30
        while operations.verify(tmp_path / "backup", url) and left in names_like(url):
            # The server takes a moment to end a session.
            assert time.monotonic() < deadline
        assert busy in names_like(url)
        servers.drop(other, busy)
