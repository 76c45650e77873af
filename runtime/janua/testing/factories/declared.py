"""What generated factories declare of a table: its columns, the conditions on them, and the rows they refer to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from janua.testing.factories.making import Factory


class Atom(NamedTuple):
    """
    A condition that holds by itself: ``of(column) operator value``.

    The value is a constant as PostgreSQL prints it, several of them for ``in``, or else that of the column
    ``other``, to which ``plus`` is added. The operator ``?`` stands for what nobody here can read.
    """

    column: str
    operator: str
    value: str | tuple[str, ...] = ""
    of: str = ""
    other: str = ""
    plus: str = ""


class Check(NamedTuple):
    """
    A CHECK, or the bounds of the partitions: of one branch at least, all atoms hold.

    ``is_exact`` says that the branches say all that the check does.
    """

    name: str
    columns: tuple[str, ...]
    branches: tuple[tuple[Atom, ...], ...]
    is_exact: bool = True


class Column(NamedTuple):
    """
    A column by its attribute.

    ``default`` is the constant or ``now()`` that the server fills in, and None where it is neither; ``modifier``
    are the numbers behind its type, ``items`` the conditions on each element of an array, as of a column ``value``.
    """

    name: str
    is_required: bool = False
    has_default: bool = False
    default: str | None = None
    is_fixed: bool = False
    is_unique: bool = False
    modifier: tuple[int, ...] = ()
    items: tuple[Check, ...] = ()


class Parent(NamedTuple):
    """
    A foreign key: columns here, and what makes the row that they refer to, by columns there.

    ``is_late`` says that it is checked at the end of the transaction.
    """

    name: str
    columns: tuple[str, ...]
    factory: Callable[[], Factory[Any]] | None
    referenced: tuple[str, ...]
    is_full: bool = False
    is_late: bool = False
