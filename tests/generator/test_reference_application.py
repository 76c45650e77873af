"""The promise on the reference application: its queries and standard calls, over the rows of its seeds."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import psycopg
import pytest
from janua import Database, Executor, NotFound, builder
from janua.migrations import read_migrations
from janua.query import CompositeType
from janua.scratch import ScratchServer
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.catalog.introspect import introspect
from janua_generator.catalog.model import PgType, Relation
from janua_generator.names import class_name, module_stem, relation_class
from janua_generator.sqlfile.model import Call
from psycopg.types.range import Range

import generated.tables
from generated._types import TYPES

from .workbench import Workbench, broken_promises, statements_of

ROOT = Path(__file__).parents[2]

# What the server may refuse about a statement that was made up: a key twice, a check, a missing partition.
REFUSALS = (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.RaiseException, psycopg.errors.ObjectInUse)

FALLBACKS = {
    "integer": "3", "bigint": "3", "numeric": "1.5", "boolean": "true", "text": "x", "interval": "30 days",
    "jsonb": "{}",
    "bytea": "\\x00", "uuid": "10000000-0000-4000-8000-000000000001", "timestamp with time zone": "2026-10-01 00:00+00",
    "date": "2026-10-01", "double precision": "0.5", "inet": "10.0.0.1", "smallint": "1", "cidr": "10.0.0.0/8",
    "tstzrange": "[2026-01-01 00:00+00,2027-01-01 00:00+00)",
}  # fmt: skip

Arguments = dict[str, str | None]


@dataclasses.dataclass
class Application:
    """The reference application's database with the rows of all seeds, and what is known of its queries."""

    workbench: Workbench
    url: str
    queries: list[tuple[str, AnalysedQuery]]

    def rows(self, relation: Relation) -> list[Arguments]:
        """Some rows of a table, their values as text."""
        listed = ", ".join(f'"{column.name}"::text' for column in relation.columns)
        found = self.workbench.connection.execute(f"SELECT {listed} FROM {relation.qualified} LIMIT 12".encode())
        return [dict(zip((column.name for column in relation.columns), row, strict=True)) for row in found]

    def arguments(self, query: AnalysedQuery) -> Iterator[Arguments]:
        """Arguments for a query: from rows of the tables that it touches by name, else by type."""
        catalog = self.workbench.introspection.catalog
        touched = {*query.dependencies.reads, *query.dependencies.writes}
        related = [catalog.by_qualified_name[name] for name in touched if name in catalog.by_qualified_name]
        names = {each.name for each in query.parameters}
        related.sort(key=lambda relation: (-len(names & set(_offered(relation))), relation.name))
        for relation in related:
            for row in self.rows(relation):
                offered = {name: row[column] for name, column in _offered(relation).items()}
                yield {each.name: self._argument(each.name, each.type.name, offered) for each in query.parameters}
        if any(each.nullable for each in query.parameters):
            yield {each.name: None if each.nullable else self._fallback(each.type.name) for each in query.parameters}
        if not query.parameters:
            yield {}

    def value(self, type_: PgType, text: str | None) -> Any:
        """An argument as the value that a generated function takes."""
        if text is None:
            return None
        connection, types = self.workbench.connection, self.workbench.introspection.types
        expression = f"CAST(%s AS {type_.name})"
        if type_.kind == "range" and not type_.builtin:
            [bounds] = connection.execute(
                f"SELECT lower(v), upper(v) FROM (SELECT {expression} AS v) AS one".encode(), [text]
            )
            return Range(*bounds)
        if type_.kind == "composite":
            [fields] = connection.execute(f"SELECT ({expression}).*".encode(), [text])
            return next(each.python for each in TYPES if isinstance(each, CompositeType))(*fields)
        if type_.kind == "array" and not types[type_.element].builtin:
            expression += "::text[]"
        [row] = connection.execute(f"SELECT {expression}".encode(), [text])
        return row[0]

    def _argument(self, name: str, type_name: str, offered: Arguments) -> str | None:
        if type_name.endswith("[]"):
            element = self._argument(name.removesuffix("s"), type_name[:-2], offered)
            return None if element is None else "{" + f'"{element}"' + "}"
        value = offered.get(name)
        return value if value is not None else self._fallback(type_name)

    def _fallback(self, type_name: str) -> str:
        type_ = self.workbench.introspection.types[type_name]
        if type_.labels:
            return type_.labels[0]
        if type_.kind == "array":
            return "{}"
        if type_.kind == "composite":
            return f"({',' * (len(type_.fields) - 1)})"
        return FALLBACKS.get(type_.base or type_name, "empty" if type_.kind == "range" else "x")


def _offered(relation: Relation) -> dict[str, str]:
    """Parameter name → column: ``user_id`` is also ``id`` of users."""
    own = {column.name: column.name for column in relation.columns}
    return {f"{relation.name.removesuffix('s')}_id": "id", **own} if "id" in own else own


@pytest.fixture(scope="module")
def application(scratch: ScratchServer) -> Iterator[Application]:
    """Migrated, seeded, analysed."""
    name = scratch.clone(scratch.migrated(read_migrations(ROOT / "migrations"), purpose="test"))
    with psycopg.connect(scratch.url(name), autocommit=True) as connection:
        for seed in ("development", "test"):
            connection.execute((ROOT / "seeds" / f"{seed}.sql").read_bytes())
        workbench = Workbench(connection)
        workbench.introspection = introspect(connection, ["public"])
        queries = [
            (path.stem, query)
            for path in sorted((ROOT / "queries").glob("*.sql"))
            for query in workbench.analyse(path.read_text(), path.name).queries
        ]
        standard = workbench.standard(query.source for _, query in queries).queries
        queries += [(query.source.module, query) for query in standard]
        yield Application(workbench, scratch.url(name), queries)
    scratch.drop(name)


def test_no_query_breaks_its_promises(application: Application) -> None:
    """With values from the data for every parameter, and None where it is taken; most queries find rows."""
    without_rows = []
    for module, query in application.queries:
        has_found = False
        for arguments in application.arguments(query):
            for sql, values in statements_of(query, list(arguments.values())):
                try:
                    rows = application.workbench.run(sql, values)
                except REFUSALS:
                    continue
                assert [] == broken_promises(query, rows), f"{module}.{query.source.name} {arguments}"
                has_found = has_found or bool(rows) or not query.columns
        if not has_found:
            without_rows.append(f"{module}.{query.source.name}")
    assert len(without_rows) < 0.2 * len(application.queries), without_rows


def test_generated_functions_decode_what_their_queries_return(application: Application) -> None:
    """Into their row classes, whose fields hold None only where their types say so."""
    decoded = 0
    with Database(application.url) as database:
        for module_name, query in application.queries:
            module = importlib.import_module(f"generated.{module_name}")
            for arguments in islice(application.arguments(query), 4):
                transaction = database.begin()
                try:
                    types = {each.name: each.type for each in query.parameters}
                    values = {name: application.value(types[name], text) for name, text in arguments.items()}
                    result = _called(module, query, transaction, values)
                except (*REFUSALS, NotFound):
                    continue
                finally:
                    transaction.rollback()
                for row in result if isinstance(result, list) else [result]:
                    decoded += _check(row)
    assert decoded > 100


def _called(module: ModuleType, query: AnalysedQuery, db: Executor, values: dict[str, Any]) -> Any:
    """What the function of a query returns, of which a stream is read and to which a list of one set is given."""
    name = query.source.name
    function = getattr(module, name)
    if query.source.call is Call.STREAM:
        with function(db, **values) as rows:
            return list(rows)
    if query.options.page:
        return function(db, **values, limit=9).items
    if query.source.row_fields:
        fields = dict(zip(query.source.row_fields, values.values(), strict=True))
        return function(db, SimpleNamespace(**fields))
    if query.sets is None:
        return function(db, **values)
    is_made = query.source.file.is_made
    of_sets = f"New{relation_class(module_stem(str(module.__file__)))}" if is_made else f"{class_name(name)}Params"
    return function(db, [getattr(module, of_sets)(**values)])


def _check(row: object) -> int:
    """Whether it is a row object; its fields must be what their annotations allow."""
    if not dataclasses.is_dataclass(row) or isinstance(row, type):
        return 0
    for field in dataclasses.fields(row):
        # a json null is None without being NULL
        may_be_none = str(field.type).endswith("| None") or "Json" in str(field.type)
        assert may_be_none or getattr(row, field.name) is not None, f"{type(row).__name__}.{field.name}"
    return 1


def test_every_query_fits_the_database_that_it_was_generated_for(application: Application) -> None:
    """Also as the runtime describes it, in all its parts, and as the query builder would read each table."""
    tables = [each for each in vars(generated.tables).values() if isinstance(each, builder.Relation)]
    with Database(application.url) as db:
        report = db.verify(generated)
    assert (len(application.queries) + len(tables), ()) == (report.checked, report.problems)
