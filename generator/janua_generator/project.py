"""The project's files as the generator reads them, and the digest by which a change is noticed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from janua.config import Project
from janua.diagnostics import Diagnostic, shown_path
from janua.errors import ConfigError, EmbeddedServerError, MigrationError
from janua.migrations import Migration, read_migrations

from janua_generator.memory import digest, generator_digest
from janua_generator.sqlfile.model import SourceFile

SCRATCH_VARIABLE = "JANUA_SCRATCH_URL"

_OUTPUT_SUFFIXES = (".py", ".sql", ".json")


@dataclass(frozen=True, slots=True)
class Inputs:
    """
    Everything that decides what is generated.

    ``unreadable`` are findings about query files that are not in ``files``. ``scratch_url`` is
    None for an embedded server; ``server`` tells the servers apart.
    """

    project: Project
    migrations: tuple[Migration, ...]
    files: tuple[SourceFile, ...]
    unreadable: tuple[Diagnostic, ...]
    scratch_url: str | None
    server: str

    @property
    def schema_digest(self) -> str:
        """Changes with the migrations alone: the ``schema_hash`` of ``inspect``."""
        return digest(*(part for each in self.migrations for part in (each.name, each.text)))

    @property
    def rules_digest(self) -> str:
        """Changes with all that decides a query's facts except the query: schema, configuration, versions."""
        return digest(self.schema_digest, repr(self.project), self.server, generator_digest())

    @property
    def digest(self) -> str:
        """Changes with anything."""
        texts = (part for file in self.files for part in (file.path, file.text))
        return digest(self.rules_digest, *texts, *(each.file for each in self.unreadable))


def read_inputs(project: Project, scratch_url: str | None) -> Inputs:
    """Read migrations and query files. Raises MigrationError."""
    files, unreadable = _query_files(project)
    migrations = tuple(read_migrations(project.migrations))
    url = scratch_url or os.environ.get(SCRATCH_VARIABLE) or None
    return Inputs(
        project=project,
        migrations=migrations,
        files=tuple(files),
        unreadable=tuple(unreadable),
        scratch_url=url,
        server=url or _embedded_server(migrations),
    )


def present_files(folder: Path) -> Iterator[Path]:
    """The files of an output folder that the generator could have written."""
    for path in folder.rglob("*"):
        if path.suffix in _OUTPUT_SUFFIXES and "__pycache__" not in path.parts and path.is_file():
            yield path


def _embedded_server(migrations: Sequence[Migration]) -> str:
    """What is chosen for these migrations; where that is nothing, the run that needs a server says why."""
    try:
        from janua.embedded.choice import choose_for

        return choose_for(migrations).distribution.fingerprint
    except (EmbeddedServerError, MigrationError):
        return ""


def _query_files(project: Project) -> tuple[list[SourceFile], list[Diagnostic]]:
    files: list[SourceFile] = []
    findings: list[Diagnostic] = []
    for path in _query_paths(project):
        shown = _shown(path, project.root)
        try:
            path.name.encode()
            files.append(SourceFile(shown, _text(path), project.sqlc))
        except UnicodeEncodeError:
            findings.append(Diagnostic(shown, 0, 0, "the file's name is not a UTF-8 text", hint="rename the file"))
        except OSError as error:
            findings.append(Diagnostic(shown, 0, 0, f"cannot be read: {error.strerror}"))
        except ValueError as error:
            findings.append(Diagnostic(shown, 0, 0, str(error), hint="save the file as UTF-8"))
    return files, findings


def _query_paths(project: Project) -> list[Path]:
    """
    The query files, each once, in the order of the settings and in a folder by name.

    Folders are searched with all that is in them; as sqlc does it, without, and without .down.sql.
    """
    found: dict[Path, None] = {}
    for source in project.queries:
        for path in (source,) if isinstance(source, Path) else source:
            files = [path] if path.is_file() else _files_in(path, project)
            found.update(dict.fromkeys(each for each in files if each.suffix == ".sql"))
    if project.sqlc and not found:
        raise ConfigError(f"{shown_path(project.root)}: the queries' paths hold no .sql file")
    return list(found)


def _files_in(folder: Path, project: Project) -> list[Path]:
    paths = sorted(folder.glob("*.sql") if project.sqlc else folder.rglob("*.sql"))
    return [
        path
        for path in paths
        if not path.is_dir()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not (project.sqlc and path.name.endswith(".down.sql"))
    ]


def _text(path: Path) -> str:
    """The text without a byte order mark. Raises ValueError where it is none that a server would take."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"not a UTF-8 text: byte 0x{data[error.start]:02x} in line {line}") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValueError(f"not a text: NUL character in line {line}")
    return text


def _shown(path: Path, root: Path) -> str:
    # a name may be any bytes
    return os.fsencode(Path(os.path.relpath(path, root)).as_posix()).decode(errors="backslashreplace")
