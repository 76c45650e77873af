"""
The columns of a statement's result: names, nullability, and which of them form a nested value.

``o.id AS "org.id"`` and ``sqlc.embed(o)`` make a group. A group of columns that the same outer joins
put NULLs in place of is absent as a whole, and its columns are what they are where it is present.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from janua.diagnostics import Diagnostic

from janua_generator.analysis.scope import UNKNOWN, Output
from janua_generator.analysis.shape import HOLDING_NULLS, Shape
from janua_generator.analysis.stars import Expansion
from janua_generator.analysis.values import Value
from janua_generator.catalog.model import PgType
from janua_generator.describe import DescribedColumn, DescribedQuery
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.directives import nest_of
from janua_generator.sqlfile.model import Rule, SourceQuery

NAMELESS = "?column?"

_UNHASHABLE = frozenset({"array", "composite", "multirange", "json", "jsonb", "record"})


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """
    A column of the result.

    ``relation`` and ``column`` tell its origin, or are empty. ``path`` are the groups that it is in,
    outermost first. ``starred`` says that it was written as part of ``*``, and not by its name;
    ``shape`` is what is known of a JSON value. ``python`` is the type that the project puts in the place of the
    usual one, as ``module:Name``. ``holds_nulls``: it is an array whose elements may be NULL, as far as it is known.
    """

    name: str
    type: PgType
    nullable: bool
    why: str
    relation: str = ""
    column: str = ""
    path: tuple[str, ...] = ()
    starred: bool = False
    shape: Shape | None = None
    python: str = ""
    holds_nulls: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """
    Columns that make one nested value. It is absent where all columns at ``keys`` are NULL; no keys: never.
    """

    path: tuple[str, ...]
    keys: tuple[int, ...] = ()

    @property
    def is_optional(self) -> bool:
        """Whether it may be absent."""
        return bool(self.keys)


@dataclass(frozen=True, slots=True)
class Nest:
    """A group that becomes a list: one row for each value of the columns at ``keys``."""

    name: str
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The columns in the server's order, the groups in the order of their first columns, outer before inner."""

    columns: tuple[ResultColumn, ...]
    groups: tuple[Group, ...]
    nest: Nest | None
    warnings: tuple[Diagnostic, ...]


def result_of(described: DescribedQuery, output: Output, expansion: Expansion) -> Result:
    """
    Put together what the server and the analysis say of a result.

    Raises GenerationFailed for two columns of one name, for an embed whose columns cannot be told, and for
    an ``@nest`` that names no group or no key.
    """
    source = described.parsed.source
    warnings: list[Diagnostic] = []
    values = _values(described, output, warnings)
    paths = _paths(described, expansion)
    is_known = len(output.columns or ()) == len(values)
    groups = []
    for path in _prefixes(paths):
        members = [at for at, each in enumerate(paths) if each == path]
        keys = _keys(members, values) if is_known else tuple(members)
        groups.append(Group(path, keys))
        if keys:
            for at in members:
                values[at] = _present(values[at])
    columns = tuple(
        _column(source, column, path, value, warnings)
        for column, path, value in zip(described.columns, paths, values, strict=True)
    )
    columns = tuple(replace(each, starred=at in expansion.starred) for at, each in enumerate(columns))
    if source.file.is_sqlc:
        columns = tuple(_numbered(columns, groups))
    _refuse_duplicates(source, columns, groups)
    return Result(columns, tuple(groups), _nest(source, columns, groups), tuple(warnings))


def _values(described: DescribedQuery, output: Output, warnings: list[Diagnostic]) -> list[Value]:
    values = [column.value for column in output.columns or ()]
    if len(values) == len(described.columns):
        return values
    if described.columns:
        source = described.parsed.source
        message = f"the structure of {source.name} cannot be told: every column may be None"
        hint = 'the types are right; where you know better, write AS "name!"'
        warnings += source.warning(Rule.UNKNOWN_STRUCTURE, message, hint=hint)
    return [UNKNOWN] * len(described.columns)


def _paths(described: DescribedQuery, expansion: Expansion) -> list[tuple[str, ...]]:
    embeds = described.parsed.embeds
    if len(embeds) != len(expansion.embedded):
        source = described.parsed.source
        place = embeds[0]
        message = f"the columns of {place.relation} cannot be told here"
        hint = "sqlc.embed stands in the outermost select list and names a relation of its FROM clause"
        raise GenerationFailed([source.file.diagnostic(place.start, place.end - place.start, message, hint=hint)])
    paths = [_path_in_name(column) for column in described.columns]
    for name, first, behind in expansion.embedded:
        paths[first:behind] = [(name,)] * (behind - first)
    return paths


def _path_in_name(column: DescribedColumn) -> tuple[str, ...]:
    """``"org.id"`` is the id of org, unless that is the name of a table's column."""
    parts = column.name.split(".")
    return tuple(parts[:-1]) if all(parts) and column.name != column.column else ()


def _prefixes(paths: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(path[:length] for path in paths for length in range(1, len(path) + 1)))


def _keys(members: Sequence[int], values: Sequence[Value]) -> tuple[int, ...]:
    """The columns that tell whether a group is there: one that is never NULL then, else all."""
    joins = {
        each.extension.joins if each.extension is not None else frozenset() for each in (values[at] for at in members)
    }
    if len(joins) != 1 or not joins.pop():
        return ()
    proven = [at for at in members if not _present(values[at]).nullable]
    return tuple(proven[:1] or members)


def _present(value: Value) -> Value:
    return value.extension.present if value.extension is not None else value


def _column(
    source: SourceQuery, column: DescribedColumn, path: tuple[str, ...], value: Value, warnings: list[Diagnostic]
) -> ResultColumn:
    name, mark = (column.name[:-1], column.name[-1]) if column.name[-1:] in ("!", "?") else (column.name, "")
    is_nullable, why = value.nullable, value.why
    if column.name == NAMELESS:
        name, mark = NAMELESS, ""
    if mark:
        is_nullable, why = mark == "?", f'the author says so: "{column.name}"'
        if mark == "?" and not value.nullable:
            message = f'"{column.name}" may be None by its name, but is proven not to be: {value.why}'
            warnings += source.warning(Rule.PROVEN, message)
    if path and name.startswith(".".join(path) + "."):
        name = name.removeprefix(".".join(path) + ".")
    shape = value.shape if column.type.name in ("json", "jsonb") else None
    holds_nulls = column.type.kind == "array" and value.shape == HOLDING_NULLS
    made = ResultColumn(name, column.type, is_nullable, why, column.relation, column.column, path, shape=shape)
    return replace(made, holds_nulls=holds_nulls)


def _numbered(columns: Sequence[ResultColumn], groups: Iterable[Group]) -> Iterator[ResultColumn]:
    """The columns, those of a name that was there already as ``name_2``, ``name_3``…, as sqlc does it."""
    seen = {each.path for each in groups} | {(*each.path, each.name) for each in columns}
    counts: dict[tuple[str, ...], int] = {}
    for column in columns:
        place = (*column.path, column.name)
        counts[place] = counts.get(place, 0) + 1
        name, number = column.name, counts[place]
        while number > 1 and name != NAMELESS and (*column.path, name) in seen:
            name = f"{column.name}_{number}"
            number += 1
        seen.add((*column.path, name))
        yield column if name == column.name else replace(column, name=name)


def _refuse_duplicates(source: SourceQuery, columns: Iterable[ResultColumn], groups: Iterable[Group]) -> None:
    seen = {each.path for each in groups}
    for column in columns:
        place = (*column.path, column.name)
        if place in seen and column.name != NAMELESS:
            message = f'query {source.name} has two columns named "{".".join(place)}"'
            raise GenerationFailed([source.diagnostic(message, hint="rename one of them with AS")])
        seen.add(place)


def _nest(source: SourceQuery, columns: Sequence[ResultColumn], groups: Iterable[Group]) -> Nest | None:
    asked = nest_of(source)
    if asked is None:
        return None
    directive, name, keys = asked
    names = [".".join(group.path) for group in groups if len(group.path) == 1]
    if name not in names:
        hint = f"there are {', '.join(names)}" if names else f'name columns of it AS "{name}.id"'
        raise GenerationFailed([source.complaint(directive, f'no column is named "{name}.…"', hint=hint)])
    places = {each.name: at for at, each in enumerate(columns) if not each.path}
    positions = []
    for key in keys:
        if key not in places:
            hint = f"there are {', '.join(places)}" if places else "select what tells one row from the next"
            raise GenerationFailed([source.complaint(directive, f'there is no column "{key}" to group by', hint=hint)])
        if columns[places[key]].type.kind in _UNHASHABLE or columns[places[key]].type.name in _UNHASHABLE:
            message = f'rows cannot be grouped by "{key}", a value of type {columns[places[key]].type.name}'
            raise GenerationFailed([source.complaint(directive, message, hint="group by a key")])
        positions.append(places[key])
    return Nest(name, tuple(positions))
