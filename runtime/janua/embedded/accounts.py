"""
Where an embedded server's files lie, and as whom it runs.

For an ordinary user both are simple: under the project, as this user. PostgreSQL refuses to run as
root, so a process of root runs its servers as ``nobody``, and their files lie in a folder of root's in
the system's temporary directory: no permission of the project or of any folder above it is touched.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from janua.errors import EmbeddedServerError

# sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included.
_SOCKET_PATH_BYTES = 103
_ROOTS_PREFIX = "janua-0-"
# Says whose state a folder in the temporary directory is.
_OWNER = "state_dir"


@dataclass(frozen=True, slots=True)
class Account:
    """A user whom the server runs as."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """Return whom servers run as where this process is root's, else None: as ourselves."""
    if os.geteuid() != 0:
        return None
    # Not first "postgres": a real server of this machine may own its files.
    for name in ("nobody", "postgres"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedServerError(
        "an embedded server cannot run as root, and there is no user nobody or postgres to run it as"
    )


def base_folder(state_dir: Path, account: Account | None) -> Path:
    """Return where the servers of a state folder keep their files: in it, but for root."""
    state_dir = state_dir.absolute()
    return state_dir if account is None else _temporary(account) / f"{_ROOTS_PREFIX}{_key(state_dir)}"


def home_folder(state_dir: Path, name: str, account: Account | None) -> Path:
    """Return the folder, made if need be, that holds the server called ``name`` of this state folder."""
    base = base_folder(state_dir, account)
    # Of root's folders, the server's user passes through them and sees nothing of what is in them.
    mode = 0o700 if account is None else 0o711
    is_new = not base.exists()
    if is_new and account is not None:
        _remove_abandoned(base.parent)
    _make_folder(base, mode=mode)
    if is_new and account is not None:
        (base / _OWNER).write_text(str(state_dir.absolute()), errors="surrogateescape")
    if not (base / ".gitignore").exists():
        (base / ".gitignore").write_text("*\n")
    return _make_folder(base / name, mode=mode)


def _remove_abandoned(temporary: Path) -> None:
    """Remove the folders of projects that are gone. Nobody else would: they do not lie in the project."""
    for base in temporary.glob(f"{_ROOTS_PREFIX}*"):
        try:
            state_dir = Path((base / _OWNER).read_text(errors="surrogateescape"))
            if base.lstat().st_uid != os.geteuid() or state_dir.parent.exists():
                continue
            with ExitStack() as stack:
                for lock in base.glob("*/*.lock"):
                    fcntl.flock(stack.enter_context(lock.open("rb")), fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(base)
        except OSError:
            # Not one of ours, in use, or already being removed.
            continue


def server_folder(path: Path, account: Account | None) -> Path:
    """Make a folder that only the server's user may enter, unless it is there, and return it."""
    return _make_folder(path, owner=account)


def socket_folder(home: Path, socket_name: str, account: Account | None) -> Path:
    """
    Return a private folder, made if need be, in which a Unix socket of this name can be bound.

    It is ``home/run`` where the path is short enough for a socket, else one in the temporary directory.
    """
    for path in (home / "run", _temporary(account) / f"janua-{_key(home)}", Path(f"/tmp/janua-{_key(home)}")):
        if len(os.fsencode(path / socket_name)) <= _SOCKET_PATH_BYTES:
            return server_folder(path, account)
    raise EmbeddedServerError(f"no folder with a path short enough for a socket: {home}")


def reachable_copy(package: Path, parts: tuple[str, ...], program: str, account: Account | None) -> Path:
    """
    Return ``package``, or a copy of its ``parts`` where the server's user cannot get at ``program`` in it.

    The copy is made once for each version of the package (told by the program's size and time), in the
    temporary directory, owned by root and readable by all.
    """
    original = package / program
    if account is None or _may_enter(original.parent, account):
        return package
    found = original.stat()
    key = _key(package, str(found.st_size), str(found.st_mtime_ns))
    copy = _temporary(account) / f"{_ROOTS_PREFIX}programs-{key}"
    if not copy.exists():
        building = Path(tempfile.mkdtemp(prefix=f"{_ROOTS_PREFIX}programs-", dir=copy.parent))
        try:
            _copy_readable(package, parts, building)
            building.rename(copy)
        except OSError:
            # Another process may have been faster.
            shutil.rmtree(building, ignore_errors=True)
            if not copy.exists():
                raise
    _check_owner(copy, os.geteuid())
    return copy


def _copy_readable(package: Path, parts: tuple[str, ...], target: Path) -> None:
    for part in parts:
        shutil.copytree(package / part, target / part, symlinks=True)
    for folder, _, files in os.walk(target):
        os.chmod(folder, 0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)


def _make_folder(path: Path, *, mode: int = 0o700, owner: Account | None = None) -> Path:
    """Make a folder with exactly this mode and owner. One that is there must be that owner's."""
    uid = os.geteuid()
    try:
        path.mkdir(mode=mode, parents=uid != 0)
        path.chmod(mode)
    except FileExistsError:
        # In a directory that all may write to, somebody else may have been there first. One of ours
        # with the wrong owner is one that was left half made.
        found = path.lstat()
        if owner is not None and found.st_uid == owner.uid and stat.S_ISDIR(found.st_mode):
            return path
        _check_owner(path, uid)
    except OSError as error:
        raise EmbeddedServerError(f"{path}: cannot be made: {error.strerror}") from None
    if owner is not None:
        os.chown(path, owner.uid, owner.gid)
    return path


def _check_owner(path: Path, uid: int) -> None:
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
        raise EmbeddedServerError(f"{path}: is not a folder of the user that it should belong to; remove it")


def _temporary(account: Account | None) -> Path:
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        path = Path(folder)
        if path.is_dir() and (account is None or _may_enter(path, account)):
            return path
    raise EmbeddedServerError("there is no temporary directory that the embedded server's user may enter")


def _may_enter(folder: Path, account: Account) -> bool:
    return all(_may_search(path.stat(), account) for path in (folder.resolve(), *folder.resolve().parents))


def _may_search(found: os.stat_result, account: Account) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _key(path: Path, *more: str) -> str:
    return hashlib.sha256("\0".join((os.fspath(path), *more)).encode("utf-8", "surrogateescape")).hexdigest()[:12]
