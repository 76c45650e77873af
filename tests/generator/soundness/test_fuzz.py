"""
``make fuzz``: the promises on as many thousands of statements as one has time for, with a report at the end.

``JANUA_FUZZ_QUERIES`` are to run, of random ones, of such beside another session that changes rows, and of
``sqlsmith``'s where it is installed. ``JANUA_FUZZ_SEED`` repeats a run from the seed that it printed.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator

import pytest

from ..workbench import Workbench
from .hunt import STATEMENTS_A_SCHEMA, Hunt
from .ledger import Ledger
from .rivals import race
from .smith import PROGRAM, smithed

pytestmark = pytest.mark.skipif("JANUA_FUZZ_QUERIES" not in os.environ, reason="JANUA_FUZZ_QUERIES says how many")

QUERIES = int(os.environ.get("JANUA_FUZZ_QUERIES", "0"))
SHOWN = 20
"""Broken promises that are printed; a rule that is wrong breaks very many."""


def alone(hunt: Hunt) -> list[str]:
    """Random statements, nobody else being there."""
    return hunt.try_out(hunt.statements(STATEMENTS_A_SCHEMA))


def beside_another(hunt: Hunt) -> list[str]:
    """Statements that write, lock or pause, while another session changes rows."""
    return race(hunt, STATEMENTS_A_SCHEMA)


def by_sqlsmith(hunt: Hunt) -> list[str]:
    """Queries of a generator that knows nothing of ours."""
    return hunt.try_out(list(smithed(hunt, STATEMENTS_A_SCHEMA)))


KINDS: dict[Callable[[Hunt], list[str]], float] = {alone: 0.7, beside_another: 0.2, by_sqlsmith: 0.1}
"""What share each kind has."""


@pytest.fixture(scope="module")
def report() -> Iterator[dict[str, Ledger]]:
    """The ledgers by what they are of, printed when all is done."""
    ledgers: dict[str, Ledger] = {}
    if not PROGRAM:
        print("\nwithout sqlsmith, which is not installed: apt-get install sqlsmith")
    yield ledgers
    for title, ledger in {**ledgers, "all together": sum(ledgers.values(), Ledger())}.items():
        print(f"\n{title}\n{ledger}")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_statement_of_very_many_breaks_its_promises(
    workbench: Workbench, report: dict[str, Ledger], kind: Callable[[Hunt], list[str]]
) -> None:
    """Schema by schema, until so many have run."""
    if kind is by_sqlsmith and not PROGRAM:
        pytest.skip("sqlsmith is not installed: apt-get install sqlsmith")
    seed = first = int(os.environ.get("JANUA_FUZZ_SEED", secrets.randbelow(2**31)))
    ledger = Ledger()
    while ledger.ran < QUERIES * KINDS[kind] and ledger.broken < SHOWN:
        for promise in kind(Hunt(workbench, seed, ledger)):
            print(f"\nJANUA_FUZZ_SEED={seed}: {promise}", flush=True)
        seed += 1
        if (seed - first) % 25 == 0:
            print(f"{kind.__name__}: {ledger.ran} ran", flush=True)
    report[f"{kind.__name__}, seeds {first} to {seed - 1}"] = ledger
    assert 0 == ledger.broken
