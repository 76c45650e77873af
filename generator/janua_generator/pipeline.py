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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from janua.diagnostics import Diagnostic
from janua.errors import ConfigError
from janua.scratch import open_scratch
from psycopg import sql

from janua_generator.analysis.analyse import AnalysedQuery, analyse
from janua_generator.catalog.introspect import Introspection, introspect
from janua_generator.catalog.snapshot import to_json, to_sql
from janua_generator.describe import describe
from janua_generator.diagnostics import GenerationFailed
from janua_generator.emit import emit
from janua_generator.memory import Answer, digest, recall_answers, remember_answers
from janua_generator.package import build_package
from janua_generator.project import Inputs
from janua_generator.sqlfile.model import ParsedQuery, SourceFile, SourceQuery
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

    Raises MigrationError, ConfigError, ServerUnreachable or EmbeddedServerError; what is wrong
    with queries is in ``errors``.
    """
    parsed, errors = _parsed(inputs.files)
    errors += inputs.unreadable
    with _scratch_database(inputs) as connection:
        introspection = introspect(connection, _schemas(connection, inputs.project.schemas))
        rules = digest(inputs.rules_digest, str(connection.info.server_version))
        known = recall_answers(inputs.project.state, rules)
        queries, more, described = _analysed(connection, introspection, parsed, known)
        errors += more
    answers = {_key(each.source): (_place(each.source), each.facts, each.warnings) for each in queries}
    remember_answers(inputs.project.state, rules, answers)
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


def _parsed(files: Iterable[SourceFile]) -> tuple[list[ParsedQuery], list[Diagnostic]]:
    parsed: list[ParsedQuery] = []
    errors: list[Diagnostic] = []
    for file in files:
        sources, findings = parse_file(file)
        errors += findings
        for source in sources:
            try:
                parsed.append(parse_query(source))
            except GenerationFailed as failure:
                errors += failure.diagnostics
    return parsed, errors


@contextmanager
def _scratch_database(inputs: Inputs) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the migrated schema, whose search path is the project's schemas."""
    with open_scratch(inputs.project.root, inputs.scratch_url, inputs.migrations) as scratch:
        name = scratch.migrated(inputs.migrations, purpose="generate")
        with psycopg.connect(scratch.url(name), autocommit=True) as connection:
            refuse_old_server(connection.info.server_version)
            _set_search_path(connection, _schemas(connection, inputs.project.schemas))
            connection.execute("SET TimeZone = 'UTC'")
            yield connection


def refuse_old_server(version: int) -> None:
    """Raise ConfigError for a server whose version, as libpq counts it, is not supported."""
    if version < _OLDEST_SERVER:
        raise ConfigError(f"the scratch server is PostgreSQL {version // 10000}; janua needs 15 or later")


def _schemas(connection: psycopg.Connection[Any], named: Sequence[str]) -> Sequence[str]:
    """The schemas that the project names, or else all that are nobody's but its own, public first."""
    if named:
        return named
    found = connection.execute(
        "SELECT nspname FROM pg_namespace n WHERE nspname <> 'information_schema' AND NOT starts_with(nspname, 'pg_')"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass"
        " AND d.objid = n.oid AND d.deptype = 'e') ORDER BY nspname <> 'public', nspname"
    )
    return [name for (name,) in found] or ["public"]


def _set_search_path(connection: psycopg.Connection[Any], schemas: Sequence[str]) -> None:
    found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s)", (list(schemas),))
    known = {name for (name,) in found}
    for schema in schemas:
        if schema not in known:
            raise ConfigError(f'pyproject.toml: tool.janua.schemas: the migrations make no schema "{schema}"')
    connection.execute(sql.SQL("SET search_path = {}").format(sql.SQL(", ").join(map(sql.Identifier, schemas))))


def _analysed(
    connection: psycopg.Connection[Any],
    introspection: Introspection,
    parsed: Sequence[ParsedQuery],
    known: Mapping[str, Answer],
) -> tuple[list[AnalysedQuery], list[Diagnostic], int]:
    """Analyse each query, asking the server only about those of which nothing is known yet."""
    recalled = [_recalled(query.source, known) for query in parsed]
    unknown = [query for query, found in zip(parsed, recalled, strict=True) if found is None]
    answers = iter(describe(connection, introspection, unknown))
    queries: list[AnalysedQuery] = []
    errors: list[Diagnostic] = []
    for found in recalled:
        if found is not None:
            queries.append(found)
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


def _recalled(source: SourceQuery, known: Mapping[str, Answer]) -> AnalysedQuery | None:
    place, facts, warnings = known.get(_key(source), ("", None, ()))
    # a warning shows its place, and so is right in that one only
    if facts is None or (warnings and place != _place(source)):
        return None
    return replace(AnalysedQuery.of(source, facts), warnings=warnings)


def _place(source: SourceQuery) -> str:
    return f"{source.file.path}:{source.line}"


def _key(source: SourceQuery) -> str:
    """What decides a query's facts, apart from the rules: its statement, declared cardinality and directives."""
    text = source.file.text[source.start : source.end]
    asked = (part for each in source.directives for part in (each.word, each.text))
    return digest(source.name, str(source.cardinality), text, *asked)
