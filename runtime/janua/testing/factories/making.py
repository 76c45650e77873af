"""Makes the rows: those that foreign keys ask for first, then the row itself, one statement each."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from importlib import import_module
from inspect import iscoroutinefunction
from itertools import count
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar, cast, overload

import psycopg

from janua.builder.fetching import Fetches
from janua.builder.relations import Table as BuilderTable
from janua.builder.select import select
from janua.builder.writes import Insert
from janua.dynamic import UNSET
from janua.errors import FactoryError
from janua.protocols import AsyncExecutor, Coro, Executor
from janua.testing.factories.declared import Check, Column, Parent
from janua.testing.factories.running import Steps, TryingInsert, await_steps, run_steps
from janua.testing.factories.solving import UNKNOWN, Solution, Solver, Table
from janua.testing.factories.types import TypeBook

R_co = TypeVar("R_co", covariant=True)

_ATTEMPTS = 8
_LARGEST = 2**30


class _Waiting(NamedTuple):
    """A row that cannot be inserted before the one that it refers to by ``parent``: what it will have."""

    factory: Factory[Any]
    parent: Parent
    known: dict[str, Any]
    solution: Solution


class Factory(Generic[R_co]):
    """
    Makes valid rows of one table; ``make`` returns each as it is after the INSERT.

    A generated package has one for each table, and a function ``make_…`` that is typed. Columns that are not given
    are left to their defaults, or NULL, unless they must have a value or a check asks for another one. Rows that
    foreign keys need are made too. Values are distinct from call to call; where they meet rows that are there
    already, others are tried.
    """

    def __init__(
        self,
        table: BuilderTable[R_co, Any],
        *,
        columns: Iterable[Column] = (),
        checks: Sequence[Check] = (),
        parents: Sequence[Parent] = (),
        ignores_conflicts: bool = True,
    ) -> None:
        definition = table._definition
        said = {each.name: each for each in columns}
        every = {each.attribute: said.get(each.attribute, Column(each.attribute)) for each in definition.columns}
        self.name = f"{definition.schema}.{definition.name}"
        self._relation = table
        self._table = Table(definition, TypeBook(definition.types), every, checks)
        # Those of one column first: what a row of several columns refers to may depend on them.
        self._parents = sorted(parents, key=lambda each: len(each.columns))
        self._unique = [each.name for each in every.values() if each.is_unique and not each.is_fixed]
        self._ignores_conflicts = ignores_conflicts
        self._numbers = count(1)

    @overload
    def make(self, db: Executor, given: Mapping[str, object], /) -> R_co: ...
    @overload
    def make(self, db: AsyncExecutor, given: Mapping[str, object], /) -> Coro[R_co]: ...
    @overload
    def make(self, db: Executor | AsyncExecutor, given: Mapping[str, object], /) -> R_co | Coro[R_co]: ...
    def make(self, db: Executor | AsyncExecutor, given: Mapping[str, object], /) -> R_co | Coro[R_co]:
        """
        Insert a row with the columns that are given, by their attributes, and return it.

        Outside of a transaction, the rows that it needs stay where it fails itself. Raises FactoryError where more
        must be given; what the server refuses of what was given is its own error.
        """
        steps = self._steps({name: value for name, value in given.items() if value is not UNSET})
        if iscoroutinefunction(db.fetch_optional):
            return await_steps(cast("AsyncExecutor", db), steps)
        return run_steps(cast("Executor", db), steps)

    def _steps(
        self,
        given: Mapping[str, Any],
        invented: frozenset[str] = frozenset(),
        within: tuple[_Waiting, ...] = (),
        needed: frozenset[str] = frozenset(),
    ) -> Steps[R_co]:
        """
        ``invented`` are those given that no row is known to have, ``needed`` what others refer to, and which is
        not to be NULL; ``within`` are the rows that wait for this one.
        """
        unknown = [name for name in given if name not in self._table.columns]
        if unknown:
            raise TypeError(f"{self.name} has no column {', '.join(unknown)}")
        wanted = frozenset(name for name in needed if name not in given and self._table.assumed(name) is None)
        solution = self._solve(given, next(self._numbers), {}, wanted)
        kept = yield from self._referring(given, invented, solution, within)
        row = yield from self._inserted(kept, solution, can_exist=bool(within), given=given)
        return row

    def _solve(
        self, given: Mapping[str, Any], at: int, numbers: Mapping[str, int], wanted: frozenset[str] = frozenset()
    ) -> Solution:
        solver = Solver(self._table, given, self._references(given), at, numbers)
        found = solver.solve(wanted)
        if found is None:
            raise self._unsolved(given, at)
        return found

    def _references(self, given: Mapping[str, Any]) -> frozenset[str]:
        """The columns whose values parents have: all of a foreign key that will hold, and those that are left NULL."""
        found: set[str] = set()
        for parent in self._parents:
            nulls = {each for each in parent.columns if self._is_null(each, given)}
            found.update(nulls or parent.columns)
        return frozenset(found)

    def _is_null(self, name: str, given: Mapping[str, Any]) -> bool:
        value = given[name] if name in given else self._table.assumed(name)
        return value is None and (name in given or not self._table.columns[name].is_required)

    def _unsolved(self, given: Mapping[str, Any], at: int) -> FactoryError:
        references = self._references(given)
        for check in self._table.checks:
            alone = Table(self._table.definition, self._table.book, self._table.columns, [check])
            if Solver(alone, given, references, at).solve() is None:
                return self._asks(check, given)
        names = ", ".join(f'"{each.name}"' for each in self._table.checks if each.name)
        return FactoryError(f"no values were found for {self.name} that pass {names} together: give some of them")

    def _asks(self, check: Check, given: Mapping[str, Any]) -> FactoryError:
        left = [each for each in check.columns if each not in given and not self._table.columns[each].is_fixed]
        columns = ", ".join(left or check.columns)
        if not check.name:
            return FactoryError(f"no partition of {self.name} was found to take the row: give {columns}")
        return FactoryError(f'no values were found for {self.name} that pass the check "{check.name}": give {columns}')

    def _referring(
        self,
        given: Mapping[str, Any],
        invented: frozenset[str],
        solution: Solution,
        within: tuple[_Waiting, ...],
    ) -> Steps[dict[str, Any]]:
        """Make the rows that foreign keys need, and return what is given with what refers to them."""
        known = dict(given)
        for parent in self._parents:
            values = [self._known(each, known, solution) for each in parent.columns]
            is_absent = (any if not parent.is_full else all)(value is None for value in values)
            if is_absent or all(each in given and each not in invented for each in parent.columns):
                continue
            named = {
                there: value
                for there, value in zip(parent.referenced, values, strict=True)
                if value is not UNKNOWN and value is not None
            }
            factory = parent.factory() if parent.factory is not None else None
            if factory is None:
                raise FactoryError(f"{self.name} refers to a table without a factory: give {_and(parent.columns)}")
            if factory is self and not (named.keys() >= set(parent.referenced)):
                known.update(self._itself(parent, known, solution))
                continue
            if parent.is_late and (waiting := next((each for each in within if each.factory is factory), None)):
                known.update(zip(parent.columns, waiting.factory._settled(parent, waiting), strict=True))
                continue
            made_up = frozenset(
                there
                for here, there in zip(parent.columns, parent.referenced, strict=True)
                if here not in known or here in invented
            )
            waits = (*within, _Waiting(self, parent, known, solution))
            self._check_cycle(parent, factory, waits)
            row = yield from factory._steps(named, made_up, waits, frozenset(parent.referenced))
            found = factory._values_of(row)
            known.update((here, found[there]) for here, there in zip(parent.columns, parent.referenced, strict=True))
        return known

    def _known(self, name: str, known: Mapping[str, Any], solution: Solution) -> Any:
        """The value that the column will have: None for NULL, UNKNOWN where somebody else decides."""
        if name in known:
            return known[name]
        if name in solution.made:
            return solution.made[name]
        return UNKNOWN if name in solution.chosen else self._table.assumed(name)

    def _itself(self, parent: Parent, known: dict[str, Any], solution: Solution) -> dict[str, Any]:
        """A row that has to refer to one of its own table, and so to itself: the values of both sides."""
        values = self._settled(parent, _Waiting(self, parent, known, solution))
        return dict(zip(parent.columns, values, strict=True))

    def _settled(self, parent: Parent, waiting: _Waiting) -> list[Any]:
        """The values that a row of this table will have where others refer to it, settled before it is there."""
        for name in parent.referenced:
            if self._known(name, waiting.known, waiting.solution) is UNKNOWN:
                waiting.known[name] = self._settle(name, parent)
        return [self._known(name, waiting.known, waiting.solution) for name in parent.referenced]

    def _settle(self, name: str, parent: Parent) -> Any:
        column = self._table.columns[name]
        if column.is_fixed:
            raise FactoryError(
                f"the foreign key {parent.name} asks for a row of {self.name} that cannot be there yet:"
                f" give {_and(parent.columns)}"
            )
        only = Table(self._table.definition, self._table.book, {name: column._replace(is_required=True)}, ())
        made = Solver(only, {}, frozenset(), next(self._numbers)).solve()
        return made.made[name] if made is not None else UNKNOWN

    @staticmethod
    def _check_cycle(parent: Parent, factory: Factory[Any], waits: tuple[_Waiting, ...]) -> None:
        names = [each.factory.name for each in waits]
        if factory.name in names:
            cycle = waits[names.index(factory.name) :]
            keys = " needs ".join(f'{each.factory.name} ("{each.parent.name}")' for each in cycle)
            given = f"give {_and(parent.columns)} of {waits[-1].factory.name}"
            raise FactoryError(f"{keys} needs {factory.name}, so that no row can be the first: {given}")

    def _values_of(self, row: Any) -> dict[str, Any]:
        """The values of a row by the attributes of the columns."""
        return dict(zip(self._table.columns, (getattr(row, each.name) for each in fields(row)), strict=True))

    def _inserted(
        self, known: Mapping[str, Any], solution: Solution, *, can_exist: bool, given: Mapping[str, Any]
    ) -> Steps[R_co]:
        made = solution.made
        for attempt in range(_ATTEMPTS if self._ignores_conflicts else 0):
            if attempt:
                numbers = {name: 1 + secrets.randbelow(_LARGEST) for name in self._table.columns}
                varied = self._varied(known, with_nulls=attempt > _ATTEMPTS // 2)
                made = self._solve(known, next(self._numbers), numbers, varied).made
            row = yield from self._sent(TryingInsert(self._relation), known, made, given)
            if row is not None:
                return cast("R_co", row)
            if all(each in known for each in self._unique):
                break
        if can_exist and (row := (yield self._existing(given))) is not None:
            return cast("R_co", row)
        row = yield from self._sent(Insert(self._relation), known, made, given)
        if row is None:
            raise FactoryError(f"the server took no row into {self.name}: a trigger or rule keeps it out")
        return cast("R_co", row)

    def _varied(self, known: Mapping[str, Any], *, with_nulls: bool) -> frozenset[str]:
        """
        The columns that are to have a value, so that another one gets out of the way of other rows.

        Those whose default is the same each time; NULL too, where that is said to be equal to itself.
        """
        open_ones = (self._table.columns[each] for each in self._unique if each not in known)
        return frozenset(
            each.name for each in open_ones if each.default is not None or (with_nulls and not each.has_default)
        )

    def _sent(
        self, insert: Insert[Any], known: Mapping[str, Any], made: Mapping[str, Any], given: Mapping[str, Any]
    ) -> Steps[Any]:
        row = {**{name: self._own(name, value) for name, value in made.items()}, **known}
        fixed = {name for name, each in self._table.columns.items() if each.is_fixed}
        values = {name: value for name, value in row.items() if name not in fixed and value is not UNKNOWN}
        try:
            return (yield insert.values(**values).returning(self._relation))
        except psycopg.errors.CheckViolation as error:
            self._explain(error, given)
        except psycopg.errors.ForeignKeyViolation as error:
            if any(each.is_late and each.name == error.diag.constraint_name for each in self._parents):
                text = f"{self.name} refers to a row that comes later ({error.diag.constraint_name})"
                raise FactoryError(f"{text}: make it within a transaction, or give what it refers to") from error
            raise

    def _own(self, name: str, value: Any) -> Any:
        """The value as one of the project's own type, where the column is of one that needs no arguments."""
        own = self._table.definition.names[name].own
        if not own or value is None:
            return value
        module, _, class_ = own.rpartition(":")
        make = getattr(import_module(module or "builtins"), class_)
        is_json = self._table.type_of(name).rpartition(".")[2] in ("json", "jsonb")
        for arguments in ((),) if is_json else ((value,), ()):
            try:
                return make(*arguments)
            except (TypeError, ValueError):
                continue
        raise FactoryError(f"{self.name} has a {own} that must have a value: give {name}")

    def _explain(self, error: psycopg.errors.CheckViolation, given: Mapping[str, Any]) -> NoReturn:
        name = error.diag.constraint_name or ""
        check = next((each for each in self._table.checks if each.name == name), None)
        if check is not None and not set(check.columns) <= given.keys():
            raise self._asks(check, given) from error
        raise error

    def _existing(self, given: Mapping[str, Any]) -> Fetches[Any]:
        """A row that is there already, as those of a table that a migration has filled for good."""
        conditions = [getattr(self._relation, name) == value for name, value in given.items()]
        return select(self._relation).where(*conditions).limit(1)


def _and(columns: Sequence[str]) -> str:
    return " and ".join(columns)
