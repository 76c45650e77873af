"""A restore gives what was backed up, or leaves everything as it was."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psycopg
import pytest
from janua import operations
from janua.embedded.distributions import distributions
from janua.errors import BackupError, OperationError
from janua.operations import programs
from janua.operations.manifest import MANIFEST, Manifest, read_manifest, write_manifest
from janua.operations.programs import find_for_dump

from tests.faults.servers import FaultServer
from tests.operations.conftest import count, names_like, rich_database

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def made(url: str, tmp_path: Path) -> Path:
    """A backup."""
    operations.backup(url, tmp_path / "backup")
    return tmp_path / "backup"


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_wrong_bit_in_any_file_is_noticed(made: Path) -> None:
    """At its beginning, its middle and its end; before a server is asked."""
    for path in [made / MANIFEST, *(made / "dump").iterdir()]:
        size = path.stat().st_size
        for at in {0, size // 2, size - 1} if size else ():
            flip(path, at)
            with pytest.raises(BackupError):
                operations.restore(made, NOWHERE)
            flip(path, at)
    operations.check(made)


def test_a_file_that_is_cut_short_is_noticed(made: Path) -> None:
    """By one byte, or to nothing."""
    for path in [made / MANIFEST, *(made / "dump").iterdir()]:
        whole = path.read_bytes()
        for part in (whole[:-1], b""):
            path.write_bytes(part)
            with pytest.raises(BackupError):
                operations.restore(made, NOWHERE)
        path.write_bytes(whole)


def test_the_dump_of_another_backup_is_noticed(url: str, made: Path, tmp_path: Path) -> None:
    """Each file of its own, and all of them."""
    with psycopg.connect(url) as conn:
        conn.execute("INSERT INTO app.people (name) VALUES ('late')")
    operations.backup(url, tmp_path / "later")
    shutil.rmtree(made / "dump")
    shutil.copytree(tmp_path / "later" / "dump", made / "dump")
    with pytest.raises(BackupError, match=r"instead of|checksum|does not belong|missing"):
        operations.restore(made, NOWHERE)


def test_files_that_are_missing_or_too_many_are_named(made: Path) -> None:
    """Also a link in place of a file."""
    table = next(path for path in (made / "dump").iterdir() if path.name.endswith(".dat.gz"))
    table.rename(made / "aside")
    with pytest.raises(BackupError, match=f"{table.name} is missing"):
        operations.restore(made, NOWHERE)
    table.symlink_to(made / "aside")
    with pytest.raises(BackupError, match=f"{table.name} has -1 bytes"):
        operations.restore(made, NOWHERE)
    table.unlink()
    (made / "aside").rename(table)
    (made / "dump" / "more").touch()
    with pytest.raises(BackupError, match="more does not belong to this backup"):
        operations.restore(made, NOWHERE)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: folder.rename(folder.with_name("gone")), "no backup of janua"),
        (lambda folder: (folder / MANIFEST).unlink(), "no backup of janua"),
        (lambda folder: (folder / MANIFEST).write_text("{}"), "not the manifest of a backup"),
        (lambda folder: (folder / MANIFEST).write_bytes(b"\xff\xfe"), "not the manifest of a backup"),
    ],
)
def test_what_is_no_backup_is_said_to_be_none(spoil: Callable[[Path], object], message: str, made: Path) -> None:
    """A folder of something else, a dump without a manifest, any other JSON."""
    spoil(made)
    with pytest.raises(BackupError, match=message):
        operations.restore(made, NOWHERE)


def test_a_newer_format_asks_for_a_newer_janua(made: Path) -> None:
    """Instead of guessing."""
    rewrite(made, janua_backup=99)
    with pytest.raises(BackupError, match="newer version of janua"):
        operations.restore(made, NOWHERE)


def rewrite(folder: Path, **changes: object) -> None:
    """Seal another manifest, as only somebody who means it can."""
    manifest: Manifest = msgspec.structs.replace(read_manifest(folder), **changes)
    (folder / MANIFEST).unlink()
    write_manifest(folder, manifest)


def test_a_database_that_is_not_empty_is_not_replaced_unasked(url: str, made: Path) -> None:
    """Nothing in it changes."""
    with psycopg.connect(url) as conn:
        conn.execute('DELETE FROM app.people WHERE id > 10 AND id NOT IN (SELECT person FROM "Odd ""name")')
    with pytest.raises(OperationError, match="is not empty"):
        operations.restore(made, url)
    assert 10 == count(url)
    operations.restore(made, url, replace=True)
    assert 3002 == count(url)


def test_sessions_in_the_database_are_ended(url: str, made: Path) -> None:
    """Also one that connects again at once."""
    with psycopg.connect(url) as idler:
        idler.execute("SELECT 1")
        operations.restore(made, url, replace=True)
        with pytest.raises(psycopg.OperationalError):
            idler.execute("SELECT 1")


@pytest.mark.parametrize("change", ["rows", "table", "schema"])
def test_what_is_not_what_was_backed_up_is_never_put_in_place(change: str, url: str, made: Path) -> None:
    """The database is untouched, and nothing is left beside it."""
    manifest = read_manifest(made)
    first, *others = manifest.tables
    if change == "rows":
        rewrite(made, tables=(msgspec.structs.replace(first, hash="0"), *others))
    elif change == "table":
        rewrite(made, tables=tuple(others))
    else:
        rewrite(made, schema_hash="0")
    with psycopg.connect(url) as conn:
        conn.execute("INSERT INTO app.people (name) VALUES ('mine')")
    before = names_like(url)
    with pytest.raises(BackupError, match=r"other rows in app\.people|other objects in the schema"):
        operations.restore(made, url, replace=True)
    assert (before, 3003) == (names_like(url), count(url))


def test_the_first_error_of_the_server_ends_a_restore(url: str, made: Path) -> None:
    """As of an owner who is not there; without owners it goes on."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("CREATE ROLE temporary_owner; ALTER TABLE nothing OWNER TO temporary_owner")
        operations.backup(url, made.with_name("owned"))
        conn.execute("ALTER TABLE nothing OWNER TO postgres; DROP ROLE temporary_owner")
    before = names_like(url)
    with pytest.raises(OperationError, match='role "temporary_owner" does not exist'):
        operations.restore(made.with_name("owned"), url, replace=True)
    assert before == names_like(url)
    operations.restore(made.with_name("owned"), url, replace=True, owners=False)


def test_a_killed_restore_leaves_the_old_database_or_the_new_one(url: str, made: Path) -> None:
    """At whatever moment; the next one drops what is left beside it."""
    with psycopg.connect(url) as conn:
        conn.execute("INSERT INTO app.people (name) VALUES ('old')")
    command = [sys.executable, "-m", "janua.cli", "--project", str(made.parent), "db", "restore", str(made), "--yes"]
    made.with_name("pyproject.toml").write_text("[tool.janua]\n")
    made.with_name("migrations").mkdir()
    for delay in (0.4, 0.6, 0.8, 1.0):
        with subprocess.Popen([*command, "--database-url", url], stderr=subprocess.DEVNULL) as process:
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
        assert count(url) in (3002, 3003)
    deadline = time.monotonic() + 30
    while operations.restore(made, url, replace=True) and any("_restoring_" in name for name in names_like(url)):
        # The server notices that a client is gone only when it has done what that had asked for.
        assert time.monotonic() < deadline


def test_a_backup_of_a_newer_server_is_refused_by_an_older_one(made: Path) -> None:
    """With both versions."""
    older = [each for each in distributions() if each.major < read_manifest(made).server_major]
    server = FaultServer(older[-1])
    try:
        server.start()
        with pytest.raises(OperationError, match="the backup is of a newer one: 18"):
            operations.verify(made, server.url)
    finally:
        server.remove()


@pytest.mark.skipif(min(each.major for each in distributions()) >= 17, reason="no server before 17 is here")
def test_an_old_server_is_restored_by_newer_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not know all that these say; the first error ends it as ever, and is told."""
    new_ones = [each for each in programs.installed() if each.major >= 17]
    monkeypatch.setattr(programs, "installed", lambda: new_ones)
    server = FaultServer(next(each for each in distributions() if each.major < 17))
    try:
        server.start()
        for url in rich_database(server.url):
            made = operations.backup(url, tmp_path / "backup")
            with psycopg.connect(url) as conn:
                conn.execute("INSERT INTO app.people (name) VALUES (E'SET transaction_timeout = 0;\\n')")
            again = operations.backup(url, tmp_path / "again")
            assert (17, made) == (made.pg_dump, operations.verify(tmp_path / "backup", url))
            assert again == operations.restore(tmp_path / "again", url, replace=True).manifest
            with psycopg.connect(url, autocommit=True) as conn:
                conn.execute("CREATE ROLE gone; ALTER TABLE nothing OWNER TO gone")
                operations.backup(url, tmp_path / "owned")
                conn.execute("ALTER TABLE nothing OWNER TO postgres; DROP ROLE gone")
            with pytest.raises(OperationError, match=r'psql has failed: .*role "gone" does not exist'):
                operations.restore(tmp_path / "owned", url, replace=True)
            assert 1 == len(names_like(url))
    finally:
        server.remove()


def test_the_progress_comes_to_its_end(url: str, tmp_path: Path) -> None:
    """Every phase, never beyond its total."""
    seen: list[tuple[str, int, int]] = []
    operations.backup(url, tmp_path / "backup", on_progress=lambda *said: seen.append(said))
    operations.verify(tmp_path / "backup", url, on_progress=lambda *said: seen.append(said))
    assert {"dump", "fingerprint", "checksum", "check", "restore", "compare"} == {phase for phase, _, _ in seen}
    assert all(0 <= done <= total for _, done, total in seen)
    assert all(any(done == total for each, done, total in seen if each == phase) for phase, _, _ in seen)


def test_the_oldest_programs_that_will_do_are_taken() -> None:
    """A dump of theirs can be restored in the most places."""
    majors = {each.major for each in programs.installed()}
    assert {major: major for major in majors} == {major: find_for_dump(major).major for major in majors}
    with pytest.raises(OperationError, match="no pg_dump of version 99 or newer is here"):
        find_for_dump(99)
