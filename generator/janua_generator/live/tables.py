"""What the query builder was told of tables and views, beside those of the live database."""

from __future__ import annotations

from collections.abc import Iterator

from janua.config import Project
from janua.diagnostics import Diagnostic

from janua_generator.analysis.statements import columns_of
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Relation
from janua_generator.generation import shown
from janua_generator.live.types import identity
from janua_generator.tables import selected_tables


def table_findings(project: Project, expected: Introspection, live: Introspection) -> Iterator[Diagnostic]:
    """Yield what the modules ``tables`` say and the live database does not bear out."""
    folder = shown(project.output, project)
    for relation in selected_tables(project, expected.catalog.relations):
        is_first = relation.schema == expected.catalog.schemas[0]
        file = f"{folder}/tables.py" if is_first else folder
        found = live.catalog.by_qualified_name.get(relation.qualified)
        if found is None:
            yield Diagnostic(file, 0, 0, f"{relation.qualified}: the live database has no such {relation.kind}")
            continue
        for sentence in _differences(relation, expected, found, live):
            yield Diagnostic(file, 0, 0, f"{relation.qualified}: {sentence}")


def _differences(relation: Relation, expected: Introspection, found: Relation, live: Introspection) -> Iterator[str]:
    given = {column.name: column.value.nullable for column in columns_of(found, live)}
    for column, output in zip(relation.columns, columns_of(relation, expected), strict=True):
        there = found.by_name.get(column.name)
        if there is None:
            yield f"the live database has no column {column.name}"
            continue
        types = [_identity(each.type, where) for each, where in ((column, expected), (there, live))]
        if types[0] != types[1]:
            yield f"{column.name} is {there.type} in the live database, and {column.type} in the generated code"
        elif given.get(column.name, True) and not output.value.nullable:
            yield f"{column.name} may be NULL in the live database, and is never None in the generated code"
    for name in required_columns(relation, found, live):
        yield f"the live database takes no row without {name}, which the generated code does not know"


def required_columns(relation: Relation, found: Relation, live: Introspection) -> Iterator[str]:
    """Yield the columns of a live table that the relation has not, and without which it takes no row."""
    for column in () if found.is_view else found.columns:
        type_ = live.types.get(column.type)
        is_defaulted = type_ is not None and type_.kind == "domain" and "DEFAULT" in type_.definition
        has_value = column.default or column.identity or column.generated or is_defaulted
        if column.not_null and not has_value and column.name not in relation.by_name:
            yield column.name


def _identity(name: str, introspection: Introspection) -> str:
    found = introspection.types.get(name)
    return identity(found, introspection) if found is not None else name
