"""
Random queries, mostly valid: what the server refuses is passed over.

Names repeat on purpose (aliases hide tables, CTEs hide tables, inner columns hide outer ones), and
NULLs come from everywhere: data, outer joins, empty groups, subqueries without rows, NULL literals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from .schemamaker import SHAPES, TYPES, Columns, Table


@dataclass
class Level:
    """What one query level can see of its own."""

    sources: list[tuple[str, Columns]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class QueryMaker:
    """Makes queries over some tables, every choice by ``random``."""

    def __init__(self, random: Random, tables: Sequence[Table], parameters: bool = True) -> None:
        self.random = random
        self.tables = list(tables)
        self.ctes: dict[str, Columns] = {}
        self.levels: list[Level] = []
        self.parameters = parameters
        self._aliases = 0

    def statement(self) -> str:
        """A SELECT, mostly, or a statement that writes and returns rows."""
        kind = self.random.random()
        if kind < 0.8:
            return self.query(3)[0]
        return self.random.choice((self.insert, self.update, self.delete))()

    # Expressions

    def expression(self, type_: str, depth: int) -> str:
        """An expression of one of TYPES."""
        roll = self.random.random()
        column = self.column(type_)
        if column and (roll < 0.55 or depth <= 0):
            return column
        if depth <= 0 or roll < 0.65:
            return self.leaf(type_)
        return self.fill(self.random.choice(SHAPES["shapes"][type_]), depth - 1)

    def leaf(self, type_: str) -> str:
        """A literal, a NULL or a parameter."""
        roll = self.random.random()
        if roll < 0.15:
            return f"NULL::{TYPES[type_]}"
        if roll < 0.2 and self.parameters and type_ == "int":
            return "$1::integer"
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
            return self.expression(self.random.choice(list(TYPES)), depth)
        if word == "count":
            return self.query(0, ["int"], aggregate="count(*)")[0]
        if word.startswith("query:"):
            return self.query(depth, [word[6:]])[0]
        inner = self.expression(word, depth)
        return f"({inner})" if " " in inner and not inner.startswith("(") else inner

    def column(self, type_: str) -> str:
        """A column of this type, mostly of the innermost level, sometimes without its relation's name."""
        for level in reversed(self.levels):
            found = [
                (alias, name) for alias, columns in level.sources for name, each in columns.items() if each == type_
            ]
            if found and self.random.random() < 0.85:
                alias, name = self.random.choice(found)
                if not alias:
                    return name
                is_unique = sum(name in columns for _, columns in level.sources) == 1
                return name if is_unique and self.random.random() < 0.3 else f"{alias}.{name}"
        return ""

    # FROM

    def alias(self) -> str:
        """A name for a relation: new, or one that hides something."""
        self._aliases += 1
        taken = self.levels[-1].names if self.levels else set()
        free = [each for each in ("a", "b", "x", '"X"', "c") if each not in taken]
        name = self.random.choice([f"t{self._aliases}", f"t{self._aliases}", *free])
        taken.add(name)
        return name

    def tree(self, depth: int) -> tuple[str, list[tuple[str, Columns]]]:
        """A FROM item: a relation, or a join of such."""
        if depth <= 0 or self.random.random() < 0.3:
            return self.relation(depth)
        left, left_sources = self.tree(depth - 1)
        self.levels[-1].sources += left_sources
        right, right_sources = self.tree(depth - 1)
        del self.levels[-1].sources[-len(left_sources) :]
        sources = left_sources + right_sources
        if " JOIN " in right and self.random.random() < 0.7:
            right = f"({right})"
        kind = self.random.choice(("JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"))
        if kind == "CROSS JOIN":
            return f"{left} CROSS JOIN {right}", sources
        condition = self.condition(left_sources, right_sources, sources)
        if kind == "FULL JOIN" and not condition.startswith("USING") and not condition.endswith(".id"):
            # FULL JOIN is only for conditions that can be merged or hashed
            kind = "LEFT JOIN"
        text = f"{left} {kind} {right} {condition}"
        if condition.startswith("USING"):
            # the merged columns go by their bare names
            merged = condition[7:-1].split(", ")
            sources = [*sources, ("", {name: left_sources[0][1][name] for name in merged})]
        if self.random.random() < 0.1:
            text = f"({text})"
        return text, sources

    def condition(
        self,
        left: list[tuple[str, Columns]],
        right: list[tuple[str, Columns]],
        both: list[tuple[str, Columns]],
    ) -> str:
        """USING or ON."""
        shared = [name for name, type_ in left[0][1].items() if right[0][1].get(name) == type_
                  and all(sum(name in columns for _, columns in side) == 1 for side in (left, right))]  # fmt: skip
        if shared and self.random.random() < 0.25:
            return f"USING ({', '.join(self.random.sample(shared, min(len(shared), self.random.choice((1, 1, 2)))))})"
        saved, self.levels[-1].sources = self.levels[-1].sources, both
        on = self.expression("bool", 1)
        if self.random.random() < 0.6 and left[-1][0] and left[-1][1].get("id") == right[0][1].get("id") == "int":
            on = f"{left[-1][0]}.id = {right[0][0]}.id" + (f" AND {on}" if self.random.random() < 0.3 else "")
        self.levels[-1].sources = saved
        return f"ON {on}"

    def relation(self, depth: int) -> tuple[str, list[tuple[str, Columns]]]:
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
        if roll < 0.5:
            call, columns = self.random.choice(
                (
                    (f"generate_series(1, {self.expression('int', 0)}) AS {alias} (id)", {"id": "int"}),
                    (f"unnest({self.expression('ints', 0)}) AS {alias} (id)", {"id": "int"}),
                    (
                        f"unnest({self.expression('ints', 0)}) WITH ORDINALITY AS {alias} (i, id)",
                        {"i": "int", "id": "int"},
                    ),
                    (f"rows_of({self.expression('int', 0)}) AS {alias}", {"n": "int", "t": "text"}),
                    (f"one_row({self.expression('int', 0)}) AS {alias}", {"n": "int", "t": "text"}),
                    (
                        f"ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS {alias} (id, i)",
                        {"id": "int", "i": "int"},
                    ),
                    (f"jsonb_array_elements_text('[1,null]') AS {alias} (v)", {"v": "text"}),
                )
            )
            return call, [(alias, columns)]
        table = self.random.choice(self.tables)
        if self.random.random() < 0.3 and table.name not in self.levels[-1].names:
            self.levels[-1].names.add(table.name)
            return table.name, [(table.name, table.columns)]
        if self.random.random() < 0.1:
            names = self.random.sample(list(table.columns), len(table.columns))
            renamed = dict(zip(names, table.columns.values(), strict=True))
            return f"{table.name} AS {alias} ({', '.join(names)})", [(alias, renamed)]
        return f"{table.name} {alias}", [(alias, table.columns)]

    # Queries

    def query(self, depth: int, types: Sequence[str] | None = None, aggregate: str = "") -> tuple[str, Columns]:
        """A query, and its columns."""
        saved = dict(self.ctes)
        wanted = (
            list(types) if types else [self.random.choice(list(TYPES)) for _ in range(self.random.choice((1, 2, 3)))]
        )
        with_ = self.with_clause(depth) if depth > 1 and self.random.random() < 0.15 else ""
        if not aggregate and depth > 0 and self.random.random() < 0.15:
            first, columns = self.select(depth - 1, wanted)
            second, _ = self.select(depth - 1, wanted)
            third = (
                f" {self.random.choice(('UNION', 'INTERSECT'))} {self.select(0, wanted)[0]}"
                if self.random.random() < 0.3
                else ""
            )
            operator = self.random.choice(("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"))
            sql = f"({first}) {operator} ({second}){third}"
        else:
            sql, columns = self.select(depth, wanted, aggregate)
        self.ctes = saved
        return with_ + sql, columns

    def with_clause(self, depth: int) -> str:
        """One CTE, whose name may hide a table, recursive now and then."""
        name = self.random.choice(("w", "a", "b"))
        own, self.levels = self.levels, list(self.levels)
        sql, columns = self.query(depth - 1)
        self.levels = own
        self.ctes[name] = columns
        if self.random.random() < 0.3 and not {"json", "range"} & set(columns.values()):
            step, _ = self.select(0, list(columns.values()), recursive=name)
            return f"WITH RECURSIVE {name} ({', '.join(columns)}) AS (({sql}) UNION ({step})) "
        return f"WITH {name} AS {self.random.choice(('', 'MATERIALIZED ', 'NOT MATERIALIZED '))}({sql}) "

    def select(self, depth: int, types: Sequence[str], aggregate: str = "", recursive: str = "") -> tuple[str, Columns]:
        """One SELECT whose columns have these types."""
        level = Level()
        self.levels.append(level)
        from_ = ""
        if recursive:
            from_, level.sources = f" FROM {recursive} r", [("r", self.ctes[recursive])]
        elif self.random.random() < 0.93:
            text, sources = self.tree(depth)
            if self.random.random() < 0.2:
                level.sources = sources
                other, more = self.tree(min(depth, 1))
                text, sources = f"{text}, {other}", sources + more
            level.sources = sources
            from_ = f" FROM {text}"
        where = f" WHERE {self.where(depth)}" if self.random.random() < 0.5 else ""
        roll = self.random.random()
        if aggregate:
            items, rest = [aggregate], ""
        elif roll < 0.2 and not recursive:
            items, rest = self.grouped(types, depth)
        elif roll < 0.28 and not recursive:
            items, rest = [self.aggregate(type_) for type_ in types], self.having(0.2)
        elif roll < 0.38 and not recursive:
            items, rest = [self.windowed(type_) for type_ in types], ""
        else:
            items, rest = [self.expression(type_, min(depth, 2)) for type_ in types], ""
        names = self.random.sample(["id", "i", "k", "v", "t", "q"], len(items))
        distinct = "DISTINCT " if self.random.random() < 0.08 else ""
        listed = ", ".join(f"{item} AS {name}" for item, name in zip(items, names, strict=True))
        tail = self.random.choice(("", "", "", "", " LIMIT 1", " LIMIT 2", " OFFSET 1", " FETCH FIRST ROW ONLY"))
        self.levels.pop()
        sql = f"SELECT {distinct}{listed}{from_}{where}{rest}{'' if recursive else tail}"
        return sql, dict(zip(names, types, strict=True))

    def where(self, depth: int) -> str:
        """Some conditions, often by key."""
        parts = [self.expression("bool", min(depth + 1, 2)) for _ in range(self.random.choice((1, 1, 2)))]
        if self.levels[-1].sources and self.random.random() < 0.3:
            alias, columns = self.random.choice(self.levels[-1].sources)
            if alias and columns.get("id") == "int":
                parts.append(f"{alias}.id = {self.expression('int', 0)}")
        return " AND ".join(f"({part})" for part in parts)

    def having(self, share: float) -> str:
        return f" HAVING {self.aggregate('int')} > 0" if self.random.random() < share else ""

    def aggregate(self, type_: str) -> str:
        """An aggregate of this type, perhaps filtered, perhaps in an expression."""
        if type_ not in SHAPES["aggregates"]:
            return self.leaf(type_)
        call = self.fill(self.random.choice(SHAPES["aggregates"][type_]), 1)
        if self.random.random() < 0.15:
            call += f" FILTER (WHERE {self.expression('bool', 1)})"
        return f"coalesce({call}, {self.leaf(type_)})" if self.random.random() < 0.15 else call

    def windowed(self, type_: str) -> str:
        """A window function of this type, or a plain expression where there is none."""
        if type_ not in SHAPES["windows"]:
            return self.expression(type_, 1)
        order = self.expression("int", 0)
        partition = f"PARTITION BY {self.expression('text', 0)} " if self.random.random() < 0.3 else ""
        call = self.fill(self.random.choice(SHAPES["windows"][type_]), 0)
        return f"{call} OVER ({partition}ORDER BY {order} {self.random.choice(SHAPES['frames']['all'])})"

    def grouped(self, types: Sequence[str], depth: int) -> tuple[list[str], str]:
        """Select items and the GROUP BY that allows them."""
        items, keys = [], []
        for at, type_ in enumerate(types):
            if self.random.random() < 0.5:
                items.append(self.expression(type_, self.random.choice((0, 0, 1))))
                is_constant = items[-1][-1].isdigit() or items[-1][0] in "-'"
                keys.append(items[-1] if self.random.random() < 0.7 and not is_constant else str(at + 1))
            else:
                items.append(self.aggregate(type_))
        if not keys:
            keys.append(self.column("int") or "'a'::text")
        listed = ", ".join(keys)
        sets = ("{0}", "{0}", "{0}", "ROLLUP ({0})", "CUBE ({0})", "GROUPING SETS (({0}), ())")
        having = (
            f" HAVING {keys[0]} IS NOT NULL"
            if self.random.random() < 0.2 and not keys[0].isdigit()
            else self.having(0.2)
        )
        return items, f" GROUP BY {self.random.choice(sets).format(listed)}{having}"

    # Statements that write

    def _target(self) -> Table:
        return self.random.choice([table for table in self.tables if not table.is_view])

    def _returning(self, sources: list[tuple[str, Columns]]) -> str:
        self.levels = [Level(sources)]
        if self.random.random() < 0.2:
            return "*"
        types = [self.random.choice(list(TYPES)) for _ in range(3)]
        return ", ".join(f"{self.expression(each, 1)} AS c{at}" for at, each in enumerate(types))

    def insert(self) -> str:
        """INSERT of VALUES or of a query, with ON CONFLICT now and then."""
        table = self._target()
        names = self.random.sample(list(table.columns), self.random.randint(1, len(table.columns)))
        names += [name for name in table.not_null if name not in names]
        if self.random.random() < 0.6:
            rows = [[self._inserted(table, name) for name in names] for _ in range(self.random.choice((1, 1, 2)))]
            source = f"VALUES {', '.join(f'({chr(44).join(row)})' for row in rows)}"
        else:
            source = self.query(1, [table.columns[name] for name in names])[0]
        conflict = self.random.choice(
            ("", "", " ON CONFLICT DO NOTHING", " ON CONFLICT (id) DO UPDATE SET i = EXCLUDED.i")
        )
        returning = self._returning([(table.name, table.columns)])
        return f"INSERT INTO {table.name} ({', '.join(names)}) {source}{conflict} RETURNING {returning}"

    def _inserted(self, table: Table, name: str) -> str:
        return str(self.random.randint(0, 9)) if name == "id" else self.expression(table.columns[name], 1)

    def update(self) -> str:
        """UPDATE, with FROM now and then."""
        table, alias = self._target(), self.random.choice(("a", "x", "t0"))
        self.levels = [Level([], {alias})]
        other, sources = self.tree(1) if self.random.random() < 0.4 else ("", [])
        self.levels = [Level([(alias, table.columns), *sources])]
        names = self.random.sample([name for name in table.columns if name != "id"], 1)
        sets = ", ".join(f"{name} = {self.expression(table.columns[name], 1)}" for name in names)
        where = self.where(1)
        returning = self._returning([(alias, table.columns), *sources])
        from_ = f" FROM {other}" if other else ""
        return f"UPDATE {table.name} AS {alias} SET {sets}{from_} WHERE {where} RETURNING {returning}"

    def delete(self) -> str:
        """DELETE, with USING now and then."""
        table, alias = self._target(), self.random.choice(("a", "x", "t0"))
        self.levels = [Level([], {alias})]
        other, sources = self.tree(1) if self.random.random() < 0.4 else ("", [])
        self.levels = [Level([(alias, table.columns), *sources])]
        where = self.where(1)
        returning = self._returning([(alias, table.columns), *sources])
        using = f" USING {other}" if other else ""
        return f"DELETE FROM {table.name} AS {alias}{using} WHERE {where} RETURNING {returning}"
