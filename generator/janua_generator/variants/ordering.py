"""``-- @order newest = created_at DESC, id DESC; name = name, id``: what the rows may be ordered by, by keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from janua.dynamic import Clause
from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Kind, Token, tokenize

from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.model import Directive, ParsedQuery, Piece
from janua_generator.variants.cuts import Cut, Pieces, without_blank
from janua_generator.variants.outline import Outline

CHOICE = "order_by"
"""The parameter that chooses."""

_KEY = re.compile(r"[a-zA-Z]\w*", re.ASCII)
_NESTING = {"(": 1, "[": 1, ")": -1, "]": -1}
# What would end ORDER BY and begin another clause.
_ENDS = frozenset(
    ("limit", "offset", "fetch", "for", "union", "intersect", "except", "window", "returning", "into", "order")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """A key, and where its expressions stand in the file."""

    key: str
    start: int
    end: int


def read_orders(parsed: ParsedQuery) -> tuple[Order, ...]:
    """
    Return the orders of a query's directives. Raises GenerationFailed for what is none.

    Expressions are balanced, without comments, and end in no other clause.
    """
    orders: dict[str, Order] = {}
    for directive in parsed.source.directives_called("order"):
        for part in _parts(parsed, directive):
            order = _order(parsed, directive, part)
            if order.key in orders:
                raise _refused(parsed, directive, part[0].start, part[0].end, f'the key "{order.key}" stands twice')
            orders[order.key] = order
    return tuple(orders.values())


def order_cut(parsed: ParsedQuery, outline: Outline, orders: Sequence[Order]) -> Cut:
    """Return what stands in place of the result's ORDER BY. Raises GenerationFailed where it cannot have one."""
    directive = parsed.source.directives_called("order")[0]
    if outline.kind not in ("select", "values", "table", ""):
        message = f"the rows of {outline.kind.upper()} have no order"
        hint = "put it into WITH, and select from that"
        raise GenerationFailed([parsed.source.complaint(directive, message, hint=hint)])
    start, end, opening, behind = _place(parsed, outline)
    keyword = Piece(start, start, "ORDER BY ")
    items = tuple(((), (Piece(each.start, each.end), *behind), (f"{CHOICE}={each.key}",)) for each in orders)
    return Cut(start, end, Clause((*opening, keyword), items, ()))


def _place(parsed: ParsedQuery, outline: Outline) -> tuple[int, int, Pieces, Pieces]:
    """Where ORDER BY stands or would stand, and the blanks around it."""
    text, first, last = parsed.source.file.text, parsed.source.start, parsed.source.end
    if outline.order is not None:
        start = without_blank(parsed, outline.order[0])
        return start, outline.order[1], (Piece(start, outline.order[0]),), ()
    tail = last if outline.tail is None else outline.tail
    start = without_blank(parsed, tail)
    blank = Piece(start, start, "\n" if "\n" in text[first:last] else " ")
    return start, start, (blank,), (blank,) if start == tail != last else ()


def _parts(parsed: ParsedQuery, directive: Directive) -> Iterator[list[Token]]:
    """The tokens between the semicolons of a directive."""
    start = directive.text_offset
    part: list[Token] = []
    depth = 0
    try:
        tokens = list(tokenize(parsed.source.file.text, start, start + len(directive.text)))
    except SqlSyntaxError as error:
        raise _refused(parsed, directive, error.offset, error.offset + 1, str(error)) from None
    for token in tokens:
        if token.kind in (Kind.LINE_COMMENT, Kind.BLOCK_COMMENT):
            raise _refused(parsed, directive, token.start, token.end, "a comment cannot stand in @order")
        depth += _NESTING.get(token.text, 0) if token.kind is Kind.PUNCTUATION else 0
        if depth < 0 or (depth == 0 and token.kind is Kind.NAME and token.text.lower() in _ENDS):
            raise _refused(parsed, directive, token.start, token.end, f'"{token.text}" would end ORDER BY')
        if token.text == ";" and depth == 0:
            yield part
            part = []
        elif token.kind not in TRIVIA:
            part.append(token)
    if depth:
        end = start + len(directive.text)
        raise _refused(parsed, directive, start, end, "a parenthesis is not closed in @order")
    if part:
        yield part


def _order(parsed: ParsedQuery, directive: Directive, part: list[Token]) -> Order:
    if len(part) < 3 or part[1].text != "=" or not _KEY.fullmatch(part[0].text):
        start, end = (part[0].start, part[-1].end) if part else (directive.offset, directive.offset + 1)
        raise _refused(parsed, directive, start, end, "malformed @order")
    return Order(part[0].text, part[2].start, part[-1].end)


def _refused(parsed: ParsedQuery, directive: Directive, start: int, end: int, message: str) -> GenerationFailed:
    hint = "write it as -- @order newest = created_at DESC, id DESC; name = name, id"
    at = start - directive.text_offset
    return GenerationFailed([parsed.source.complaint_within(directive, at, end - start, message, hint=hint)])
