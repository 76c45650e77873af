"""INSERT, UPDATE and DELETE of a table, with or without their rows."""

from __future__ import annotations

from typing import Any, Generic, Never, ParamSpec, TypeVar, overload

from janua.builder.expressions import Expression, Selects
from janua.builder.fetching import Fetches, Statement, listed
from janua.builder.relations import Changes, Declared, Relation, Table, Takes
from janua.builder.select import all_of
from janua.builder.slots import mark_of, slot
from janua.errors import StatementError
from janua.protocols import AsyncExecutor, Coro, Executor

P = ParamSpec("P")
A = TypeVar("A")
A0 = TypeVar("A0")
B = TypeVar("B")
B0 = TypeVar("B0")
C = TypeVar("C")
C0 = TypeVar("C0")
D = TypeVar("D")
D0 = TypeVar("D0")
E = TypeVar("E")
E0 = TypeVar("E0")
F = TypeVar("F")
F0 = TypeVar("F0")
G = TypeVar("G")
G0 = TypeVar("G0")
H = TypeVar("H")
H0 = TypeVar("H0")
I = TypeVar("I")  # noqa: E741
I0 = TypeVar("I0")
J = TypeVar("J")
J0 = TypeVar("J0")


class Write(Statement):
    """A statement that changes rows: run for their number, or ``returning`` what they are afterwards."""

    _relation: Relation[Any, Any]

    @overload
    def execute(self, db: Executor, /) -> int: ...
    @overload
    def execute(self, db: AsyncExecutor, /) -> Coro[int]: ...
    def execute(self, db: Executor | AsyncExecutor, /) -> int | Coro[int]:
        """Run it and return how many rows it inserted, updated or deleted."""
        query, values = self._built()
        return db.affected(query, values)

    @overload
    def returning(self, a: Selects[A, A0], /) -> Returning[A | A0]: ...
    @overload
    def returning(self, a: Selects[A, A0], b: Selects[B, B0], /) -> Returning[tuple[A | A0, B | B0]]: ...
    @overload
    def returning(
        self, a: Selects[A, A0], b: Selects[B, B0], c: Selects[C, C0], /
    ) -> Returning[tuple[A | A0, B | B0, C | C0]]: ...
    @overload
    def returning(
        self, a: Selects[A, A0], b: Selects[B, B0], c: Selects[C, C0], d: Selects[D, D0], /
    ) -> Returning[tuple[A | A0, B | B0, C | C0, D | D0]]: ...
    @overload
    def returning(
        self, a: Selects[A, A0], b: Selects[B, B0], c: Selects[C, C0], d: Selects[D, D0], e: Selects[E, E0], /
    ) -> Returning[tuple[A | A0, B | B0, C | C0, D | D0, E | E0]]: ...
    @overload
    def returning(
        self,
        a: Selects[A, A0],
        b: Selects[B, B0],
        c: Selects[C, C0],
        d: Selects[D, D0],
        e: Selects[E, E0],
        f: Selects[F, F0],
        /,
    ) -> Returning[tuple[A | A0, B | B0, C | C0, D | D0, E | E0, F | F0]]: ...
    @overload
    def returning(
        self,
        a: Selects[A, A0],
        b: Selects[B, B0],
        c: Selects[C, C0],
        d: Selects[D, D0],
        e: Selects[E, E0],
        f: Selects[F, F0],
        g: Selects[G, G0],
        /,
    ) -> Returning[tuple[A | A0, B | B0, C | C0, D | D0, E | E0, F | F0, G | G0]]: ...
    @overload
    def returning(
        self,
        a: Selects[A, A0],
        b: Selects[B, B0],
        c: Selects[C, C0],
        d: Selects[D, D0],
        e: Selects[E, E0],
        f: Selects[F, F0],
        g: Selects[G, G0],
        h: Selects[H, H0],
        /,
    ) -> Returning[tuple[A | A0, B | B0, C | C0, D | D0, E | E0, F | F0, G | G0, H | H0]]: ...
    @overload
    def returning(
        self,
        a: Selects[A, A0],
        b: Selects[B, B0],
        c: Selects[C, C0],
        d: Selects[D, D0],
        e: Selects[E, E0],
        f: Selects[F, F0],
        g: Selects[G, G0],
        h: Selects[H, H0],
        i: Selects[I, I0],
        /,
    ) -> Returning[tuple[A | A0, B | B0, C | C0, D | D0, E | E0, F | F0, G | G0, H | H0, I | I0]]: ...
    @overload
    def returning(
        self,
        a: Selects[A, A0],
        b: Selects[B, B0],
        c: Selects[C, C0],
        d: Selects[D, D0],
        e: Selects[E, E0],
        f: Selects[F, F0],
        g: Selects[G, G0],
        h: Selects[H, H0],
        i: Selects[I, I0],
        j: Selects[J, J0],
        /,
    ) -> Returning[tuple[A | A0, B | B0, C | C0, D | D0, E | E0, F | F0, G | G0, H | H0, I | I0, J | J0]]: ...
    @overload
    def returning(self, *selected: Selects[Any, Any]) -> Returning[tuple[Any, ...]]: ...
    def returning(self, *selected: Selects[Any, Any]) -> Returning[Any]:
        """Return these columns of each row as it is afterwards, or as it was before a DELETE; see ``select``."""
        if not selected:
            raise StatementError("returning() needs at least one column, expression or table")
        return Returning(self, selected)

    def _with(self, **changes: object) -> Any:
        made: Any = object.__new__(type(self))
        made.__dict__.update(self.__dict__, **changes)
        return made

    def _check(self, args: tuple[Any, ...], columns: dict[str, Any]) -> None:
        if args:
            raise TypeError("columns are given by name: values(**row) takes a dict")
        self._declared(columns)

    def _declared(self, columns: dict[str, Any]) -> list[Declared]:
        names = self._relation._definition.names
        for each in columns:
            if each not in names:
                raise TypeError(f"{self._relation!r} has no column {each}")
        return [names[each] for each in columns]


class Returning(Fetches[A]):
    """A write that returns rows of this type."""

    def __init__(self, write: Write, selected: tuple[Selects[Any, Any], ...]) -> None:
        super().__init__(selected)
        self._write = write
        self._list = listed(selected)

    def _parts(self) -> tuple[str, tuple[object, ...]]:
        text, values = self._write._parts()
        return f"{text} RETURNING {self._list[0]}", values + self._list[1]


class Insert(Write, Generic[P]):
    """An INSERT of the rows of ``values``."""

    def __init__(self, relation: Relation[Any, Any]) -> None:
        super().__init__(())
        self._relation = relation
        self._rows: tuple[dict[str, Any], ...] = ()

    def values(self, /, *args: P.args, **kwargs: P.kwargs) -> Insert[P]:
        """
        Return the statement with one row more: what has a default may be left out.

        A column that another row of the statement gives, and this one does not, has its default.
        """
        self._check(args, kwargs)
        made: Insert[P] = self._with(_rows=(*self._rows, kwargs))
        return made

    def _parts(self) -> tuple[str, tuple[object, ...]]:
        if not self._rows:
            raise StatementError(f"an insert into {self._relation!r} without values()")
        columns = self._declared({name: None for row in self._rows for name in row})
        into = f"INSERT INTO \0i{self._relation._key}\0 "
        if not columns and len(self._rows) == 1:
            return f"{into}DEFAULT VALUES", ()
        if not columns:
            raise StatementError("of several rows, one at least must give a column")
        values: list[object] = []
        texts = [f"({', '.join(_given(row, each, values) for each in columns)})" for row in self._rows]
        return f"{into}({', '.join(each.name for each in columns)}) VALUES {', '.join(texts)}", tuple(values)


class _Filtered(Write):
    """What changes the rows that are there already: those of ``where``."""

    def __init__(self, relation: Relation[Any, Any]) -> None:
        super().__init__(())
        self._relation = relation
        self._where: tuple[str, tuple[object, ...]] = ("", ())
        self._is_for_all = False

    @property
    def _condition(self) -> tuple[str, tuple[object, ...]]:
        if not self._where[0] and not self._is_for_all:
            word = type(self).__name__.lower()
            raise StatementError(f"the {word} of {self._relation!r} has no where(): say every_row() if that is meant")
        return self._where


class Update(_Filtered, Generic[P]):
    """An UPDATE: ``set`` some columns in the rows of ``where``, or in ``every_row``."""

    def __init__(self, relation: Relation[Any, Any]) -> None:
        super().__init__(relation)
        self._assigned: dict[str, Any] = {}

    def set(self, /, *args: P.args, **kwargs: P.kwargs) -> Update[P]:
        """Assign these columns, beside those of before: values, or expressions of what the row was."""
        self._check(args, kwargs)
        made: Update[P] = self._with(_assigned={**self._assigned, **kwargs})
        return made

    def where(self, *conditions: Expression[bool, Any]) -> Update[P]:
        """Change only rows for which all conditions hold, and all that were given before."""
        made: Update[P] = self._with(_where=all_of(self._where, " WHERE ", conditions))
        return made

    def every_row(self) -> Update[P]:
        """Say that no ``where`` is meant."""
        made: Update[P] = self._with(_is_for_all=True)
        return made

    def _parts(self) -> tuple[str, tuple[object, ...]]:
        if not self._assigned:
            raise StatementError(f"an update of {self._relation!r} that sets nothing")
        values: list[object] = []
        assigned = [f"{each.name} = {_given(self._assigned, each, values)}" for each in self._declared(self._assigned)]
        condition, more = self._condition
        return f"UPDATE \0u{self._relation._key}\0 SET {', '.join(assigned)}{condition}", (*values, *more)


class Delete(_Filtered):
    """A DELETE of the rows of ``where``, or of ``every_row``."""

    def where(self, *conditions: Expression[bool, Any]) -> Delete:
        """Delete only rows for which all conditions hold, and all that were given before."""
        made: Delete = self._with(_where=all_of(self._where, " WHERE ", conditions))
        return made

    def every_row(self) -> Delete:
        """Say that no ``where`` is meant."""
        made: Delete = self._with(_is_for_all=True)
        return made

    def _parts(self) -> tuple[str, tuple[object, ...]]:
        condition, values = self._condition
        return f"DELETE FROM \0d{self._relation._key}\0{condition}", values


def insert(table: Takes[P], /) -> Insert[P]:
    """Insert rows into a table: ``insert(users).values(email="…").values(email="…")``."""
    return Insert(_written(table))


def update(table: Changes[P], /) -> Update[P]:
    """Change rows of a table: ``update(users).set(name="…").where(users.id == id)``."""
    return Update(_written(table))


def delete(table: Table[Any, Never], /) -> Delete:
    """Delete rows of a table: ``delete(users).where(users.id == id)``."""
    return Delete(_written(table))


def _written(table: object) -> Relation[Any, Any]:
    if not isinstance(table, Table) or table._is_outer:
        raise TypeError(f"{table!r} cannot be written: only a table can, and no outer one")
    return table


def _given(row: dict[str, Any], column: Declared, values: list[object]) -> str:
    """The place of what a row gives for a column; the values are added to ``values``."""
    if column.attribute not in row:
        return "DEFAULT"
    value = row[column.attribute]
    if isinstance(value, Expression):
        values.extend(value._values)
        return value._text
    values.append(value)
    return slot(column.type, mark_of(column.own, column.type))
