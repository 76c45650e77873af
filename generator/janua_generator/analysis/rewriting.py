"""
What sqlglot does not read, and something of the same length that says all that rules need.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from janua.lexer import TRIVIA, Kind, tokenize

_CLAUSES = re.compile(
    r"(?P<overriding>overriding\s+(?:system|user)\s+value)|(?P<cursor>(?<=where)\s+current\s+of\s+\w+)"
    r"|(?P<merged>using\s*\(\s*\w+\s*(?:,\s*\w+\s*)*\))\s+as\s+\w+|(?P<collation>collation\s+for)(?=\s*\()"
    r"|(?P<rows>(?<=returning)\s+with\s*\([^)]*\))|(?P<ordering>using\s+[<>])",
    re.IGNORECASE,
)

# Operators by others of the same kind: strict, of two values, and a boolean for any two of the types that have them.
_OPERATORS = {
    "<<=": "<<",
    ">>=": ">>",
    "~<~": "<",
    "~<=~": "<=",
    "~>=~": ">=",
    "~>~": ">",
    "~=": "&&",
    "<<|": "&&",
    "|>>": "&&",
    "&<|": "&&",
    "|&>": "&&",
}

# What may stand before a literal and is no type.
_NO_TYPE = re.compile(
    "all|and|any|as|between|by|case|collate|distinct|else|end|escape|except|for|from|ilike|in|intersect|is|like|limit"
    "|not|null|of|offset|on|or|over|placing|select|set|similar|some|symmetric|then|to|uescape|union|using|values|when"
    "|where|with",
    re.IGNORECASE,
)


def rewritten(text: str) -> str:
    """Replace clauses and operators, where they are no part of a literal, a quoted name or a comment."""
    return _with_other_operators(_with_other_clauses(text))


@cache
def written_as(operator: str) -> frozenset[str]:
    """What may stand in the author's text where the tree has this operator."""
    return frozenset({operator, *(real for real, stand_in in _OPERATORS.items() if stand_in == operator)})


def without_types(text: str) -> tuple[str, Mapping[str, str]]:
    """
    Write ``mood 'happy'`` as a national string; return the type of each by what it says.

    Nothing is written otherwise where two of them say the same and have different types.
    """
    tokens = [token for token in tokenize(text) if token.kind not in TRIVIA]
    types: dict[str, str] = {}
    for token, literal in pairwise(tokens):
        is_typed = token.kind is Kind.NAME and literal.kind is Kind.STRING and literal.text.startswith("'")
        if not is_typed or _NO_TYPE.fullmatch(token.text):
            continue
        said = literal.text[1:-1].replace("''", "'")
        if types.setdefault(said, token.text) != token.text:
            return text, {}
        text = text[: token.start] + "n".rjust(literal.start - token.start) + text[literal.start :]
    return text, types


def _with_other_clauses(text: str) -> str:
    found = list(_CLAUSES.finditer(text))
    if not found:
        return text
    words = {token.start for token in tokenize(text) if token.kind is Kind.NAME}
    for match in found:
        start, end = match.span()
        start += len(match[0]) - len(match[0].lstrip())
        if start in words:
            kept = match["merged"] or {"cursor": "true", "collation": "collation_for"}.get(match.lastgroup or "", "")
            text = text[:start] + kept.ljust(end - start) + text[end:]
    return text


def _with_other_operators(text: str) -> str:
    if not any(operator in text for operator in _OPERATORS):
        return text
    return "".join(_OPERATORS.get(token.text, token.text).ljust(len(token.text)) for token in tokenize(text))
