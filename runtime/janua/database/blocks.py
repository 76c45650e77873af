"""Which statements can run inside BEGIN and COMMIT, and which of them end it."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Kind, split_statements, tokenize

Handling: TypeAlias = Literal["block", "as it is", "opaque"]

_BLOCK = frozenset(
    {
        *("select", "with", "insert", "update", "delete", "merge", "values", "table", "truncate", "refresh", "copy"),
        *("explain", "(", "fetch", "move", "close", "execute"),
    }
)
_AS_IT_IS = frozenset(
    {
        *("set", "reset", "show", "listen", "unlisten", "notify", "discard", "deallocate", "prepare", "load"),
        *("commit", "end", "rollback", "abort", "savepoint", "release", "checkpoint"),
    }
)


@lru_cache(maxsize=1024)
def handling_of(sql: str) -> Handling:
    """
    Return how a statement is run outside a transaction: inside one, or as it is because it writes nothing.

    ``opaque`` is what may need to be alone, or ends transactions itself: procedures, DO blocks, several statements.
    """
    try:
        tokens = [token for token in tokenize(sql) if token.kind not in TRIVIA]
    except SqlSyntaxError:
        return "opaque"
    while tokens and tokens[-1].text == ";":
        tokens.pop()
    if not tokens or any(token.text == ";" for token in tokens):
        return "opaque"
    words = [token.text.lower() if token.kind is Kind.NAME else token.text for token in tokens[:2]]
    if words[1:] in (["prepared"], ["transaction"]) and words[0] != "set":
        return "opaque"
    if words[0] in _BLOCK:
        return "block"
    return "as it is" if words[0] in _AS_IT_IS else "opaque"


@lru_cache(maxsize=1024)
def ends_transaction(sql: str) -> bool:
    """Return whether one of the statements ends the transaction around it; rolling back to a savepoint does not."""
    try:
        return any(_ends(sql, start, end) for start, end in split_statements(sql))
    except SqlSyntaxError:
        # The server says so.
        return False


def _ends(sql: str, start: int, end: int) -> bool:
    words = [token.text.lower() for token in tokenize(sql, start, end) if token.kind not in TRIVIA]
    if words[0] == "rollback":
        return "to" not in words
    return words[0] in ("commit", "end", "abort") or words[:2] == ["prepare", "transaction"]
