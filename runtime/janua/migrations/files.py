"""A migration as read from its file, and what is wrong with one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from janua.diagnostics import diagnostic_at, render, shown_path
from janua.errors import MigrationError
from janua.migrations.styles import Section, Style


@dataclass(frozen=True, slots=True)
class Migration:
    """
    One file. ``name`` is that of the file without ``.sql``; ``text`` is all of it.

    ``down`` is None where the file does not say how to take it back; its places are those of
    ``down_path``, which is another file with golang-migrate. ``is_transactional`` is False where the
    file asks to run outside a transaction. ``number`` is the position where a name has none.
    """

    number: int
    name: str
    path: Path
    text: str
    up: Section
    down: Section | None
    is_transactional: bool
    style: Style = Style.JANUA
    down_path: Path | None = None
    down_text: str = ""

    @property
    def taking_back(self) -> Migration:
        """The same with the file that holds the DOWN section as its own."""
        if self.down_path is None:
            return self
        return replace(self, path=self.down_path, text=self.down_text)


def read_text(path: Path) -> str:
    """Return the text of a file, without a byte order mark. Raises MigrationError where it is none."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MigrationError(f"{shown_path(path)}: cannot be read: {error.strerror}", path=path) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: the byte 0x{content[error.start]:02x} cannot stand here"
        raise MigrationError(f"{shown_path(path)}:{line}: {message}", message=message, path=path, line=line) from None
    if "\0" in text:
        malformed(path, text, text.index("\0"), 1, "a zero character cannot be part of SQL")
    return text


def malformed(path: Path, text: str, offset: int, length: int, message: str, hint: str = "") -> NoReturn:
    """Raise a MigrationError about this place of a file."""
    found = diagnostic_at(shown_path(path), text, offset, length, message, hint=hint)
    raise MigrationError(
        render(found),
        message=message,
        path=path,
        line=found.line,
        column=found.column,
        hint=hint,
        excerpt=found.excerpt,
        length=length,
    ) from None
