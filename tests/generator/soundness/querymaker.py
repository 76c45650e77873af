"""
Random queries, mostly valid: what the server refuses is passed over.

NULLs come from everywhere: data, outer joins, empty groups, subqueries without rows, NULL literals.
"""

from __future__ import annotations

from collections.abc import Sequence

from .expressionmaker import Level
from .frommaker import FromMaker
from .schemamaker import SHAPES, Columns, some_type

NAMES = ("id", "i", "k", "v", "t", "q")


class QueryMaker(FromMaker):
    """Makes SELECT, VALUES and set operations over some tables."""

    def query(self, depth: int, types: Sequence[str] | None = None, aggregate: str = "") -> tuple[str, Columns]:
        """A query, and its columns."""
        saved = dict(self.ctes)
        wanted = list(types) if types else [some_type(self.random) for _ in range(self.random.choice((1, 2, 3)))]
        with_ = self.with_clause(depth) if depth > 1 and self.chance(0.15) else ""
        if not aggregate and depth > 0 and self.chance(0.15):
            sql, columns = self._set_operation(depth, wanted)
        elif not aggregate and not types and self.chance(0.02):
            row = ", ".join(f"({', '.join(self.expression(each, 1) for each in wanted)})" for _ in range(2))
            sql, columns = f"VALUES {row}", {f"column{at + 1}": each for at, each in enumerate(wanted)}
        else:
            sql, columns = self.select(depth, wanted, aggregate)
        self.ctes = saved
        return with_ + sql, columns

    def _set_operation(self, depth: int, wanted: Sequence[str]) -> tuple[str, Columns]:
        sql, columns = self.select(depth - 1, wanted)
        sql = f"({sql})"
        for _ in range(self.random.choice((1, 1, 2, 3))):
            word = self.random.choice(("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL", "INTERSECT ALL"))
            sql = f"{sql} {word} ({self.select(min(depth - 1, 1), wanted)[0]})"
            if self.chance(0.2):
                sql = f"({sql}{self.random.choice((' LIMIT 1', ' LIMIT 2', ' OFFSET 1', ''))})"
        return sql + self.random.choice(("", "", "", " ORDER BY 1", " ORDER BY 1 LIMIT 1")), columns

    def with_clause(self, depth: int) -> str:
        """A CTE or two, whose names may hide a table, recursive now and then."""
        name = self.random.choice(("w", "a", "b"))
        own, self.levels = self.levels, list(self.levels)
        sql, columns = self.query(depth - 1)
        self.levels = own
        self.ctes[name] = columns
        if self.chance(0.3) and not {"json", "range"} & set(columns.values()):
            all_ = "UNION ALL" if self.chance(0.1) else "UNION"
            step, _ = self.select(0, list(columns.values()), recursive=name)
            text = f"WITH RECURSIVE {name} ({', '.join(columns)}) AS (({sql}) {all_} ({step}))"
        else:
            text = f"WITH {name} AS {self.random.choice(('', 'MATERIALIZED ', 'NOT MATERIALIZED '))}({sql})"
        if self.chance(0.2):
            own, self.levels = self.levels, list(self.levels)
            sql, self.ctes["w2"] = self.query(0)
            self.levels = own
            text += f", w2 AS ({sql})"
        return text + " "

    def select(self, depth: int, types: Sequence[str], aggregate: str = "", recursive: str = "") -> tuple[str, Columns]:
        """One SELECT whose columns have these types."""
        level = Level()
        self.levels.append(level)
        from_ = self._from(level, depth, recursive)
        where = f" WHERE {self.where(depth)}" if self.chance(0.4 if len(self.levels) == 1 else 0.25) else ""
        roll = 1.0 if recursive else self.random.random()
        rest = windows = order = ""
        if aggregate:
            items = [aggregate]
        elif roll < 0.2:
            items, rest = self.grouped(types, depth)
        elif roll < 0.28:
            items, rest = [self.aggregate(type_) for type_ in types], self.having(0.2)
        elif roll < 0.38:
            windows = f" WINDOW w AS ({self.window(self.chance(0.3))})" if self.chance(0.3) else ""
            items = [self.windowed(type_, "w" if windows else "") for type_ in types]
        else:
            items = [self.item(type_, min(depth, 2)) for type_ in types]
            order = " FOR UPDATE" if len(self.levels) == 1 and depth > 1 and self.chance(0.05) else ""
        if "WHERE" in where and roll >= 0.38 and self.chance(0.2):
            # what is selected is what a condition has refused a NULL in
            where += f" AND {self.random.choice(items)} IS NOT NULL"
        elif "HAVING" in rest and self.chance(0.3):
            rest += f" AND {self.random.choice(items)} IS NOT NULL"
        names = (
            self.random.sample(NAMES, len(items)) if len(items) <= len(NAMES) else [f"c{n}" for n in range(len(items))]
        )
        listed = ", ".join(f"{item} AS {name}" for item, name in zip(items, names, strict=True))
        distinct = "DISTINCT " if self.chance(0.06) else ""
        if not rest and not order and not distinct and not recursive and self.chance(0.1):
            key = self.column(some_type(self.random)) or "random()"
            order = f" ORDER BY {key}"
            distinct = f"DISTINCT ON ({key}) " if self.chance(0.2) else ""
        tail = "" if recursive else self._tail(order)
        self.levels.pop()
        return f"SELECT {distinct}{listed}{from_}{where}{rest}{windows}{order}{tail}", dict(
            zip(names, types, strict=True)
        )

    def item(self, type_: str, depth: int) -> str:
        """An item of a select list, at the outermost level seldom a mere column."""
        if len(self.levels) == 1 and depth > 0 and self.chance(0.7):
            return self.fill(self.random.choice(SHAPES["shapes"][type_]), depth - 1)
        return self.expression(type_, depth)

    def _from(self, level: Level, depth: int, recursive: str) -> str:
        if recursive:
            level.sources = [("r", self.ctes[recursive])]
            return f" FROM {recursive} r"
        if self.chance(0.07):
            return ""
        text, sources = self.tree(depth)
        if self.chance(0.2):
            level.sources = sources
            other, more = self.tree(min(depth, 1))
            text, sources = f"{text}, {other}", sources + more
        level.sources = sources
        return f" FROM {text}"

    def _tail(self, order: str) -> str:
        if order and self.chance(0.1):
            return " FETCH FIRST ROW WITH TIES"
        return self.random.choice(
            ("",) * 12
            + (" LIMIT 1", " LIMIT 1", " LIMIT 2", " OFFSET 1", " FETCH FIRST ROW ONLY", " LIMIT ALL", " LIMIT 0")
        )

    def everything(self) -> str:
        """``SELECT *``, or the row of one relation and more, of a join."""
        self.levels = [Level()]
        text, sources = self.tree(2)
        self.levels[-1].sources = sources
        alias, _ = next(each for each in self.random.sample(sources, len(sources)) if each[0])
        items = self.random.choice(("*", "*", f"{alias}.*", f"{alias}.*, 1 AS one", f"{alias} AS whole", f"{alias}"))
        where = f" WHERE {self.where(1)}" if self.chance(0.7) else ""
        lock = self.random.choice(("",) * 8 + (f" FOR UPDATE OF {alias}", " LIMIT 1"))
        return f"SELECT {items} FROM {text}{where}{lock}"

    def where(self, depth: int) -> str:
        """Some conditions, often by key."""
        parts = [self.condition(min(depth + 1, 2)) for _ in range(self.random.choice((1, 1, 2)))]
        if self.levels[-1].sources and self.chance(0.3):
            alias, columns = self.random.choice(self.levels[-1].sources)
            if alias and columns.get("id") == "int":
                parts.append(f"{alias}.id = {self.expression('int', 0)}")
        return f" {self.random.choice(('AND', 'AND', 'AND', 'OR'))} ".join(f"({part})" for part in parts)

    def condition(self, depth: int) -> str:
        """A condition, often one that some rows pass and of which something can be learned."""
        roll = self.random.random()
        column = self.column(some_type(self.random))
        if not column or roll < 0.5:
            return self.expression("bool", depth)
        test = self.random.choice(("IS NOT NULL", "IS NOT NULL", f"= {column}", "IS NULL"))
        shape = self.random.choice(("{0}", "{0}", "{0}", "{0} OR {1}", "NOT ({0} AND {1})", "({0}) IS NOT FALSE"))
        return shape.format(f"{column} {test}", self.expression("bool", 1))

    def having(self, share: float) -> str:
        """HAVING, that often."""
        return f" HAVING {self.aggregate('int')} > 0" if self.chance(share) else ""

    def grouped(self, types: Sequence[str], depth: int) -> tuple[list[str], str]:
        """Select items and the GROUP BY that allows them."""
        items, keys = [], []
        for at, type_ in enumerate(types):
            if self.chance(0.5):
                items.append(self.expression(type_, self.random.choice((0, 0, 1))))
                is_constant = items[-1][-1].isdigit() or items[-1][0] in "-'"
                keys.append(items[-1] if self.chance(0.7) and not is_constant else str(at + 1))
                if self.chance(0.15):
                    items[-1] = f"coalesce({items[-1]}, {self.leaf(type_)})"
            else:
                items.append(self.aggregate(type_))
        if not keys:
            keys.append(self.column("int") or "'a'::text")
        having = f" HAVING {keys[0]} IS NOT NULL" if self.chance(0.2) and not keys[0].isdigit() else self.having(0.2)
        return items, f" GROUP BY {self._grouping(keys)}{having}"

    def _grouping(self, keys: list[str]) -> str:
        shape = self.random.choice(
            ("{0}",) * 6 + ("ROLLUP ({0})", "CUBE ({0})", "GROUPING SETS (({0}), ())", "{1}, ROLLUP ({0})",
             "DISTINCT ROLLUP ({0}), CUBE ({1})", "GROUPING SETS ({1}, ROLLUP ({0}))", "(), {0}",
             "GROUPING SETS (({0}))")
        )  # fmt: skip
        return shape.format(", ".join(keys), self.random.choice(keys))
