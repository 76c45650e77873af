"""Findings collected while generating: all of them are reported at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from janua.diagnostics import Diagnostic, render, shown_path
from janua.errors import JanuaError, MigrationError


class Stage(StrEnum):
    """
    In what something turned out to be wrong: the code of a finding that has no SQLSTATE.

    ``janua explain`` takes the values; explanations.toml has what it says.
    """

    QUERY_FILE = "query-file"
    PARAMETERS = "parameters"
    VARIANTS = "variants"
    RESULT = "result"
    CALL = "call"
    OVERRIDE = "override"
    NAMES = "names"
    MIGRATION = "migration"
    OUTPUT = "output"
    STALE = "stale"
    LIVE = "live"
    LEFT_OUT = "left-out"


class GenerationFailed(JanuaError):
    """
    Something in the project's SQL is wrong; ``diagnostics`` has every finding. Nothing was written.

    ``warnings`` are those of what is in order.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], warnings: Sequence[Diagnostic] = ()) -> None:
        self.diagnostics = tuple(diagnostics)
        self.warnings = tuple(warnings)
        super().__init__("\n\n".join(render(each) for each in self.diagnostics))


def of_stage(stage: Stage, findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the findings with the stage as the code of those that have none."""
    return [each if each.code else replace(each, stage=stage) for each in findings]


@contextmanager
def at_stage(stage: Stage) -> Iterator[None]:
    """Give its code to what a stage fails with."""
    try:
        yield
    except GenerationFailed as failure:
        raise GenerationFailed(of_stage(stage, failure.diagnostics), failure.warnings) from None


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
        stage=Stage.MIGRATION,
    )
