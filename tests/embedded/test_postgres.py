"""The embedded PostgreSQL, with real processes that come, go and are killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psycopg
import pytest
from janua.embedded import postgres

from .conftest import StartUser, State, new_state


def test_it_serves_utf8_in_utc_on_a_unix_socket_only(state: State) -> None:
    """What the server promises to its databases."""
    with postgres.serve(state.folder) as server, psycopg.connect(server.url) as conn:
        shown = {
            name: conn.execute(f"SHOW {name}").fetchone()
            for name in ("server_encoding", "timezone", "listen_addresses", "fsync")
        }
    assert {
        "server_encoding": ("UTF8",),
        "timezone": ("UTC",),
        "listen_addresses": ("",),
        "fsync": ("off",),
    } == shown


def test_what_was_created_is_there_the_next_time(state: State) -> None:
    """The cluster outlives its server."""
    with postgres.serve(state.folder) as server, psycopg.connect(server.url, autocommit=True) as conn:
        conn.execute("DROP DATABASE IF EXISTS kept")
        conn.execute("CREATE DATABASE kept")
    state.wait_for_end("pg")
    with postgres.serve(state.folder) as server, psycopg.connect(server.database_url("kept")) as conn:
        assert ("kept",) == conn.execute("SELECT current_database()").fetchone()


def test_the_server_ends_with_its_last_context(state: State) -> None:
    """Nested contexts of one process share it; the inner one's end changes nothing."""
    with postgres.serve(state.folder) as outer:
        with postgres.serve(state.folder) as inner:
            assert outer == inner
        with psycopg.connect(outer.url) as conn:
            conn.execute("SELECT 1")
    assert state.wait_for_end("pg") < 2


def test_two_processes_share_one_server(state: State, start_user: StartUser) -> None:
    """The second joins, and the server stays when the first, which started it, leaves."""
    first = start_user(state)
    second = start_user(state)
    assert first.pid == second.pid
    first.leave()
    with psycopg.connect(second.url) as conn:
        assert (1,) == conn.execute("SELECT 1").fetchone()
    second.leave()
    state.wait_for_end("pg")


def test_the_server_ends_when_its_users_are_killed(state: State, start_user: StartUser) -> None:
    """SIGKILL runs no cleanup; the kernel gives up the locks."""
    users = [start_user(state), start_user(state)]
    for user in users:
        user.kill()
    assert state.wait_for_end("pg") < 2


def test_a_user_killed_while_starting_leaves_no_server(state: State, start_user: StartUser) -> None:
    """The watcher finishes the start, finds no user, and ends."""
    for moment in (0.15, 0.2, 0.25):
        process = start_user(state, wait=False)
        time.sleep(moment)
        process.kill()
        process.communicate()
    state.wait_for_end("pg")
    with postgres.serve(state.folder) as server, psycopg.connect(server.url) as conn:
        assert (1,) == conn.execute("SELECT 1").fetchone()


def test_ctrl_c_while_a_cluster_is_made_leaves_nothing(fresh_state: State, start_user: StartUser) -> None:
    """Neither a process nor a half-made cluster; the next start makes a whole one."""
    process = start_user(fresh_state, wait=False)
    deadline = time.monotonic() + 5
    while not list(fresh_state.base().glob("*/new-*/data/*")):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=10)
    home = fresh_state.home("pg")
    assert [] == list(home.glob("new-*"))
    assert not (home / "data").exists()
    with postgres.serve(fresh_state.folder) as server, psycopg.connect(server.url) as conn:
        assert (1,) == conn.execute("SELECT 1").fetchone()
    fresh_state.wait_for_end("pg")


def test_a_newcomer_while_the_server_ends_gets_a_new_one(state: State, start_user: StartUser) -> None:
    """It waits for the old one's end instead of joining it."""
    for _ in range(3):
        user = start_user(state)
        user.kill()
        with postgres.serve(state.folder) as server, psycopg.connect(server.url) as conn:
            assert (1,) == conn.execute("SELECT 1").fetchone()


def test_a_crashed_server_is_started_again(state: State) -> None:
    """Its users see their connections fail; whoever asks anew gets a server."""
    with postgres.serve(state.folder) as first:
        os.kill(first.pid, signal.SIGKILL)
        time.sleep(0.1)
        with postgres.serve(state.folder) as second, psycopg.connect(second.url) as conn:
            assert first.pid != second.pid
            assert (1,) == conn.execute("SELECT 1").fetchone()


@pytest.mark.skipif("sys.platform != 'linux'", reason="elsewhere the server waits for the next start")
def test_the_server_ends_with_its_watcher(state: State) -> None:
    """Even where the watcher is killed."""
    with postgres.serve(state.folder) as server:
        stat = Path(f"/proc/{server.pid}/stat").read_text()
        os.kill(int(stat.rpartition(")")[2].split()[1]), signal.SIGKILL)
        state.wait_for_end("pg")


def test_a_cluster_that_does_not_start_is_made_anew(state: State) -> None:
    """It is a cache: nobody is asked to repair it."""
    with postgres.serve(state.folder):
        pass
    state.wait_for_end("pg")
    (state.home("pg") / "data" / "global" / "pg_control").write_bytes(b"torn")
    with postgres.serve(state.folder) as server, psycopg.connect(server.url) as conn:
        assert (1,) == conn.execute("SELECT 1").fetchone()


def test_stale_files_of_a_killed_server_do_not_matter(state: State) -> None:
    """A process id in postmaster.pid that is by now another process's would stop PostgreSQL."""
    with postgres.serve(state.folder) as server:
        sockets = server.socket_dir
    state.wait_for_end("pg")
    home = state.home("pg")
    (home / "data" / "postmaster.pid").write_text(f"{os.getppid()}\n{home / 'data'}\n1\n5432\n\n\n\nready\n")
    sockets.mkdir(exist_ok=True)
    (sockets / ".s.PGSQL.5432").write_text("")
    with postgres.serve(state.folder) as server, psycopg.connect(server.url) as conn:
        assert (1,) == conn.execute("SELECT 1").fetchone()


def test_the_environment_of_other_servers_is_ignored(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """PGPORT and its like, set for a developer's own server, do not reach this one or its URL."""
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGDATA", "/nonexistent")
    with postgres.serve(state.folder) as server, psycopg.connect(server.url) as conn:
        assert (1,) == conn.execute("SELECT 1").fetchone()


def test_a_deep_folder_gets_a_short_socket_path(tmp_path: Path) -> None:
    """The path of a Unix socket has room for some hundred bytes only."""
    folder = tmp_path / ("deep" * 30) / ".janua"
    folder.parent.mkdir()
    with new_state(folder) as deep:
        with postgres.serve(folder) as server, psycopg.connect(server.url) as conn:
            assert (1,) == conn.execute("SELECT 1").fetchone()
        deep.wait_for_end("pg")
        assert not server.socket_dir.exists()


def test_no_permission_of_a_folder_changes(state: State) -> None:
    """A private folder above the state stays private."""
    state.folder.parent.chmod(0o700)
    with postgres.serve(state.folder):
        assert 0o700 == state.folder.parent.stat().st_mode & 0o777
