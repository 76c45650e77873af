"""One random schema and the promises of random statements on it: made, analysed, run, compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from typing import Any

import psycopg
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.catalog.introspect import introspect

from ..workbench import Findings, Rows, Workbench, broken_promises
from .changes import make_change
from .documents import broken_shapes
from .expressionmaker import ARGUMENTS
from .ledger import Ledger
from .nested import broken_groups
from .resultkeys import broken_keys, keys_of
from .schemamaker import COMMON, FUNCTIONS, Table, make_function, make_scalar, make_schema, make_view
from .writemaker import StatementMaker

READER = "janua_soundness_reader"
STATEMENTS_A_SCHEMA = 80
REFUSED = re.compile("two columns named|the columns of .* cannot be told")
"""What we refuse to make a function of though the server would run it."""


class Hunt:
    """A schema in the workbench, by a seed; what is tried on it is counted in a ledger."""

    def __init__(self, workbench: Workbench, seed: int, ledger: Ledger) -> None:
        self.workbench = workbench
        self.ledger = ledger
        self.random = Random(seed)
        self.version = workbench.connection.info.server_version
        statements, self.tables = make_schema(self.random, self.version)
        self.calls: dict[str, list[str]] = {}
        self.ddl = FUNCTIONS
        workbench.migrate(FUNCTIONS)
        self.rows = [each for each in statements if each.startswith("INSERT")]
        for statement in statements:
            self._define(statement)
        self._add_definitions()
        workbench.introspection = introspect(workbench.connection, ["public"])
        # a role to which row level security applies
        self.role = reader(workbench.connection) if self.random.random() < 0.2 else ""

    def _add_definitions(self) -> None:
        """Views and functions, whose bodies are queries."""
        for number in range(2):
            sql, columns = self.maker(parameters=False).query(2)
            self._define(*make_view(number, sql, columns, self.random))
            maker = self.maker(parameters=False)
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

    def refill(self) -> None:
        """Insert the rows again that changes have taken away."""
        for row in self.rows:
            self._define(row)

    def maker(self, parameters: bool = True) -> StatementMaker:
        """What makes statements on this schema."""
        maker = StatementMaker(self.random, self.tables, self.version, parameters)
        maker.calls = self.calls
        return maker

    def statements(self, number: int) -> list[str]:
        """Random statements."""
        return [self.maker().statement() for _ in range(number)]

    def analysed(self, statements: Sequence[str]) -> tuple[Sequence[AnalysedQuery], list[str]]:
        """What the server accepts of them, and each that the generator cannot cope with though the server can."""
        with self.ledger.watching():
            findings, broken = analysed(self.workbench, statements)
        self.ledger.enter_findings(len(statements), findings)
        self.ledger.broken += len(broken)
        return findings.queries, [f"{each}\n{self.ddl}" for each in broken]

    def try_out(self, statements: Sequence[str]) -> list[str]:
        """Analyse and run the statements; return each broken promise with its statement and schema."""
        queries, broken = self.analysed(statements)
        for query in queries:
            # what a transaction did before, with constraints that are not checked yet
            deferred = self.random.random() < 0.25
            before = make_change(self.tables, self.random) if deferred else ""
            with self.ledger.failing():
                broken += self.judge(query, self.run(query, before), before)
        return broken

    def run(self, query: AnalysedQuery, before: str = "", isolation: str = "") -> Rows:
        """The rows of a query."""
        settings = f"SET TRANSACTION ISOLATION LEVEL {isolation}" if isolation else ""
        return self.workbench.run(query.sql, arguments(query), self.role, settings, before)

    def judge(self, query: AnalysedQuery, rows: Rows, before: str = "") -> list[str]:
        """Count what came, and return the promises that it breaks."""
        self.ledger.enter(query, rows)
        broken = broken_promises(query, rows) + broken_groups(query, rows) + broken_shapes(query, rows)
        broken += self.workbench.changed_columns(query) + self._shared_keys(query, rows)
        self.ledger.broken += len(broken)
        text = query.source.file.text[query.source.start : query.source.end]
        circumstances = f"after {before or 'nothing'}, as {self.role or 'owner'}"
        return [f"{promise}\n{text}\n{circumstances}\n{self.ddl}" for promise in broken]

    def _shared_keys(self, query: AnalysedQuery, rows: Rows) -> list[str]:
        keys = list(keys_of(self.ledger.keys[query.source.name], len(query.columns)))
        self.ledger.keyed += len(keys) * len(rows) if len(rows) > 1 else 0
        return broken_keys(keys, rows)


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
    ours = [each for each in findings.errors if not each.sqlstate and not REFUSED.search(each.message)]
    return findings, [f"{each.message}\n{statements[0] if len(statements) == 1 else text}" for each in ours]


def arguments(query: AnalysedQuery, **given: str) -> list[str | None]:
    """What is passed but for what is given by name: None to every parameter that takes it."""
    made = {each.name: None if each.nullable else ARGUMENTS.get(each.type.name, "1") for each in query.parameters}
    return [given.get(name, value) for name, value in made.items()]


def reader(connection: psycopg.Connection[Any]) -> str:
    """A role that may do everything in the schema, and owns nothing."""
    with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        connection.execute(f"CREATE ROLE {READER}".encode())
    grants = f"GRANT ALL ON SCHEMA public TO {READER}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {READER}"
    connection.execute(grants.encode())
    return READER
