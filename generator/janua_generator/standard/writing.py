"""The writing half: new rows, changed rows, rows that are the one or the other, rows removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from janua_generator.sqlfile.model import Call, Cardinality
from janua_generator.standard.columns import StandardColumn
from janua_generator.standard.keys import StandardKey
from janua_generator.standard.made import StandardCall
from janua_generator.standard.subject import Subject, conditions, joined_names, listed


def writing_calls(subject: Subject) -> Iterator[StandardCall]:
    """Yield the calls that change a table."""
    yield _create(subject)
    if subject.given:
        yield from _create_many(subject)
    yield from (_upsert(subject, key) for key in subject.keys if _is_upserted(subject, key))
    if subject.primary is not None:
        yield from _update(subject, subject.primary)
        yield _delete(subject, subject.primary)


def _create(subject: Subject) -> StandardCall:
    return StandardCall(
        "create",
        f"INSERT INTO {subject.table}{_values(subject.given)} RETURNING *",
        f"A new row of {subject.described}. A column that is not given has its default.",
        Cardinality.ONE,
        optional=tuple(each.parameter for each in subject.given if not each.is_required),
    )


def _create_many(subject: Subject) -> Iterator[StandardCall]:
    """Both take the same rows: a column without a default is NULL where a row does not give it."""
    insert = f"INSERT INTO {subject.table}{_values(subject.given)}"
    optional = tuple(each.parameter for each in subject.given if each.has_default)
    hint = "A column with a default may be left out, by all of them."
    yield StandardCall(
        "create_many",
        f"{insert} RETURNING *",
        f"New rows of {subject.described}, by one statement, and as they became. {hint}",
        Cardinality.MANY,
        optional=optional,
        call=Call.BULK,
    )
    yield StandardCall(
        "copy_many",
        insert,
        f"New rows of {subject.described}, by COPY; how many there were. {hint}",
        Cardinality.AFFECTED,
        optional=optional,
        call=Call.COPY,
    )


def _values(given: Sequence[StandardColumn], never_null: Sequence[StandardColumn] = ()) -> str:
    if not given:
        return " DEFAULT VALUES"
    columns = ", ".join(each.sql for each in given)
    values = ", ".join(f":{each.parameter}!" if each in never_null else each.value for each in given)
    return f" ({columns}) VALUES ({values})"


def _is_upserted(subject: Subject, key: StandardKey) -> bool:
    """Whether ON CONFLICT may name it and a statement give it; not where it only adds to the primary key."""
    is_wider = subject.primary is not None and set(key.columns) > set(subject.primary.columns)
    return key.is_arbiter and not is_wider and all(each.is_given for each in key.columns)


def _upsert(subject: Subject, key: StandardKey) -> StandardCall:
    """
    INSERT … ON CONFLICT DO UPDATE, in which the same parameters are inserted and assigned.

    So one that is left out leaves the column of the other row as it is. The primary key of a row is not changed.
    """
    fixed = {*key.columns, *(subject.primary.columns if subject.primary is not None else ())}
    changed = [each for each in subject.given if each not in fixed]
    assignments = [f"{each.sql} = {each.value}" for each in changed]
    if not any(each.is_required for each in changed):
        # the row that is there is returned even where nothing else is given
        assignments.insert(0, f"{key.columns[0].sql} = EXCLUDED.{key.columns[0].sql}")
    target = ", ".join(each.sql for each in key.columns)
    return StandardCall(
        "upsert" if key.is_primary else f"upsert_by_{joined_names(key.columns)}",
        f"INSERT INTO {subject.table}{_values(subject.given, key.columns)} ON CONFLICT ({target})"
        f" DO UPDATE SET {', '.join(assignments)} RETURNING *",
        f"A new row of {subject.described}, or the one with this {listed(key.columns)} as changed."
        " What is not given has its default in a new row, and stays in the other.",
        Cardinality.ONE,
        optional=tuple(each.parameter for each in subject.given if not each.is_required and each not in key.columns),
    )


def _update(subject: Subject, key: StandardKey) -> Iterator[StandardCall]:
    changed = [each for each in subject.given if each not in key.columns]
    if not changed:
        return
    assignments = ", ".join(f"{each.sql} = {each.value}" for each in changed)
    yield StandardCall(
        "update",
        f"UPDATE {subject.table} SET {assignments} WHERE {conditions(key.columns)} RETURNING *",
        f"The row of {subject.described} with this {listed(key.columns)} as changed, or None. What is not given stays.",
        Cardinality.OPTIONAL,
        optional=tuple(each.parameter for each in changed),
    )


def _delete(subject: Subject, key: StandardKey) -> StandardCall:
    return StandardCall(
        "delete",
        f"DELETE FROM {subject.table} WHERE {conditions(key.columns)}",
        f"Removes the row of {subject.described} with this {listed(key.columns)}; how many there were: 1 or 0.",
        Cardinality.AFFECTED,
    )
