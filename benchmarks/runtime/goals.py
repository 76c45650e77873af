"""What the ratios should be."""

from __future__ import annotations

from dataclasses import dataclass

from blocking import FLOOR, JANUA, PSYCOPG, SQLALCHEMY_TEXT, TUPLES
from sample import MANY, ONE, TASKS, Samples

# Of a machine that others use too.
_SLACK = 1.25


@dataclass(frozen=True, slots=True)
class Goal:
    """At most so many times as long as another."""

    task: str
    name: str
    other: str
    at_most: float
    client: bool = False

    def __str__(self) -> str:
        kind = ", client alone" if self.client else ""
        return f"{self.task}{kind}: {self.name} against {self.other}"

    def ratio(self, samples: Samples) -> float | None:
        """Return what it is, where both were measured."""
        return samples.ratio(self.task, self.name, self.other, client=self.client)


GOALS = (
    Goal(ONE, JANUA.name, FLOOR.name, 2.1),
    Goal(ONE, JANUA.name, FLOOR.name, 3.0, client=True),
    Goal(ONE, JANUA.name, PSYCOPG.name, 0.45),
    Goal(ONE, JANUA.name, SQLALCHEMY_TEXT.name, 0.15),
    Goal(MANY, JANUA.name, TUPLES.name, 1.3),
    *(
        Goal(task, f"janua, {loop}", f"asyncpg pool, {loop}", at_most)
        for loop in ("asyncio", "uvloop")
        for task, at_most in ((ONE, 0.65), (TASKS, 0.77), (MANY, 1.0))
    ),
)


def failures(samples: Samples) -> list[str]:
    """Return a sentence for each goal that is missed by more than the slack."""
    measured = ((goal, goal.ratio(samples)) for goal in GOALS)
    return [
        f"{goal}: {ratio:.2f}, and the goal is {goal.at_most}"
        for goal, ratio in measured
        if ratio is not None and ratio > goal.at_most * _SLACK
    ]
