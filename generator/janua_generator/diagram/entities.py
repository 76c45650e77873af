"""What is drawn of a catalog: its tables without partitions, and their foreign keys."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

from janua_generator.catalog.model import Catalog, Column, ForeignKey, Relation

_LONGEST_NAME, _LONGEST_TYPE = 40, 28
_KINDS = ("table", "partitioned table", "foreign table")
_SHORT = (
    (re.compile(r"^timestamp(\(\d\))? with time zone"), r"timestamptz\1"),
    (re.compile(r"^timestamp(\(\d\))? without time zone"), r"timestamp\1"),
    (re.compile(r"^time(\(\d\))? with time zone"), r"timetz\1"),
    (re.compile(r"^time(\(\d\))? without time zone"), r"time\1"),
    (re.compile(r"^character varying"), "varchar"),
    (re.compile(r"^double precision"), "float8"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A column of a table. ``name`` and ``type`` fit into the picture; ``title`` says all, for who points at it."""

    name: str
    type: str
    title: str
    is_key: bool
    is_reference: bool
    is_nullable: bool


@dataclass(frozen=True, slots=True)
class Entity:
    """A table. ``note`` is a line below its columns, or empty."""

    schema: str
    name: str
    title: str
    rows: tuple[Row, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key, from a row of one table to a row of another, all by number."""

    child: int
    child_row: int
    parent: int
    parent_row: int
    title: str


def entities_of(catalog: Catalog) -> tuple[tuple[Entity, ...], tuple[Reference, ...]]:
    """Return the tables, ordered by schema and name, and the foreign keys between them."""
    drawn = [each for each in catalog.relations if each.kind in _KINDS and not each.partition_bound]
    order = {schema: number for number, schema in enumerate(catalog.schemas)}
    drawn.sort(key=lambda each: (order.get(each.schema, len(order)), each.schema, each.name))
    numbers = {each.qualified: number for number, each in enumerate(drawn)}
    references = [
        reference
        for number, relation in enumerate(drawn)
        for key in relation.foreign_keys
        if (reference := _reference(number, relation, key, numbers, drawn)) is not None
    ]
    return tuple(map(_entity, drawn)), tuple(references)


def width_of(text: str) -> int:
    """Return how many columns of a typewriter a text takes."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def shortened(text: str, longest: int) -> str:
    """Return the text, cut off where it is too long for the picture."""
    if width_of(text) <= longest:
        return text
    while width_of(text) >= longest:
        text = text[:-1]
    return f"{text}…"


def _entity(relation: Relation) -> Entity:
    keys = set(relation.primary_key.columns) if relation.primary_key else set()
    references = {column for key in relation.foreign_keys for column in key.columns}
    note = f"partitioned by {relation.partition_key}" if relation.partition_key else ""
    return Entity(
        schema=relation.schema,
        name=shortened(relation.name, _LONGEST_NAME),
        title=f"{relation.qualified}: {relation.comment}" if relation.comment else relation.qualified,
        rows=tuple(_row(column, keys, references) for column in relation.columns),
        note=shortened(note, _LONGEST_NAME),
    )


def _row(column: Column, keys: set[str], references: set[str]) -> Row:
    declared = column.declared or column.type
    return Row(
        name=shortened(column.name, _LONGEST_NAME),
        type=shortened(_short_type(declared), _LONGEST_TYPE),
        title=f"{column.name} {declared}{' NOT NULL' if column.not_null else ''}",
        is_key=column.name in keys,
        is_reference=column.name in references,
        is_nullable=not column.not_null,
    )


@cache
def _short_type(name: str) -> str:
    for pattern, short in _SHORT:
        name = pattern.sub(short, name)
    return name


def _reference(
    number: int, relation: Relation, key: ForeignKey, numbers: dict[str, int], drawn: list[Relation]
) -> Reference | None:
    parent = numbers.get(key.references)
    if parent is None:
        return None
    columns, referenced = [column.name for column in relation.columns], [each.name for each in drawn[parent].columns]
    name, other = _telling(relation, key)
    row, other_row = columns.index(name), referenced.index(other)
    here, there = f"{relation.qualified} ({', '.join(key.columns)})", ", ".join(key.referenced_columns)
    if (number, row) == (parent, other_row):
        # Nowhere for a line to go.
        return None
    return Reference(number, row, parent, other_row, title=f"{here} → {key.references} ({there})")


def _telling(relation: Relation, key: ForeignKey) -> tuple[str, str]:
    """Of a key of several columns, return the pair whose column the fewest keys have: a tenant's is in all of them."""
    pairs = list(zip(key.columns, key.referenced_columns, strict=True))
    used = Counter(column for each in relation.foreign_keys for column in each.columns)
    return min(reversed(pairs), key=lambda pair: used[pair[0]])
