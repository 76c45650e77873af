"""What standard calls are about: a relation with what is known of its columns and keys, as SQL and as documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from janua_generator import names
from janua_generator.catalog.identifiers import quoted
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Relation
from janua_generator.standard.columns import StandardColumn, standard_columns
from janua_generator.standard.keys import StandardKey, standard_keys


@dataclass(frozen=True, slots=True)
class Subject:
    """A relation; its columns by their names, in its order, and its keys, the primary one first."""

    relation: Relation
    columns: Mapping[str, StandardColumn]
    keys: tuple[StandardKey, ...]

    @classmethod
    def of(cls, relation: Relation, introspection: Introspection) -> Subject:
        """Find out what standard calls need to know of a relation."""
        columns = standard_columns(relation, introspection)
        return cls(relation, columns, standard_keys(relation, columns, introspection))

    @property
    def table(self) -> str:
        """Its name in a statement."""
        return quoted(self.relation.schema, self.relation.name)

    @property
    def described(self) -> str:
        """Its name in documentation."""
        return marked(self.relation.name)

    @property
    def primary(self) -> StandardKey | None:
        """The primary key, where there is one."""
        return next((key for key in self.keys if key.is_primary), None)

    @property
    def given(self) -> tuple[StandardColumn, ...]:
        """The columns that a statement may give a value."""
        return tuple(each for each in self.columns.values() if each.is_given)

    @property
    def order(self) -> str:
        """The end of a statement that gives many rows."""
        key = self.primary
        return f" ORDER BY {', '.join(each.sql for each in key.columns)}" if key is not None else ""

    @property
    def ordered(self) -> str:
        """The same in documentation."""
        return f", ordered by {listed(self.primary.columns)}" if self.primary is not None else ""

    @property
    def pages(self) -> tuple[str, ...]:
        """What pages are ordered by; nothing where nothing is sure to tell all rows apart."""
        key = self.primary
        return tuple(each.sql for each in key.columns) if key is not None and key.orders_pages else ()


def conditions(columns: Sequence[StandardColumn]) -> str:
    """The condition that each column has the value of its parameter."""
    return " AND ".join(f"{each.sql} = :{each.parameter}" for each in columns)


def joined_names(columns: Sequence[StandardColumn]) -> str:
    """The end of a function's name: ``organization_id_and_slug``."""
    return "_and_".join(names.snake_case(each.name) or "column" for each in columns)


def listed(columns: Sequence[StandardColumn]) -> str:
    """The columns as documentation names them."""
    *first, last = (marked(each.name) for each in columns)
    return f"{', '.join(first)} and {last}" if first else last


def marked(name: str) -> str:
    """A name as code; what could end that, as it is, without what cannot be seen."""
    return f"``{name}``" if name.isprintable() and "`" not in name else "".join(filter(str.isprintable, name))
