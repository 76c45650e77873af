"""``janua monitor``: one plain report, JSON, and a live view that fits the terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from struct import pack
from termios import TIOCSWINSZ

import psycopg
import pytest
from janua.scratch import ScratchServer

JANUA = [sys.executable, "-m", "janua.cli"]
# A session of its own, whose terminal is the standard input: Ctrl-C then reaches it alone.
_IN_THE_TERMINAL = """
import os, sys
from fcntl import ioctl
from termios import TIOCSCTTY
os.setsid()
ioctl(0, TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def url(scratch: ScratchServer) -> Iterator[str]:
    """A database with a table whose name is long."""
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    with psycopg.connect(scratch.url(name)) as conn:
        conn.execute("CREATE TABLE a_table_whose_name_is_so_long_that_it_does_not_fit (id int)")
    yield scratch.url(name)
    scratch.drop(name)


def monitor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("JANUA_")}
    return subprocess.run([*JANUA, "monitor", *arguments], capture_output=True, text=True, env={**known, **environment})


def test_one_report_is_plain_in_a_pipe(url: str) -> None:
    """No colours, no cursor movements; also where nobody asked for one report."""
    for arguments in (["--once"], []):
        result = monitor(*arguments, JANUA_DATABASE_URL=url)
        assert (0, "") == (result.returncode, result.stderr)
        assert "\x1b" not in result.stdout
        assert "a_table_whose_name_is_so_long" in result.stdout
        # in lines as wide as COLUMNS says
        assert "run CREATE EXTENSION pg_stat_statements" in " ".join(result.stdout.split())


def test_json_is_one_object(url: str, janua_redis_url: str) -> None:
    """With everything, of both servers."""
    result = monitor("--json", "--database-url", url, "--redis-url", janua_redis_url)
    document = json.loads(result.stdout)
    assert [1, [], {}] == [document[name] for name in ("version", "findings", "unreachable")]
    [table] = document["postgres"]["table_sizes"]["rows"]
    assert "a_table_whose_name_is_so_long_that_it_does_not_fit" == table["table"]
    assert document["redis"]["metrics"]["rows"][0]["version"].startswith("Valkey")
    assert 0 == result.returncode


def test_danger_is_exit_code_1(url: str) -> None:
    """As an index that is invalid."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("CREATE TABLE t AS SELECT 1 AS id FROM generate_series(1, 2)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            conn.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (id)")
    result = monitor("--once", JANUA_DATABASE_URL=url)
    assert 1 == result.returncode
    assert "✖ the index public.broken is invalid" in result.stdout
    assert 1 == monitor("--json", JANUA_DATABASE_URL=url).returncode


def test_a_server_that_is_not_there_is_exit_code_3() -> None:
    """The address is named, the password never."""
    result = monitor("--once", JANUA_DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/shop")
    assert 3 == result.returncode
    assert "127.0.0.1:1" in result.stdout
    assert "hunter2" not in result.stdout + result.stderr


def test_no_address_and_a_bad_interval_are_exit_code_2(url: str) -> None:
    """Each with a sentence."""
    assert 2 == (result := monitor("--once")).returncode
    assert "JANUA_DATABASE_URL is not set" in result.stderr
    assert 2 == (result := monitor("--interval", "0", JANUA_DATABASE_URL=url)).returncode
    assert "--interval" in result.stderr


def test_without_rich_there_is_json(url: str) -> None:
    """And what is missed for the rest is named with the extra that brings it."""
    program = "import sys; sys.modules['rich'] = None; from janua.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "monitor", "--database-url", url]
    assert 0 == subprocess.run([*command, "--json"], capture_output=True).returncode
    done = subprocess.run([*command, "--once"], capture_output=True, text=True)
    assert 2 == done.returncode
    assert done.stderr.startswith("janua monitor needs the package rich")
    assert done.stderr.endswith(": pip install 'janua-database[monitor]'\n")


@pytest.mark.parametrize(("width", "height"), [(120, 40), (80, 24), (40, 15)])
def test_the_live_view_fits_the_terminal_and_ends_with_q(url: str, width: int, height: int) -> None:
    """No line is wider, and the screen is given back as it was."""
    with terminal(["monitor", "--interval", "0.2"], url, width, height) as (process, master):
        shown = read_until(master, "q ends" if height > 20 else "Connections")
        os.write(master, b"q")
        shown += read_until(master, "\x1b[?1049l")
        assert 0 == process.wait(timeout=10)
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r", "").split("\n")
    assert max(map(len, lines)) <= width


def test_ctrl_c_ends_the_live_view(url: str) -> None:
    """With exit code 0: there is no other way to end it where no key can be pressed."""
    with terminal(["monitor", "--interval", "0.2"], url, 80, 24) as (process, master):
        read_until(master, "Connections")
        os.write(master, b"\x03")
        read_until(master, "\x1b[?1049l")
        assert 0 == process.wait(timeout=10)


@contextmanager
def terminal(arguments: list[str], url: str, width: int, height: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run janua on a terminal of this size."""
    master, slave = pty.openpty()
    ioctl(slave, TIOCSWINSZ, pack("HHHH", height, width, 0, 0))
    environment = {**os.environ, "JANUA_DATABASE_URL": url, "TERM": "xterm-256color"}
    for name in ("COLUMNS", "LINES", "JANUA_REDIS_URL"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-c", _IN_THE_TERMINAL, *JANUA, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        cwd=Path("/"),
    )
    os.close(slave)
    try:
        yield process, master
    finally:
        process.kill()
        process.wait()
        os.close(master)


def read_until(master: int, text: str) -> str:
    """Return what is written up to this text, which must come within some seconds."""
    seen, deadline = "", time.monotonic() + 20
    while text not in seen:
        assert time.monotonic() < deadline, seen
        if select.select([master], [], [], 0.2)[0]:
            try:
                seen += os.read(master, 65536).decode(errors="replace")
            except OSError:
                break
    return seen
