"""Random FROM clauses: every kind of join, of every kind of relation."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from .expressionmaker import ExpressionMaker, Sources, same_key
from .schemamaker import SHAPES, Columns, Table


class FromMaker(ExpressionMaker):
    """
    Makes FROM items.

    Names repeat on purpose: aliases hide tables, CTEs hide tables, inner columns hide outer ones.
    """

    def __init__(self, random: Random, tables: Sequence[Table], parameters: bool = True) -> None:
        super().__init__(random, parameters)
        self.tables = list(tables)
        self.ctes: dict[str, Columns] = {}
        self._aliases = 0

    def alias(self) -> str:
        """A name for a relation: new, or one that hides something."""
        self._aliases += 1
        taken = self.levels[-1].names if self.levels else set()
        free = [each for each in ("a", "b", "x", '"X"', "c") if each not in taken]
        name = self.random.choice([f"t{self._aliases}", f"t{self._aliases}", *free])
        taken.add(name)
        return name

    def tree(self, depth: int) -> tuple[str, Sources]:
        """A FROM item: a relation, or a join of such."""
        if depth <= 0 or self.chance(0.3):
            return self.relation(depth)
        left, left_sources = self.tree(depth - 1)
        along = self._along_key(left_sources) if self.chance(0.4) else None
        if along is not None:
            return f"{left} {along[0]}", left_sources + along[1]
        self.levels[-1].sources += left_sources
        right, right_sources = self.tree(depth - 1)
        if left_sources:
            del self.levels[-1].sources[-len(left_sources) :]
        if _is_join(right) and self.chance(0.7):
            right = f"({right})"
        text, sources = self._join(left, left_sources, right, right_sources)
        if self.chance(0.1):
            text = f"({text})"
        elif self.chance(0.04):
            return self._hidden(text, sources)
        return text, sources

    def _join(self, left: str, left_sources: Sources, right: str, right_sources: Sources) -> tuple[str, Sources]:
        sources = left_sources + right_sources
        kind = self.random.choice(("JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"))
        if kind == "CROSS JOIN":
            return f"{left} CROSS JOIN {right}", sources
        shared = _shared(left_sources, right_sources)
        if shared and self.chance(0.06):
            merged = {name: left_sources[0][1][name] for name in shared}
            return f"{left} NATURAL {kind} {right}", [*sources, ("", merged)]
        if shared and self.chance(0.2):
            names = self.random.sample(shared, min(len(shared), self.random.choice((1, 1, 2))))
            # the merged columns go by their bare names, and by the alias of the clause
            merged = {name: left_sources[0][1][name] for name in names}
            sources = [*sources, ("", merged)]
            using = f"USING ({', '.join(names)})"
            if self.chance(0.15):
                alias = self.alias()
                using, sources = f"{using} AS {alias}", [*sources, (alias, merged)]
            return f"{left} {kind} {right} {using}", sources
        condition = self._condition(left_sources, right_sources, sources)
        if kind == "FULL JOIN" and not condition.endswith(".id"):
            # FULL JOIN is only for conditions that can be merged or hashed
            kind = "LEFT JOIN"
        return f"{left} {kind} {right} ON {condition}", sources

    def _along_key(self, left: Sources) -> tuple[str, Sources] | None:
        """A join of the table that a foreign key of one on the left refers to, mostly by nothing but the key."""
        keyed = [(alias, key, table) for alias, columns in left for key, table in self.keys_of(alias, columns)]
        if not keyed:
            return None
        referring, key, target = self.random.choice(keyed)
        alias = self.alias()
        relation = self.random.choice((*(target.name,) * 5, f"ONLY {target.name}", self.disguised(target)))
        condition = same_key(referring, key, alias)
        if self.chance(0.1):
            condition += f" AND {self._condition(left, [(alias, target.columns)], [*left, (alias, target.columns)])}"
        kind = self.random.choice(("LEFT JOIN", "LEFT JOIN", "LEFT JOIN", "JOIN"))
        return f"{kind} {relation} {alias} ON {condition}", [(alias, target.columns)]

    def disguised(self, table: Table) -> str:
        """A subquery that has the columns of a table, and its rows or some of them or others."""
        columns, types = ", ".join(table.columns), table.columns.values()
        literals = ", ".join(self.random.choice(SHAPES["literals"][type_]) for type_ in types)
        shape = self.random.choice(SHAPES["disguises"]["all"])
        return f"({shape.format(table=table.name, columns=columns, literals=literals)})"

    def rooted(self, table: Table, depth: int) -> tuple[str, Sources]:
        """A table, the first source, and what is joined to it by joins that never put NULLs in place of its rows."""
        alias = self.alias()
        text, sources = f"{table.name} {alias}", [(alias, table.columns)]
        for _ in range(self.random.choice((0, 1, 1, 2))):
            self.levels[-1].sources = sources
            joined = self._along_key(sources) if self.chance(0.65) else None
            if joined is None:
                right, more = self.tree(depth)
                right = f"({right})" if _is_join(right) else right
                kind = self.random.choice(("JOIN", "LEFT JOIN", "LEFT JOIN"))
                joined = f"{kind} {right} ON {self._condition(sources, more, [*sources, *more])}", more
            text, sources = f"{text} {joined[0]}", [*sources, *joined[1]]
        return text, sources

    def _hidden(self, text: str, sources: Sources) -> tuple[str, Sources]:
        """``(a JOIN b …) AS x``, of whose columns those of one name are meant by none."""
        alias = self.alias()
        names = [name for source, columns in sources if source for name in columns]
        seen = {
            name: type_ for source, columns in sources if source for name, type_ in columns.items()
            if names.count(name) == 1
        }  # fmt: skip
        return f"({text}) AS {alias}", [(alias, seen)]

    def _condition(self, left: Sources, right: Sources, both: Sources) -> str:
        saved, self.levels[-1].sources = self.levels[-1].sources, both
        on = self.expression("bool", 1)
        self.levels[-1].sources = saved
        pairs = [
            (f"{a}.{name}", f"{b}.id") for a, columns in left for b, others in right
            for name in ("r", "id", "i") if a and b and columns.get(name) == others.get("id") == "int"
        ]  # fmt: skip
        pairs += [(f"{a}.id", f"{b}.r") for a, columns in left for b, others in right
                  if a and b and others.get("r") == columns.get("id") == "int"]  # fmt: skip
        if pairs and self.chance(0.75):
            one, other = self.random.choice(pairs)
            return f"{on} AND {one} = {other}" if self.chance(0.25) else f"{one} = {other}"
        return "true" if self.chance(0.3) else on

    def relation(self, depth: int) -> tuple[str, Sources]:
        """A table, CTE, subquery, VALUES list or function."""
        alias = self.alias()
        roll = self.random.random()
        if self.ctes and roll < 0.15:
            name = self.random.choice(list(self.ctes))
            return f"{name} {alias}", [(alias, self.ctes[name])]
        if depth > 0 and roll < 0.3:
            own = self.levels.pop()
            sql, columns = self.query(depth - 1)
            self.levels.append(own)
            return f"({sql}) AS {alias}", [(alias, columns)]
        if depth > 0 and roll < 0.38:
            sql, columns = self.query(depth - 1)
            return f"LATERAL ({sql}) AS {alias}", [(alias, columns)]
        if roll < 0.43:
            rows = ", ".join(f"({self.leaf('int')}, {self.leaf('text')})" for _ in range(self.random.choice((1, 2))))
            return f"(VALUES {rows}) AS {alias} (id, v)", [(alias, {"id": "int", "v": "text"})]
        return self._function(alias) if roll < 0.52 else self._table(alias)

    def _function(self, alias: str) -> tuple[str, Sources]:
        shape = self.random.choice(tuple(SHAPES["relations"]))
        call = self.fill(self.random.choice(SHAPES["relations"][shape]), 0).replace("ALIAS", alias)
        columns = dict(each.split(":") for each in shape.split(","))
        return call, [(alias, columns)]

    def _table(self, alias: str) -> tuple[str, Sources]:
        table = self.random.choice(self.tables)
        if table.is_function:
            return f"{table.name} {alias}", [(alias, table.columns)]
        if self.chance(0.3) and table.name not in self.levels[-1].names:
            self.levels[-1].names.add(table.name)
            return table.name, [(table.name, table.columns)]
        if self.chance(0.1):
            names = self.random.sample(list(table.columns), len(table.columns))
            renamed = dict(zip(names, table.columns.values(), strict=True))
            return f"{table.name} AS {alias} ({', '.join(names)})", [(alias, renamed)]
        if self.chance(0.15):
            return f"{self.disguised(table)} AS {alias}", [(alias, table.columns)]
        only = "ONLY " if self.chance(0.05) else "public." if self.chance(0.05) else ""
        sample = " TABLESAMPLE system (60)" if self.chance(0.02) and not table.is_view else ""
        return f"{only}{table.name} {alias}{sample}", [(alias, table.columns)]


def _is_join(text: str) -> bool:
    """Whether it is a join that no parentheses are around."""
    depths = [0]
    for each in text:
        depths.append(depths[-1] + (each == "(") - (each == ")"))
    return any(text.startswith(" JOIN ", at) for at, depth in enumerate(depths) if depth == 0)


def _shared(left: Sources, right: Sources) -> list[str]:
    """The names that both sides have once and of one type."""
    return [
        name for name, type_ in left[0][1].items()
        if right[0][1].get(name) == type_ and type_ not in ("json", "pair")
        and all(sum(name in columns for alias, columns in side if alias) == 1 for side in (left, right))
    ]  # fmt: skip
