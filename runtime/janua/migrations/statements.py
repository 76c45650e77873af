"""The statements of a migration, and what can be told of them by their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Kind, Token, each_statement_span, tokenize
from janua.migrations.files import Migration, malformed
from janua.migrations.styles import Section, Style

_FROM_STDIN = re.compile(r"\bfrom\s+stdin\b", re.IGNORECASE)
_OURS = (Style.JANUA, Style.PLAIN)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, where it begins in its file, and its words in lower case (names, quoted or not)."""

    sql: str
    offset: int
    words: tuple[str, ...]


def statements_of(migration: Migration, section: Section) -> list[Statement]:
    """Cut a section into its statements. Raises MigrationError where it cannot be."""
    _refuse_data(migration, section)
    try:
        return list(_statements(section))
    except SqlSyntaxError as error:
        malformed(migration.path, migration.text, section.offset + error.offset, 1, str(error))


def _refuse_data(migration: Migration, section: Section) -> None:
    """Raise MigrationError for the first COPY whose rows are in the file: no SQL, though they would be read as such."""
    if _FROM_STDIN.search(section.sql) is None:
        return
    # What cannot be read behind it may be just these rows; and the server would wait for them without end.
    with suppress(SqlSyntaxError):
        for statement in _statements(section):
            if statement.words[0] == "copy" and "stdin" in statement.words:
                message = "COPY … FROM stdin: the rows behind it are psql's to read, and cannot be in a migration"
                hint = "write them as INSERT, or move the statement with its rows into a seed, for janua seed run"
                malformed(migration.path, migration.text, statement.offset, len("copy"), message, hint)


def _statements(section: Section) -> Iterator[Statement]:
    """Yield them; each token is looked at once, since a section may have tens of megabytes."""
    words: list[str] = []

    def watched() -> Iterator[Token]:
        for token in tokenize(section.sql):
            if token.kind is Kind.QUOTED_NAME:
                words.append(token.text.strip('"'))
            elif token.kind not in TRIVIA:
                words.append(token.text.lower() if token.kind is Kind.NAME else token.text)
            yield token

    for start, stop, end in each_statement_span(watched()):
        # A semicolon that ends the statement is none of its words, nor is one that ends nothing before it.
        own = words[:-1] if end >= 0 else words
        while own and own[0] == ";":
            own = own[1:]
        yield Statement(section.sql[start:stop], section.offset + start, tuple(own))
        words.clear()


def needs_autocommit(statement: Statement) -> bool:
    """Tell whether PostgreSQL refuses this statement in a transaction block (its manual, "SQL Commands")."""
    match statement.words:
        case ("vacuum", *_) | ("alter", "system", *_):
            return True
        case ("create" | "drop", "database" | "tablespace" | "subscription", *_):
            return True
        case ("reindex", *rest):
            return bool({"database", "system", "concurrently"} & set(rest))
        case ("create" | "drop", *rest):
            return "index" in rest[:2] and "concurrently" in rest[:3]
        case ("alter", "table", *rest):
            return "detach" in rest and rest[-1] == "concurrently"
        case ("cluster",):
            return True
    return False


def runs_in_transaction(migration: Migration, statements: Sequence[Statement]) -> bool:
    """
    Tell whether the statements run in one transaction: the file does not ask for the contrary, and none forbids it.

    A file of ours, or one that nobody marked, must not end that transaction by itself; another tool's may.
    """
    if not migration.is_transactional or any(map(needs_autocommit, statements)) or uses_new_label(statements):
        return False
    return migration.style in _OURS or not any(map(controls_transaction, statements))


def uses_new_label(statements: Sequence[Statement]) -> bool:
    """
    Tell whether a label that is added to an enum is written in a later statement.

    PostgreSQL refuses to use it before the addition is committed, unless the enum is as new
    (its manual, ALTER TYPE).
    """
    made: set[str] = set()
    for at, statement in enumerate(statements):
        match statement.words:
            case ("create", "type", *rest):
                made.add(rest[2] if rest[1:2] == ["."] else rest[0])
            case ("alter", "type", *rest) if "add" in rest and "value" in rest:
                name = rest[2] if rest[1:2] == ["."] else rest[0]
                label = next((word for word in rest[rest.index("value") :] if word.startswith("'")), None)
                if label and name not in made and any(label in later.sql for later in statements[at + 1 :]):
                    return True
    return False


def controls_transaction(statement: Statement) -> bool:
    """Tell whether the statement begins or ends a transaction, savepoints apart."""
    match statement.words:
        case ("begin" | "commit" | "end" | "abort", *_) | ("start" | "prepare", "transaction", *_):
            return True
        case ("rollback", *rest):
            return "to" not in rest
    return False


def changes_session(statement: Statement) -> bool:
    """Tell whether it may leave a setting behind."""
    return statement.words[0] == "set" or "set_config" in statement.words


def leaves_session_alone(statement: Statement) -> bool:
    """Tell whether it can be seen that the statement sets nothing for the session, nor calls what might."""
    return statement.words[0] in _DEFINING and "select" not in statement.words


_DEFINING = frozenset({"alter", "comment", "create", "drop", "grant", "revoke"})
