"""The schemas of the generator's cases, odd as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from janua import FactoryError, TooManyRows

from tests.generator.test_cases import CASES, ddl_of, unmet_needs


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_table_takes_rows_or_says_what_to_give(maker: Any, case: Path) -> None:
    """A foreign table is none; what a trigger raises, a function computes or a rule returns is its author's affair."""
    if reason := unmet_needs(maker.workbench, case):
        pytest.skip(", ".join(reason))
    made = maker(ddl_of(case))
    with made.db:
        for name, factory in made.module.ALL.items():
            try:
                rows = [factory.make(made.db, {}) for _ in range(4)]
                assert all(row is not None for row in rows), name
            except FactoryError as error:
                assert "give " in str(error) or "keeps it out" in str(error)  # noqa: PT017
            except (psycopg.errors.RaiseException, psycopg.errors.CardinalityViolation, TooManyRows):
                pass
