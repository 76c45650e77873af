"""SELECT: put together clause by clause, in any order."""

from __future__ import annotations

from typing import Any, Never, TypeAlias, TypeVar, overload

from janua.builder.expressions import Expression, Order, Selects
from janua.builder.fetching import Fetches, listed, width
from janua.builder.relations import Relation
from janua.builder.slots import slot
from janua.errors import StatementError

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

_Clause: TypeAlias = tuple[str, tuple[object, ...]]
"""A clause as text, and its values."""

_NOTHING: _Clause = ("", ())
_BIGINT = slot("bigint")
_NO_CONDITION = (
    "a condition is made of columns, as users.age > 3, and this is a {}: the value was compared with something"
    " of another type, or before it came to a column"
)


@overload
def select(a: Selects[A, A0], /) -> Select[A | A0]: ...
@overload
def select(a: Selects[A, A0], b: Selects[B, B0], /) -> Select[tuple[A | A0, B | B0]]: ...
@overload
def select(a: Selects[A, A0], b: Selects[B, B0], c: Selects[C, C0], /) -> Select[tuple[A | A0, B | B0, C | C0]]: ...
@overload
def select(
    a: Selects[A, A0], b: Selects[B, B0], c: Selects[C, C0], d: Selects[D, D0], /
) -> Select[tuple[A | A0, B | B0, C | C0, D | D0]]: ...
@overload
def select(
    a: Selects[A, A0], b: Selects[B, B0], c: Selects[C, C0], d: Selects[D, D0], e: Selects[E, E0], /
) -> Select[tuple[A | A0, B | B0, C | C0, D | D0, E | E0]]: ...
@overload
def select(
    a: Selects[A, A0], b: Selects[B, B0], c: Selects[C, C0], d: Selects[D, D0], e: Selects[E, E0], f: Selects[F, F0], /
) -> Select[tuple[A | A0, B | B0, C | C0, D | D0, E | E0, F | F0]]: ...
@overload
def select(
    a: Selects[A, A0],
    b: Selects[B, B0],
    c: Selects[C, C0],
    d: Selects[D, D0],
    e: Selects[E, E0],
    f: Selects[F, F0],
    g: Selects[G, G0],
    /,
) -> Select[tuple[A | A0, B | B0, C | C0, D | D0, E | E0, F | F0, G | G0]]: ...
@overload
def select(
    a: Selects[A, A0],
    b: Selects[B, B0],
    c: Selects[C, C0],
    d: Selects[D, D0],
    e: Selects[E, E0],
    f: Selects[F, F0],
    g: Selects[G, G0],
    h: Selects[H, H0],
    /,
) -> Select[tuple[A | A0, B | B0, C | C0, D | D0, E | E0, F | F0, G | G0, H | H0]]: ...
@overload
def select(
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
) -> Select[tuple[A | A0, B | B0, C | C0, D | D0, E | E0, F | F0, G | G0, H | H0, I | I0]]: ...
@overload
def select(
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
) -> Select[tuple[A | A0, B | B0, C | C0, D | D0, E | E0, F | F0, G | G0, H | H0, I | I0, J | J0]]: ...
@overload
def select(*selected: Selects[Any, Any]) -> Select[tuple[Any, ...]]: ...
def select(*selected: Selects[Any, Any]) -> Select[Any]:
    """
    Select expressions, each row a tuple of them, or the bare value of a single one; a table gives its model.

    The first table that is met and not joined is the one to select from; ``from_`` names another. From the eleventh
    expression on the types are not known one by one: ``into`` a class of rows.
    """
    if not selected:
        raise StatementError("select() needs at least one column, expression or table")
    text, values = listed(selected)
    return Select(selected, text, values)


class Select(Fetches[A]):
    """A SELECT whose rows are of this type; ``where`` and the like return another with that clause as well."""

    def __init__(self, selected: tuple[Selects[Any, Any], ...], text: str, values: tuple[object, ...]) -> None:
        super().__init__(selected)
        self._list: _Clause = (text, values)
        self._word = "SELECT "
        self._source = _first(selected, ())
        self._joined: tuple[Relation[Any, Any], ...] = ()
        self._joins = self._where = self._group = self._having = self._order = self._limit = self._offset = _NOTHING

    def from_(self, relation: Relation[Any, Never], /) -> Select[A]:
        """Select from this table, where what is selected does not name one, or another should come first."""
        if relation._is_outer:
            raise TypeError(f"{relation!r} is an outer table: it goes into a left_join")
        return self._with(_source=relation)

    def join(self, relation: Relation[Any, Never], /, *, on: Expression[bool, Any]) -> Select[A]:
        """Join a table: rows without a match fall away."""
        if relation._is_outer:
            raise TypeError(f"{relation!r} is an outer table: it goes into a left_join")
        return self._join("JOIN", relation, on)

    def left_join(self, relation: Relation[Any, None], /, *, on: Expression[bool, Any]) -> Select[A]:
        """Join an ``outer`` table: for rows without a match its columns are NULL."""
        if not relation._is_outer:
            raise TypeError(f"{relation!r} may have no row in a left_join, and so its columns be None: pass outer(it)")
        return self._join("LEFT JOIN", relation, on)

    def where(self, *conditions: Expression[bool, Any]) -> Select[A]:
        """Keep the rows for which all conditions hold, and all that were given before."""
        return self._with(_where=all_of(self._where, " WHERE ", conditions))

    def group_by(self, *by: Expression[Any, Any]) -> Select[A]:
        """Make one row of all that agree in these expressions."""
        return self._with(_group=self._listed(self._group, " GROUP BY ", by))

    def having(self, *conditions: Expression[bool, Any]) -> Select[A]:
        """Keep the groups for which all conditions hold, and all that were given before."""
        return self._with(_having=all_of(self._having, " HAVING ", conditions))

    def order_by(self, *by: Expression[Any, Any] | Order) -> Select[A]:
        """Sort by these, behind what was given before: ascending, or ``.desc()``, ``.asc().nulls_first()``."""
        return self._with(_order=self._listed(self._order, " ORDER BY ", by))

    def limit(self, rows: int) -> Select[A]:
        """Give at most this many rows."""
        return self._with(_limit=(f" LIMIT {_BIGINT}", (_number(rows, "limit"),)))

    def offset(self, rows: int) -> Select[A]:
        """Leave out this many rows; the server makes them all the same: for long lists page by a key instead."""
        return self._with(_offset=(f" OFFSET {_BIGINT}", (_number(rows, "offset"),)))

    def distinct(self) -> Select[A]:
        """Give equal rows once."""
        return self._with(_word="SELECT DISTINCT ")

    def _join(self, word: str, relation: Relation[Any, Any], on: Expression[bool, Any]) -> Select[A]:
        text, values = self._joins
        condition, more = all_of(_NOTHING, " ON ", (on,))
        joined = (*self._joined, relation)
        return self._with(
            _joins=(f"{text} {word} \0f{relation._key}\0{condition}", values + more),
            _joined=joined,
            _source=self._source if self._source is not relation else _first(self._selected, joined) or relation,
        )

    def _with(self, **clauses: object) -> Select[A]:
        made: Select[A] = object.__new__(Select)
        made.__dict__.update(self.__dict__, **clauses)
        return made

    def _parts(self) -> tuple[str, tuple[object, ...]]:
        (listed, v0), (joins, v1), (where, v2), (group, v3) = self._list, self._joins, self._where, self._group
        (having, v4), (order, v5), (limit, v6), (offset, v7) = self._having, self._order, self._limit, self._offset
        source = "" if self._source is None else f" FROM \0f{self._source._key}\0"
        text = f"{self._word}{listed}{source}{joins}{where}{group}{having}{order}{limit}{offset}"
        return text, v0 + v1 + v2 + v3 + v4 + v5 + v6 + v7

    def _subquery(self) -> tuple[str, tuple[object, ...]]:
        text, values = self._parts()
        return f"\0(\0{text}\0)\0", values

    def _listed(self, clause: _Clause, word: str, by: tuple[Expression[Any, Any] | Order, ...]) -> _Clause:
        text, values = clause
        for each in by:
            expression = each._expression if isinstance(each, Order) else each
            direction = each._direction if isinstance(each, Order) else ""
            shown = self._position(expression)
            more = () if shown else expression._values
            shown = shown or expression._text
            text = f"{text}, {shown}{direction}" if text else f"{word}{shown}{direction}"
            values += more
        return text, values

    def _position(self, expression: Expression[Any, Any]) -> str:
        """
        The number of a selected expression that holds values.

        Written out once more, it would hold other places for the same values: another expression to the server.
        """
        if expression._values:
            at = next((at for at, each in enumerate(self._selected) if each is expression), None)
            if at is not None:
                return str(1 + sum(map(width, self._selected[:at])))
        return ""


def _first(
    selected: tuple[Selects[Any, Any], ...], joined: tuple[Relation[Any, Any], ...]
) -> Relation[Any, Any] | None:
    """The first table of what is selected that is not joined."""
    for each in selected:
        relation = each if isinstance(each, Relation) else each._relation  # type: ignore[attr-defined]
        if relation is not None and not relation._is_outer and relation not in joined:
            return relation
    return None


def all_of(clause: _Clause, word: str, conditions: tuple[Expression[bool, Any], ...]) -> _Clause:
    """Return a WHERE, HAVING or ON with these conditions as well."""
    text, values = clause
    for each in conditions:
        try:
            text = f"{text} AND {each._text}" if text else f"{word}{each._text}"
            values += each._values
        except AttributeError:
            raise TypeError(_NO_CONDITION.format(type(each).__name__)) from None
    return text, values


def _number(rows: object, what: str) -> int:
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < 0:
        raise TypeError(f"{what}() needs a number of rows, 0 or more")
    return rows
