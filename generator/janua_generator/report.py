"""
How findings are told: as text for people, as one JSON object, or as annotations of GitHub's workflows.

The exit code is the same in each form. JSON is alone on standard output, everything else is on
standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias, get_args

from janua.cli.terminal import is_coloured
from janua.diagnostics import Diagnostic, render

VERSION = 1
Format: TypeAlias = Literal["text", "json", "github"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(slots=True)
class Report:
    """
    Tells what runs find in one form; ``root`` is the project's folder, to which findings' paths are relative.

    A context: the one object of JSON is printed at its end, unless an exception ends it.
    """

    format: Format
    root: Path
    _errors: dict[Diagnostic, None] = field(default_factory=dict)
    _warnings: dict[Diagnostic, None] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if self.format == "json" and error is None:
            found = {"version": VERSION, "errors": _as_json(self._errors), "warnings": _as_json(self._warnings)}
            print(json.dumps(found, ensure_ascii=False), flush=True)

    def note(self, text: str) -> None:
        """Say what was done."""
        print(text, file=sys.stderr if self.format == "json" else sys.stdout, flush=True)

    def tell(self, errors: Sequence[Diagnostic], warnings: Sequence[Diagnostic]) -> None:
        """Show the findings of a package's run. As text, errors come last, where people look first."""
        match self.format:
            case "json":
                self._errors |= dict.fromkeys(errors)
                self._warnings |= dict.fromkeys(warnings)
            case "github":
                base = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
                for each in (*errors, *warnings):
                    print(annotation(each, _shown_from(base, self.root / each.file)), flush=True)
            case "text":
                coloured = is_coloured(sys.stderr)
                for each in (*warnings, *errors):
                    blank = "\n" if each.line or each.hint else ""
                    print(render(each, coloured=coloured) + blank, file=sys.stderr)


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return the number with its noun, whose plural has an s unless given."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """A finding under the keys that ``inspect --json`` has, too; ``length`` counts characters from ``column`` on."""
    return {
        "file": diagnostic.file,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "length": diagnostic.length,
        "code": diagnostic.code,
        "sqlstate": diagnostic.sqlstate,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }


def _as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    return [as_json(each) for each in diagnostics]


def annotation(diagnostic: Diagnostic, file: str) -> str:
    """Return the workflow command that shows the finding beside the line (GitHub: "Workflow commands")."""
    place = {"file": file}
    if diagnostic.line:
        place |= {"line": str(diagnostic.line), "endLine": str(diagnostic.line)}
    if diagnostic.column:
        last = diagnostic.column + max(diagnostic.length, 1)
        place |= {"col": str(diagnostic.column), "endColumn": str(last)}
    place["title"] = f"janua {diagnostic.code}".strip()
    message = diagnostic.message + (f"\nhint: {diagnostic.hint}" if diagnostic.hint else "")
    properties = ",".join(f"{name}={_escaped(value, property_=True)}" for name, value in place.items())
    return f"::{diagnostic.severity} {properties}::{_escaped(message)}"


def _escaped(text: str, *, property_: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_ else text


def _shown_from(base: Path, path: Path) -> str:
    return Path(os.path.relpath(path.resolve(), base)).as_posix()
