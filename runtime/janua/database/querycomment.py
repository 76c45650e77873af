"""The query's name in its statement's text, where pg_stat_statements and the server's log show it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Kind, tokenize
from janua.query import Query

TextOf: TypeAlias = Callable[[Query[Any]], str]
"""What the server gets for a query."""

# Nothing that could end the comment. Names without a module (``raw``) say nothing.
_NAME = re.compile(r"[\w.-]+\.[\w-]+")


def commented(query: Query[Any]) -> str:
    """
    Return the statement with its name after the first keyword; unchanged where it has neither.

    Not before that: pg_stat_statements drops what precedes a statement. The text is the same at every call,
    so that the server shares one entry and one prepared statement.
    """
    # A text that is used once, such as a stream's, is not worth a place among those that come again.
    return _remembered(query.name, query.sql) if query.kept else _commented(query.name, query.sql)


def _commented(name: str, sql: str) -> str:
    if not _NAME.fullmatch(name):
        return sql
    try:
        first = next((token for token in tokenize(sql) if token.kind not in TRIVIA), None)
    except SqlSyntaxError:
        return sql
    if first is None or first.kind is not Kind.NAME:
        return sql
    return f"{sql[: first.end]} /* {name} */{sql[first.end :]}"


_remembered = lru_cache(maxsize=2048)(_commented)


def verbatim(query: Query[Any]) -> str:
    """Return the statement as it is, where comments are not wanted."""
    return query.sql
