"""
What a generated module declares: its statements, and the database's own types that they use.

These classes are read once, when a statement first meets a connection. They hold names
and never OIDs, because those differ from database to database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from importlib import import_module
from typing import Any, ClassVar, Final, Generic, Literal, Self, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enum of the database and its class. An unknown label becomes a pseudo-member, never an error."""

    name: str
    python: type[StrEnum]


@dataclass(frozen=True, slots=True)
class CompositeType:
    """
    A composite type (or a table's row type) and the class that takes its fields by position.

    ``fields`` are the names that the database must have for them, in this order, and their types as
    ``Query.params`` spells them; left out, what the database has is taken as it is.
    """

    name: str
    python: type
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RangeType:
    """
    A range type that the database defines; its values are ``psycopg.types.range.Range``.

    ``subtype`` and ``multirange`` name the type of its bounds and its multirange; without them,
    bounds are sent as they are.
    """

    name: str
    subtype: str = ""
    multirange: str = ""


@dataclass(frozen=True, slots=True)
class DomainType:
    """A domain; its values, and those of its arrays, are decoded as those of ``base``."""

    name: str
    base: str


@dataclass(frozen=True, slots=True)
class TextType:
    """
    A type of an extension (``citext``, ``geometry``) whose values are read as text.

    A query that returns it, alone or in an array or composite, needs ``text``, unless its binary form
    is the text itself, as that of ``citext`` is. Declared here, its arrays become lists of texts, whose
    elements ``delimiter`` separates.
    """

    name: str
    delimiter: str = ","


Replica: TypeAlias = Literal["stale", "fresh"]
"""Whether a replica that answers must show what was written before."""

EVERYTHING: Final = ("*",)
"""What a statement writes of which nobody can tell what: whatever is cached may have changed."""


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """
    How answers are kept: for ``ttl`` seconds, unless one of the tables that the query ``reads`` is written before.

    For ``stale`` seconds more an answer may be given while another caller asks anew. ``settings`` are those of
    the session on which the answer depends: who has other values of them gets other answers.
    """

    ttl: float
    reads: tuple[str, ...]
    stale: float = 0.0
    settings: tuple[str, ...] = ()


Form: TypeAlias = Literal["hstore", "vector", "halfvec", "interval"]


@dataclass(frozen=True, slots=True)
class FormType:
    """
    A type whose binary and text form the runtime knows, but not its OID, or which it reads otherwise by default.

    ``hstore`` is read as ``dict[str, str | None]``, ``vector`` and ``halfvec`` as ``list[float]``,
    ``interval`` as ``janua.types.Interval``.
    """

    name: str
    form: Form


DatabaseType: TypeAlias = EnumType | CompositeType | RangeType | DomainType | TextType | FormType


CONSTRAINT_MODULES: dict[str, None] = {}
"""The modules of constraints of all generated packages in this process."""


def beside(module: str, *names: str) -> tuple[str, ...]:
    """Return the full names of modules in the package of another one."""
    package = module.rpartition(".")[0]
    return tuple(f"{package}.{name}" for name in names)


class Types(tuple[DatabaseType, ...]):
    """
    The types that one generated package knows: elements come before what is made of them.

    ``constraints`` names the modules with the classes of its constraints, which are imported when one is violated.
    """

    constraints: tuple[str, ...]

    def __new__(cls, types: Iterable[DatabaseType] = (), *, constraints: tuple[str, ...] = ()) -> Self:
        self = super().__new__(cls, types)
        self.constraints = constraints
        CONSTRAINT_MODULES.update(dict.fromkeys(constraints))
        return self

    # One object a package: compared by identity, so that "does this connection know them" is one lookup.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other


NO_TYPES = Types()


class LazyModule:
    """A module of the project's own, imported when something in it is first asked for: it may import this package."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            # what looks at a module's globals asks each for such names
            raise AttributeError(name)
        return getattr(import_module(self._name), name)


# Without slots: with them, ``Query[int](…)`` fails on Python 3.11 (typing sets an attribute on the instance).
@dataclass(frozen=True, eq=False)
class Query(Generic[T]):
    """
    One statement and how its rows are read.

    ``sql`` has PostgreSQL's own placeholders (``$1``). ``params`` and ``columns`` are types in
    the spelling of ``format_type``. ``row`` builds one result from the columns by position;
    where it is None, the result is the bare value of the only column. ``fold`` builds the results
    of all rows together instead. ``shapes`` are the types of columns, by position from 0, whose JSON
    the statement itself built, ``columns_as`` the types of the project's own that take the place of
    the usual ones, as ``module:Name``. ``own_parameters`` are the positions of parameters of such types, JSON
    left out. ``text`` asks for the textual result format, for types whose binary form is not known here.
    ``timeout`` is how long the server may take, in seconds: outside a transaction the statement then runs
    in one of its own. ``unused`` are the positions of parameters that the statement does not mention: their
    values are not sent. ``replica`` says that
    the statement only reads, and that a replica may answer: any one, or one that is ``fresh``.

    A statement that takes many sets of values at once has them as objects: ``attributes`` are what
    its parameters are called there, in their order; with none, a set is the bare value of the only one.
    Where the values of all sets travel in arrays, ``elements`` are the types of the values: not always those
    of the arrays' elements, since arrays and composites travel as their texts.

    ``cache`` says that answers may come from the cache, ``writes`` which cached tables the statement writes
    (EVERYTHING where that is not known), and ``changes_settings`` that it may change settings of its session.

    ``kept`` is False where the types of the result are not fixed by the text, or the text is used only
    once: it is never prepared.
    """

    # Whether ``params`` are what the server described, so that others than those are drift.
    params_are_described: ClassVar[bool] = True

    name: str
    sql: str
    params: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    row: Callable[..., T] | None = field(default=None)
    fold: Callable[[Iterable[Any]], list[T]] | None = field(default=None)
    types: Types = NO_TYPES
    shapes: Mapping[int, Any] = field(default_factory=dict)
    columns_as: Mapping[int, str] = field(default_factory=dict)
    own_parameters: tuple[int, ...] = ()
    text: bool = False
    timeout: float | None = None
    replica: Replica | None = None
    attributes: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    kept: bool = True
    unused: tuple[int, ...] = ()
    cache: CachePolicy | None = None
    writes: tuple[str, ...] = ()
    changes_settings: bool = False

    @cached_property
    def fingerprint(self) -> bytes:
        """What distinguishes the answers of this query from those of others, and of other versions of it."""
        shape = (self.sql, self.params, self.columns, self.text, self.cache and self.cache.reads)
        return blake2b(repr(shape).encode(), digest_size=16).digest()
