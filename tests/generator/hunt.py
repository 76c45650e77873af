"""One random schema and the promises of random statements on it: made, analysed, run, compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

import psycopg
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.catalog.introspect import introspect

from .expressionmaker import ARGUMENTS
from .ledger import Ledger
from .schemamaker import COMMON, FUNCTIONS, Table, make_function, make_scalar, make_schema, make_view
from .workbench import Findings, Workbench, broken_promises
from .writemaker import StatementMaker

READER = "janua_soundness_reader"
STATEMENTS_A_SCHEMA = 80


class Hunt:
    """A schema in the workbench, by a seed."""

    def __init__(self, workbench: Workbench, seed: int) -> None:
        self.workbench = workbench
        self.random = Random(seed)
        self.version = workbench.connection.info.server_version
        statements, self.tables = make_schema(self.random, self.version)
        self.calls: dict[str, list[str]] = {}
        self.ddl = FUNCTIONS
        workbench.migrate(FUNCTIONS)
        for statement in statements:
            self._define(statement)
        self._add_definitions()
        workbench.introspection = introspect(workbench.connection, ["public"])

    def _add_definitions(self) -> None:
        """Views and functions, whose bodies are queries."""
        for number in range(2):
            sql, columns = self._maker(parameters=False).query(2)
            self._define(*make_view(number, sql, columns, self.random))
            maker = self._maker(parameters=False)
            maker.argument = "$1"
            sql, columns = maker.query(1)
            self._define(*make_function(number, sql, columns, self.random))
            type_ = self.random.choice(COMMON)
            if self._define(make_scalar(number, maker.query(1, [type_])[0], type_, self.random)):
                self.calls.setdefault(type_, []).append(f"z{number}({{int}})")

    def _define(self, ddl: str, table: Table | None = None) -> bool:
        try:
            self.workbench.connection.execute(ddl.encode())
        except psycopg.Error:
            return False
        self.ddl += f"\n{ddl}"
        self.tables += [table] if table is not None else []
        return True

    def _maker(self, parameters: bool = True) -> StatementMaker:
        maker = StatementMaker(self.random, self.tables, self.version, parameters)
        maker.calls = self.calls
        return maker

    def statements(self, number: int) -> list[str]:
        """Random statements."""
        return [self._maker().statement() for _ in range(number)]

    def try_out(self, ledger: Ledger, statements: Sequence[str]) -> list[str]:
        """Analyse and run the statements; return each broken promise with its statement and schema."""
        with ledger.watching():
            findings, broken = analysed(self.workbench, statements)
        ledger.made += len(statements)
        ledger.accepted += len(findings.queries)
        ledger.opaque += sum("structure" in warning.message for warning in findings.warnings)
        # a role to which row level security applies
        role = READER if self.random.random() < 0.2 else ""
        with _reader(self.workbench.connection, role):
            for query in findings.queries:
                broken += self._run(ledger, query, role)
        return [f"{each}\n{self.ddl}" for each in broken]

    def _run(self, ledger: Ledger, query: AnalysedQuery, role: str) -> list[str]:
        try:
            rows = self.workbench.run(query.sql, arguments(query), role)
        except psycopg.Error:
            return []
        ledger.enter(query, rows)
        broken = broken_promises(query, rows) + self.workbench.changed_columns(query)
        return [f"{promise}\n{query.source.file.text[query.source.start : query.source.end]}" for promise in broken]


def analysed(workbench: Workbench, statements: Sequence[str]) -> tuple[Findings, list[str]]:
    """What the generator says of the statements, and those that it cannot cope with though the server can."""
    text = "".join(f"-- name: q{at}\n{sql};\n" for at, sql in enumerate(statements))
    try:
        findings = workbench.analyse(text)
    except Exception as error:
        if len(statements) == 1:
            return Findings((), ()), [f"{type(error).__name__}: {error}\n{statements[0]}"]
        halves = statements[: len(statements) // 2], statements[len(statements) // 2 :]
        (one, broken), (two, more) = (analysed(workbench, half) for half in halves)
        return Findings(one.queries + two.queries, one.errors + two.errors), broken + more
    ours = [each for each in findings.errors if not each.sqlstate and "two columns named" not in each.message]
    return findings, [f"{each.message}\n{statements[0] if len(statements) == 1 else text}" for each in ours]


def arguments(query: AnalysedQuery, **given: str) -> list[str | None]:
    """What is passed but for what is given by name: None to every parameter that takes it."""
    made = {each.name: None if each.nullable else ARGUMENTS.get(each.type.name, "1") for each in query.parameters}
    return [given.get(name, value) for name, value in made.items()]


@contextmanager
def _reader(connection: psycopg.Connection[Any], role: str) -> Iterator[None]:
    if not role:
        yield
        return
    with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        connection.execute(f"CREATE ROLE {role}".encode())
    connection.execute(
        f"GRANT ALL ON SCHEMA public TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}".encode()
    )
    yield
