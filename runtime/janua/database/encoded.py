"""Values that are made ready for the server before psycopg sees them."""

from __future__ import annotations


class Encoded(bytes):
    """A value that is in PostgreSQL's text form already."""

    __slots__ = ()


TEXT_OID = 25
"""Of the type text, the same in every database."""


class Nothing:
    """The class of :data:`NOTHING`."""

    __slots__ = ()


NOTHING = Nothing()
"""
In place of a parameter that the statement does not mention: NULL.

It alone travels with a type, since the server cannot infer one; any would do.
"""


class Elements(list[object]):
    """
    An array that is not written as lists of lists are.

    Inside another list it is one element (an array of a domain over arrays), no further dimension.
    ``delimiter`` stands between the elements, which is another character for a few types.
    """

    __slots__ = ("delimiter",)

    def __init__(self, items: list[object], delimiter: bytes = b",") -> None:
        super().__init__(items)
        self.delimiter = delimiter
