"""What statements give that are no queries: CALL, EXPLAIN and SHOW. sqlglot has no trees for them."""

from __future__ import annotations

from collections.abc import Sequence

from janua.lexer import TRIVIA

from janua_generator.analysis.scope import OPAQUE, Column, Output
from janua_generator.analysis.syntax import tokens_of
from janua_generator.analysis.values import Value, not_null, nullable

# The first word of each of EXPLAIN's formats but text that gives one value.
_DOCUMENTS = frozenset({"json", "xml", "yaml"})


def output_of_utility(sql: str, columns: Sequence[str]) -> Output:
    """Return what such a statement gives as columns of these names; of another, nothing is known."""
    words = [token.text.lower() for token in tokens_of(sql) if token.kind not in TRIVIA]
    match words:
        case ["call", *_]:
            value = nullable("a procedure may give back NULL")
            return _one_row([value] * len(columns), columns, "CALL gives one row")
        case ["explain", *options]:
            plan = [Column(name, not_null("EXPLAIN gives no NULL")) for name in columns]
            is_document = _is_document(options)
            return Output(tuple(plan), is_document, True, "" if is_document else "EXPLAIN gives a row for each line")
        case ["show", "all", *_]:
            # a setting of an extension need not be described
            values = [not_null("SHOW ALL names it"), not_null("a setting has a value"), nullable("it may be missing")]
            found = tuple(Column(name, value) for name, value in zip(columns, values, strict=False))
            return Output(found, False, True, "SHOW ALL gives a row for each setting")
        case ["show", *_]:
            return _one_row([not_null("a setting has a value")] * len(columns), columns, "SHOW gives one row")
        case _:
            return OPAQUE


def _one_row(values: Sequence[Value], columns: Sequence[str], reason: str) -> Output:
    return Output(tuple(map(Column, columns, values)), True, True, reason)


def _is_document(options: Sequence[str]) -> bool:
    """Whether the options in parentheses ask for a document instead of lines; the last FORMAT counts."""
    if options[:1] != ["("] or ")" not in options:
        return False
    inside = options[: options.index(")")]
    formats = [inside[at + 1].strip("'\"") for at, word in enumerate(inside[:-1]) if word == "format"]
    return bool(formats) and formats[-1] in _DOCUMENTS
