"""
Query files to :class:`SourceQuery`: headers, documentation and statements, each with its place.

    -- name: get_user :optional
    -- The user with this id.
    SELECT id, name FROM users WHERE id = :id;
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import pairwise
from typing import TypeAlias

from janua.diagnostics import Diagnostic
from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Kind, Token, statement_spans, tokenize

from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.directives import read_directive
from janua_generator.sqlfile.model import Call, Cardinality, Directive, SourceFile, SourceQuery

CARDINALITY_WORDS = {
    "one": Cardinality.ONE,
    "optional": Cardinality.OPTIONAL,
    "opt": Cardinality.OPTIONAL,
    "many": Cardinality.MANY,
    "exec": Cardinality.NONE,
    "affected": Cardinality.AFFECTED,
    "execrows": Cardinality.AFFECTED,
    "execresult": Cardinality.AFFECTED,
}

# What the function is like, and what it gives: for a batch, what one set of values gives.
CALL_WORDS: dict[str, tuple[Call, Cardinality | None]] = {
    "stream": (Call.STREAM, Cardinality.MANY),
    "copy": (Call.COPY, Cardinality.AFFECTED),
    "copyfrom": (Call.COPY, Cardinality.AFFECTED),
    "batch": (Call.BATCH, None),
    "batchexec": (Call.BATCH, Cardinality.NONE),
    "batchone": (Call.BATCH, Cardinality.ONE),
    "batchmany": (Call.BATCH, Cardinality.MANY),
}

Findings: TypeAlias = list[Diagnostic]

_HEADER = re.compile(r"\s*name:(?P<rest>.*)", re.DOTALL)
_HEADER_REST = re.compile(r"\s*(?P<name>[^\s:]+)(?:\s+:(?P<word>\S+))?\s*")
_NEARLY_HEADER = re.compile(r"\s*(?P<word>\w{3,6})\s*:(?P<rest>[^\n]*)")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def parse_file(file: SourceFile) -> tuple[list[SourceQuery], Findings]:
    """
    Return the queries of a file in their order, and what is wrong with the others. Pure.

    Findings are an unclosed string, a malformed header, SQL outside a query, a query without a
    statement or with several.
    """
    tokens, findings = _tokens(file)
    headers = [at for at, token in enumerate(tokens) if _header_text(token) is not None]
    if file.is_sqlc:
        headers = list(_first_headers(tokens, headers))
    else:
        findings += _outside(file, tokens[: headers[0]] if headers else tokens)
    queries: list[SourceQuery] = []
    for first, last in pairwise([*headers, len(tokens)]):
        try:
            queries.append(_query(file, tokens[first], tokens[first + 1 : last]))
        except GenerationFailed as failure:
            findings += failure.diagnostics
    return queries, findings


def _tokens(file: SourceFile) -> tuple[list[Token], list[Diagnostic]]:
    """The tokens up to the first query that something unclosed runs into."""
    tokens: list[Token] = []
    try:
        for token in tokenize(file.text):
            tokens.append(token)
    except SqlSyntaxError as error:
        while tokens and _header_text(tokens[-1]) is None:
            tokens.pop()
        return tokens[:-1], [file.diagnostic(error.offset, 1, str(error))]
    return tokens, []


def _first_headers(tokens: list[Token], headers: Iterable[int]) -> Iterator[int]:
    """The headers that precede a statement, and of several before one the first."""
    behind = 0
    for header in headers:
        between = [token for token in tokens[behind:header] if token.kind not in TRIVIA]
        if not behind or (between and between[-1].text == ";"):
            if between and between[-1].text != ";":
                continue
            behind = header + 1
            yield header


def _header_text(token: Token) -> str | None:
    body = _comment_body(token)
    match = _HEADER.fullmatch(body) if body is not None else None
    return match["rest"] if match else None


def _comment_body(token: Token) -> str | None:
    if token.kind is Kind.LINE_COMMENT:
        return token.text[2:]
    if token.kind is Kind.BLOCK_COMMENT:
        return token.text[2:-2]
    return None


def _outside(file: SourceFile, tokens: list[Token]) -> list[Diagnostic]:
    for token in tokens:
        if token.kind not in TRIVIA and token.text != ";":
            usual = "every statement of a query file follows a line such as -- name: get_user :one"
            hint = _misspelt_header(file, tokens, token.start) or usual
            return [file.diagnostic(token.start, len(token.text), "SQL before the first query", hint=hint)]
    return []


def _query(file: SourceFile, header: Token, body: list[Token]) -> SourceQuery:
    name, name_offset, cardinality, call = _header(file, header)
    start, end = _statement(file, name, name_offset, body)
    doc, directives = _comments(file, body, start)
    call = _call(file, call, directives)
    return SourceQuery(
        file=file,
        name=name,
        name_offset=name_offset,
        cardinality=cardinality,
        doc=doc,
        start=start,
        end=end,
        directives=directives,
        call=call,
    )


def _header(file: SourceFile, token: Token) -> tuple[str, int, Cardinality | None, Call]:
    rest = _header_text(token)
    assert rest is not None
    match = _HEADER_REST.fullmatch(rest)
    offset = token.start + token.text.index("name:")
    if match is None:
        length = token.end - offset - (2 if token.kind is Kind.BLOCK_COMMENT else 0)
        hint = _header_hint(rest.split())
        raise GenerationFailed([file.diagnostic(offset, length, "malformed header of a query", hint=hint)])
    name_offset = token.start + token.text.index(rest) + match.start("name")
    name = match["name"]
    if not _IDENTIFIER.fullmatch(name):
        message = f'"{name}" is not a name: letters, digits and underscores, not beginning with a digit'
        raise GenerationFailed([file.diagnostic(name_offset, len(name), message)])
    word = match["word"]
    if word is None:
        return name, name_offset, None, Call.PLAIN
    if word in CALL_WORDS:
        call, each = CALL_WORDS[word]
        return name, name_offset, each, call
    if word not in CARDINALITY_WORDS:
        at = token.start + token.text.rindex(f":{word}")
        raise GenerationFailed([file.diagnostic(at, len(word) + 1, *_unknown_word(word))])
    return name, name_offset, CARDINALITY_WORDS[word], Call.PLAIN


def _header_hint(words: list[str]) -> str:
    if len(words) == 2 and words[1].lower() in (*CARDINALITY_WORDS, *CALL_WORDS):
        return f"a cardinality begins with a colon: -- name: {words[0]} :{words[1].lower()}"
    if len(words) > 1 and all(_IDENTIFIER.fullmatch(each) for each in words):
        return f"a name is one word: -- name: {'_'.join(words)}"
    return "a query begins with a line such as -- name: get_user :one"


def _misspelt_header(file: SourceFile, tokens: Iterable[Token], offset: int) -> str:
    """A hint where the comments right before a statement have a line that is nearly a header."""
    found = ""
    for token in tokens:
        if token.start >= offset:
            break
        body = _comment_body(token)
        match = _NEARLY_HEADER.match(body) if body is not None else None
        if match and get_close_matches(match["word"].lower(), ["name"], cutoff=0.7):
            found = f"write line {file.line_at(token.start)} as -- name: {match['rest'].strip()}"
        elif token.kind not in TRIVIA:
            found = ""
    return found


def _call(file: SourceFile, call: Call, directives: Iterable[Directive]) -> Call:
    """The kind of call that the header asks for, or ``@bulk``, but not both."""
    for directive in directives:
        if directive.word == "bulk":
            if call is not Call.PLAIN:
                message, hint = f"@bulk does not go with :{call}", "leave one of them: both take many sets of values"
                hint = hint if call is not Call.STREAM else "use :many: a statement for many rows gives a list"
                length = len(directive.word) + 1
                raise GenerationFailed([file.diagnostic(directive.offset, length, message, hint=hint)])
            return Call.BULK
    return call


def _unknown_word(word: str) -> tuple[str]:
    if word == "execlastid":
        return (":execlastid does not exist in PostgreSQL: add RETURNING id to the statement and use :one",)
    words = [*CARDINALITY_WORDS, *CALL_WORDS]
    known = ", ".join(f":{each}" for each in words)
    close = get_close_matches(word.lower(), words, n=1)
    suggestion = f'; did you mean ":{close[0]}"?' if close else f"; there are {known}"
    return (f'unknown cardinality ":{word}"{suggestion}',)


def _statement(file: SourceFile, name: str, name_offset: int, body: list[Token]) -> tuple[int, int]:
    spans = statement_spans(body)
    if not spans:
        raise GenerationFailed([file.diagnostic(name_offset, len(name), f"query {name} has no statement")])
    if len(spans) > 1 and not file.is_sqlc:
        message = f"query {name} has {len(spans)} statements"
        usual = "a query is one statement: give each its own -- name: line, or combine them WITH"
        hint = _misspelt_header(file, body, spans[1][0]) or usual
        raise GenerationFailed([file.diagnostic(spans[1][0], 1, message, hint=hint)])
    return spans[0]


def _directive(file: SourceFile, comment: str, offset: int, found: list[Directive]) -> Directive | None:
    """The directive; what is none of ours is documentation in a file that was written for sqlc."""
    try:
        return read_directive(file, comment, offset, found)
    except GenerationFailed:
        if file.is_sqlc:
            return None
        raise


def _comments(file: SourceFile, body: list[Token], start: int) -> tuple[str, tuple[Directive, ...]]:
    """The comments between header and statement: documentation and directives."""
    lines: list[str] = []
    directives: list[Directive] = []
    for token in body:
        comment = _comment_body(token)
        if token.start >= start:
            break
        if comment is None:
            continue
        directive = _directive(file, comment, token.start + 2, directives)
        if directive is not None:
            directives.append(directive)
        else:
            lines += [line.removeprefix(" ").rstrip() for line in comment.splitlines()]
    return "\n".join(lines).strip(), tuple(directives)
