"""The SQL of this package, a file a question."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> bytes:
    """Return the text of ``sql/NAME.sql``."""
    return files("janua.operations").joinpath("sql", f"{name}.sql").read_bytes()
