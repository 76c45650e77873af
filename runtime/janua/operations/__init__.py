"""Whole databases: backed up, proved, restored, made anew, emptied. Who may destroy is asked by the commands."""

from janua.operations.backup import backup
from janua.operations.emptying import reset, truncate
from janua.operations.manifest import Manifest, TableFingerprint
from janua.operations.progress import OnProgress
from janua.operations.restore import Restored, check, holds_anything, restore, verify

__all__ = [
    "Manifest",
    "OnProgress",
    "Restored",
    "TableFingerprint",
    "backup",
    "check",
    "holds_anything",
    "reset",
    "restore",
    "truncate",
    "verify",
]
