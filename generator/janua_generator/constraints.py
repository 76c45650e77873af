"""The modules ``constraints``: an error for each constraint and unique index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlglot import exp

from janua_generator import names
from janua_generator.analysis.syntax import name_of, parse
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Enforced
from janua_generator.classes import Unit
from janua_generator.imports import FUTURE, import_block
from janua_generator.model import ConstraintClass, ModuleModel

_PSYCOPG = {
    "unique": ("UniqueViolation",),
    "foreign key": ("ForeignKeyViolation",),
    "restricted foreign key": ("ForeignKeyViolation", "RestrictViolation"),
    "check": ("CheckViolation",),
    "exclusion": ("ExclusionViolation",),
}
_IMPORTS = (
    FUTURE,
    "import typing as _t",
    "from janua.errors import ConstraintViolation as _ConstraintViolation",
)
_IMPORT_PSYCOPG = "from psycopg import errors as _p"


def constraints_module(introspection: Introspection, unit: Unit) -> ModuleModel:
    """Return the module of one schema's constraints."""
    own = [each for each in introspection.enforced if each.schema == unit.schema]
    return ModuleModel(
        path=unit.path("constraints.py"),
        subject=f"What the constraints and unique indexes of schema {unit.schema} refuse, as errors",
        source="the migrations",
        imports=import_block([*_IMPORTS, _IMPORT_PSYCOPG] if own else _IMPORTS),
        constraints=tuple(map(_class, own, _names(own))),
    )


def constraint_modules(units: Sequence[Unit]) -> tuple[str, ...]:
    """Return what the modules are called in the package."""
    return tuple(".".join(unit.path("constraints").parts) for unit in units)


def _names(constraints: Sequence[Enforced]) -> list[str]:
    """
    The constraints' own names as classes; with those of their tables where several tables have the same.

    In the server they are only unique in their table, which it puts before the names that it makes itself.
    """
    own = [names.class_name(each.name) for each in constraints]
    shared = {name for name, many in Counter(own).items() if many > 1}
    clear = [
        names.class_name(f"{each.owner}_{each.name}") if name in shared else name
        for each, name in zip(constraints, own, strict=True)
    ]
    # Names that are clear by themselves stay as they are, whatever is made of others.
    first = [name for name, made in zip(own, clear, strict=True) if name == made]
    rest = [made for name, made in zip(own, clear, strict=True) if name != made]
    settled = names.distinct(["ALL", *first, *rest])[1:]
    firsts, rests = iter(settled[: len(first)]), iter(settled[len(first) :])
    return [next(firsts) if name == made else next(rests) for name, made in zip(own, clear, strict=True)]


def _class(constraint: Enforced, name: str) -> ConstraintClass:
    place = f"{constraint.schema}.{constraint.owner}"
    described = f"The {constraint.kind} ``{constraint.name}`` of ``{place}``: ``{constraint.definition}``."
    return ConstraintClass(
        name=name,
        bases=_PSYCOPG[constraint.refuses],
        doc=f"{constraint.comment}\n\n{described}" if constraint.comment else described,
        schema=constraint.schema,
        owner=constraint.owner,
        of_domain=constraint.of_domain,
        constraint=constraint.name,
        columns=tuple(dict.fromkeys(_columns(constraint))),
        keys=constraint.keys,
    )


def _columns(constraint: Enforced) -> Iterator[str]:
    """The columns in the order of the constraint, an expression's in that of its text."""
    for column, expression in constraint.parts:
        if column:
            yield column
        else:
            tree = parse(f"SELECT {expression}")
            yield from map(name_of, tree.find_all(exp.Column, bfs=False)) if tree is not None else ()
