"""What is compared: each cache, and what it is asked to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Protocol

Rows = list[list[str]]

JANUA = "janua"
JANUA_STRICT = "janua, strict"
CACHALOT = "django-cachalot"
CACHEOPS = "django-cacheops"
CACHEOPS_FRESH = "django-cacheops, insideout, keep_fresh"
DO = "DO $$ BEGIN UPDATE accounts SET balance = 77 WHERE id = 1; END $$"
"""A statement that no query file holds, and no ORM says."""
SUBJECTS = (JANUA_STRICT, JANUA, CACHALOT, CACHEOPS, CACHEOPS_FRESH)


@dataclass(frozen=True)
class Options:
    """How a process is set up that has something of its own; most have nothing."""

    pg_url: str
    redis_url: str
    timeout_s: int = 30
    clock_s: float = 0.0
    """By how much its clock is ahead."""
    is_wide: bool = False
    """Whether it is of a later version, which reads a column more."""
    prefix: str = ""
    has_database_cascade: bool = False
    keys_settings: bool = False
    """Whether the settings of the transaction are part of the key, where the cache lets its user say so."""
    reads_from: str = ""
    """The address of a replica, from which what may be read there is read."""

    def fields(self) -> dict[str, Any]:
        """Return them by name, as JSON has them."""
        return asdict(self)


class Subject(Protocol):
    """A process's database and cache."""

    def read(self, name: str) -> tuple[Rows, bool]:
        """Return what a cached query gives, and whether the server was not asked."""

    def write(self, name: str, value: int) -> None:
        """Write as the cache's documentation says that it is done; ``value`` counts where the write takes one."""

    def begin(self, isolation: str, settings: dict[str, str]) -> None:
        """Begin a transaction, or in one a savepoint."""

    def end(self, commits: bool) -> None:
        """End the innermost of them."""

    def tell(self, names: list[str]) -> None:
        """Say by hand that what these reads give is outdated."""

    def flush(self) -> None:
        """Forget all that is in the cache."""

    def abandon(self) -> None:
        """Undo what is open, whatever has become of it."""
