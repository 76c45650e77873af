"""What the words of a text say beside the relations that they name: calls, operators, the clock, locks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from janua.lexer import Kind

from janua_generator.analysis.dependencies.lexemes import Lexeme, qualifier, string_value, text_at
from janua_generator.analysis.dependencies.result import Obstacle
from janua_generator.analysis.dependencies.vocabulary import (
    CLOCK_CALLS,
    CLOCK_LITERAL,
    CLOCK_LITERALS,
    CLOCK_WORDS,
    LARGE_OBJECT_CALLS,
    RUNS_A_QUERY,
    RUNS_ANYTHING,
    SESSION_CALLS,
    SESSION_WORDS,
)
from janua_generator.catalog.wiring import Wiring

# Before a name that is a table's, and no type's.
_BEFORE_TABLES = frozenset({"from", "join", "into", "update", "only", "table", "using", ","})
CHANGES_SETTING = "set_config() changes a setting"
_STRINGS = (Kind.STRING, Kind.DOLLAR_STRING)
_LOCKS = frozenset({"update", "share", "no", "key"})
_WORD = re.compile(r"\w+")
_TELLING = (
    (CLOCK_CALLS | CLOCK_LITERALS | CLOCK_WORDS | SESSION_CALLS | SESSION_WORDS | LARGE_OBJECT_CALLS | RUNS_A_QUERY)
    | RUNS_ANYTHING
    | {"age", "for", "set_config", "tablesample"}
)


def may_signal(text: str, wiring: Wiring) -> bool:
    """Whether a text has any word in it that could say something by itself: most stored expressions have none."""
    found = set(_WORD.findall(text.lower()))
    return not all(map(found.isdisjoint, (_TELLING, wiring.volatile, wiring.system_names)))


@dataclass(slots=True)
class Signals:
    """
    ``calls`` are (schema or empty, name) of what stands before a parenthesis; ``fields`` the names after a dot,
    which call a function of this name where a row stands before it; ``names`` all names, ``types`` those of them
    that may be a type although a table has the same.
    """

    calls: set[tuple[str, str]] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    operators: set[str] = field(default_factory=set)
    obstacles: set[Obstacle] = field(default_factory=set)
    unknown_reads: set[str] = field(default_factory=set)
    unknown_writes: set[str] = field(default_factory=set)


def signals_of(lexemes: Sequence[Lexeme], wiring: Wiring) -> Signals:
    """Return what a text says by itself, over the functions and relations of the server's own."""
    found = Signals()
    for at, each in enumerate(lexemes):
        if each.word:
            _name(found, lexemes, at, wiring)
        elif each.kind is Kind.OPERATOR:
            found.operators.add(each.text)
        elif each.kind in _STRINGS and CLOCK_LITERAL.fullmatch(string_value(each.text)):
            found.obstacles.add(Obstacle("time", f"{each.text} is read from the clock"))
    return found


def _name(found: Signals, lexemes: Sequence[Lexeme], at: int, wiring: Wiring) -> None:
    name = lexemes[at].word
    schema, start = qualifier(lexemes, at)
    found.names.add(name)
    if text_at(lexemes, start - 1) not in _BEFORE_TABLES and text_at(lexemes, at + 1) != ".":
        found.types.add(name)
    if text_at(lexemes, at + 1) == "(" and text_at(lexemes, at - 1) != "tablesample":
        found.calls.add((schema, name))
        _call(found, lexemes, at, wiring.volatile)
    elif text_at(lexemes, at - 1) == ".":
        found.fields.add(name)
    else:
        found.obstacles.update(_by_keyword(lexemes, at))
    if name in wiring.system_names and wiring.is_system(name, schema):
        shown = f"{schema}.{name}" if schema else name
        found.obstacles.add(Obstacle("system catalog", f"{shown} is the server's own"))


def _call(found: Signals, lexemes: Sequence[Lexeme], at: int, volatile: AbstractSet[str]) -> None:
    name = lexemes[at].word
    if name in volatile:
        found.obstacles.add(Obstacle("volatile", f"{name}() is volatile"))
    if name in CLOCK_CALLS or (name == "age" and _has_one_argument(lexemes, at + 1)):
        found.obstacles.add(Obstacle("time", f"{name}() reads the clock"))
    elif name in CLOCK_WORDS:
        found.obstacles.update(_by_keyword(lexemes, at))
    elif name == "set_config":
        found.obstacles.add(Obstacle("session", CHANGES_SETTING))
    elif name in SESSION_CALLS:
        found.obstacles.add(Obstacle("session", f"{name}() depends on the session"))
    elif name in LARGE_OBJECT_CALLS:
        found.obstacles.add(Obstacle("large object", f"{name}() reads a large object"))
    elif name in RUNS_A_QUERY:
        found.unknown_reads.add(f"{name}() runs a query that is given to it as text")
    elif name in RUNS_ANYTHING:
        found.unknown_reads.add(f"{name}() may read anything")
        found.unknown_writes.add(f"{name}() may write anything")


def _has_one_argument(lexemes: Sequence[Lexeme], opening: int) -> bool:
    depth = 0
    for each in lexemes[opening:]:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(each.text, 0)
        if depth == 0:
            return True
        if depth == 1 and each.text == ",":
            return False
    return True


def _by_keyword(lexemes: Sequence[Lexeme], at: int) -> Iterator[Obstacle]:
    word = lexemes[at].text
    if word in ("for", "tablesample"):
        if word == "tablesample":
            yield Obstacle("volatile", "TABLESAMPLE takes other rows each time")
        elif text_at(lexemes, at + 1) in _LOCKS:
            yield Obstacle("locking", "FOR UPDATE or FOR SHARE locks the rows")
    elif text_at(lexemes, at - 1) not in ("as", "overriding"):
        if word in CLOCK_WORDS:
            yield Obstacle("time", f"{word.upper()} reads the clock")
        elif word in SESSION_WORDS:
            yield Obstacle("session", f"{word.upper()} depends on the session")
