"""Random expressions over the columns in sight, made from the shapes of ``shapes.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from .keymaker import Key
from .schemamaker import SHAPES, TYPES, Columns, Table, some_type

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
        self.tables: list[Table] = []

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
        referred = self.referred(type_) if self.chance(0.08) else ""
        if referred:
            return referred
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

    def keys_of(self, alias: str, columns: Columns) -> list[tuple[Key, Table]]:
        """The foreign key of a relation that has all columns of a table, and the table that it refers to."""
        tables = {table.name: table for table in self.tables}
        keys = [table.key for table in self.tables if table.columns is columns and table.key is not None and alias]
        return [(key, tables[key.target]) for key in keys if key.target in tables]

    def referred(self, type_: str) -> str:
        """A subquery for a column of the row that a row in sight refers to."""
        found = [
            (name, target.name, same_key(alias, key, "f"))
            for level in self.levels
            for alias, columns in level.sources
            for key, target in self.keys_of(alias, columns)
            for name, each in target.columns.items()
            if each == type_
        ]
        if not found:
            return ""
        name, target, condition = self.random.choice(found)
        return f"(SELECT f.{name} FROM {target} f WHERE {condition})"

    def aggregate(self, type_: str) -> str:
        """An aggregate of this type, perhaps filtered, perhaps in an expression."""
        if type_ not in SHAPES["aggregates"]:
            return self.leaf(type_)
        shape = self.random.choice(SHAPES["aggregates"][type_])
        call = self.fill(shape, 1)
        if self.chance(0.15) and _is_call(shape):
            call += f" FILTER (WHERE {self.expression('bool', 1)})"
        return f"coalesce({call}, {self.leaf(type_)})" if self.chance(0.15) else call

    def windowed(self, type_: str, named: str = "") -> str:
        """A window function of this type, or a plain expression where there is none; ``named`` is a window."""
        if type_ not in SHAPES["windows"]:
            return self.expression(type_, 1)
        call = self.fill(self.random.choice(SHAPES["windows"][type_]), 0)
        if named and self.chance(0.7):
            return over(call, named if self.chance(0.6) else f"({named} {self._frame()})")
        return over(call, f"({self.window()})")

    def window(self, framed: bool = True) -> str:
        """What stands between the parentheses of OVER."""
        partition = f"PARTITION BY {self.expression(some_type(self.random), 0)} " if self.chance(0.3) else ""
        order = f"ORDER BY {self.expression('int', 0)} " if self.chance(0.85) else ""
        return f"{partition}{order}{self._frame() if order and framed else ''}"

    def _frame(self) -> str:
        return self.random.choice(SHAPES["frames"]["all"])


def same_key(referring: str, key: Key, referred: str) -> str:
    """The condition that a row refers to another."""
    pairs = zip(key.columns, key.referred, strict=True)
    return " AND ".join(f"{referring}.{mine} = {referred}.{other}" for mine, other in pairs)


def over(call: str, window: str) -> str:
    """A call over a window, which stands at the end where the shape has no place for it."""
    return call.replace("OVER()", f"OVER {window}") if "OVER()" in call else f"{call} OVER {window}"


def _is_call(shape: str) -> bool:
    """Whether it is one call and nothing more."""
    return shape.count("(") == 1 and shape.endswith(")") and shape.partition("(")[0].isidentifier()
