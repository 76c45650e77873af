"""How a statement takes many sets of values in one call."""

from __future__ import annotations

from dataclasses import dataclass

from janua.dynamic import Clause


@dataclass(frozen=True, slots=True)
class ValueSets:
    """
    What is sent in place of the statement that the analysis saw.

    ``each`` are the numbers of the parameters of which every set has a value, in the order in which they are sent,
    ``shared`` those that all sets have in common. ``in_arrays`` says that the values of ``each`` travel in arrays,
    those of ``as_text`` in arrays of texts. ``optional`` are the names of those that all rows of a call may leave out,
    and ``parts`` what then makes the statement.
    """

    sql: str
    each: tuple[int, ...]
    shared: tuple[int, ...] = ()
    in_arrays: bool = False
    as_text: tuple[int, ...] = ()
    optional: tuple[str, ...] = ()
    parts: tuple[str | Clause[str], ...] = ()
