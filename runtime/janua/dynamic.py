"""
Statements of which parts may be left out: ``-- @optional`` and ``-- @order``.

A statement is a sequence of parts: text, or a :class:`Clause` whose items stand only where all that they need is
given. Nothing but the generator's own text ever becomes SQL: what is given chooses among it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import Enum
from itertools import repeat
from operator import attrgetter, is_
from typing import Final, Generic, Never, TypeAlias, TypeVar

from janua.errors import NothingToUpdate, ParameterError
from janua.lexer import Kind, tokenize
from janua.query import Query

T = TypeVar("T")
P = TypeVar("P")


class _Nothing:
    """The value of UNSET, which is never sent: the text of another member of an enum would be, within JSON as well."""

    def __janua_dump__(self) -> Never:
        raise TypeError("UNSET is no value, it leaves out what @optional names")

    def __reduce__(self) -> str:
        return "_NOTHING"


_NOTHING: Final = _Nothing()


class Unset(Enum):
    """The type of :data:`UNSET`."""

    UNSET = _NOTHING

    def __repr__(self) -> str:
        return self.name

    def __janua_dump__(self) -> Never:
        self.value.__janua_dump__()


UNSET: Final = Unset.UNSET
"""A parameter that is left out, and with it the part of the statement that needs it; None is NULL."""


# Without slots: with them, ``Clause[str]`` fails on Python 3.11 (see Query).
@dataclass(frozen=True)
class Clause(Generic[P]):
    """
    Items between which separators stand, as the operands of a WHERE.

    Each is (separator before it, text, what it needs).

    ``opening`` stands before the first item that is left. ``otherwise`` stands in place of all where none is
    left; where it is None the statement has no such form.
    """

    opening: P
    items: tuple[tuple[P, P, tuple[str, ...]], ...]
    otherwise: P | None


Text: TypeAlias = Clause[str]


def chosen(parts: Iterable[P | Clause[P]], given: Set[str]) -> Iterator[P]:
    """
    Yield what makes the statement in which only ``given`` is there.

    Raises NothingToUpdate where nothing is left of a clause that cannot be empty.
    """
    for part in parts:
        if not isinstance(part, Clause):
            yield part
            continue
        present = [(separator, text) for separator, text, needs in part.items if given >= set(needs)]
        if present:
            yield part.opening
            yield present[0][1]
            for separator, text in present[1:]:
                yield separator
                yield text
        elif part.otherwise is not None:
            yield part.otherwise
        else:
            raise NothingToUpdate("there is nothing to assign")


def unused_parameters(sql: str, count: int) -> tuple[int, ...]:
    """Return which of ``count`` parameters the statement does not mention, by position from 0."""
    used = {int(token.text[1:]) for token in tokenize(sql) if token.kind is Kind.PARAMETER}
    return tuple(number - 1 for number in range(1, count + 1) if number not in used)


class Variants(dict[tuple[bool | str, ...], Query[T]]):
    """
    A query in all its variants, each of them made when it is first asked for, and kept.

    ``query`` is what they have in common, without its text. A key says for each of ``options`` whether that
    parameter is given or, where it is a choice (``order_by``), which. Raises ParameterError for a choice that
    there is not, NothingToUpdate for an UPDATE without assignments.
    """

    __slots__ = ("_choices", "options", "parts", "query")

    KEPT: Final = 1024
    """
    So many are kept, then all are made anew.

    Parameters that come from outside must not fill the memory with their combinations.
    """

    def __init__(self, query: Query[T], options: tuple[str, ...], parts: tuple[str | Text, ...]) -> None:
        super().__init__()
        self.query = query
        self.options = options
        self.parts = parts
        self._choices: dict[str, list[str]] = {}
        needs = (need for part in parts if isinstance(part, Clause) for item in part.items for need in item[2])
        for option, mark, choice in (need.partition("=") for need in needs):
            if mark:
                self._choices.setdefault(option, []).append(choice)

    def __missing__(self, key: tuple[bool | str, ...]) -> Query[T]:
        given = set(self._given(key))
        try:
            sql = "".join(chosen(self.parts, given))
        except NothingToUpdate as error:
            raise NothingToUpdate(f"{self.query.name}: {error}: give at least one of the values to set") from None
        made = replace(self.query, sql=sql, unused=unused_parameters(sql, len(self.query.params)))
        if len(self) >= self.KEPT:
            self.clear()
        self[key] = made
        return made

    def covering(self) -> list[Query[T]]:
        """Return as few variants as it takes for every part to stand in one of them."""
        most = max(map(len, self._choices.values()), default=1)
        return [self[tuple(self._nth_choice(option, number) for option in self.options)] for number in range(most)]

    def _nth_choice(self, option: str, number: int) -> bool | str:
        choices = self._choices.get(option)
        return choices[min(number, len(choices) - 1)] if choices is not None else True

    def _given(self, key: tuple[bool | str, ...]) -> Iterator[str]:
        """What parts need, for all that is given."""
        for option, value in zip(self.options, key, strict=True):
            choices = self._choices.get(option)
            if choices is None:
                yield from (option,) if value else ()
            elif value in choices:
                yield f"{option}={value}"
            else:
                raise ParameterError(f"{self.query.name}: {option} is one of {', '.join(choices)}")


class RowVariants(dict[tuple[bool, ...], Query[T]]):
    """
    A statement for many rows without the columns that none of them gives, made when it is first asked for, and kept.

    ``query`` is the whole one, of the attributes ``optional`` may be :data:`UNSET` in the rows. A key says of each
    whether it is given. What goes with the others is left out of the text, and their parameters are not counted.
    Raises ParameterError where no column is left.
    """

    __slots__ = ("_getters", "optional", "parts", "query")

    def __init__(self, query: Query[T], optional: tuple[str, ...], parts: tuple[str | Text, ...]) -> None:
        super().__init__()
        self.query = query
        self.optional = optional
        self.parts = parts
        self._getters = [attrgetter(name) for name in optional]

    def key_of(self, rows: Sequence[object], first: int = 1, key: tuple[bool, ...] | None = None) -> tuple[bool, ...]:
        """
        Return which of the optional attributes the rows give: all the same, or those of ``key``.

        ``first`` is the number of the first row. Raises ParameterError with the number of one that gives others.
        Rows that lack an attribute are left to what reads them.
        """
        if not rows:
            return key or (True,) * len(self.optional)
        try:
            left_out = [sum(map(is_, map(get, rows), repeat(UNSET))) for get in self._getters]
        except AttributeError:
            return key or (True,) * len(self.optional)
        found = key or tuple(get(rows[0]) is not UNSET for get in self._getters)
        if left_out != [0 if given else len(rows) for given in found]:
            raise self._differing(rows, first, found)
        return found

    def _differing(self, rows: Iterable[object], first: int, key: tuple[bool, ...]) -> ParameterError:
        number, name, is_given = next(
            (number, name, not given)
            for number, row in enumerate(rows, first)
            for name, get, given in zip(self.optional, self._getters, key, strict=True)
            if (get(row) is not UNSET) != given
        )
        reason = "one statement inserts them all, and all rows give the same columns"
        verb = "gives" if is_given else "does not give"
        return ParameterError(f"{self.query.name}: row {number} {verb} {name}, unlike those before it: {reason}")

    def __missing__(self, key: tuple[bool, ...]) -> Query[T]:
        query, given = self.query, {name for name, has in zip(self.optional, key, strict=True) if has}
        left_out = set(self.optional) - given
        kept = [at for at, name in enumerate(query.attributes) if name not in left_out]
        if not kept:
            raise ParameterError(f"{query.name}: the rows give no column at all")
        numbers = {at + 1: number for number, at in enumerate(kept, 1)}
        made = replace(
            query,
            sql=renumbered("".join(chosen(self.parts, given)), numbers),
            params=tuple(query.params[at] for at in kept),
            attributes=tuple(query.attributes[at] for at in kept),
            elements=tuple(query.elements[at] for at in kept) if query.elements else (),
            own_parameters=tuple(numbers[at + 1] - 1 for at in query.own_parameters if at + 1 in numbers),
        )
        if len(self) >= Variants.KEPT:
            self.clear()
        self[key] = made
        return made

    def covering(self) -> list[Query[T]]:
        """Return the statement with all of its parts."""
        return [self.query]


def renumbered(sql: str, numbers: Mapping[int, int]) -> str:
    """Return the statement with other numbers for its parameters."""
    tokens = (
        f"${numbers[int(token.text[1:])]}" if token.kind is Kind.PARAMETER else token.text for token in tokenize(sql)
    )
    return "".join(tokens)
