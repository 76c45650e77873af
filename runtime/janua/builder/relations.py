"""Tables and views as ``generated.tables`` declares them, under their own name, an alias, or as outer tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, LiteralString, NamedTuple, ParamSpec, Protocol, Self, TypeVar, cast

from janua.builder.expressions import BigColumn, Column, Selects
from janua.query import Types

if TYPE_CHECKING:
    from janua.database.verification import WholeQuery

R = TypeVar("R")
K = TypeVar("K")
O = TypeVar("O")  # noqa: E741
O_co = TypeVar("O_co", covariant=True)
P = ParamSpec("P")

_LONGEST_NAME = 63


class Touches(NamedTuple):
    """
    Which tables a statement reads and writes, as ``schema.name``: what the server does behind it included.

    ``unknown`` says why there may be more of them, and is empty where there are not.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    unknown: str = ""


class Declared(NamedTuple):
    """
    A column: its attribute, its name as SQL writes it, its type as ``Query.columns`` spells it.

    ``own`` is the type of the project's own that takes the place of the usual one, as ``module:Name``.
    """

    attribute: str
    name: str
    type: str
    nullable: bool = False
    binary: bool = True
    own: str = ""


class Definition:
    """
    A relation of the database, as a generated package declares it once.

    ``row`` takes the columns by position, and is None where they are not all declared. What
    selecting, inserting, updating and deleting touch is the relation itself where it is not given.
    """

    def __init__(
        self,
        schema: str,
        name: str,
        row: Callable[..., Any] | None,
        types: Types,
        columns: tuple[Declared, ...],
        *,
        select: Touches | None = None,
        insert: Touches | None = None,
        update: Touches | None = None,
        delete: Touches | None = None,
    ) -> None:
        qualified = f"{schema}.{name}"
        changed = Touches(reads=(qualified,), writes=(qualified,))
        self.schema = schema
        self.name = name
        self.row = row
        self.types = types
        self.columns = columns
        self.names = {each.attribute: each for each in columns}
        self.touches = {
            "select": select or Touches(reads=(qualified,)),
            "insert": insert or Touches(writes=(qualified,)),
            "update": update or changed,
            "delete": delete or changed,
        }
        self.number = len(DEFINITIONS)
        self.known: dict[tuple[str, bool], Relation[Any, Any]] = {}
        DEFINITIONS.append(self)


DEFINITIONS: list[Definition] = []
"""Every relation that was declared in this process, in the order of their numbers."""


class Relation(Selects[R, K]):
    """
    A table or view; its columns are its attributes.

    Selected as a whole it gives an ``R``, and None where ``K`` is None: an outer table's row that is not there.
    """

    def __init__(self, definition: Definition, alias: str = "", is_outer: bool = False) -> None:
        self._definition = definition
        self._alias = alias or definition.name
        self._is_outer = is_outer
        self._key = f"{definition.number}|{'o' if is_outer else ''}|{self._alias}"
        prefix = f"\0c{self._key}\0{quote(self._alias)}"
        for each in definition.columns:
            kind: type[Column[Any, Any]] = BigColumn if each.type == "bigint" and not each.own else Column
            column = kind(f"{prefix}.{each.name}", each.name, each.type, self, each.binary, each.own)
            setattr(self, each.attribute, column)
        definition.known[self._alias, is_outer] = self

    def __repr__(self) -> str:
        return f"<{'outer ' if self._is_outer else ''}{self._definition.schema}.{self._definition.name} {self._alias}>"

    def as_(self, alias: LiteralString) -> Self:
        """Return the same under another name, as for a second time in one statement."""
        if not alias or "\0" in alias or len(alias.encode()) > _LONGEST_NAME:
            raise ValueError(f"an alias has 1 to {_LONGEST_NAME} bytes and no NUL")
        return self._called(alias, self._is_outer)

    def _called(self, alias: str, is_outer: bool) -> Self:
        known = self._definition.known.get((alias, is_outer))
        return cast("Self", known or type(self)(self._definition, alias, is_outer))

    def _outer_as(self, twin: type[O]) -> O:
        """The same as an outer table: ``twin`` is its class, for a type checker."""
        return cast("O", self._called(self._alias, True))

    def _whole(self) -> WholeQuery:
        """What selects all columns as they are declared, for ``db.verify``."""
        # Here, because only that needs it.
        from janua.database.verification import WholeQuery

        declared = self._definition.columns
        return WholeQuery(
            f"tables.{self._definition.name}",
            f"SELECT {', '.join(each.name for each in declared)}"
            f" FROM {quote(self._definition.schema)}.{quote(self._definition.name)}",
            columns=tuple("" if each.own else each.type for each in declared),
            types=self._definition.types,
            never_null=tuple(at for at, each in enumerate(declared) if isinstance(self, Table) and not each.nullable),
        )

    def _columns(self) -> list[Column[Any, Any]]:
        return [getattr(self, each.attribute) for each in self._definition.columns]


class Table(Relation[R, K]):
    """A table: it can be written, too."""


class View(Relation[R, K]):
    """A view, which is only read."""


class _HasOuter(Protocol[O_co]):
    def _outer(self) -> O_co: ...


class Takes(Protocol[P]):
    """A table that says which columns an INSERT takes, and of which type."""

    def _values(self, *args: P.args, **kwargs: P.kwargs) -> None: ...


class Changes(Protocol[P]):
    """A table that says which columns an UPDATE takes, and of which type."""

    def _changes(self, *args: P.args, **kwargs: P.kwargs) -> None: ...


def outer(relation: _HasOuter[O_co]) -> O_co:
    """Return the table as ``left_join`` takes it: where no row of it matches, all its columns are NULL."""
    return relation._outer()


def quote(name: str) -> str:
    """Return an alias as an identifier."""
    return '"' + name.replace('"', '""') + '"'
