"""What a statement does and to which table, read off its text; nothing where that is not obvious."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Kind, Token, tokenize

_VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})
_BEFORE_TABLE = {
    "SELECT": "FROM",
    "INSERT": "INTO",
    "UPDATE": "UPDATE",
    "DELETE": "FROM",
    "MERGE": "INTO",
    "COPY": "COPY",
}
# What ends the list of tables in FROM.
_AFTER_TABLES = frozenset({"WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"})


@dataclass(frozen=True, slots=True)
class Operation:
    """The SQL command, and the one table that it is about if there is exactly one."""

    name: str
    collection: str | None = None

    def attributes(self) -> dict[str, str | int]:
        """Return them as the conventions name them."""
        attributes: dict[str, str | int] = {"db.operation.name": self.name} if self.name else {}
        return attributes | ({"db.collection.name": self.collection} if self.collection else {})

    def summary(self) -> str:
        """Return both as the name of a span."""
        return " ".join(filter(None, (self.name, self.collection))) or "postgresql"


@lru_cache(maxsize=2048)
def operation_of(sql: str) -> Operation:
    """Read the command; after WITH it is that of the outermost statement."""
    try:
        tokens = [token for token in tokenize(sql) if token.kind not in TRIVIA]
    except SqlSyntaxError:
        return Operation("")
    outer = _outermost(tokens)
    names = [token.text.upper() if token.kind is Kind.NAME else "" for token in outer]
    first = names[0] if names else ""
    verb = next((name for name in names if name in _VERBS), "WITH") if first == "WITH" else first
    start = names.index(verb) if verb in names else 0
    return Operation(verb, _table(outer[start:], names[start:], verb, tokens))


def _outermost(tokens: list[Token]) -> list[Token]:
    depth, outer = 0, []
    for token in tokens:
        depth -= token.text == ")"
        if depth == 0:
            outer.append(token)
        depth += token.text == "("
    return outer


def _table(outer: list[Token], names: list[str], verb: str, tokens: list[Token]) -> str | None:
    marker = _BEFORE_TABLE.get(verb)
    everywhere = [token.text.upper() for token in tokens if token.kind is Kind.NAME]
    # One table and no other: joins, subqueries and lists of tables are about several.
    if marker not in names or {"JOIN", "WITH", "UNION", "INTERSECT", "EXCEPT"} & {*everywhere}:
        return None
    if everywhere.count("SELECT") + (verb != "SELECT") > 1:
        return None
    at = names.index(marker) + 1
    end = next((n for n in range(at, len(names)) if names[n] in _AFTER_TABLES), len(names))
    if verb == "SELECT" and {",", "("} & {token.text for token in outer[at:end]}:
        return None
    return _name(outer[at + 1 :] if names[at : at + 1] == ["ONLY"] else outer[at:])


def _name(tokens: list[Token]) -> str | None:
    """Return the name that the tokens begin with; None where they begin with another thing."""
    parts: list[str] = []
    for at, token in enumerate(tokens):
        expects_part = at % 2 == 0
        if expects_part and token.kind in (Kind.NAME, Kind.QUOTED_NAME):
            parts.append(token.text)
        elif expects_part or token.text != ".":
            break
    return ".".join(parts) or None
