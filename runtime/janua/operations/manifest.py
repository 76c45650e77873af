"""
What a backup says of itself: ``manifest.json`` beside the dump.

It holds the checksum of every file of the dump, and the file itself its own: one that is truncated, has a wrong bit or
was put together from several backups is recognised before anything is restored.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from janua.errors import BackupError
from janua.operations.progress import OnProgress, silent

MANIFEST = "manifest.json"
DUMP = "dump"
_VERSION = 1
_CHUNK = 1 << 20


class DumpFile(msgspec.Struct, frozen=True):
    """A file of the dump."""

    name: str
    bytes: int
    sha256: str


class TableFingerprint(msgspec.Struct, frozen=True):
    """A table's rows: how many, and a hash of all that does not depend on their order."""

    table: str
    rows: int
    hash: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """
    A backup. ``schema_hash`` is over all objects of the database, ``pg_dump`` the major version that made it.

    ``made_at`` is the time of the snapshot, as ISO 8601.
    """

    janua_backup: int = _VERSION
    made_at: str
    database: str
    server_version: str
    server_major: int
    pg_dump: int
    schema_hash: str
    tables: tuple[TableFingerprint, ...]
    files: tuple[DumpFile, ...]

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def bytes(self) -> int:
        """The size of the dump."""
        return sum(file.bytes for file in self.files)


class _Sealed(msgspec.Struct, frozen=True):
    backup: Manifest
    sha256: str


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it as the last file of a backup."""
    sealed = _Sealed(manifest, _seal(manifest))
    path = folder / MANIFEST
    with path.open("xb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(sealed), indent=1))
        file.flush()
        os.fsync(file.fileno())


def read_manifest(folder: Path, on_progress: OnProgress = silent) -> Manifest:
    """
    Return the manifest of a backup, having read all of its files. The phase is "check", and counts bytes.

    Raises BackupError where that is no backup, is not complete, or not as it was written.
    """
    manifest = _read(folder)
    present = dict(_present(folder / DUMP))
    known = {file.name: file for file in manifest.files}
    if missing := sorted(known.keys() - present):
        raise BackupError(f"{folder}: the file {DUMP}/{missing[0]} is missing")
    if foreign := sorted(present.keys() - known):
        raise BackupError(f"{folder}: the file {DUMP}/{foreign[0]} does not belong to this backup")
    for file in manifest.files:
        if present[file.name] != file.bytes:
            raise BackupError(
                f"{folder}: the file {DUMP}/{file.name} has {present[file.name]} bytes instead of {file.bytes}"
            )
    done = 0
    for file in manifest.files:
        if _digest(folder / DUMP / file.name) != file.sha256:
            raise BackupError(f"{folder}: the file {DUMP}/{file.name} is damaged: its checksum is another")
        done += file.bytes
        on_progress("check", done, manifest.bytes)
    return manifest


def describe_files(folder: Path, on_progress: OnProgress) -> tuple[DumpFile, ...]:
    """
    Return the files of a dump with their checksums, and have them written to the disk.

    The phase is "checksum", and counts bytes.
    """
    described = []
    present = sorted(_present(folder))
    total, done = sum(size for _, size in present), 0
    for name, size in present:
        path = folder / name
        described.append(DumpFile(name, size, _digest(path)))
        sync(path)
        done += size
        on_progress("checksum", done, total)
    sync(folder)
    return tuple(described)


def sync(path: Path) -> None:
    """Have a file or folder written to the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _read(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        sealed = msgspec.json.decode(path.read_bytes(), type=_Sealed)
    except (FileNotFoundError, NotADirectoryError):
        raise BackupError(f"{folder}: no backup of janua, or an unfinished one: it has no {MANIFEST}") from None
    except OSError as error:
        raise BackupError(f"{path}: cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BackupError(f"{path}: not the manifest of a backup, or a damaged one") from None
    if sealed.backup.janua_backup > _VERSION:
        raise BackupError(f"{path}: written by a newer version of janua: upgrade it")
    if sealed.sha256 != _seal(sealed.backup):
        raise BackupError(f"{path}: damaged: its checksum is another")
    return sealed.backup


def _seal(manifest: Manifest) -> str:
    return hashlib.sha256(msgspec.json.encode(manifest)).hexdigest()


def _present(folder: Path) -> Iterator[tuple[str, int]]:
    if not folder.is_dir():
        return
    for entry in os.scandir(folder):
        # What is no plain file (a link, a folder) has no size that could be right.
        yield entry.name, entry.stat().st_size if entry.is_file(follow_symlinks=False) else -1


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
