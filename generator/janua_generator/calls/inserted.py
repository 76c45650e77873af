"""An ``INSERT INTO … VALUES (…)`` of one row, taken apart by its tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from janua.lexer import TRIVIA, Kind, Token, tokenize

# No further row, no LIMIT, no UNION.
_BEHIND_ONE_ROW = frozenset({"", ";", "on", "returning"})


@dataclass(frozen=True, slots=True)
class InsertedRow:
    """
    The parts of the statement ``sql``, each without the blanks around it.

    ``before`` are the tokens before INSERT, ``name`` those of the table's name, ``columns`` the list in
    parentheses, ``between`` what else precedes VALUES, ``items`` the expressions; ``values`` is the word VALUES,
    ``opening`` and ``closing`` are the parentheses of the row, ``after`` is what follows them.
    """

    sql: str
    before: tuple[Token, ...]
    name: tuple[Token, ...]
    columns: tuple[tuple[Token, ...], ...]
    between: tuple[Token, ...]
    values: Token
    opening: Token
    items: tuple[tuple[Token, ...], ...]
    closing: Token
    after: tuple[Token, ...]

    def text(self, tokens: Sequence[Token]) -> str:
        """The text of neighbouring tokens, and what is between them."""
        return self.sql[tokens[0].start : tokens[-1].end] if tokens else ""

    def is_of_row(self, token: Token) -> bool:
        """Whether a token is in the parentheses of the row."""
        return self.opening.start < token.start < self.closing.start


def inserted_row(sql: str) -> InsertedRow | None:
    """Take the statement apart; None where it is none of that kind, or inserts several rows."""
    tokens = [token for token in tokenize(sql) if token.kind not in TRIVIA]
    outer = list(_outer_words(tokens))
    insert = next((at for at, word in outer if word == "insert"), None)
    values = next((at for at, word in outer if word == "values" and insert is not None and at > insert), None)
    if insert is None or values is None or _word(tokens, insert + 1) != "into" or _text(tokens, values + 1) != "(":
        return None
    closing = _closing(tokens, values + 1)
    if closing is None or _word(tokens, closing + 1) not in _BEHIND_ONE_ROW:
        return None
    head = tokens[insert + 2 : values]
    name_end = _end_of_name(head)
    listed = next((at for at, token in enumerate(head) if token.text == "("), None)
    columns: tuple[tuple[Token, ...], ...] = ()
    between = head[name_end:]
    if listed is not None:
        end = _closing(head, listed)
        if end is None:
            return None
        columns = _parts(head[listed + 1 : end])
        between = head[name_end:listed] + head[end + 1 :]
    return InsertedRow(
        sql=sql,
        before=tuple(tokens[:insert]),
        name=tuple(head[:name_end]),
        columns=columns,
        between=tuple(between),
        values=tokens[values],
        opening=tokens[values + 1],
        items=_parts(tokens[values + 2 : closing]),
        closing=tokens[closing],
        after=tuple(token for token in tokens[closing + 1 :] if token.text != ";"),
    )


def _outer_words(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    depth = 0
    for at, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.kind is Kind.NAME:
            yield at, token.text.lower()


def _word(tokens: Sequence[Token], at: int) -> str:
    return _text(tokens, at).lower()


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if at < len(tokens) else ""


def _closing(tokens: Sequence[Token], opening: int) -> int | None:
    depth = 0
    for at in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[at].text, 0)
        if depth == 0:
            return at
    return None


def _end_of_name(head: Sequence[Token]) -> int:
    end = 1
    while _text(head, end) == ".":
        end += 2
    return end


def _parts(tokens: Sequence[Token]) -> tuple[tuple[Token, ...], ...]:
    """Cut at the commas outside of parentheses and brackets."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth == 0 and token.text == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(map(tuple, parts))
