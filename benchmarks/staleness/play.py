"""Playing cases a number of times, and what came of it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field

from cases.case import Case
from stage import Servers, Stage

SHORT_TIMEOUT_S = 3


@dataclass
class Result:
    """What came of a case: in how many runs an answer was stale."""

    runs: int = 0
    stale: int = 0
    uncached: int = 0
    told_stale: int | None = None
    """In how many runs it was stale though the cache was told by hand; None where that was not tried."""
    lasted_s: float | None = None
    """For how long, with a timeout of 3 s; None where that was not tried."""
    errors: Counter[str] = field(default_factory=Counter)


def play(
    subject: str, servers: Servers, cases: Sequence[Case], runs: int, results: MutableMapping[str, Result]
) -> None:
    """Play each case that has no result yet, and again in other ways where an answer was stale."""
    stages = [
        Stage(subject, servers),
        Stage(subject, servers, is_told=True),
        Stage(subject, servers, timeout_s=SHORT_TIMEOUT_S),
    ]
    plain, told, short = stages
    try:
        for case in cases:
            if case.title in results:
                continue
            result = _run(case, plain, _runs(case, runs))
            if result.stale and case.can_be_told:
                result.told_stale = _run(case, told, _runs(case, runs)).stale
            if result.stale:
                result.lasted_s = _longest(case, short, case.times)
            print(f"{subject}: {case.title}: stale in {result.stale} of {result.runs}", file=sys.stderr)
            results[case.title] = result
    finally:
        for stage in stages:
            stage.close()


def _runs(case: Case, runs: int) -> int:
    return case.runs or runs * case.times


def _run(case: Case, stage: Stage, runs: int) -> Result:
    result = Result()
    for _ in range(runs):
        with stage.run() as outcome:
            case.play(stage)
        result.runs += 1
        result.stale += outcome.is_stale
        result.uncached += not outcome.is_cached
        result.errors.update(set(outcome.errors))
    return result


def _longest(case: Case, stage: Stage, runs: int) -> float:
    """How long the longest of some runs gives what is stale."""
    longest = 0.0
    for _ in range(runs):
        with stage.run() as outcome:
            case.play(stage)
        longest = max(longest, outcome.lasted_s)
    return longest
