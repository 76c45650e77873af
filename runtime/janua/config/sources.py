"""Folders, files and patterns that a configuration names."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from janua.config.settings import Source


def find_source(root: Path, value: str) -> Source:
    """
    Return what a path or a pattern (with ``*``, ``?`` or ``[…]``) names, relative to ``root``.

    A pattern's files are in the order of their names. Raises FileNotFoundError where there is nothing.
    """
    path = Path(os.path.normpath(root / value))
    if path.exists():
        return path
    if not glob.has_magic(value):
        what = "file" if path.suffix == ".sql" else "folder"
        raise FileNotFoundError(f'the {what} "{value}" does not exist')
    found = sorted(Path(os.path.normpath(each)) for each in glob.glob(os.path.join(glob.escape(str(root)), value)))
    if not found:
        raise FileNotFoundError(f'nothing matches "{value}"')
    return tuple(found)
