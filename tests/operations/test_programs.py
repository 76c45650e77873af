"""PostgreSQL's programs are found by their versions and given the password in secret."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from janua.errors import OperationError
from janua.operations import programs
from janua.operations.programs import Programs, find_for_dump, find_for_restore

URL = {"host": "db.internal", "dbname": "shop", "user": "me", "password": "hunter2"}


def program(folder: Path, script: str) -> Programs:
    """A pg_dump that does this."""
    path = folder / "pg_dump"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Programs(folder, 18)


def test_the_password_is_on_no_command_line(tmp_path: Path) -> None:
    """It travels in the environment, and in no message."""
    said: list[str] = []
    fake = program(
        tmp_path, 'echo "$0 $@" >&2; test "$PGPASSWORD" = hunter2 || exit 9; echo error: at last >&2; exit 3'
    )
    with pytest.raises(OperationError) as error:
        fake.run("pg_dump", "--verbose", url=URL, on_line=said.append)
    assert "hunter2" not in "\n".join(said) + str(error.value)
    assert "host=db.internal" in said[0]
    assert "pg_dump has failed: error: at last" == str(error.value)


def test_it_is_ended_where_the_block_fails(tmp_path: Path) -> None:
    """At once, and nothing of it is heard any more."""
    fake = program(tmp_path, "exec sleep 60")
    start = time.monotonic()
    with pytest.raises(ZeroDivisionError), fake.running("pg_dump", url=URL, on_line=print):
        raise ZeroDivisionError
    assert time.monotonic() - start < 30


def test_what_fails_while_listening_is_raised_at_the_end(tmp_path: Path) -> None:
    """The program has come to its own end."""
    fake = program(tmp_path, f"echo one >&2; echo two >&2; touch {tmp_path}/done")
    with pytest.raises(ZeroDivisionError):
        fake.run("pg_dump", url=URL, on_line=lambda line: 1 / 0)
    assert (tmp_path / "done").exists()


def test_a_password_that_cannot_be_hidden_is_refused(tmp_path: Path) -> None:
    """There is no other way to tell libpq's programs that of a key than the command line."""
    with pytest.raises(OperationError, match="sslpassword"):
        program(tmp_path, "true").run("pg_dump", url={**URL, "sslpassword": "hunter2"}, on_line=print)


def having(monkeypatch: pytest.MonkeyPatch, *majors: int) -> None:
    monkeypatch.setattr(programs, "installed", lambda: [Programs(Path(f"/pg{major}"), major) for major in majors])


@pytest.mark.parametrize(
    ("dump", "server", "taken"),
    [(15, 15, 15), (16, 16, 16), (15, 17, 15), (16, 18, 16), (17, 17, 17), (17, 18, 17), (18, 18, 18), (18, 17, 18)],
)
def test_what_restores_reads_the_dump_and_is_understood(
    monkeypatch: pytest.MonkeyPatch, dump: int, server: int, taken: int
) -> None:
    """The oldest of those."""
    having(monkeypatch, 18, 17, 16, 15)
    found = find_for_restore(dump, server)
    assert (taken, True) == (found.major, found.is_understood_by(server))


def test_where_nothing_will_do_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what there is. A newer one than the server will do."""
    having(monkeypatch, 16)
    with pytest.raises(OperationError, match=r"no pg_restore of version 18 .* 16 in /pg16.* postgresql-client-18"):
        find_for_restore(18, 18)
    having(monkeypatch)
    with pytest.raises(OperationError, match=r"no pg_dump of version 16 or newer is here \(there is none\)"):
        find_for_dump(16)
    having(monkeypatch, 18, 17)
    assert (17, 17) == (find_for_dump(16).major, find_for_restore(15, 15).major)
    assert not find_for_restore(15, 15).is_understood_by(15)
