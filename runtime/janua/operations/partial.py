"""A folder that appears under its name only when it is complete."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from janua.errors import OperationError
from janua.operations.manifest import sync

if sys.platform != "win32":
    import fcntl

_LOCK = ".lock"


@contextmanager
def partial_folder(folder: Path) -> Iterator[Path]:
    """
    Make a folder beside this one, for this user alone, and rename it when the block ends; else remove it.

    What a killed process has left is removed by the next one that writes beside it. Raises OperationError where the
    name is taken.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OperationError(f"{folder}: is there already; a backup is written to a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{folder.name}.janua-partial-"
    _sweep(folder.parent, prefix)
    made = folder.parent / f"{prefix}{secrets.token_hex(6)}"
    made.mkdir(mode=0o700)
    # Inherited by the programs that write into it: where one of them outlives this process, it is still held.
    lock = os.open(made / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(lock, True)
    try:
        _hold(lock)
        yield made
        (made / _LOCK).unlink()
        sync(made)
        # Renaming replaces an empty folder, and fails for one that has been filled meanwhile.
        made.rename(folder)
        sync(folder.parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    finally:
        os.close(lock)


def _sweep(parent: Path, prefix: str) -> None:
    for left in parent.glob(f"{prefix}*"):
        try:
            lock = os.open(left / _LOCK, os.O_RDWR)
        except OSError:
            continue
        try:
            if _hold(lock):
                shutil.rmtree(left, ignore_errors=True)
        finally:
            os.close(lock)


def _hold(lock: int) -> bool:
    """Take the lock; False where somebody else has it."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
