"""
The outline of a statement: the clauses of its FROM-level queries that something may be left out of.

Read from the tokens, because sqlglot's tree does not say where an expression begins and ends. A FROM-level query
is the statement itself, a CTE, a member of a set operation or a subquery in FROM; what stands in other parentheses
belongs to the expression around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from janua.lexer import TRIVIA, Kind, Token, tokenize

from janua_generator.sqlfile.model import ParsedQuery, Splice

Span = tuple[int, int]

_STARTS = frozenset({"select", "insert", "update", "delete", "merge", "values", "table"})
_SET_OPERATIONS = frozenset({"union", "intersect", "except"})
_JOINS = frozenset({"join", "cross", "natural", "inner", "full", "left", "right"})
_BEFORE_ITEM = frozenset({"from", "join", ",", "lateral", "using", "("})
_LIMITS = frozenset({"limit", "offset", "fetch"})
_OPENING = frozenset({"(", "["})
_CLOSING = frozenset({")", "]"})


@dataclass(slots=True)
class ClauseSpan:
    """
    A clause from its keyword's ``start`` on, and its operands: those of AND, the assignments of SET, else one.

    ``statement`` is the kind of statement that it belongs to: ``conflict`` for ON CONFLICT DO UPDATE.
    """

    kind: str
    statement: str
    start: int
    operands: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class Row:
    """A row of VALUES; ``siblings`` are all rows of the same list."""

    is_inserted: bool
    siblings: list[Row]
    items: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """
    The clauses and rows in the order in which they end, and where the result's own ORDER BY stands or would stand.

    ``kind`` is the statement's first word but for WITH.
    """

    kind: str = ""
    clauses: list[ClauseSpan] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    order: Span | None = None
    tail: int | None = None


def outline_of(parsed: ParsedQuery) -> Outline:
    """Return the outline of a statement, with offsets in its file."""
    source = parsed.source
    tokens = list(_tokens(tokenize(source.file.text, source.start, source.end), parsed.splices))
    return _Reader(tokens).read()


def _tokens(tokens: Iterator[Token], splices: Sequence[Splice]) -> Iterator[Token]:
    """The tokens that count; what is spliced is one, so that ``:limit`` is no keyword."""
    following = iter(splices)
    splice = next(following, None)
    for token in tokens:
        while splice is not None and token.start >= splice.end:
            splice = next(following, None)
        if splice is not None and token.start >= splice.start:
            if token.start == splice.start:
                yield Token(Kind.PARAMETER, splice.start, splice.end, "$")
        elif token.kind not in TRIVIA:
            yield token


@dataclass(slots=True)
class _Open:
    """A clause that is being read: the operand that has begun, and BETWEENs whose AND is still to come."""

    span: ClauseSpan
    operand: Span | None = None
    betweens: int = 0
    has_or: bool = False

    def take(self, token: Token) -> None:
        self.operand = (self.operand[0] if self.operand else token.start, token.end)

    def separate(self) -> None:
        if self.operand is not None:
            self.span.operands.append(self.operand)
        self.operand = None

    def close(self) -> ClauseSpan:
        self.separate()
        operands = self.span.operands
        if self.has_or and operands:
            # OR binds less than AND: the whole is one operand
            operands[:] = [(operands[0][0], operands[-1][1])]
        return self.span


@dataclass(slots=True)
class _Frame:
    """What is inside a pair of parentheses (or CASE … END): ``query``, ``join``, ``row`` or ``opaque``."""

    kind: str
    closes: str = ")"
    statement: str = ""
    clause: str = ""
    open: _Open | None = None
    rows: list[Row] = field(default_factory=list)
    row: Row | None = None


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._outline = Outline()
        self._frames = [_Frame("query", closes=";")]

    def read(self) -> Outline:
        for at, token in enumerate(self._tokens):
            word = self._word(at)
            frame = self._frames[-1]
            if word == frame.closes:
                self._pop(token)
            elif word in _OPENING or word == "case":
                self._take(frame, token)
                self._frames.append(self._opened(frame, at, word))
            elif frame.kind == "row":
                self._read_in_row(frame, token, word)
            elif frame.kind != "opaque" and not self._read_keyword(frame, at, word):
                self._take(frame, token)
        while self._frames:
            self._close(self._frames.pop())
        return self._outline

    def _word(self, at: int) -> str:
        """A keyword or mark; nothing for a name that is none because of what stands before it."""
        token = self._tokens[at]
        if token.kind is not Kind.NAME:
            return token.text if token.kind is Kind.PUNCTUATION else ""
        before = self._tokens[at - 1].text.lower() if at else ""
        return "" if before in (".", "as") and token.text.lower() not in ("materialized", "not") else token.text.lower()

    def _near(self, at: int, distance: int) -> str:
        return self._word(at + distance) if 0 <= at + distance < len(self._tokens) else ""

    def _pop(self, token: Token) -> None:
        self._close(self._frames.pop())
        self._take(self._frames[-1], token)

    def _close(self, frame: _Frame) -> None:
        if frame.open is not None:
            span = frame.open.close()
            if span.kind == "order":
                self._outline.order = (span.start, span.operands[-1][1]) if span.operands else None
            else:
                self._outline.clauses.append(span)
            frame.open = None

    def _take(self, frame: _Frame, token: Token) -> None:
        if frame.open is not None:
            frame.open.take(token)
        if frame.row is not None:
            start = frame.row.items[-1][0] if frame.row.items[-1] != (0, 0) else token.start
            frame.row.items[-1] = (start, token.end)

    def _opened(self, frame: _Frame, at: int, word: str) -> _Frame:
        """What the parenthesis or CASE at ``at`` opens."""
        if word != "(":
            return _Frame("opaque", closes="end" if word == "case" else "]")
        kind = self._kind_of_parenthesis(frame, self._near(at, -1), self._near(at, 1))
        opened = _Frame(kind, clause="from" if kind == "join" else "")
        if kind == "row":
            opened.row = Row(frame.statement in ("insert", "merge"), frame.rows, [(0, 0)])
            frame.rows.append(opened.row)
            self._outline.rows.append(opened.row)
        return opened

    def _kind_of_parenthesis(self, frame: _Frame, before: str, behind: str) -> str:
        begins_query = behind in _STARTS or behind == "with"
        if frame.kind not in ("query", "join"):
            return "opaque"
        match frame.clause:
            case "":
                return "query"
            case "with":
                return "query" if before in ("as", "materialized", ")") else "opaque"
            case "insert":
                return "query" if begins_query or behind == "(" else "opaque"
            case "values":
                return "row"
            case "from" if before in _BEFORE_ITEM:
                if begins_query:
                    return "query"
                return "opaque" if before == "using" and behind != "(" else "join"
            case _:
                return "opaque"

    def _read_in_row(self, frame: _Frame, token: Token, word: str) -> None:
        if word == "," and frame.row is not None:
            frame.row.items.append((0, 0))
        else:
            self._take(frame, token)

    def _read_keyword(self, frame: _Frame, at: int, word: str) -> bool:
        """Whether the word, at the level of a query itself, separates or begins something."""
        if frame.open is not None and self._separates(frame.open, word):
            return True
        return self._begins_statement(frame, at, word) or self._begins_clause(frame, at, word)

    @staticmethod
    def _separates(clause: _Open, word: str) -> bool:
        if clause.span.kind == "set":
            if word == ",":
                clause.separate()
            return word == ","
        if clause.span.kind in ("where", "having", "on"):
            clause.betweens += word == "between"
            clause.has_or = clause.has_or or word == "or"
            if word == "and" and clause.betweens:
                clause.betweens -= 1
            elif word == "and":
                clause.separate()
                return True
        return False

    def _begins_statement(self, frame: _Frame, at: int, word: str) -> bool:
        is_name = frame.clause == "with" and self._near(at, -1) in ("with", "recursive", ",")
        if word == "with" and frame.clause in ("", "insert"):
            frame.clause = "with"
        elif word in _STARTS and frame.clause in ("", "with") and not is_name:
            frame.kind, frame.statement, frame.clause = "query", word, word
            if len(self._frames) == 1 and not self._outline.kind:
                self._outline.kind = word
        elif word in ("select", "table") and (frame.clause == "insert" or frame.kind == "join"):
            frame.kind, frame.statement, frame.clause = "query", "select", "select"
        elif word in _SET_OPERATIONS and frame.kind in ("query", "join"):
            self._enter(frame, "")
            frame.kind, frame.statement = "query", ""
            if len(self._frames) == 1:
                self._outline.tail = None
        else:
            return False
        return True

    def _begins_clause(self, frame: _Frame, at: int, word: str) -> bool:
        before, behind = self._near(at, -1), self._near(at, 1)
        clause, start = frame.clause, self._tokens[at].start
        is_next_item = word == "," or (word in _JOINS and (word == "join" or behind != "("))
        if clause == "on" and is_next_item:
            self._enter(frame, "from")
        elif word == "on" and behind == "conflict" and self._near(at, 2) in ("(", "on", "do"):
            frame.statement = "conflict"
            self._enter(frame, "conflict")
        elif word == "on" and clause in ("from", "on"):
            self._enter(frame, "on", start)
        elif word == "from" and clause in ("select", "delete", "set") and not self._is_distinct_from(at):
            self._enter(frame, "from")
        elif word == "using" and clause in ("merge", "from"):
            frame.clause = "from"
        elif word == "when" and frame.statement == "merge":
            self._enter(frame, "merge")
        elif word == "set" and clause in ("update", "conflict", "merge"):
            self._enter(frame, "set", start)
        elif word == "values" and clause in ("insert", "merge") and before != "default":
            frame.clause, frame.rows = "values", []
        elif word == "where" and clause != "conflict":
            self._enter(frame, "where", start)
        elif word == "having":
            self._enter(frame, "having", start)
        elif (word == "group" and before != "within") or word in ("window", "returning"):
            self._enter(frame, word)
        elif word == "order" and behind == "by":
            self._enter(frame, word, start if len(self._frames) == 1 else None)
        elif word in _LIMITS or word == "for":
            self._enter(frame, word, start if word in _LIMITS else None)
            if len(self._frames) == 1 and self._outline.tail is None:
                self._outline.tail = start
        else:
            return False
        return True

    def _is_distinct_from(self, at: int) -> bool:
        """``IS [NOT] DISTINCT FROM``, and no ``SELECT DISTINCT FROM t``."""
        return self._near(at, -1) == "distinct" and self._near(at, -2) in ("is", "not")

    def _enter(self, frame: _Frame, clause: str, start: int | None = None) -> None:
        """End the clause that is being read; with ``start``, what follows is read as another."""
        self._close(frame)
        frame.clause = clause
        if start is not None:
            frame.open = _Open(ClauseSpan(clause, frame.statement, start))
