"""The comparison with a live database finds nothing where that is what the migrations make: in no case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from janua_generator.live.comparison import Comparison
from janua_generator.live.types import type_differences

from .test_cases import CASES, migrate
from .workbench import Workbench


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_schema_fits_itself(workbench: Workbench, case: Path) -> None:
    """Read again, and with its queries described in one transaction: also those that the server refuses."""
    migrate(workbench, case)
    text = (case / "queries" / "q.sql").read_text()
    expected, schema = workbench.analyse(text), workbench.introspection
    workbench.introspection = live_schema = replace(schema, derived={})
    with workbench.connection.transaction(force_rollback=True):
        live = workbench.analyse(text)
    assert expected.errors == live.errors
    pairs = zip(expected.queries, live.queries, strict=True)
    findings = [found for pair in pairs for found in Comparison(pair[0], schema, pair[1], live_schema).findings()]
    assert ([], []) == (findings, list(type_differences(schema, live_schema)))
