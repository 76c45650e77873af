"""
Each folder of ``cases`` is a sentence that holds: a schema, queries on it, and what the generator says of them.

Where a case has data, its queries are also run on it, and nothing that they were promised not to
return may come. ``JANUA_REFRESH_CASES=1`` writes what is found; the difference is to be read.

A line ``-- needs PostgreSQL 17``, ``-- needs xml``, ``-- needs ICU`` or ``-- needs extension hstore`` at the
head of the migration says what the server must have; without it the case is skipped. ``overrides.toml`` has what
``[[tool.janua.override]]`` would. A case with a file ``standard.txt`` says what its tables have beside the queries.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from janua.config import Override

from .workbench import Workbench, broken_promises, shown, statements_of

STANDARD = sorted(path.parent for path in (Path(__file__).parent / "cases").glob("*/standard.txt"))
CASES = sorted(path.parent for path in (Path(__file__).parent / "cases").glob("*/queries"))


def migrate(workbench: Workbench, case: Path) -> None:
    """Make the case's schema, where the server has what it needs."""
    unmet = unmet_needs(workbench, case)
    if unmet:
        pytest.skip(f"needs {unmet[0]}")
    workbench.migrate(ddl_of(case), overrides_of(case))


def overrides_of(case: Path) -> list[Override]:
    """The types of the project's own that the case has."""
    file = case / "overrides.toml"
    return msgspec.toml.decode(file.read_bytes(), type=dict[str, list[Override]])["override"] if file.exists() else []


def ddl_of(case: Path) -> str:
    """The case's migration."""
    return (case / "migrations" / "0001_x.sql").read_text()


def unmet_needs(workbench: Workbench, case: Path) -> list[str]:
    """What the case needs and the server lacks."""
    needs = re.findall(r"^-- needs (.*)$", ddl_of(case), re.MULTILINE)
    return [need for need in needs if not is_met(workbench.connection, need)]


def is_met(connection: psycopg.Connection[Any], need: str) -> bool:
    """Whether the server has what a case needs."""
    match need.split():
        case ["PostgreSQL", version]:
            return connection.info.server_version >= int(version) * 10000
        case ["xml"]:
            try:
                return connection.execute("SELECT '<a/>'::xml IS NOT NULL").fetchone() == (True,)
            except psycopg.errors.FeatureNotSupported:
                return False
        case ["ICU"]:
            return connection.execute("SELECT FROM pg_collation WHERE collname = 'und-x-icu'").fetchone() is not None
        case ["extension", name]:
            found = connection.execute("SELECT FROM pg_available_extensions WHERE name = %s", [name])
            return found.fetchone() is not None
        case _:
            raise AssertionError(f"no case can need {need}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_generator_says_what_is_expected(workbench: Workbench, case: Path) -> None:
    """What the analysis finds is what stands in ``expected.txt``."""
    migrate(workbench, case)
    found = shown(workbench.analyse((case / "queries" / "q.sql").read_text()))
    expected = case / "expected.txt"
    if os.environ.get("JANUA_REFRESH_CASES"):
        expected.write_text(found)
    assert expected.read_text() == found


def _queries_of(case: Path) -> str:
    file = case / "queries" / "q.sql"
    return file.read_text() if file.exists() else ""


@pytest.mark.parametrize("case", STANDARD, ids=lambda case: case.name)
def test_its_tables_have_the_expected_calls(workbench: Workbench, case: Path) -> None:
    """What every table has beside the queries is what stands in ``standard.txt``."""
    migrate(workbench, case)
    own = [query.source for query in workbench.analyse(_queries_of(case), "queries/people.sql").queries]
    found = shown(workbench.standard(own), with_columns=False)
    expected = case / "standard.txt"
    if os.environ.get("JANUA_REFRESH_CASES"):
        expected.write_text(found)
    assert expected.read_text() == found


@pytest.mark.parametrize("case", sorted({*CASES, *STANDARD}), ids=lambda case: case.name)
def test_no_standard_call_is_refused(workbench: Workbench, case: Path) -> None:
    """Whatever the schema: what a table cannot have is known beforehand."""
    migrate(workbench, case)
    found = workbench.standard()
    assert () == found.errors + found.warnings


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_server_bears_it_out(workbench: Workbench, case: Path) -> None:
    """No query returns a NULL or a number of rows that its promise excludes, with None for what takes it."""
    migrate(workbench, case)
    for query in workbench.analyse((case / "queries" / "q.sql").read_text()).queries:
        # a COPY waits for its client
        needed = [each for each in query.parameters if not each.nullable and each.name not in query.options.optional]
        if needed or query.sql.startswith("COPY"):
            continue
        for sql, parameters in statements_of(query):
            try:
                rows = workbench.run(sql, parameters)
            except (psycopg.IntegrityError, psycopg.DataError):
                continue
            assert [] == broken_promises(query, rows), sql
