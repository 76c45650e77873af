"""
Which columns of a row to fill, and with what, so that every check passes.

Of each check one branch is chosen: first those that hold as the row is, then those for which the fewest columns
must be filled that would otherwise be left to their defaults. Values are then looked for column by column, bounds
that columns set each other taken along. Where none is found, the next choice is tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import islice
from typing import Any, Final

from janua.builder.relations import Definition
from janua.testing.factories.conditions import Condition, holds, read, scale_for
from janua.testing.factories.declared import Atom, Check, Column
from janua.testing.factories.scales import bounded, read_interval
from janua.testing.factories.types import TypeBook
from janua.testing.factories.values import Wanted, bounds, values

_MOST_CHOICES = 300
_ROUNDS = 4
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


class Unknown(Enum):
    """The value of a column that the server, or a parent, decides."""

    UNKNOWN = "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Solution:
    """``made`` are the values that were found, ``chosen`` the columns that must not be NULL beside those."""

    made: Mapping[str, Any]
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """What a factory knows of its table: the columns by their attributes, and the checks."""

    definition: Definition
    book: TypeBook
    columns: Mapping[str, Column]
    checks: Sequence[Check]

    def type_of(self, name: str) -> str:
        """The type of a column."""
        return self.definition.names[name].type

    def assumed(self, name: str) -> Any:
        """What a column that is not given will hold."""
        column = self.columns[name]
        if column.default is not None:
            try:
                return read(self.book, self.type_of(name), "", column.default)
            except ValueError:
                return UNKNOWN
        return UNKNOWN if column.has_default or column.is_fixed else None


@dataclass
class _Choice:
    """What was decided so far: the columns to fill, and the conditions that the chosen branches set."""

    wanted: frozenset[str]
    atoms: tuple[Atom, ...] = ()


@dataclass
class Solver:
    """
    Looks for the rest of a row of which ``given`` is fixed.

    ``references`` are the columns whose values parents have, ``at`` is the number from which values are made,
    and ``numbers`` those of columns that have another one.
    """

    table: Table
    given: Mapping[str, Any]
    references: frozenset[str]
    at: int
    numbers: Mapping[str, int] = field(default_factory=dict)

    def solve(self, wanted: frozenset[str] = frozenset()) -> Solution | None:
        """
        Return what to insert beside what is given, or None where no way was found to pass all checks.

        ``wanted`` are columns that are to have a value although they have a default.
        """
        required = {name for name, each in self.table.columns.items() if each.is_required and name not in self.given}
        required |= wanted
        # What is given as a whole is the caller's affair, and the server's.
        checks = [each for each in self.table.checks if not set(each.columns) <= self.given.keys()]
        for choice in islice(self._choices(_Choice(frozenset(required)), checks), _MOST_CHOICES):
            found = self._filled(choice)
            if found is not None:
                return Solution(found, choice.wanted)
        return None

    def _choices(self, choice: _Choice, checks: Sequence[Check]) -> Iterator[_Choice]:
        if not checks:
            yield choice
            return
        check, *rest = checks
        options = [option for branch in check.branches if (option := self._with(choice, branch)) is not None]
        for option in sorted(options, key=lambda each: len(each.wanted)):
            yield from self._choices(option, rest)
        if not check.branches:
            yield from self._choices(choice, rest)

    def _with(self, choice: _Choice, branch: Sequence[Atom]) -> _Choice | None:
        """The choice with one branch more; None where what is fixed already does not let it hold."""
        wanted = set(choice.wanted)
        for atom in branch:
            if atom.operator == "null" and self._is_never_null(atom.column):
                return None
            columns = [each for each in (atom.column, atom.other) if each]
            if any(each in wanted for each in columns) or self._holds(atom, self._value_of):
                continue
            open_ones = [each for each in columns if self._is_open(each)]
            if not open_ones:
                return None
            wanted.update(open_ones)
        return _Choice(frozenset(wanted), (*choice.atoms, *branch))

    def _is_never_null(self, name: str) -> bool:
        is_nullable = self.table.definition.names[name].nullable and not self.table.columns[name].is_required
        return name not in self.given and not is_nullable

    def _is_open(self, name: str) -> bool:
        return name not in self.given and not self.table.columns[name].is_fixed

    def _value_of(self, name: str) -> Any:
        return self.given[name] if name in self.given else self.table.assumed(name)

    def _holds(self, atom: Atom, value_of: Any) -> bool:
        value = value_of(atom.column)
        if value is UNKNOWN:
            return True
        condition = self._condition(atom, value_of)
        return condition is None or holds(self.table.book, self.table.type_of(atom.column), condition, value)

    def _condition(self, atom: Atom, value_of: Any) -> Condition | None:
        """What an atom asks of its column; None where that depends on what is not known."""
        if atom.operator in ("null", "not null"):
            return Condition(atom.operator, "", None)
        if not atom.other:
            return constant_condition(self.table.book, self.table.type_of(atom.column), atom)
        other = value_of(atom.other)
        if other is UNKNOWN or other is None:
            return None
        try:
            return Condition(atom.operator, atom.of, self._plus(other, atom.plus))
        except (TypeError, ValueError, ArithmeticError):
            return None

    @staticmethod
    def _plus(value: Any, plus: str) -> Any:
        if not plus:
            return value
        sign, text = (-1, plus[1:]) if plus.startswith("-") else (1, plus)
        if isinstance(value, (int, float)):
            return value + sign * float(text) if isinstance(value, float) else value + sign * int(text)
        if text.isdigit() and isinstance(value, date) and not isinstance(value, datetime):
            return value + sign * timedelta(days=int(text))
        if text.replace(".", "", 1).isdigit():
            return value + sign * type(value)(text)
        return value + sign * read_interval(text)

    def _filled(self, choice: _Choice) -> dict[str, Any] | None:
        """Values for the wanted columns, those of foreign keys left out unless a constant is asked for; or None."""
        atoms = [each for atom in choice.atoms for each in _both_ways(atom)]
        of_parents = {name for name in choice.wanted & self.references if not _is_pinned(name, atoms)}
        left = set(choice.wanted - of_parents)
        made: dict[str, Any] = dict.fromkeys(of_parents, UNKNOWN)
        made |= {name: self.table.assumed(name) for name in self._clocks(atoms, left)}

        def value_of(name: str) -> Any:
            return UNKNOWN if name in left and name not in made else made.get(name, self._value_of(name))

        for name in sorted(left, key=lambda each: sum(atom.column == each and bool(atom.other) for atom in atoms)):
            own = [each for each in atoms if each.column == name]
            conditions = [found for each in own if (found := self._condition(each, value_of)) is not None]
            conditions += self._reserved(name, own, atoms, left - made.keys())
            number = self.numbers.get(name, self.at)
            try:
                value = next(values(self.table.book, self._wanted(name, conditions), number), UNKNOWN)
            except ValueError:
                return None
            if value is UNKNOWN:
                return None
            made[name] = value
        if not all(self._holds(each, value_of) for each in atoms):
            return None
        return {name: value for name, value in made.items() if value is not UNKNOWN}

    def _clocks(self, atoms: Sequence[Atom], wanted: set[str]) -> Iterator[str]:
        """Columns with the default ``now()`` that others are compared with: sent, so that both are of one clock."""
        for atom in atoms:
            is_compared = bool(atom.other) and atom.column in wanted and atom.other not in wanted
            if is_compared and self._is_open(atom.other) and self.table.columns[atom.other].default == "now()":
                yield atom.other

    def _reserved(self, name: str, own: Sequence[Atom], atoms: Sequence[Atom], left: set[str]) -> Iterator[Condition]:
        """What others leave to a column that must be less or greater than them, as their own bounds are."""
        scale = scale_for(self.table.book, self.table.type_of(name), "", self.table.columns[name].modifier)
        if scale is None:
            return
        for atom in own:
            if atom.other in left and not atom.of and atom.operator in ("<", "<=", ">", ">="):
                low, high = self._reach(atom.other, atoms, _ROUNDS)
                limit = high if atom.operator.startswith("<") else low
                if limit is not None:
                    try:
                        yield Condition(atom.operator, "", self._plus(scale.value(limit), atom.plus))
                    except (TypeError, ValueError, ArithmeticError):
                        continue

    def _reach(self, name: str, atoms: Sequence[Atom], rounds: int) -> tuple[int | None, int | None]:
        """The bounds of a column, with those that come from what it is compared with in turn."""
        own = [each for each in atoms if each.column == name]
        conditions = [found for each in own if (found := self._condition(each, self._known)) is not None]
        low, high = bounds(self.table.book, self._wanted(name, ()), "", conditions)
        scale = scale_for(self.table.book, self.table.type_of(name), "", self.table.columns[name].modifier)
        for atom in own if rounds and scale is not None else ():
            if not atom.other or atom.plus or atom.operator not in ("<", "<=", ">", ">="):
                continue
            least, most = self._reach(atom.other, atoms, rounds - 1)
            limit = most if atom.operator.startswith("<") else least
            if limit is not None and scale is not None:
                below, above = bounded(scale, atom.operator, scale.value(limit))
                low = below if low is None else max(low, below) if below is not None else low
                high = above if high is None else min(high, above) if above is not None else high
        return low, high

    def _known(self, name: str) -> Any:
        return self.given.get(name, UNKNOWN)

    def _wanted(self, name: str, conditions: Sequence[Condition]) -> Wanted:
        column = self.table.columns[name]
        type_ = self.table.type_of(name)
        atoms = [atom for each in column.items for atom in next(iter(each.branches), ())]
        items = [constant_condition(self.table.book, type_.removesuffix("[]"), each) for each in atoms]
        return Wanted(
            name,
            type_,
            column.modifier,
            column.is_unique,
            tuple(conditions),
            tuple(each for each in items if each is not None),
        )


def constant_condition(book: TypeBook, type_: str, atom: Atom) -> Condition | None:
    """Return the condition that an atom with constants is on a value of the type; None where they cannot be read."""
    if atom.operator.lstrip("!") in ("~", "~*", "like", "ilike", "has", "<@"):
        return Condition(atom.operator, atom.of, atom.value)
    try:
        if isinstance(atom.value, tuple):
            return Condition(atom.operator, atom.of, tuple(read(book, type_, atom.of, each) for each in atom.value))
        return Condition(atom.operator, atom.of, read(book, type_, atom.of, atom.value))
    except ValueError:
        return None


def _both_ways(atom: Atom) -> list[Atom]:
    """An atom on two columns as what it asks of either."""
    if not atom.other:
        return [atom]
    plus = atom.plus[1:] if atom.plus.startswith("-") else f"-{atom.plus}" if atom.plus else ""
    return [atom, Atom(atom.other, _MIRRORED.get(atom.operator, atom.operator), other=atom.column, plus=plus)]


def _is_pinned(name: str, atoms: Sequence[Atom]) -> bool:
    """Whether a constant is asked for, as of the kind that a row refers to beside its number."""
    own = (each for each in atoms if each.column == name)
    return any(not each.other and each.operator not in ("null", "not null") for each in own)
