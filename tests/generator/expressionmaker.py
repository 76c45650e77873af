"""Random expressions over the columns in sight, made from the shapes of ``shapes.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from .schemamaker import SHAPES, TYPES, Columns, some_type

Sources = list[tuple[str, Columns]]
"""The relations of a query level by their aliases; a USING clause makes one without a name."""

ARGUMENTS = {"integer": "2", "text": "a", "boolean": "t", "numeric": "1.5", "jsonb": "null"}
"""What parameters of these types are given; any other takes it as text."""


@dataclass
class Level:
    """What one query level can see of its own."""

    sources: Sources = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class ExpressionMaker:
    """
    Makes expressions, every choice by ``random``.

    ``argument`` is an integer that the body of a function may name, and ``calls`` are the calls that
    may be made, by what they return.
    """

    def __init__(self, random: Random, parameters: bool = True) -> None:
        self.random = random
        self.levels: list[Level] = []
        self.parameters = parameters
        self.argument = ""
        self.calls: dict[str, list[str]] = {}

    def query(self, depth: int, types: Sequence[str] | None = None, aggregate: str = "") -> tuple[str, Columns]:
        """A query, and its columns."""
        raise NotImplementedError

    def chance(self, share: float) -> bool:
        """True that often."""
        return self.random.random() < share

    def expression(self, type_: str, depth: int) -> str:
        """An expression of one of TYPES."""
        roll = self.random.random()
        column = self.column(type_)
        if column and (roll < 0.5 or depth <= 0):
            return column
        if depth <= 0 or roll < 0.6:
            return self.leaf(type_)
        calls = self.calls.get(type_)
        shape = self.random.choice(calls if calls and self.chance(0.05) else SHAPES["shapes"][type_])
        return self.fill(shape, depth - 1)

    def leaf(self, type_: str) -> str:
        """A literal, a NULL or a parameter."""
        roll = self.random.random()
        if roll < 0.12:
            return f"NULL::{TYPES[type_]}"
        if self.argument and type_ == "int" and roll < 0.4:
            return self.argument
        if roll < 0.2 and self.parameters and TYPES[type_] in ARGUMENTS:
            # the mark says that it takes None
            return f":{type_}_{self.random.choice(('1', '2?'))}::{TYPES[type_]}"
        return self.random.choice(SHAPES["literals"][type_])

    def fill(self, shape: str, depth: int) -> str:
        """Put expressions into the places of a shape."""
        kept = {each: self.column(each[3:]) or self.leaf(each[3:]) for each in ("colint", "coltext")}
        text = ""
        while "{" in shape:
            before, _, rest = shape.partition("{")
            if rest.startswith("{"):
                text, shape = text + before + "\0", rest[1:].replace("}}", "\1", 1)
                continue
            word, _, shape = rest.partition("}")
            text += before + self._part(word, kept, depth)
        return (text + shape).replace("\0", "{").replace("\1", "}")

    def _part(self, word: str, kept: Mapping[str, str], depth: int) -> str:
        if word in kept:
            return kept[word]
        if word == "any":
            return self.expression(some_type(self.random), depth)
        if word == "whole":
            named = [alias for level in self.levels[-2:] for alias, _ in level.sources if alias]
            return self.random.choice(named) if named else "ROW(1, NULL)"
        if word == "count":
            return self.query(0, ["int"], aggregate="count(*)")[0]
        if word.startswith("query:"):
            return self.query(depth, word[6:].split(","))[0]
        if word.startswith("outer:"):
            return self.column(word[6:], self.levels[:-1]) or self.leaf(word[6:])
        inner = self.expression(word, depth)
        return f"({inner})" if " " in inner and not inner.startswith("(") else inner

    def column(self, type_: str, levels: Sequence[Level] | None = None) -> str:
        """A column of this type, mostly of the innermost level, sometimes without its relation's name."""
        for level in reversed(self.levels if levels is None else levels):
            found = [
                (alias, name) for alias, columns in level.sources for name, each in columns.items() if each == type_
            ]
            if found and self.chance(0.85):
                alias, name = self.random.choice(found)
                if not alias:
                    return name
                is_unique = sum(name in columns for _, columns in level.sources) == 1
                if is_unique and self.chance(0.3):
                    return name
                return f"({alias}).{name}" if self.chance(0.03) else f"{alias}.{name}"
        return ""

    def aggregate(self, type_: str) -> str:
        """An aggregate of this type, perhaps filtered, perhaps in an expression."""
        if type_ not in SHAPES["aggregates"]:
            return self.leaf(type_)
        call = self.fill(self.random.choice(SHAPES["aggregates"][type_]), 1)
        if self.chance(0.15):
            call += f" FILTER (WHERE {self.expression('bool', 1)})"
        return f"coalesce({call}, {self.leaf(type_)})" if self.chance(0.15) else call

    def windowed(self, type_: str, named: str = "") -> str:
        """A window function of this type, or a plain expression where there is none; ``named`` is a window."""
        if type_ not in SHAPES["windows"]:
            return self.expression(type_, 1)
        call = self.fill(self.random.choice(SHAPES["windows"][type_]), 0)
        if named and self.chance(0.7):
            return f"{call} OVER {named}" if self.chance(0.6) else f"{call} OVER ({named} {self._frame()})"
        return f"{call} OVER ({self.window()})"

    def window(self) -> str:
        """What stands between the parentheses of OVER."""
        partition = f"PARTITION BY {self.expression(some_type(self.random), 0)} " if self.chance(0.3) else ""
        order = f"ORDER BY {self.expression('int', 0)} " if self.chance(0.85) else ""
        return f"{partition}{order}{self._frame() if order else ''}"

    def _frame(self) -> str:
        return self.random.choice(SHAPES["frames"]["all"])
