"""What there is to say about an error: by its class, by a finding's code, or by PostgreSQL's SQLSTATE."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Final

from janua import errors
from janua.errors import JanuaError

GROUP: Final = "janua.explanations"
_FIX: Final = "Fix: "


@dataclass(frozen=True, slots=True)
class Explanation:
    """What ``code`` means: ``title`` in a line, ``cause`` and ``fix`` in sentences or empty; ``example`` is SQL."""

    code: str
    title: str
    cause: str = ""
    fix: str = ""
    example: str = ""


Explain = Callable[[], Iterable[Explanation]]
"""What an entry point of the group ``janua.explanations`` is."""


def of_errors() -> Iterator[Explanation]:
    """Yield what the docstrings of the runtime's errors say, in the order of ``janua.errors``."""
    for cls in vars(errors).values():
        if isinstance(cls, type) and issubclass(cls, JanuaError) and cls is not JanuaError:
            yield _of_class(cls)


def of_findings() -> Iterator[Explanation]:
    """Yield what packages that find mistakes say of theirs; nothing where none is installed."""
    for entry in entry_points(group=GROUP):
        try:
            explain: Explain = entry.load()
        except ModuleNotFoundError:
            continue
        yield from explain()


def of_sqlstate(code: str) -> Explanation | None:
    """Return what PostgreSQL calls a SQLSTATE; None where it is none."""
    # Here, because nothing else in this module needs the driver.
    import psycopg

    try:
        error = psycopg.errors.lookup(code.upper())
    except KeyError:
        return None
    family = error.__mro__[1].__name__
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", error.__name__).lower()
    return Explanation(
        code.upper(),
        f"PostgreSQL says: {words}",
        f"In Python it is psycopg.errors.{error.__name__}, a psycopg.{family}.",
        'See the appendix "PostgreSQL Error Codes" of its manual.',
    )


def _of_class(cls: type[JanuaError]) -> Explanation:
    """What the docstring says: its first sentence, the others, and the paragraph that begins with "Fix:"."""
    paragraphs = [" ".join(each.split()) for each in (inspect.getdoc(cls) or "").replace("``", "`").split("\n\n")]
    title, _, more = paragraphs[0].partition(". ")
    fix = next((each.removeprefix(_FIX) for each in paragraphs if each.startswith(_FIX)), "")
    cause = " ".join(filter(None, [more, *(each for each in paragraphs[1:] if not each.startswith(_FIX))]))
    return Explanation(cls.__name__, title.rstrip("."), cause, fix[:1].upper() + fix[1:])
