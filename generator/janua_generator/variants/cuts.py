"""
What goes where a parameter is left out: its operand of WHERE, ON or HAVING, its assignment, its LIMIT, its value.

Every place of the parameter must be one of these, or there is an error that shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from janua.diagnostics import Diagnostic
from janua.dynamic import Clause
from janua.lexer import Kind, Token, tokenize

from janua_generator.sqlfile.model import ParsedQuery, Piece, Placeholder
from janua_generator.variants.outline import ClauseSpan, Outline, Row, Span

Pieces: TypeAlias = tuple[Piece, ...]

_NOTHING: Pieces = ()
_KEPT_WHERE = {
    "update": "an UPDATE would change every row",
    "delete": "a DELETE would remove every row",
    "conflict": "an UPDATE would change what it must not",
    "merge": "a MERGE would match every row",
}
_HINT = (
    "a parameter can be left out of AND-operands of WHERE, ON and HAVING, assignments of SET, one row of VALUES,"
    " LIMIT and OFFSET"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """Characters of the file of which something may be left out, and what the statement has there."""

    start: int
    end: int
    clause: Clause[Pieces]


def find_cuts(
    parsed: ParsedQuery, outline: Outline, optional: Sequence[Placeholder]
) -> tuple[list[Cut], list[Diagnostic]]:
    """Return what the optional parameters take with them, in the order of the text, and what is wrong with them."""
    cutter = _Cutter(parsed, optional)
    cuts = [cut for clause in outline.clauses if (cut := cutter.of_clause(clause))]
    cuts += [cut for row in outline.rows for cut in cutter.of_row(row)]
    return sorted(cuts, key=lambda each: each.start), cutter.findings + list(cutter.left())


def without_blank(parsed: ParsedQuery, start: int) -> int:
    """Where the blanks before an offset begin, unless they end a comment."""
    before: list[Token] = list(tokenize(parsed.source.file.text, parsed.source.start, start))[-2:]
    if not before or before[-1].kind is not Kind.BLANK or before[0].kind is Kind.LINE_COMMENT:
        return start
    return before[-1].start


class _Cutter:
    def __init__(self, parsed: ParsedQuery, optional: Sequence[Placeholder]) -> None:
        self._parsed = parsed
        self._names: Mapping[int, str] = {offset: each.name for each in optional for offset in each.offsets}
        self._cut: set[int] = set()
        self.findings: list[Diagnostic] = []

    def of_clause(self, clause: ClauseSpan) -> Cut | None:
        """The clause with its operands as items; None where no optional parameter is in it."""
        needs = [self._needs(operand) for operand in clause.operands]
        if not any(needs):
            return None
        if all(needs):
            self._refuse_loss(clause)
        is_list = clause.kind in ("where", "having", "on", "set")
        start = without_blank(self._parsed, clause.start)
        end = clause.operands[-1][1]
        if not is_list:
            item = (_NOTHING, (Piece(clause.start, end),), needs[0])
            return Cut(start, end, Clause((Piece(start, clause.start),), (item,), _NOTHING))
        opening = (Piece(start, clause.operands[0][0]),)
        otherwise = None if clause.kind == "set" else _NOTHING
        return Cut(start, end, Clause(opening, tuple(_items(clause.operands, needs)), otherwise))

    def of_row(self, row: Row) -> Iterator[Cut]:
        """The values that become DEFAULT."""
        for start, end in row.items:
            needs = self._needs((start, end)) if row.is_inserted and len(row.siblings) == 1 else ()
            if needs:
                default = (Piece(start, end, "DEFAULT"),)
                yield Cut(start, end, Clause(_NOTHING, ((_NOTHING, (Piece(start, end),), needs),), default))
            elif len(row.siblings) > 1 and row.is_inserted:
                hint = "one row of VALUES takes DEFAULT; for several, call the query for each"
                self._refuse_within((start, end), "it is in one of several rows of VALUES", hint)

    def left(self) -> Iterator[Diagnostic]:
        """The places that nothing was cut around."""
        for offset in sorted(self._names.keys() - self._cut):
            yield self._refusal(offset, "it is in no part that can be left out here", _HINT)

    def _needs(self, span: Span) -> tuple[str, ...]:
        inside = [offset for offset in sorted(self._names) if span[0] <= offset < span[1]]
        self._cut.update(inside)
        return tuple(dict.fromkeys(self._names[offset] for offset in inside))

    def _refuse_loss(self, clause: ClauseSpan) -> None:
        """A join, an UPDATE and a DELETE keep a condition, whatever is left out."""
        reason = "a join would lose its condition" if clause.kind == "on" else ""
        if clause.kind == "where":
            reason = _KEPT_WHERE.get(clause.statement, "")
        if reason:
            word = "ON" if clause.kind == "on" else "WHERE"
            last = f"it is in the last operand of {word}" if len(clause.operands) == 1 else f"so can all of {word}"
            hint = "add an operand that always stays; TRUE where every row is meant"
            self._refuse_within(clause.operands[0], f"{last}: {reason}", hint)

    def _refuse_within(self, span: Span, reason: str, hint: str) -> None:
        inside = [offset for offset in sorted(self._names) if span[0] <= offset < span[1]]
        self._cut.update(inside)
        self.findings += [self._refusal(offset, reason, hint) for offset in inside[:1]]

    def _refusal(self, offset: int, reason: str, hint: str) -> Diagnostic:
        length = next((each.end - each.start for each in self._parsed.splices if each.start == offset), 1)
        message = f":{self._names[offset]} cannot be left out: {reason}"
        return self._parsed.source.file.diagnostic(offset, length, message, hint=hint)


def _items(
    operands: Sequence[Span], needs: Sequence[tuple[str, ...]]
) -> Iterator[tuple[Pieces, Pieces, tuple[str, ...]]]:
    behind = operands[0][0]
    for (start, end), needed in zip(operands, needs, strict=True):
        separator = (Piece(behind, start),) if behind < start else _NOTHING
        yield separator, (Piece(start, end),), needed
        behind = end
