"""
The promise itself: a column that is not ``| None`` never holds NULL, whatever the data.

And no query returns more or fewer rows than it said, a row that is called always there is, ``*`` is expanded to the
very columns that it means, and whatever the server accepts is generated. ``make fuzz`` tries many thousands.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from janua_generator.analysis.analyse import AnalysedQuery

from ..workbench import Workbench, broken_promises
from .documents import broken_shapes
from .gallery import ROWS, Gallery, schema
from .hunt import Hunt, analysed, arguments
from .ledger import Ledger
from .rivals import race

SHARES = Path(__file__).parent / "precision.txt"
budget = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@settings(budget, max_examples=10)
@given(seed=st.integers(min_value=0, max_value=2**32 - 1))
def test_no_random_statement_breaks_its_promises(workbench: Workbench, seed: int) -> None:
    """Random schemas, data, views, functions, triggers, and statements of every kind."""
    hunt = Hunt(workbench, seed, Ledger())
    broken = hunt.try_out(hunt.statements(40))
    assert not broken, "\n\n".join(broken)


@settings(budget, max_examples=5)
@given(seed=st.integers(min_value=0, max_value=2**32 - 1))
def test_no_statement_breaks_its_promises_beside_another_session(workbench: Workbench, seed: int) -> None:
    """Another session changes rows before and while a statement reads, locks or writes them."""
    broken = race(Hunt(workbench, seed, Ledger()), 40)
    assert not broken, "\n\n".join(broken)


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
            found = broken_promises(query, rows) + broken_shapes(query, rows)
            broken += [f"{each}\n{query.sql}" for each in found]
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
    for seed in range(6):
        hunt = Hunt(workbench, seed, ledger)
        assert [] == hunt.try_out(hunt.statements(40))
    print(ledger)
    assert ledger.ran > 0.5 * ledger.made
    assert ledger.with_rows > 0.25 * ledger.ran
    assert _recorded("random statements") >= ledger.share - 0.06, "more needless None than the recorded share"


def test_statements_beside_another_session_have_to_wait(workbench: Workbench) -> None:
    """A second session that is in nobody's way would prove nothing."""
    ledger = Ledger()
    for seed in range(2):
        assert [] == race(Hunt(workbench, seed, ledger), 40)
    assert ledger.waited > 0.05 * ledger.ran
