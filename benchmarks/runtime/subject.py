"""What all candidates do: the statements, the class of a row, and the shapes of a candidate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

COLUMNS = ("id", "email", "name", "score", "is_active", "created_at")
ONE = f"SELECT {', '.join(COLUMNS)} FROM people WHERE id = "
MANY = f"SELECT {', '.join(COLUMNS)} FROM people ORDER BY id LIMIT 1000"
MANY_ROWS = 1000


@dataclass(slots=True)
class Person:
    """A row, as one writes it by hand."""

    id: UUID
    email: str
    name: str
    score: float
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Calls:
    """``one`` reads one row by its key, ``many`` a thousand; where a candidate has no ``many``, it is None."""

    one: Callable[[UUID], Any]
    many: Callable[[], Any] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Opened with the server's address, it gives its calls; ``loop`` is "" for blocking ones."""

    name: str
    open: Callable[[str], AbstractContextManager[Calls] | AbstractAsyncContextManager[Calls]]
    loop: str = ""


AsyncOne = Callable[[UUID], Awaitable[Any]]
Ids = Sequence[UUID]
