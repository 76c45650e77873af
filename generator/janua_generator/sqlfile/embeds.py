"""``sqlc.embed(t)``: all columns of a relation of the FROM clause, as one value of a class of their own."""

from __future__ import annotations

from collections.abc import Iterator

from janua.lexer import TRIVIA, Kind, Token

from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.model import Embed, SourceQuery

_LENGTH = 6


def find_embeds(source: SourceQuery, tokens: list[Token]) -> Iterator[Embed]:
    """Find the embeds of a statement. Raises GenerationFailed for one that names no relation."""
    significant = [token for token in tokens if token.kind not in TRIVIA]
    for at, token in enumerate(significant):
        if [each.text.lower() for each in significant[at : at + 3]] == ["sqlc", ".", "embed"]:
            part = significant[at : at + _LENGTH]
            if not is_embed(part):
                start, end = token.start, significant[at + 2].end
                hint = "write sqlc.embed(u), with the name that the relation has in FROM"
                raise GenerationFailed([source.file.diagnostic(start, end - start, "malformed embed", hint=hint)])
            yield Embed(part[4].text, token.start, part[-1].end)


def is_embed(tokens: list[Token]) -> bool:
    """Whether these tokens, blanks and comments left out, are an embed and nothing else."""
    words = [token.text.lower() for token in tokens]
    is_call = words[:4] == ["sqlc", ".", "embed", "("] and words[5:] == [")"]
    return is_call and tokens[4].kind in (Kind.NAME, Kind.QUOTED_NAME)


def name_in(token: Token) -> str:
    """The name that a token is: folded to lower case unless it is quoted."""
    return token.text[1:-1].replace('""', '"') if token.kind is Kind.QUOTED_NAME else token.text.lower()
