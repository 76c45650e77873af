"""
The generator from end to end.

    query files ──parse──▶ SourceQuery ──placeholders──▶ ParsedQuery ─┐
                                                                      ├─describe──▶ DescribedQuery
    migrations ──scratch database──▶ introspection ──▶ Catalog ───────┘                   │
                                                          │                           analyse
                                                          ▼                               ▼
                        files ◀──emit── PackageModel ◀──────────build────────────── AnalysedQuery

Each stage is a function from one type to the next. Findings are collected, so that all bad
queries are reported at once, and nothing is written unless there are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from janua.diagnostics import Diagnostic
from janua.errors import ConfigError
from janua.scratch import open_scratch

from janua_generator.analysis.analyse import AnalysedQuery, QueryFacts, analyse
from janua_generator.catalog.introspect import Introspection, introspect
from janua_generator.catalog.snapshot import to_json, to_sql
from janua_generator.describe import describe
from janua_generator.diagnostics import GenerationFailed
from janua_generator.emit import emit
from janua_generator.memory import digest, recall_facts, remember_facts
from janua_generator.module import build_package
from janua_generator.project import Inputs
from janua_generator.sqlfile.model import ParsedQuery, SourceQuery
from janua_generator.sqlfile.parser import parse_file
from janua_generator.sqlfile.placeholders import parse_query

_OLDEST_SERVER = 150000


@dataclass(frozen=True, slots=True)
class Analysis:
    """All queries that could be analysed, every finding, and how many queries the server was asked about."""

    introspection: Introspection
    queries: tuple[AnalysedQuery, ...]
    errors: tuple[Diagnostic, ...]
    described: int

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings of all queries."""
        return tuple(warning for query in self.queries for warning in query.warnings)


@dataclass(frozen=True, slots=True)
class Generated:
    """The text of every file, by its absolute path, and what is to be reported beside it."""

    files: Mapping[Path, str]
    warnings: tuple[Diagnostic, ...]


def analyse_project(inputs: Inputs) -> Analysis:
    """
    Migrate a scratch database, and have every query described and analysed.

    Raises MigrationError, ServerUnreachable or EmbeddedServerError; what is wrong with queries
    is in ``errors``.
    """
    sources, errors = _parsed_files(inputs)
    parsed, more = _parsed_queries(sources)
    errors += more
    with _scratch_database(inputs) as connection:
        introspection = introspect(connection, inputs.project.schemas)
        known = recall_facts(inputs.project.root, inputs.rules_digest)
        queries, more, described = _analysed(connection, introspection, parsed, known)
        errors += more
    facts = {_key(each.source): each.facts for each in queries if not each.warnings}
    remember_facts(inputs.project.root, inputs.rules_digest, facts)
    errors.sort(key=lambda each: (each.file, each.line, each.column))
    return Analysis(introspection, tuple(queries), tuple(errors), described)


def generate(inputs: Inputs, analysis: Analysis) -> Generated:
    """
    Return the text of everything that is generated; writes nothing.

    Raises GenerationFailed with every finding where there is one.
    """
    if analysis.errors:
        raise GenerationFailed(analysis.errors)
    project = inputs.project
    package = build_package(project, analysis.introspection, analysis.queries)
    files = {project.output / path: text for path, text in emit(package).items()}
    files[project.schema / "catalog.json"] = to_json(analysis.introspection.catalog)
    files[project.schema / "schema.sql"] = to_sql(analysis.introspection.catalog)
    return Generated(files, analysis.warnings + package.warnings)


def _parsed_files(inputs: Inputs) -> tuple[list[SourceQuery], list[Diagnostic]]:
    sources: list[SourceQuery] = []
    errors: list[Diagnostic] = []
    for file in inputs.files:
        try:
            sources += parse_file(file)
        except GenerationFailed as failure:
            errors += failure.diagnostics
    return sources, errors


def _parsed_queries(sources: Sequence[SourceQuery]) -> tuple[list[ParsedQuery], list[Diagnostic]]:
    parsed: list[ParsedQuery] = []
    errors: list[Diagnostic] = []
    for source in sources:
        try:
            parsed.append(parse_query(source))
        except GenerationFailed as failure:
            errors += failure.diagnostics
    return parsed, errors


@contextmanager
def _scratch_database(inputs: Inputs) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the migrated schema, whose search path is the project's schemas."""
    with open_scratch(inputs.project.root, inputs.scratch_url) as scratch:
        name = scratch.migrated(inputs.migrations, purpose="generate")
        with psycopg.connect(scratch.url(name), autocommit=True) as connection:
            if connection.info.server_version < _OLDEST_SERVER:
                version = connection.info.server_version // 10000
                raise ConfigError(f"the scratch server is PostgreSQL {version}; janua needs 15 or later")
            path = ", ".join(f'"{schema}"' for schema in inputs.project.schemas)
            connection.execute(f"SET search_path = {path}".encode())
            connection.execute("SET TimeZone = 'UTC'")
            yield connection


def _analysed(
    connection: psycopg.Connection[Any],
    introspection: Introspection,
    parsed: Sequence[ParsedQuery],
    known: Mapping[str, QueryFacts],
) -> tuple[list[AnalysedQuery], list[Diagnostic], int]:
    """Analyse each query, asking the server only about those of which nothing is known yet."""
    unknown = [query for query in parsed if _key(query.source) not in known]
    answers = iter(describe(connection, introspection, unknown))
    queries: list[AnalysedQuery] = []
    errors: list[Diagnostic] = []
    for query in parsed:
        facts = known.get(_key(query.source))
        if facts is not None:
            queries.append(AnalysedQuery.of(query.source, facts))
            continue
        answer = next(answers)
        if isinstance(answer, Diagnostic):
            errors.append(answer)
            continue
        try:
            queries.append(analyse(answer, introspection))
        except GenerationFailed as failure:
            errors += failure.diagnostics
    return queries, errors, len(unknown)


def _key(source: SourceQuery) -> str:
    """What decides a query's facts, apart from the rules: its statement and declared cardinality."""
    text = source.file.text[source.start : source.end]
    return digest(source.name, str(source.cardinality), text)
