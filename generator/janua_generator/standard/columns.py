"""Which columns of a table a statement may give a value, and which it must."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from janua_generator import names
from janua_generator.analysis.relations import relation_columns
from janua_generator.analysis.scope import Environment, Scope
from janua_generator.analysis.statements import output_of
from janua_generator.catalog.identifiers import quoted
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Column, PgType, Relation

_NO_WORD = re.compile(r"\W")


@dataclass(frozen=True, slots=True)
class StandardColumn:
    """
    A column as standard calls speak of it: ``sql`` is its name there, ``parameter`` that of its value.

    ``is_given`` says that a statement may give it a value, ``has_default`` that a row which does not still has one.
    """

    name: str
    sql: str
    parameter: str
    nullable: bool
    is_given: bool
    has_default: bool

    @property
    def value(self) -> str:
        """Its parameter in a statement, which takes None where the column does."""
        return f":{self.parameter}{'' if self.nullable else '!'}"

    @property
    def is_required(self) -> bool:
        """Whether a new row needs a value for it."""
        return not (self.has_default or self.nullable)


def standard_columns(relation: Relation, introspection: Introspection) -> dict[str, StandardColumn]:
    """Return the columns of a relation by their names, in its order."""
    known = relation_columns(relation, Scope(Environment(introspection, output_of))) if not relation.is_view else ()
    nullable = {each.name: each.value.nullable for each in known}
    types = introspection.types
    parameters = distinct_parameters(column.name for column in relation.columns)
    return {
        column.name: StandardColumn(
            column.name,
            quoted(column.name),
            parameter,
            nullable.get(column.name, True) and not _refuses_null(column, types),
            is_given(column),
            has_default(column, types),
        )
        for column, parameter in zip(relation.columns, parameters, strict=True)
    }


def is_given(column: Column) -> bool:
    """Whether INSERT and UPDATE may give it a value: the server does not make all of its values."""
    return not column.generated and column.identity != "always"


def has_default(column: Column, types: Mapping[str, PgType]) -> bool:
    """Whether a row that does not give it may have a value all the same; a domain may have a default, too."""
    type_ = types.get(column.type)
    is_of_domain = type_ is not None and type_.kind == "domain" and "DEFAULT" in type_.definition.upper()
    return bool(column.default or column.identity or is_of_domain)


def _refuses_null(column: Column, types: Mapping[str, PgType]) -> bool:
    """Whether the column's domain, or one that it is made of, is NOT NULL."""
    type_ = types.get(column.type)
    while type_ is not None and type_.kind == "domain":
        if type_.not_null:
            return True
        type_ = types.get(type_.base)
    return False


def distinct_parameters(columns: Iterable[str], taken: Iterable[str] = ()) -> Iterator[str]:
    """
    Yield a name for the value of each column, which no other has.

    Letter case tells no parameters apart, and none of their characters is one of an operator.
    """
    seen = {each.lower() for each in taken}
    for column in columns:
        name = names.parameter_name(_NO_WORD.sub("_", names.parameter_name(column)))
        while name.lower() in seen:
            name += "_"
        seen.add(name.lower())
        yield name
