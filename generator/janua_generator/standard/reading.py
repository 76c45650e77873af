"""The reading half: rows by their keys, whether there is one and how many there are, all of them, and pages."""

from __future__ import annotations

from collections.abc import Iterator

from janua_generator.sqlfile.model import Cardinality
from janua_generator.standard.keys import StandardKey
from janua_generator.standard.made import StandardCall
from janua_generator.standard.subject import Subject, conditions, joined_names, listed


def reading_calls(subject: Subject) -> Iterator[StandardCall]:
    """Yield the calls that find rows of a relation."""
    table, described = subject.table, subject.described
    yield from (_find(subject, key) for key in subject.keys)
    if subject.primary is not None:
        yield _exists(subject, subject.primary)
    yield StandardCall("count", f"SELECT count(*) FROM {table}", f"How many rows {described} has.", Cardinality.ONE)
    doc = f"All rows of {described}{subject.ordered}."
    yield StandardCall("list_all", f"SELECT * FROM {table}{subject.order}", doc, Cardinality.MANY)
    if subject.pages:
        doc = f"Rows of {described} in pages{subject.ordered}."
        yield StandardCall("page", f"SELECT * FROM {table}", doc, Cardinality.MANY, page=subject.pages)


def _find(subject: Subject, key: StandardKey) -> StandardCall:
    return StandardCall(
        f"find_by_{joined_names(key.columns)}",
        f"SELECT * FROM {subject.table} WHERE {conditions(key.columns)}",
        f"The row of {subject.described} with this {listed(key.columns)}, or None.",
        Cardinality.OPTIONAL,
    )


def _exists(subject: Subject, key: StandardKey) -> StandardCall:
    return StandardCall(
        "exists",
        f"SELECT EXISTS (SELECT 1 FROM {subject.table} WHERE {conditions(key.columns)})",
        f"Whether there is a row of {subject.described} with this {listed(key.columns)}.",
        Cardinality.ONE,
    )
