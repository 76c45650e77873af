"""The text of a rule, as the server prints it."""

from __future__ import annotations

from collections.abc import Iterator

from janua.lexer import split_statements

from janua_generator.analysis.dependencies.lexemes import lexemes_of, text_at


def commands_of(rule: str) -> Iterator[str]:
    """The commands of a rule as the server prints it: ``… DO [ALSO | INSTEAD] (a; b)``."""
    lexemes = lexemes_of(rule)
    at = _after_do([each.text for each in lexemes])
    if text_at(lexemes, at) in ("also", "instead"):
        at += 1
    if text_at(lexemes, at) in ("", "nothing"):
        return
    end = len(rule.rstrip().removesuffix(";"))
    start = lexemes[at].start
    if lexemes[at].text == "(":
        start = lexemes[at + 1].start
        end = max(each.start for each in lexemes if each.text == ")")
    for first, last in split_statements(rule, start, end):
        yield rule[first:last]


def _after_do(texts: list[str]) -> int:
    depth = 0
    for at, text in enumerate(texts):
        depth += {"(": 1, ")": -1}.get(text, 0)
        if depth == 0 and text == "do":
            return at + 1
    return len(texts)
