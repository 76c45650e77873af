"""Backups: a dump and what it must hold, both of one moment."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from janua.errors import OperationError
from janua.operations.fingerprint import fingerprints, schema_hash, settle
from janua.operations.manifest import DUMP, Manifest, TableFingerprint, describe_files, write_manifest
from janua.operations.partial import partial_folder
from janua.operations.programs import Programs, find_for_dump
from janua.operations.progress import OnProgress, silent
from janua.operations.servers import Place
from janua.operations.statements import statement


@dataclass(frozen=True, slots=True)
class _Moment:
    """An open transaction that sees the database at one moment, which others may see, too."""

    conn: psycopg.Connection
    snapshot: str
    at: datetime


def backup(url: str | None, folder: Path, *, jobs: int = 2, on_progress: OnProgress = silent) -> Manifest:
    """
    Write a backup of a database into a new folder, and return its manifest.

    ``url`` defaults to ``JANUA_DATABASE_URL``. The folder holds a dump in pg_dump's directory format, written by
    ``jobs`` processes at once, and a manifest: the rows of every table counted and hashed as the dump's own snapshot
    has them, and the checksum of each file. It appears when all of it is on the disk, and not at all where anything
    fails.

    Raises OperationError where the folder is there already, pg_dump is missing or has failed, or the disk is full;
    ServerUnreachable; ConfigError where there is no URL.
    """
    place = Place(url)
    with place.connect() as conn, _frozen(conn) as moment:
        major = conn.info.server_version // 10000
        programs = find_for_dump(major)
        try:
            with partial_folder(folder) as partial:
                tables = _dump(programs, place, moment, partial / DUMP, jobs, on_progress)
                manifest = Manifest(
                    made_at=moment.at.isoformat(),
                    database=place.name,
                    server_version=str(conn.info.parameter_status("server_version")),
                    server_major=major,
                    pg_dump=programs.major,
                    schema_hash=schema_hash(conn),
                    tables=tables,
                    files=describe_files(partial / DUMP, on_progress),
                )
                write_manifest(partial, manifest)
        except OSError as error:
            raise OperationError(f"{folder}: {_explained(error)}; nothing is left of the backup") from None
    return manifest


def _dump(
    programs: Programs, place: Place, moment: _Moment, dump: Path, jobs: int, on_progress: OnProgress
) -> tuple[TableFingerprint, ...]:
    """Run pg_dump, and read the tables meanwhile."""
    total = len(moment.conn.execute(statement("tables")).fetchall())
    done = 0

    def tell(line: str) -> None:
        nonlocal done
        if "dumping contents of table" in line:
            done = min(done + 1, total)
            on_progress("dump", done, total)

    options = ("--format=directory", f"--file={dump}", f"--jobs={jobs}", "--verbose", f"--snapshot={moment.snapshot}")
    with programs.running("pg_dump", *options, url=place.parameters, on_line=tell):
        return tuple(fingerprints(moment.conn, on_progress, "fingerprint"))


@contextmanager
def _frozen(conn: psycopg.Connection) -> Iterator[_Moment]:
    conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    conn.read_only = True
    with conn.transaction():
        settle(conn)
        row = conn.execute("SELECT pg_export_snapshot(), now()").fetchone()
        assert row is not None
        yield _Moment(conn, row[0], row[1].astimezone(UTC))


def _explained(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    return os.strerror(error.errno) if error.errno else str(error)
