"""
Every case again, beside a session that changes the rows: what waits goes on with what it finds then.

A statement that writes or locks sees rows newer than its snapshot, and pairs them with older ones. Each change is
made alone: each column that may be NULL becomes so, keys move away, rows go.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.catalog.model import Catalog, Relation
from psycopg import sql

from ..test_cases import CASES, ddl_of, migrate
from ..workbench import Workbench, broken_promises
from .hunt import arguments
from .rivals import Rival

REFUSED = (
    *(psycopg.IntegrityError, psycopg.DataError, psycopg.OperationalError),
    *(psycopg.errors.RaiseException, psycopg.errors.CardinalityViolation),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_waits_keeps_its_promises(workbench: Workbench, case: Path) -> None:
    """No statement of a case returns what it promised not to, whatever was changed while it waited."""
    migrate(workbench, case)
    queries = [each for each in workbench.analyse((case / "queries" / "q.sql").read_text()).queries if _waits(each)]
    with Rival(workbench) as rival:
        for query in queries:
            for change in _changes(workbench.introspection.catalog, query):
                try:
                    rows, done = rival.race(partial(workbench.run, query.sql, arguments(query)), [change])
                except REFUSED:
                    done = [change]
                else:
                    assert [] == broken_promises(query, rows), f"{query.sql}\nbeside {change}"
                if done:
                    workbench.migrate(ddl_of(case))


def test_a_statement_waits_for_a_change_of_its_rows(workbench: Workbench) -> None:
    """Changes that are in nobody's way would prove nothing."""
    case = next(each for each in CASES if each.name == "upserts_give_the_row_as_inserted_or_as_updated")
    migrate(workbench, case)
    query = workbench.analyse((case / "queries" / "q.sql").read_text()).queries[0]
    with Rival(workbench) as rival:
        rival.race(partial(workbench.run, query.sql, arguments(query)), ["UPDATE t SET x = NULL"])
    assert rival.has_waited


def _waits(query: AnalysedQuery) -> bool:
    """Whether it returns rows that it may have waited for."""
    return bool(query.columns) and (bool(query.dependencies.writes) or " for " in query.sql.lower())


def _changes(catalog: Catalog, query: AnalysedQuery) -> Iterator[str]:
    for name in sorted({*query.dependencies.reads, *query.dependencies.writes}):
        relation = catalog.by_qualified_name.get(name)
        if relation is not None and relation.kind in ("table", "partitioned table"):
            yield from _changes_of(relation)


def _changes_of(relation: Relation) -> Iterator[str]:
    table = sql.Identifier(relation.schema, relation.name).as_string()
    plain = [each for each in relation.columns if not each.generated and each.identity != "always"]
    for column in plain:
        name = sql.Identifier(column.name).as_string()
        if not column.not_null:
            yield f"UPDATE {table} SET {name} = NULL"
        elif column.type in ("integer", "bigint"):
            yield f"UPDATE {table} SET {name} = {name} + 1000"
    yield f"DELETE FROM {table}"
