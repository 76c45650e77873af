"""How standard calls name columns: in the names of functions, in conditions, in documentation."""

from __future__ import annotations

from collections.abc import Sequence

from janua_generator import names
from janua_generator.catalog.model import Relation
from janua_generator.standard.columns import StandardColumn


def joined_names(columns: Sequence[StandardColumn]) -> str:
    """The end of a function's name: ``organization_id_and_slug``."""
    return "_and_".join(names.snake_case(each.name) or "column" for each in columns)


def conditions(columns: Sequence[StandardColumn]) -> str:
    """The condition that each column has the value of its parameter."""
    return " AND ".join(f"{each.sql} = :{each.parameter}" for each in columns)


def listed(columns: Sequence[StandardColumn]) -> str:
    """The columns as a docstring names them."""
    *first, last = (_marked(each.name) for each in columns)
    return f"{', '.join(first)} and {last}" if first else last


def of_rows(relation: Relation) -> str:
    """The relation as a docstring names it."""
    return _marked(relation.name)


def _marked(name: str) -> str:
    """A name as code; with what could end that, without."""
    return f"``{name}``" if name.isprintable() and "`" not in name else "".join(filter(str.isprintable, name))
