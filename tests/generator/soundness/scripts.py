"""The statements of a ``psql`` script, such as those that PostgreSQL tests itself with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, split_statements, tokenize

_ENDS_LINE = re.compile(r"\\(gset|gexec|gx|g|crosstabview|gdesc|;)\b.*$")
_SETS = re.compile(r"\\set (\w+) (.*)")
_WORDS = re.compile(r":'?(\w+)'?|'([^']*)'|(\S+)")
_COPIES_IN = re.compile(r"\s*copy\b.*\bfrom\s+stdin", re.IGNORECASE | re.DOTALL)


@dataclass
class Script:
    """
    A script, and the variables that it uses and sets.

    Backslash commands other than ``\\set`` are passed over; one that ends a statement is read as its semicolon.
    """

    text: str
    variables: dict[str, str] = field(default_factory=dict)

    def statements(self) -> Iterator[tuple[str, str]]:
        """Yield each statement with what follows it for ``COPY … FROM stdin``, empty for others."""
        lines = iter(self.text.split("\n"))
        begun = ""
        for line in lines:
            if not begun.strip() and line.startswith("\\"):
                self._command(line)
                continue
            begun += _ENDS_LINE.sub(";", line) + "\n"
            whole = _statements(begun) if ";" in line else None
            for statement in whole or ():
                rows = "".join(_until_end(lines)) if _COPIES_IN.match(statement) else ""
                yield self._filled_in(statement), rows
            begun = "" if whole is not None else begun

    def _command(self, line: str) -> None:
        found = _SETS.match(line)
        if found:
            words = _WORDS.findall(found[2])
            self.variables[found[1]] = "".join(
                self.variables.get(name, "") if name else quoted or plain for name, quoted, plain in words
            )

    def _filled_in(self, statement: str) -> str:
        for name, value in self.variables.items():
            literal = "'" + value.replace("'", "''") + "'"
            statement = statement.replace(f":'{name}'", literal).replace(f':"{name}"', f'"{value}"')
        return statement


def read_script(path: Path, variables: dict[str, str]) -> Script:
    """The script in a file, which may be in any encoding."""
    return Script(path.read_text(errors="replace"), dict(variables))


def _statements(text: str) -> list[str] | None:
    """The statements of a text that ends with one of them; None where the last goes on."""
    try:
        tokens = [token for token in tokenize(text) if token.kind not in TRIVIA]
        spans = split_statements(text)
    except SqlSyntaxError:
        return None
    is_whole = not tokens or (tokens[-1].text == ";" and (not spans or ";" in text[spans[-1][1] :]))
    return [text[start:end] for start, end in spans] if is_whole else None


def _until_end(lines: Iterator[str]) -> Iterator[str]:
    for row in lines:
        if row == "\\.":
            return
        yield row + "\n"
