"""
The promise itself: a column that is not ``| None`` never holds NULL, whatever the data.

And no query returns more or fewer rows than it said, ``*`` is expanded to the very columns that it means, and
whatever the server accepts is generated. ``make fuzz`` tries many thousands of statements from a seed that is
printed; ``JANUA_FUZZ_SEED`` names one.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from random import Random

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from janua_generator.analysis.analyse import AnalysedQuery

from .gallery import ROWS, Gallery, schema
from .hunt import STATEMENTS_A_SCHEMA, Hunt, analysed, arguments
from .ledger import Ledger
from .workbench import Workbench, broken_promises

SHARES = Path(__file__).parent / "precision.txt"
PART = int(os.environ.get("JANUA_FUZZ_PARTS", "1"))


def hunt(workbench: Workbench, ledger: Ledger, seed: int, statements: int = STATEMENTS_A_SCHEMA) -> list[str]:
    """Try random statements on one random schema."""
    found = Hunt(workbench, seed)
    return found.try_out(ledger, found.statements(statements))


@pytest.mark.skipif("JANUA_FUZZ_QUERIES" in os.environ, reason="a longer one runs instead")
@settings(max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0, max_value=2**32 - 1))
def test_no_random_statement_breaks_its_promises(workbench: Workbench, seed: int) -> None:
    """Random schemas, data, views, functions, triggers, and statements of every kind."""
    broken = hunt(workbench, Ledger(), seed, 40)
    assert not broken, "\n\n".join(broken)


@pytest.mark.skipif("JANUA_FUZZ_QUERIES" not in os.environ, reason="JANUA_FUZZ_QUERIES says how many")
@pytest.mark.parametrize("part", range(PART))
def test_no_statement_of_very_many_breaks_its_promises(workbench: Workbench, part: int) -> None:
    """The same for as many as one has time for, in parts that run side by side."""
    seed = int(os.environ.get("JANUA_FUZZ_SEED", secrets.randbelow(2**31))) + part * 1_000_000
    wanted = int(os.environ["JANUA_FUZZ_QUERIES"]) // PART
    first, ledger = seed, Ledger()
    while ledger.ran < wanted:
        broken = hunt(workbench, ledger, seed)
        assert not broken, f"JANUA_FUZZ_SEED={seed}\n\n" + "\n\n".join(broken)
        seed += 1
    report = f"seeds {first} to {seed - 1}: {ledger}\n"
    print(report)
    folder = os.environ.get("JANUA_FUZZ_REPORT")
    if folder:
        (Path(folder) / f"fuzz-{part}.txt").write_text(report)


def test_every_rule_is_tried_on_data(workbench: Workbench) -> None:
    """Each shape over the extremes of its types: what a rule calls never NULL is not, and no rule goes untried."""
    workbench.migrate(schema())
    ledger, broken = Ledger(), []
    with ledger.watching():
        findings, unable = analysed(workbench, list(Gallery(Random(1)).statements()))
    assert not unable, "\n\n".join(unable)
    for query in findings.queries:
        for first, last in _spans(workbench, query):
            rows = workbench.run(query.sql, arguments(query, first=str(first), last=str(last)))
            ledger.enter(query, rows)
            broken += [f"{each}\n{query.sql}" for each in broken_promises(query, rows)]
    print(ledger)
    assert not broken, "\n\n".join(broken)
    assert set() == ledger.untried
    assert _recorded("every shape") >= ledger.share - 0.03, "more needless None than the recorded share"


def _spans(workbench: Workbench, query: AnalysedQuery) -> list[tuple[int, int]]:
    """All rows at once, or each of those for which the expression raises no error."""
    good = []
    for span in ((0, ROWS), *((each, each) for each in range(ROWS))):
        try:
            workbench.run(query.sql, arguments(query, first=str(span[0]), last=str(span[1])))
        except psycopg.Error:
            continue
        good.append(span)
        if span == (0, ROWS):
            break
    return good


def _recorded(what: str) -> float:
    """The share of nullable columns in which no NULL was seen, as it was when somebody last looked."""
    lines = dict(line.rsplit(" ", 1) for line in SHARES.read_text().splitlines() if not line.startswith("#"))
    return float(lines[what])


def test_most_random_statements_run_and_find_rows(workbench: Workbench) -> None:
    """A maker of statements that the server refuses, or that find nothing, would prove nothing."""
    ledger = Ledger()
    for seed in range(2):
        assert [] == hunt(workbench, ledger, seed)
    print(ledger)
    assert ledger.ran > 0.5 * ledger.made
    assert ledger.with_rows > 0.3 * ledger.ran
    assert _recorded("random statements") >= ledger.share - 0.06, "more needless None than the recorded share"
