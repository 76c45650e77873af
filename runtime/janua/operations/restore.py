"""Restores: into a new database, compared with the manifest, which then takes the name of the old one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg

from janua.errors import BackupError, OperationError
from janua.operations import servers
from janua.operations.filling import fill
from janua.operations.fingerprint import fingerprints, schema_hash, settle
from janua.operations.manifest import DUMP, Manifest, read_manifest
from janua.operations.programs import find_for_restore
from janua.operations.progress import OnProgress, silent
from janua.operations.servers import Place

_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has done: the backup's manifest, and whether it has replaced a database that was not empty."""

    manifest: Manifest
    has_replaced: bool


def restore(
    folder: Path,
    url: str | None,
    *,
    replace: bool = False,
    owners: bool = True,
    jobs: int = 2,
    on_progress: OnProgress = silent,
) -> Restored:
    """
    Restore a backup into the database that ``url`` (or ``JANUA_DATABASE_URL``) names, and compare it with the manifest.

    Everything happens in a new database beside it, which takes its name, owner, settings and rights when all is
    there and alike: until then, and where anything fails, the database is untouched. Sessions in it are then ended.
    It need not exist. One that is not empty is only replaced with ``replace``. Without ``owners``, all belongs to the
    role that restores, and rights are not restored.

    Raises BackupError, before the server is asked, where files are missing, truncated, altered or of another
    backup, and where what was restored is not what was backed up; OperationError and ServerUnreachable.
    """
    manifest = check(folder, on_progress)
    place = Place(url)
    has_replaced = holds_anything(url)
    if has_replaced and not replace:
        raise OperationError(f"{place} is not empty: a restore would replace all that is in it")
    with place.beside() as server:
        new = servers.make_like(server, place.name, purpose="restoring")
        try:
            _fill(server, place, new, folder, manifest, owners, jobs, on_progress)
            servers.exchange(server, place.name, new)
        except BaseException:
            servers.drop(server, new)
            raise
    return Restored(manifest, has_replaced)


def verify(
    folder: Path, url: str | None, *, owners: bool = False, jobs: int = 2, on_progress: OnProgress = silent
) -> Manifest:
    """
    Prove a backup by restoring it into a scratch database on the server of ``url``, which is then dropped.

    Raises as ``restore`` does.
    """
    manifest = check(folder, on_progress)
    place = Place(url)
    with place.beside() as server:
        new = servers.make_like(server, place.name, purpose="verify")
        try:
            _fill(server, place, new, folder, manifest, owners, jobs, on_progress)
        finally:
            servers.drop(server, new)
    return manifest


def holds_anything(url: str | None) -> bool:
    """Whether the database that ``url`` (or ``JANUA_DATABASE_URL``) names exists and is not empty."""
    place = Place(url)
    with place.beside() as server:
        if not place.exists(server):
            return False
    with place.connect() as conn:
        return not servers.is_empty(conn)


def check(folder: Path, on_progress: OnProgress = silent) -> Manifest:
    """Return the manifest of a backup whose files are all there and as they were written. Raises BackupError."""
    return read_manifest(folder, on_progress)


def _fill(
    server: psycopg.Connection,
    place: Place,
    new: str,
    folder: Path,
    manifest: Manifest,
    owners: bool,
    jobs: int,
    on_progress: OnProgress,
) -> None:
    major = server.info.server_version // 10000
    if major < manifest.server_major:
        raise OperationError(
            f"{place} is PostgreSQL {major}, and the backup is of a newer one: {manifest.server_major}"
        )
    programs = find_for_restore(manifest.pg_dump, major)
    total, done = len(manifest.tables), 0

    def tell(line: str) -> None:
        nonlocal done
        if "processing data for table" in line:
            done = min(done + 1, total)
            on_progress("restore", done, total)

    options = () if owners else ("--no-owner", "--no-privileges")
    fill(programs, folder / DUMP, place.named(new), major, options, jobs, tell)
    with place.connect(new) as conn:
        _compare(conn, folder, manifest, on_progress)
        conn.execute("ANALYZE")


def _compare(conn: psycopg.Connection, folder: Path, manifest: Manifest, on_progress: OnProgress) -> None:
    with conn.transaction():
        settle(conn)
        found = {table.table: table for table in fingerprints(conn, on_progress, "compare")}
        expected = {table.table: table for table in manifest.tables}
        wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
        if wrong:
            more = f" and {len(wrong) - _SAMPLES} more" if len(wrong) > _SAMPLES else ""
            named = ", ".join(wrong[:_SAMPLES]) + more
            raise BackupError(f"{folder}: what was restored is not what was backed up: other rows in {named}")
        if schema_hash(conn) != manifest.schema_hash:
            raise BackupError(f"{folder}: what was restored is not what was backed up: other objects in the schema")
