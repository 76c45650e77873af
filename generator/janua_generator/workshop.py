"""
What one run leaves open or known for the next: the server, the schema that was read, each query's facts.

A command that runs once opens a workshop for that run; ``--watch`` keeps it. What outlives the
process is in :mod:`memory`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import psycopg
from janua.diagnostics import Diagnostic
from janua.errors import ConfigError
from janua.scratch import ScratchServer, open_scratch
from psycopg import sql

from janua_generator import memory
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.dependencies.declared import declare
from janua_generator.catalog.introspect import Introspection, fingerprint, introspect
from janua_generator.diagnostics import Stage, of_stage
from janua_generator.memory import Answer, digest
from janua_generator.project import Inputs
from janua_generator.sqlfile.model import SourceFile, SourceQuery
from janua_generator.sqlfile.parser import Findings, parse_file

LostConnection = psycopg.OperationalError
"""What a run raises where the server went away; after :meth:`Workshop.close` the next one connects anew."""

_OLDEST_SERVER = 150000


@dataclass(frozen=True, slots=True)
class MigratedSchema:
    """
    The database that holds the migrated schema, with the project's schemas as its search path.

    ``rules`` is a digest of all that decides a query's facts except the query.
    """

    connection: psycopg.Connection[Any]
    introspection: Introspection
    rules: str


class Workshop:
    """Not to be shared between threads. Leaving the context releases the server."""

    def __init__(self) -> None:
        self._server = ExitStack()
        self._database = ExitStack()
        self._scratch: tuple[str, ScratchServer] | None = None
        self._schema: tuple[str, MigratedSchema] | None = None
        self._files: dict[SourceFile, tuple[Sequence[SourceQuery], Findings]] = {}
        self._queries: dict[SourceQuery, AnalysedQuery] = {}
        self._answers: Mapping[str, Answer] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Disconnect; what is known in the process is forgotten, and the workshop may be used again."""
        with self._server, self._database:
            self._scratch = self._schema = None
            self._queries, self._answers = {}, {}

    def sources(self, state: Path, files: Iterable[SourceFile]) -> Iterator[tuple[Sequence[SourceQuery], Findings]]:
        """Yield the queries of each file and what is wrong in it; one that was read before is not parsed again."""
        remembered = {} if self._files else memory.recall_files(state)
        known, self._files = self._files, {}
        for file in files:
            found = known.get(file)
            if found is None:
                queries = remembered.get(memory.text_digest(file))
                found = _read(file) if queries is None else (memory.moved(queries, file), [])
            self._files[file] = found
            yield found
        if self._files.keys() - known.keys():
            memory.remember_files(state, [queries for queries, findings in self._files.values() if not findings])

    def schema(self, inputs: Inputs) -> MigratedSchema:
        """
        Return the schema that these migrations make; where it is the last one, no server is asked.

        Raises MigrationError, ConfigError, ServerUnreachable or EmbeddedServerError.
        """
        key = inputs.rules_digest
        if self._schema is None or self._schema[0] != key:
            self._database.close()
            self._schema, self._queries, self._answers = None, {}, {}
            self._schema = key, self._database.enter_context(_opened(self._server_of(inputs), inputs))
        return self._schema[1]

    def _server_of(self, inputs: Inputs) -> ScratchServer:
        if self._scratch is None or self._scratch[0] != inputs.server:
            self._server.close()
            project = inputs.project
            opened = self._server.enter_context(open_scratch(project.root, inputs.scratch_url, inputs.migrations))
            self._scratch = inputs.server, opened
        return self._scratch[1]

    def known(self, state: Path, rules: str) -> tuple[Mapping[SourceQuery, AnalysedQuery], Mapping[str, Answer]]:
        """What the last run found of queries at their places, and of statements wherever they stood."""
        return self._queries, self._answers or memory.recall_answers(state, rules)

    def keep(self, state: Path, rules: str, queries: Iterable[AnalysedQuery], answers: Mapping[str, Answer]) -> None:
        """Know these queries, and no others, in the next run of this process and of others."""
        self._queries = {query.source: query for query in queries}
        if answers != self._answers:
            memory.remember_answers(state, rules, answers)
        self._answers = answers


@contextmanager
def _opened(scratch: ScratchServer, inputs: Inputs) -> Iterator[MigratedSchema]:
    name = scratch.migrated(inputs.migrations, purpose="generate")
    state = inputs.project.state
    with psycopg.connect(scratch.url(name), autocommit=True) as connection:
        refuse_old_server(connection.info.server_version)
        schemas = schemas_of(connection, inputs.project.schemas)
        _set_search_path(connection, schemas)
        connection.execute("SET TimeZone = 'UTC'")
        rules = digest(inputs.rules_digest, str(connection.info.server_version))
        key = digest(rules, fingerprint(connection))
        introspection = memory.recall_schema(state, key)
        if introspection is None:
            introspection = introspect(connection, schemas)
            memory.remember_schema(state, key, introspection)
        wiring = declare(introspection.wiring, inputs.project.function)
        yield MigratedSchema(connection, replace(introspection, wiring=wiring), rules)


def refuse_old_server(version: int, which: str = "scratch") -> None:
    """Raise ConfigError for a server whose version, as libpq counts it, is not supported."""
    if version < _OLDEST_SERVER:
        raise ConfigError(f"the {which} server is PostgreSQL {version // 10000}; janua needs 15 or later")


def schemas_of(connection: psycopg.Connection[Any], named: Sequence[str]) -> Sequence[str]:
    """Return the schemas that a project names, or else all that are nobody's but its own, public first."""
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


def _read(file: SourceFile) -> tuple[list[SourceQuery], list[Diagnostic]]:
    queries, findings = parse_file(file)
    return queries, of_stage(Stage.QUERY_FILE, findings)
