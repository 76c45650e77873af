"""Random statements: queries, and those that write and return rows."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from .expressionmaker import Level, Sources
from .nested import nested_items
from .querymaker import QueryMaker
from .schemamaker import Columns, Table, some_type


class StatementMaker(QueryMaker):
    """Makes statements for a server of this version."""

    def __init__(self, random: Random, tables: Sequence[Table], version: int, parameters: bool = True) -> None:
        super().__init__(random, tables, parameters)
        self.version = version

    def statement(self) -> str:
        """A SELECT, mostly, or a statement that writes and returns rows."""
        roll = self.random.random()
        if roll < 0.6:
            return self.query(3)[0]
        if roll < 0.68:
            return self.everything()
        if roll < 0.75:
            return self.nested()
        if roll < 0.94:
            return self.write()
        table = self._target()
        returned = ", ".join(name for name in table.columns)
        writing = self._written(table, returned)
        self.ctes = {"w": table.columns}
        self.levels = []
        sql, _ = self.query(2)
        self.ctes = {}
        if not sql.startswith("WITH "):
            return f"WITH w AS ({writing}) {sql}"
        rest = sql.removeprefix("WITH ").removeprefix("RECURSIVE ")
        return f"WITH RECURSIVE w AS ({writing}), {rest}"

    def contended(self, pause: str) -> str:
        """A statement that may have to wait for another session: it writes, it locks, or it pauses."""
        roll = self.random.random()
        if roll < 0.5:
            return self.write()
        if roll < 0.6:
            return f"SELECT {pause}, q.* FROM ({self.query(2)[0]}) AS q WHERE {pause}"
        return self.nested(locks=True) if roll < 0.7 else self.locking()

    def locking(self) -> str:
        """A SELECT of many columns that locks rows of one of its relations."""
        self.levels = [Level()]
        keyed = [table for table in self.tables if table.key is not None]
        table = self.random.choice(keyed) if keyed and self.chance(0.6) else self._target(views=False)
        text, sources = self.rooted(table, 1)
        self.levels[-1].sources = sources
        types = [some_type(self.random) for _ in range(3)]
        keys = [f"{alias}.id" for alias, columns in sources if alias and "id" in columns]
        items = [*(self.item(each, 2) for each in types), *keys]
        listed = ", ".join(f"{item} AS c{at}" for at, item in enumerate(items))
        where = f" WHERE {self.where(1)}" if self.chance(0.4) else ""
        return f"SELECT {listed} FROM {text}{where}{self._lock(sources)}"

    def _lock(self, sources: Sources) -> str:
        """FOR UPDATE and its kin, of what is never on the nullable side of an outer join, or of all."""
        strength = self.random.choice(("UPDATE", "UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE"))
        reach = self.random.choice(("", *(f" OF {sources[0][0]}",) * 5, f" OF {sources[0][0]} SKIP LOCKED"))
        return f" FOR {strength}{reach}"

    def nested(self, locks: bool = False) -> str:
        """A SELECT of nested rows."""
        self.levels = [Level()]
        text, sources = self.rooted(self._target(views=False), 2) if locks or self.chance(0.5) else self.tree(2)
        self.levels[-1].sources = sources
        items = ", ".join(nested_items(self, sources)) or "1 AS one"
        where = f" WHERE {self.where(1)}" if self.chance(0.4) else ""
        return f"SELECT {items} FROM {text}{where}{self._lock(sources) if locks else ''}"

    def write(self) -> str:
        """A statement that writes."""
        return self.random.choice((self.insert, self.update, self.update, self.delete, self.merge))()

    def _written(self, table: Table, returned: str) -> str:
        self.levels = [Level([(table.name, table.columns)])]
        name = self.random.choice([each for each in table.columns if each not in ("id", *table.computed)])
        assigned = f"{name} = {self.expression(table.columns[name], 1)}"
        where = self.where(1)
        statement = self.random.choice((f"UPDATE {table.name} SET {assigned}", f"DELETE FROM {table.name}"))
        return f"{statement} WHERE {where} RETURNING {returned}"

    def _target(self, views: bool = True) -> Table:
        writable = [table for table in self.tables if not table.is_function and len(table.columns) > 1]
        return self.random.choice([each for each in writable if not each.is_view or (views and self.chance(0.1))])

    def returning(self, sources: Sources) -> str:
        """The list of a RETURNING clause."""
        self.levels = [Level(sources)]
        old_and_new = ""
        if self.version >= 180000 and self.chance(0.15):
            target = sources[0][1]
            names = self.random.choice((("old", "new"), ("o", "n")))
            old_and_new = f"WITH (OLD AS {names[0]}, NEW AS {names[1]}) " if names[0] == "o" else ""
            self.levels = [Level([*sources, *((name, target) for name in names)])]
        elif self.chance(0.3):
            return self.random.choice(("*", "*", f"{sources[0][0]}.*, 1 AS one"))
        types = [some_type(self.random) for _ in range(3)]
        items = ", ".join(f"{self.item(each, 2)} AS c{at}" for at, each in enumerate(types))
        return old_and_new + items

    def insert(self) -> str:
        """INSERT of VALUES or of a query, with ON CONFLICT now and then."""
        table = self._target()
        names = self._inserted_names(table)
        if self.chance(0.05):
            source, names = "DEFAULT VALUES", []
        elif self.chance(0.6):
            self.levels = []
            rows = [[self._inserted(table, name) for name in names] for _ in range(self.random.choice((1, 1, 2)))]
            source = f"VALUES {', '.join(f'({chr(44).join(row)})' for row in rows)}"
        else:
            self.levels = []
            source = self.query(1, [table.columns[name] for name in names])[0]
        conflict = self.random.choice(
            (
                "", "", "", " ON CONFLICT DO NOTHING", " ON CONFLICT (id) DO NOTHING",
                " ON CONFLICT (id) DO UPDATE SET i = EXCLUDED.i",
                f" ON CONFLICT (id) DO UPDATE SET i = 1 WHERE {table.name}.i > 0",
                f" ON CONFLICT (id) DO UPDATE SET (i, id) = (SELECT {table.name}.i, EXCLUDED.id)",
            )
        )  # fmt: skip
        listed = f" ({', '.join(names)})" if names else ""
        returning = self.returning([(table.name, table.columns)])
        return f"INSERT INTO {table.name}{listed} {source}{conflict} RETURNING {returning}"

    def _inserted_names(self, table: Table) -> list[str]:
        free = [name for name in table.columns if name not in table.computed]
        names = self.random.sample(free, self.random.randint(1, len(free)))
        return names + [name for name in free if name not in names and (name in table.not_null or name == "id")]

    def _inserted(self, table: Table, name: str) -> str:
        if name == "id":
            return str(self.random.randint(0, 9))
        return "DEFAULT" if self.chance(0.05) else self._assigned(table.columns[name])

    def _assigned(self, type_: str) -> str:
        """A value for a column, now and then of another type that is cast where it is assigned."""
        other = {"clock": "time", "date": "stamp", "int": "num", "text": "int", "stamp": "time", "few": "int"}
        if type_ in other and self.chance(0.15):
            return self.expression(other[type_], 1)
        return self.expression(type_, 1)

    def _assignment(self, table: Table) -> str:
        free = [name for name in table.columns if name not in ("id", *table.computed)]
        if len(free) > 1 and self.chance(0.12):
            pair = self.random.sample(free, 2)
            types = [table.columns[name] for name in pair]
            row = self.query(0, types)[0] if self.chance(0.5) else ", ".join(self.expression(t, 1) for t in types)
            return f"({', '.join(pair)}) = ({row})"
        name = self.random.choice(free)
        type_ = table.columns[name]
        if type_ == "pair" and self.chance(0.5):
            return f"{name}.n = {self.expression('int', 1)}"
        if type_ == "ints" and self.chance(0.5):
            return f"{name}[1] = {self.expression('int', 1)}"
        return f"{name} = DEFAULT" if self.chance(0.04) else f"{name} = {self._assigned(type_)}"

    def update(self) -> str:
        """UPDATE, with FROM now and then."""
        table, alias = self._target(), self.random.choice(("a", "x", "t0"))
        self.levels = [Level([], {alias})]
        other, sources = self.tree(self.random.choice((0, 1, 2))) if self.chance(0.5) else ("", [])
        self.levels = [Level([(alias, table.columns), *sources])]
        assigned = self._assignment(table)
        where = self.where(1)
        returning = self.returning([(alias, table.columns), *sources])
        from_ = f" FROM {other}" if other else ""
        return f"UPDATE {table.name} AS {alias} SET {assigned}{from_} WHERE {where} RETURNING {returning}"

    def delete(self) -> str:
        """DELETE, with USING now and then."""
        table, alias = self._target(), self.random.choice(("a", "x", "t0"))
        self.levels = [Level([], {alias})]
        other, sources = self.tree(self.random.choice((0, 1, 2))) if self.chance(0.5) else ("", [])
        self.levels = [Level([(alias, table.columns), *sources])]
        where = self.where(1)
        returning = self.returning([(alias, table.columns), *sources])
        using = f" USING {other}" if other else ""
        return f"DELETE FROM {table.name} AS {alias}{using} WHERE {where} RETURNING {returning}"

    def merge(self) -> str:
        """MERGE, which returns rows from PostgreSQL 17 on."""
        if self.version < 170000:
            return self.update()
        table, alias = self._target(), "m"
        self.levels = [Level([], {alias})]
        source, sources = self.relation(1)
        self.levels = [Level([(alias, table.columns), *sources])]
        condition = self.expression("bool", 1) if self.chance(0.3) else self._keyed(alias, sources)
        whens = "".join(f" WHEN {each}" for each in self._whens(table, sources))
        returned = self.returning([(alias, table.columns), *sources])
        action = "merge_action() AS action, " if "WITH (" not in returned else ""
        return f"MERGE INTO {table.name} AS {alias} USING {source} ON {condition}{whens} RETURNING {action}{returned}"

    def _keyed(self, alias: str, sources: Sources) -> str:
        self.levels[-1].sources, saved = sources, self.levels[-1].sources
        other = self.expression("int", 0)
        self.levels[-1].sources = saved
        return f"{alias}.id = {other}"

    def _whens(self, table: Table, sources: Sources) -> list[str]:
        kinds = ("MATCHED", "MATCHED", "NOT MATCHED", "NOT MATCHED BY SOURCE")
        whens: list[str] = []
        for kind in self.random.sample(kinds, self.random.choice((1, 2, 3))):
            # none is reached after one of its kind that has no condition
            condition = f" AND {self.random.choice(('m.id > 1', 'm.i IS NOT NULL'))}" if kind == "MATCHED" else ""
            whens.append(f"{kind}{condition if self.chance(0.5) else ''} {self._action(kind, table, sources)}")
        return sorted(whens, key=lambda when: " AND " not in when.partition(" THEN ")[0])

    def _action(self, kind: str, table: Table, sources: Sources) -> str:
        if kind != "NOT MATCHED":
            return "THEN " + self.random.choice(("DELETE", f"UPDATE SET {self._assignment(table)}", "DO NOTHING"))
        names = self._inserted_names(table)
        seen: Columns = sources[0][1]
        key = f"{sources[0][0]}.id" if seen.get("id") == "int" and sources[0][0] else "8"
        self.levels, saved = [Level(sources)], self.levels
        values = [key if name == "id" else self._assigned(table.columns[name]) for name in names]
        self.levels = saved
        return f"THEN INSERT ({', '.join(names)}) VALUES ({', '.join(values)})"
