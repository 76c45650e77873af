"""Findings collected while generating: all of them are reported at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from janua.diagnostics import Diagnostic, render, shown_path
from janua.errors import JanuaError, MigrationError


class GenerationFailed(JanuaError):
    """
    Something in the project's SQL is wrong; ``diagnostics`` has every finding. Nothing was written.

    ``warnings`` are those of what is in order.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], warnings: Sequence[Diagnostic] = ()) -> None:
        self.diagnostics = tuple(diagnostics)
        self.warnings = tuple(warnings)
        super().__init__("\n\n".join(render(each) for each in self.diagnostics))


def of_migration(error: MigrationError, root: Path) -> Diagnostic:
    """Return what is wrong with a migration as one finding among others, in a project's folder."""
    file = Path(os.path.relpath(error.path, root)).as_posix() if error.path is not None else "migrations"
    return Diagnostic(
        file=file,
        line=error.line,
        column=error.column,
        message=error.message.removeprefix(f"{shown_path(error.path)}: ") if error.path else error.message,
        sqlstate=error.sqlstate,
        hint=error.hint,
        excerpt=error.excerpt,
        length=error.length,
    )
