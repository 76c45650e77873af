"""
Expressions: columns, conditions on them, and what is computed from them.

An expression is its SQL with places for values, and the values beside it. A NUL, which no SQL text
can contain, encloses what is not SQL yet (see ``janua.builder.texts``).
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, Never, NoReturn, TypeAlias, TypeVar, cast, overload

from janua.builder.slots import as_type, common_type, mark_of, slot

if TYPE_CHECKING:
    from janua.builder.relations import Relation
    from janua.builder.select import Select

V = TypeVar("V")
N = TypeVar("N", covariant=True)
M = TypeVar("M")
Number = TypeVar("Number", int, float, Decimal)


class Selects(Generic[V, N]):
    """What can be selected: an expression gives a value, a table a row, and either None too where ``N`` is None."""

    __slots__ = ()


class Expression(Selects[V, N]):
    """
    Something with a value in each row: a ``V``, and None too where ``N`` is None.

    ``==``, ``<`` and the like give conditions; ``&``, ``|`` and ``~`` combine them. A value is always
    sent as a parameter. None is no value to compare with: that is never true in SQL; see ``is_null``.
    """

    __slots__ = ("_binary", "_mark", "_own", "_relation", "_text", "_type", "_values")

    # Comparing gives a condition, and so cannot tell whether two are the same: they are by identity.
    __hash__ = object.__hash__

    def __init__(
        self,
        text: str,
        values: tuple[object, ...],
        type_: str,
        relation: Relation[Any, Any] | None,
        binary: bool,
        own: str = "",
    ) -> None:
        self._own = own
        self._mark = mark_of(own, type_)
        self._text = text
        self._values = values
        self._type = type_
        self._relation = relation
        self._binary = binary

    def __repr__(self) -> str:
        marks = self._text.split("\0")
        shown = "".join(mark if at % 2 == 0 else "?" if mark[:1] in ("p", "q") else "" for at, mark in enumerate(marks))
        return f"<{type(self).__name__} {shown}>"

    def __bool__(self) -> NoReturn:
        raise TypeError("a condition is decided by the database: combine conditions with &, | and ~")

    @overload  # type: ignore[override]
    def __eq__(self, other: Expression[V, M]) -> Expression[bool, N | M]: ...
    @overload
    def __eq__(self, other: V) -> Expression[bool, N]: ...
    def __eq__(self, other: object) -> Expression[bool, Any]:
        return _condition(self, "=", other)

    @overload  # type: ignore[override]
    def __ne__(self, other: Expression[V, M]) -> Expression[bool, N | M]: ...
    @overload
    def __ne__(self, other: V) -> Expression[bool, N]: ...
    def __ne__(self, other: object) -> Expression[bool, Any]:
        return _condition(self, "<>", other)

    @overload
    def __lt__(self, other: Expression[V, M]) -> Expression[bool, N | M]: ...
    @overload
    def __lt__(self, other: V) -> Expression[bool, N]: ...
    def __lt__(self, other: object) -> Expression[bool, Any]:
        return _condition(self, "<", other)

    @overload
    def __le__(self, other: Expression[V, M]) -> Expression[bool, N | M]: ...
    @overload
    def __le__(self, other: V) -> Expression[bool, N]: ...
    def __le__(self, other: object) -> Expression[bool, Any]:
        return _condition(self, "<=", other)

    @overload
    def __gt__(self, other: Expression[V, M]) -> Expression[bool, N | M]: ...
    @overload
    def __gt__(self, other: V) -> Expression[bool, N]: ...
    def __gt__(self, other: object) -> Expression[bool, Any]:
        return _condition(self, ">", other)

    @overload
    def __ge__(self, other: Expression[V, M]) -> Expression[bool, N | M]: ...
    @overload
    def __ge__(self, other: V) -> Expression[bool, N]: ...
    def __ge__(self, other: object) -> Expression[bool, Any]:
        return _condition(self, ">=", other)

    def __and__(self: Expression[bool, N], other: Expression[bool, M]) -> Expression[bool, N | M]:
        return _condition(self, "AND", _boolean(other))

    def __or__(self: Expression[bool, N], other: Expression[bool, M]) -> Expression[bool, N | M]:
        return _condition(self, "OR", _boolean(other))

    def __invert__(self: Expression[bool, N]) -> Expression[bool, N]:
        return Expression(f"(NOT {self._text})", self._values, "boolean", self._relation, True)

    def is_null(self) -> Expression[bool, Never]:
        """Whether the value is NULL."""
        return Expression(f"({self._text} IS NULL)", self._values, "boolean", self._relation, True)

    def is_not_null(self) -> Expression[bool, Never]:
        """Whether there is a value."""
        return Expression(f"({self._text} IS NOT NULL)", self._values, "boolean", self._relation, True)

    def in_(self, values: Collection[V] | Select[V]) -> Expression[bool, N]:
        """
        Whether the value is one of these, or of those that a select of one column gives.

        They travel as one array, so that the statement is the same for any number of them, none included.
        """
        return _member(self, "IN", "= ANY", values)

    def not_in(self, values: Collection[V] | Select[V]) -> Expression[bool, N]:
        """Whether the value is none of these."""
        return _member(self, "NOT IN", "<> ALL", values)

    def between(self, low: V, high: V) -> Expression[bool, N]:
        """Whether the value lies between these two, both included."""
        if low is None or high is None:
            raise TypeError("nothing lies between None and a value: leave the condition away, or compare with < or >")
        text = f"({self._text} BETWEEN {slot(self._type, self._mark)} AND {slot(self._type, self._mark)})"
        return Expression(text, (*self._values, low, high), "boolean", self._relation, True)

    def like(self: Expression[str, N], pattern: str) -> Expression[bool, N]:
        """Whether the text has this pattern, in which ``%`` stands for any text and ``_`` for any character."""
        return _condition(self, "LIKE", pattern)

    def ilike(self: Expression[str, N], pattern: str) -> Expression[bool, N]:
        """The same, whether letters are capitals or not."""
        return _condition(self, "ILIKE", pattern)

    @overload
    def __add__(self: Expression[int, N], other: BigInt[M]) -> BigInt[N | M]: ...
    @overload
    def __add__(self: Expression[Number, N], other: Expression[Number, M]) -> Expression[Number, N | M]: ...
    @overload
    def __add__(self: Expression[Number, N], other: Number) -> Expression[Number, N]: ...
    def __add__(self, other: Any) -> Expression[Any, Any]:
        return _arithmetic(self, "+", other)

    @overload
    def __sub__(self: Expression[int, N], other: BigInt[M]) -> BigInt[N | M]: ...
    @overload
    def __sub__(self: Expression[Number, N], other: Expression[Number, M]) -> Expression[Number, N | M]: ...
    @overload
    def __sub__(self: Expression[Number, N], other: Number) -> Expression[Number, N]: ...
    def __sub__(self, other: Any) -> Expression[Any, Any]:
        return _arithmetic(self, "-", other)

    @overload
    def __mul__(self: Expression[int, N], other: BigInt[M]) -> BigInt[N | M]: ...
    @overload
    def __mul__(self: Expression[Number, N], other: Expression[Number, M]) -> Expression[Number, N | M]: ...
    @overload
    def __mul__(self: Expression[Number, N], other: Number) -> Expression[Number, N]: ...
    def __mul__(self, other: Any) -> Expression[Any, Any]:
        return _arithmetic(self, "*", other)

    def asc(self) -> Order:
        """In ascending order, NULL last."""
        return Order(self, " ASC")

    def desc(self) -> Order:
        """In descending order, NULL first."""
        return Order(self, " DESC")


class BigInt(Expression[int, N]):
    """An integer of eight bytes: of these alone ``sum`` gives a Decimal, since it may exceed them."""

    __slots__ = ()

    @overload
    def __add__(self, other: Expression[int, M]) -> BigInt[N | M]: ...
    @overload
    def __add__(self, other: int) -> BigInt[N]: ...
    def __add__(self, other: Any) -> BigInt[Any]:
        return cast("BigInt[Any]", _arithmetic(self, "+", other))

    @overload
    def __sub__(self, other: Expression[int, M]) -> BigInt[N | M]: ...
    @overload
    def __sub__(self, other: int) -> BigInt[N]: ...
    def __sub__(self, other: Any) -> BigInt[Any]:
        return cast("BigInt[Any]", _arithmetic(self, "-", other))

    @overload
    def __mul__(self, other: Expression[int, M]) -> BigInt[N | M]: ...
    @overload
    def __mul__(self, other: int) -> BigInt[N]: ...
    def __mul__(self, other: Any) -> BigInt[Any]:
        return cast("BigInt[Any]", _arithmetic(self, "*", other))


class Column(Expression[V, N]):
    """A column of a table, as ``generated.tables`` declares it; NULL in rows of an outer table that has no match."""

    __slots__ = ("_name",)

    def __init__(
        self, text: str, name: str, type_: str, relation: Relation[Any, Any], binary: bool, own: str = ""
    ) -> None:
        super().__init__(text, (), type_, relation, binary, own)
        self._name = name


class BigColumn(Column[int, N], BigInt[N]):
    """A column of the type bigint."""

    __slots__ = ()


class Order:
    """An expression to order by, and in which direction."""

    __slots__ = ("_direction", "_expression")

    def __init__(self, expression: Expression[Any, Any], direction: str) -> None:
        self._expression = expression
        self._direction = direction

    def nulls_first(self) -> Order:
        """The same with NULL before all values."""
        return Order(self._expression, f"{self._direction} NULLS FIRST")

    def nulls_last(self) -> Order:
        """The same with NULL behind all values."""
        return Order(self._expression, f"{self._direction} NULLS LAST")


Condition: TypeAlias = Expression[bool, Any]
"""What may be true, false or NULL in each row; NULL counts as false."""

Value: TypeAlias = V | Expression[V, Never]
"""What a column that is never NULL may be given."""

NullValue: TypeAlias = V | Expression[V, None] | None
"""What a column may be given that may be NULL."""


def made(
    text: str,
    values: tuple[object, ...],
    type_: str,
    relation: Relation[Any, Any] | None,
    binary: bool,
    own: str = "",
) -> Expression[Any, Any]:
    """Return an expression, of the class that its type has."""
    kind = BigInt if type_ == "bigint" and not own else Expression
    return kind(text, values, type_, relation, binary, own)


def _condition(left: Expression[Any, Any], operator: str, right: object) -> Expression[bool, Any]:
    if isinstance(right, Expression):
        text = f"({left._text} {operator} {right._text})"
        return Expression(text, left._values + right._values, "boolean", left._relation or right._relation, True)
    if right is None:
        raise TypeError("nothing is equal to NULL, nor less or more: ask is_null() or is_not_null()")
    text = f"({left._text} {operator} {slot(left._type, left._mark)})"
    return Expression(text, (*left._values, right), "boolean", left._relation, True)


def _boolean(other: object) -> object:
    if not isinstance(other, Expression):
        raise TypeError(
            f"& and | combine conditions, not a {type(other).__name__}: they bind more than comparisons do, so write"
            " (a == 1) & (b == 2)"
        )
    return other


def _member(left: Expression[Any, Any], word: str, operator: str, values: object) -> Expression[bool, Any]:
    if not isinstance(values, Collection):
        statement = cast("Select[Any]", values)
        text, inner = statement._subquery()
        return Expression(f"({left._text} {word} {text})", left._values + inner, "boolean", left._relation, True)
    if isinstance(values, str | bytes):
        raise TypeError("in_() needs a collection of values, not one text: [value]")
    items = list(values)
    if any(item is None for item in items):
        raise TypeError("NULL is never in a list, and a list with NULL has never nothing in it: leave None out")
    if left._type.endswith("[]"):
        raise TypeError("the value is an array, and arrays of arrays have no place for it: compare with == and |")
    text = f"({left._text} {operator} ({slot(f'{left._type}[]', left._mark)}))"
    return Expression(text, (*left._values, items), "boolean", left._relation, True)


def _arithmetic(left: Expression[Any, Any], operator: str, right: object) -> Expression[Any, Any]:
    if isinstance(right, Expression):
        text = f"({left._text} {operator} {right._text})"
        type_ = common_type(left._type, right._type)
        return made(text, left._values + right._values, type_, left._relation or right._relation, True)
    if right is None:
        raise TypeError("what is computed with None is NULL always")
    # Without the cast the server would choose an operator by what is on the left alone.
    text = f"({left._text} {operator} {as_type(slot(left._type), left._type)})"
    return made(text, (*left._values, right), left._type, left._relation, True)
