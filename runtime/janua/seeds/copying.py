"""``COPY … FROM 'file'`` and ``COPY … FROM STDIN`` in a seed: what is sent to the server, and where the rows are."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO, NamedTuple, cast

from janua.errors import SeedError
from janua.lexer import TRIVIA, Kind, Token, tokenize

_PIECE = 1 << 17


class CopyIn(NamedTuple):
    """A COPY that takes rows from the client: the statement, and the file, or None where they follow in the seed."""

    sql: str
    file: str | None


def copy_in(sql: str) -> CopyIn | None:
    """Return what a statement copies in; None where it is another one, or one that the server does by itself."""
    if sql[:4].lower() != "copy":
        return None
    tokens = [token for token in tokenize(sql) if token.kind not in TRIVIA]
    depth = 0
    for token, following in pairwise(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.kind is Kind.NAME and token.text.lower() == "from":
            return _from(sql, following)
    return None


def _from(sql: str, source: Token) -> CopyIn | None:
    if source.text.lower() == "stdin":
        return CopyIn(sql, None)
    if source.kind is not Kind.STRING or not source.text.startswith("'"):
        return None
    return CopyIn(f"{sql[: source.start]}STDIN{sql[source.end :]}", source.text[1:-1].replace("''", "'"))


def pieces(path: Path) -> Iterator[bytes]:
    """Yield a file's content in pieces, decompressed where its name ends in ``.gz``. Raises SeedError, OSError."""
    with cast("IO[bytes]", gzip.open(path) if path.suffix == ".gz" else path.open("rb")) as file:
        try:
            while piece := file.read(_PIECE):
                yield piece
        except (gzip.BadGzipFile, EOFError) as error:
            raise SeedError(f"{path}: not a whole gzip file: {error}", path=path) from None
