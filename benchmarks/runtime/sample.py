"""What was measured: seconds of each candidate, task and round."""

from __future__ import annotations

from statistics import median

from clock import Moment

ONE = "one row by its key"
MANY = "1,000 rows"
TASKS = "64 tasks at once"


class Samples:
    """Seconds a call: of client and server together, of the client alone, and on the wall's clock."""

    def __init__(self) -> None:
        self._rounds: dict[tuple[str, str], list[Moment]] = {}

    def add(self, task: str, name: str, start: Moment, end: Moment, calls: int) -> None:
        """Add a round of so many calls."""
        spent = Moment(*((after - before) / calls for before, after in zip(start, end, strict=True)))
        self._rounds.setdefault((task, name), []).append(spent)

    def names(self, task: str) -> list[str]:
        """Return who has done this task."""
        return [name for at, name in self._rounds if at == task]

    def microseconds(self, task: str, name: str) -> Moment:
        """Return the medians of the rounds."""
        return Moment(*(median(each) * 1e6 for each in zip(*self._rounds[task, name], strict=True)))

    def ratio(self, task: str, name: str, other: str, *, client: bool = False) -> float | None:
        """Return the median of the rounds' ratios, or None where one of the two was not measured."""
        mine, theirs = self._rounds.get((task, name)), self._rounds.get((task, other))
        if mine is None or theirs is None:
            return None
        at = Moment._fields.index("client" if client else "both")
        return median(one[at] / another[at] for one, another in zip(mine, theirs, strict=True))
