"""Which rows a partitioned table has a partition for, as a condition on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from janua.testing.factories.declared import Atom, Check
from sqlglot import exp

from janua_generator.analysis.syntax import name_of, parse
from janua_generator.catalog.model import Catalog, Relation
from janua_generator.conditions import Branches, both
from janua_generator.operands import constant_of

_KEY = re.compile(r"(RANGE|LIST|HASH) \((.*)\)", re.DOTALL)
_FROM_TO = re.compile(r"FOR VALUES FROM \((.*)\) TO \((.*)\)", re.DOTALL)
_IN = re.compile(r"FOR VALUES IN \((.*)\)", re.DOTALL)


def partition_checks(catalog: Catalog, relation: Relation, attributes: Mapping[str, str]) -> Iterator[Check]:
    """Yield the condition that a row of the table has a partition, where it is partitioned."""
    if relation.kind == "partitioned table":
        branches = _branches(catalog, relation, attributes)
        columns = tuple(dict.fromkeys(attributes[each] for each in _columns(relation) if each in attributes))
        yield Check("", columns, tuple(dict.fromkeys(branches)), is_exact=False)


def _columns(relation: Relation) -> list[str]:
    match = _KEY.fullmatch(relation.partition_key)
    tree = parse(f"SELECT {match[2]}") if match is not None else None
    keys = tree.expressions if tree is not None else []
    return [name_of(each) if isinstance(each, exp.Column) else "" for each in keys]


def _branches(catalog: Catalog, relation: Relation, attributes: Mapping[str, str]) -> Branches:
    columns = [attributes.get(each, "") for each in _columns(relation)]
    found: Branches = []
    for name in relation.children:
        child = catalog.by_qualified_name.get(name)
        if child is None:
            # In a schema that is not looked at: its bounds are not known.
            return [()]
        bounds: Branches = [()] if "" in columns else _bounds(child.partition_bound, columns)
        if child.kind == "partitioned table":
            bounds = both(bounds, _branches(catalog, child, attributes))
        found += bounds
    return found


def _bounds(bound: str, columns: list[str]) -> Branches:
    if (match := _IN.fullmatch(bound)) is not None:
        values = _values(match[1])
        listed = tuple(each for each in values if each)
        found: Branches = [(Atom(columns[0], "in", listed), Atom(columns[0], "not null"))] if listed else []
        return found + ([(Atom(columns[0], "null"),)] if "" in values else [])
    if (match := _FROM_TO.fullmatch(bound)) is not None:
        return [_range(columns, _values(match[1]), _values(match[2]))]
    # HASH, of which all remainders are taken to be there, or DEFAULT.
    return [()]


def _range(columns: list[str], low: list[str], high: list[str]) -> tuple[Atom, ...]:
    """From one tuple of values to before another one: within the first column's bounds, or the next one's."""
    (column, *columns), (least, *low), (most, *high) = columns, low, high
    atoms = [Atom(column, "not null")]
    if least == most and columns:
        return (*atoms, Atom(column, "=", least), *_range(columns, low, high))
    if least:
        # With more columns, the first value itself belongs here only from a bound on that is not looked for.
        atoms.append(Atom(column, ">=", least))
    if most:
        atoms.append(Atom(column, "<", most))
    return tuple(atoms)


def _values(text: str) -> list[str]:
    """The values of a bound, empty ones for MINVALUE, MAXVALUE and NULL."""
    tree = parse(f"SELECT {text}")
    return [constant_of(each) or "" for each in tree.expressions] if tree is not None else []
