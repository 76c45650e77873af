"""
A schema, and queries on it through the generator's stages up to the analysis, one server round trip each.

Every schema is ``public`` of one database, made anew each time: a case costs milliseconds and no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

import psycopg
from janua import NothingToUpdate, Query, Variants
from janua.config import Override
from janua.diagnostics import Diagnostic, render
from janua.paging import START
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.shape import Shape
from janua_generator.catalog.introspect import Introspection, introspect
from janua_generator.overrides.configured import Configured
from janua_generator.overrides.resolved import Overrides
from janua_generator.sqlfile.model import Call, Cardinality, SourceFile, SourceQuery
from janua_generator.sqlfile.parser import parse_file
from janua_generator.standard.calls import standard_queries
from janua_generator.understanding import analyse_queries
from janua_generator.workshop import MigratedSchema

Rows = list[tuple[bytes | None, ...]]
"""As they came from the server: a jsonb ``null`` is not NULL."""


@dataclass(frozen=True)
class Findings:
    """What the generator says of a query file."""

    queries: tuple[AnalysedQuery, ...]
    errors: tuple[Diagnostic, ...]

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings of all queries."""
        return tuple(warning for query in self.queries for warning in query.warnings)


class Workbench:
    """One database, whose schema ``public`` is replaced by :meth:`migrate`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.introspection: Introspection
        self.overrides: tuple[Override, ...] = ()
        self.last_result: list[tuple[str, str]] = []

    def migrate(self, ddl: str, overrides: Iterable[Override] = ()) -> None:
        """Make a fresh schema, and read it; ``overrides`` are for what is analysed then."""
        self.connection.execute("DROP SCHEMA IF EXISTS other, audit CASCADE")
        self.connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self.connection.execute("SET search_path = public; SET TimeZone = 'UTC'")
        self.connection.execute(ddl.encode())
        self.introspection = introspect(self.connection, ["public"])
        self.overrides = tuple(overrides)

    def _resolved_overrides(self) -> Overrides:
        found = Configured(self.introspection, "pyproject.toml", is_lenient=False)
        for each in self.overrides:
            found.take(each)
        return Overrides(self.introspection, found.columns, found.types, found.queries)

    def analyse(self, text: str, path: str = "queries/q.sql") -> Findings:
        """Analyse the queries of a file."""
        sources, errors = parse_file(SourceFile(path, text))
        schema = MigratedSchema(self.connection, self.introspection, rules="")
        queries, findings = analyse_queries(schema, sources, self._resolved_overrides())
        found = sorted((*errors, *findings), key=lambda each: (each.line, each.column))
        return Findings(tuple(queries[source] for source in sources if source in queries), tuple(found))

    def standard(self, own: Iterable[SourceQuery] = ()) -> Findings:
        """Analyse the standard calls of all relations, but those that queries replace."""
        relations = [each for each in self.introspection.catalog.relations if not each.partition_bound]
        made = standard_queries(self.introspection, relations, own)
        schema = MigratedSchema(self.connection, self.introspection, rules="")
        queries, findings = analyse_queries(schema, made, self._resolved_overrides())
        return Findings(tuple(queries[source] for source in made if source in queries), tuple(findings))

    def run(
        self, sql: str, params: Sequence[object] = (), role: str = "", settings: str = "", before: str = ""
    ) -> Rows:
        """
        Return a statement's rows, as they come to this role, soon or not at all; what it did is undone.

        ``settings`` are its transaction's. What is to happen ``before`` it need not succeed.
        """
        with undone(self.connection), psycopg.RawCursor(self.connection) as cursor:
            cursor.execute(f"{settings}; SET LOCAL statement_timeout = '500ms'; SET CONSTRAINTS ALL DEFERRED".encode())
            if before:
                with suppress(psycopg.Error), self.connection.transaction():
                    cursor.execute(before.encode())
            if role:
                cursor.execute(f"SET LOCAL ROLE {role}".encode())
            # the extended protocol, as the runtime: rules make a difference between the two
            cursor.execute(sql.encode(), params, binary=True)
            self.last_result = [(each.name, self._type_name(each.type_code)) for each in cursor.description or ()]
            return rows_of(cursor)

    def _type_name(self, oid: int) -> str:
        type_ = self.introspection.oids.types.get(oid)
        return type_.name if type_ is not None else ""

    def changed_columns(self, query: AnalysedQuery) -> list[str]:
        """What the last result has in place of the columns that the server announced before ``*`` was expanded."""
        announced = [(column.name, column.type.name) for column in query.columns]
        found = [(_bare(name), type_) for name, type_ in self.last_result]
        return [] if announced == found else [f"the columns are {found}, announced were {announced}"]


def _bare(name: str) -> str:
    """A result column's name without its path and its mark."""
    return name if name == "?column?" else name.rpartition(".")[2].rstrip("!?")


def rows_of(cursor: psycopg.RawCursor[Any]) -> Rows:
    """The rows of the last statement, as they came from the server."""
    result = cursor.pgresult
    assert result is not None
    return [tuple(result.get_value(at, each) for each in range(result.nfields)) for at in range(result.ntuples)]


@contextmanager
def undone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """A transaction that is rolled back."""
    with connection.transaction(force_rollback=True):
        yield


def statements_of(query: AnalysedQuery, given: Sequence[object] | None = None) -> Iterator[tuple[str, list[object]]]:
    """
    Every statement that a query may be, and its parameters, of pages the first.

    Without values ``given``, parameters are NULL, and those left out that do not take it.
    """
    takes_null = {each.name: each.nullable or given is not None for each in query.parameters}
    ways: list[list[bool | str]] = [[True, False] if takes_null[each] else [False] for each in query.options.optional]
    names = [*query.options.optional]
    for name, choices in (("order_by", query.options.orders), ("after", (START,) if query.options.page else ())):
        names += [name] if choices else []
        ways += [list(choices)] if choices else []
    values = [*(given if given is not None else [None] * len(query.parameters)), *[None] * len(query.options.page)]
    values += [100] if query.options.page else []
    variants = Variants(
        Query[object](query.source.name, "", ("",) * len(values)), tuple(names), query.parts or (query.sql,)
    )
    # of a standard call, so many may be left out that all combinations would be too many
    is_made = query.source.file.is_made
    for key in product(*ways) if not is_made else [tuple(each[0] for each in ways), tuple(each[-1] for each in ways)]:
        with suppress(NothingToUpdate):
            made = variants[key]
            # what is not mentioned needs a type, whichever
            yield made.sql, [0 if at in made.unused else value for at, value in enumerate(values)]


def broken_promises(query: AnalysedQuery, rows: Rows) -> list[str]:
    """Every NULL in a column called non-null, and a number of rows that was said to be impossible."""
    broken = [
        f"{column.name} is NULL ({column.why})"
        for at, column in enumerate(query.columns)
        if not column.nullable and any(row[at] is None for row in rows if _is_present(query, column.path, row))
    ]
    too_many = query.cardinality in (Cardinality.ONE, Cardinality.OPTIONAL) and len(rows) > 1
    too_few = query.cardinality is Cardinality.ONE and not rows
    if query.inferred and query.columns and (too_many or too_few):
        broken.append(f"{len(rows)} rows, called {query.cardinality}")
    return broken


def _is_present(query: AnalysedQuery, path: tuple[str, ...], row: tuple[bytes | None, ...]) -> bool:
    """Whether all groups around a column are there."""
    around = [group for group in query.groups if group.keys and group.path == path[: len(group.path)]]
    return all(any(row[key] is not None for key in group.keys) for group in around)


def shape_text(shape: Shape) -> str:
    """A shape on one line."""
    parts = []
    for each in shape.parts:
        key, none = f"{each.key}: " if each.key else "", " | None" if each.nullable else ""
        parts.append(f"{key}{shape_text(each.shape)}{none}")
    match shape.kind:
        case "value":
            return shape.type
        case "object":
            return f"{shape.relation}{{{', '.join(parts)}}}"
        case _:
            return f"{shape.kind}[{parts[0]}]"


def shown(findings: Findings, *, with_columns: bool = True) -> str:
    """What is known of each query, and every finding, as text that is easy to compare."""
    lines: list[str] = []
    for query in findings.queries:
        inferred = "  (inferred)" if query.inferred else ""
        call = f"  {query.source.call}" if query.source.call is not Call.PLAIN else ""
        lines.append(f"{query.source.name} :{query.cardinality}{inferred}{call}")
        if query.sql != query.source.file.text[query.source.start : query.source.end]:
            lines += [f"    | {line}".rstrip() for line in query.sql.splitlines()]
        if query.sets is not None and query.sets.sql != query.sql:
            lines += [f"    > {line}".rstrip() for line in query.sets.sql.splitlines()]
        for parameter in query.parameters:
            none = " | None" if parameter.nullable else ""
            python = f" as {parameter.python}" if parameter.python else ""
            left_out = (*query.options.optional, *(query.sets.optional if query.sets is not None else ()))
            optional = "  (optional)" if parameter.name in left_out else ""
            lines.append(f"    ${parameter.number} {parameter.name}  {parameter.type.name}{python}{none}{optional}")
        for column in query.columns if with_columns else ():
            none = " | None" if column.nullable else ""
            none = f" of elements or NULL{none}" if column.holds_nulls else none
            name = ".".join((*column.path, column.name))
            python = f" as {column.python}" if column.python else ""
            lines.append(f"    {name}  {column.type.name}{python}{none}  ({column.why})")
            lines += [f"        {shape_text(column.shape)}"] if column.shape is not None else []
        lines += [f"    ordered by {', '.join(query.options.orders)}"] if query.options.orders else []
        lines += [f"    pages by {', '.join(query.options.page)}"] if query.options.page else []
        for group in query.groups:
            keys = ", ".join(query.columns[at].name for at in group.keys)
            lines.append(
                f"    {'.'.join(group.path)} " + (f"is None where {keys} is NULL" if keys else "is always there")
            )
        touched = query.dependencies
        lines += [f"    reads {', '.join(touched.reads)}"] if touched.reads else []
        lines += [f"    writes {', '.join(touched.writes)}"] if touched.writes else []
        lines += [f"    may read anything: {touched.unknown_reads}"] if touched.unknown_reads else []
        lines += [f"    may write anything: {touched.unknown_writes}"] if touched.unknown_writes else []
        lines += [f"    {each.kind}: {each.reason}" for each in touched.obstacles]
        lines.append("")
    lines += [render(each) + "\n" for each in (*findings.errors, *findings.warnings)]
    return "\n".join(lines)
