"""
The promise itself, on random queries over random schemas and data.

A column that is not ``| None`` never holds NULL, and no query returns more or fewer rows than it
said. ``JANUA_FUZZ_QUERIES=100000`` tries that many, from a seed that is printed, instead of a few.
"""

from __future__ import annotations

import os
import secrets
from random import Random

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from janua_generator.catalog.introspect import introspect

from .querymaker import QueryMaker
from .schemamaker import Table, make_schema
from .workbench import Workbench, broken_promises

QUERIES_A_SCHEMA = 60


def break_promises(workbench: Workbench, random: Random) -> tuple[int, list[str]]:
    """Make a schema and queries on it; return how many ran, and each broken promise with its query."""
    ddl, tables = make_schema(random)
    workbench.migrate(ddl)
    workbench.connection.execute("SET statement_timeout = '1s'")
    tables += _views(workbench, random, tables)
    ran, broken = 0, []
    for _ in range(QUERIES_A_SCHEMA):
        sql = QueryMaker(random, tables).statement()
        for query in workbench.analyse(f"-- name: q\n{sql};\n").queries:
            try:
                rows = workbench.run(query.sql, [None if each.nullable else 2 for each in query.parameters])
            except psycopg.Error:
                continue
            ran += 1
            broken += [f"{promise}\n{sql}\n{ddl}" for promise in broken_promises(query, rows)]
    workbench.connection.execute("RESET statement_timeout")
    return ran, broken


def _views(workbench: Workbench, random: Random, tables: list[Table]) -> list[Table]:
    views = []
    for number in range(2):
        sql, columns = QueryMaker(random, tables, parameters=False).query(2)
        try:
            workbench.connection.execute(f"CREATE VIEW v{number} AS {sql}".encode())
        except psycopg.Error:
            continue
        views.append(Table(f"v{number}", columns, is_view=True))
    workbench.introspection = introspect(workbench.connection, ["public"])
    return views


@pytest.mark.skipif("JANUA_FUZZ_QUERIES" in os.environ, reason="a longer one runs instead")
@settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0, max_value=2**32 - 1))
def test_no_random_query_breaks_its_promises(workbench: Workbench, seed: int) -> None:
    """No NULL where none may be, and no row too many or too few."""
    _, broken = break_promises(workbench, Random(seed))
    assert not broken, "\n\n".join(broken)


@pytest.mark.skipif("JANUA_FUZZ_QUERIES" not in os.environ, reason="JANUA_FUZZ_QUERIES says how many")
def test_no_query_of_very_many_breaks_its_promises(workbench: Workbench) -> None:
    """The same for as many queries as one has time for."""
    first = int(os.environ.get("JANUA_FUZZ_SEED", secrets.randbelow(2**32)))
    left = int(os.environ["JANUA_FUZZ_QUERIES"])
    seed = first
    while left > 0:
        ran, broken = break_promises(workbench, Random(seed))
        assert not broken, f"JANUA_FUZZ_SEED={seed}\n\n" + "\n\n".join(broken)
        left -= max(ran, 1)
        seed += 1


def test_most_random_queries_run(workbench: Workbench) -> None:
    """A maker of queries that the server refuses would prove nothing."""
    ran = sum(break_promises(workbench, Random(seed))[0] for seed in range(3))
    assert ran > 0.5 * 3 * QUERIES_A_SCHEMA
