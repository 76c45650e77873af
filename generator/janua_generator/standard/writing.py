"""The writing half: new rows, changed rows, rows that are the one or the other, rows removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from janua_generator.catalog.identifiers import quoted
from janua_generator.catalog.model import Relation
from janua_generator.sqlfile.model import Call, Cardinality
from janua_generator.standard.columns import StandardColumn
from janua_generator.standard.keys import StandardKey, primary_of
from janua_generator.standard.made import StandardCall
from janua_generator.standard.wording import conditions, joined_names, listed, of_rows


def writing_calls(
    relation: Relation, columns: Mapping[str, StandardColumn], keys: Sequence[StandardKey]
) -> Iterator[StandardCall]:
    """Yield the calls that change a table."""
    given = [each for each in columns.values() if each.is_given]
    primary = primary_of(keys)
    yield _create(relation, given)
    if given:
        yield from _create_many(relation, given)
    for key in keys:
        # with more than the primary key in it, it is about rows that can be told apart anyway
        is_wider = primary is not None and set(key.columns) > set(primary.columns)
        if key.is_arbiter and not is_wider and all(each.is_given for each in key.columns):
            yield _upsert(relation, given, key, primary)
    if primary is not None:
        yield from _update(relation, given, primary)
        yield _delete(relation, primary)


def _create(relation: Relation, given: Sequence[StandardColumn]) -> StandardCall:
    table = quoted(relation.schema, relation.name)
    values = _insert(given) if given else " DEFAULT VALUES"
    return StandardCall(
        "create",
        f"INSERT INTO {table}{values} RETURNING *",
        f"A new row of {of_rows(relation)}. A column that is not given has its default.",
        Cardinality.ONE,
        optional=tuple(each.parameter for each in given if not each.is_required),
    )


def _create_many(relation: Relation, given: Sequence[StandardColumn]) -> Iterator[StandardCall]:
    """Both take the same rows: a column without a default is NULL where a row does not give it."""
    insert = f"INSERT INTO {quoted(relation.schema, relation.name)}{_insert(given)}"
    optional = tuple(each.parameter for each in given if each.has_default)
    doc = "A column with a default may be left out, by all of them."
    yield StandardCall(
        "create_many",
        f"{insert} RETURNING *",
        f"New rows of {of_rows(relation)}, by one statement, and as they became. {doc}",
        Cardinality.MANY,
        optional=optional,
        call=Call.BULK,
    )
    yield StandardCall(
        "copy_many",
        insert,
        f"New rows of {of_rows(relation)}, by COPY; how many there were. {doc}",
        Cardinality.AFFECTED,
        optional=optional,
        call=Call.COPY,
    )


def _insert(given: Iterable[StandardColumn], never_null: Sequence[StandardColumn] = ()) -> str:
    listed_columns = ", ".join(each.sql for each in given)
    values = ", ".join(f":{each.parameter}!" if each in never_null else each.value for each in given)
    return f" ({listed_columns}) VALUES ({values})"


def _upsert(
    relation: Relation, given: Sequence[StandardColumn], key: StandardKey, primary: StandardKey | None
) -> StandardCall:
    """
    INSERT … ON CONFLICT DO UPDATE, in which the same parameters are inserted and assigned.

    So one that is left out leaves the column of the other row as it is. The primary key of a row is not changed.
    """
    fixed = {*key.columns, *(primary.columns if primary is not None else ())}
    changed = [each for each in given if each not in fixed]
    assignments = [f"{each.sql} = {each.value}" for each in changed]
    if not any(each.is_required for each in changed):
        # the row that is there is returned even where nothing else is given
        assignments.insert(0, f"{key.columns[0].sql} = EXCLUDED.{key.columns[0].sql}")
    table = quoted(relation.schema, relation.name)
    target = ", ".join(each.sql for each in key.columns)
    name = "upsert" if key.is_primary else f"upsert_by_{joined_names(key.columns)}"
    return StandardCall(
        name,
        f"INSERT INTO {table}{_insert(given, key.columns)} ON CONFLICT ({target})"
        f" DO UPDATE SET {', '.join(assignments)} RETURNING *",
        f"A new row of {of_rows(relation)}, or the one with this {listed(key.columns)} as changed."
        " What is not given has its default in a new row, and stays in the other.",
        Cardinality.ONE,
        optional=tuple(each.parameter for each in given if not each.is_required and each not in key.columns),
    )


def _update(relation: Relation, given: Sequence[StandardColumn], primary: StandardKey) -> Iterator[StandardCall]:
    changed = [each for each in given if each not in primary.columns]
    if not changed:
        return
    assignments = ", ".join(f"{each.sql} = {each.value}" for each in changed)
    yield StandardCall(
        "update",
        f"UPDATE {quoted(relation.schema, relation.name)} SET {assignments}"
        f" WHERE {conditions(primary.columns)} RETURNING *",
        f"The row of {of_rows(relation)} with this {listed(primary.columns)} as changed, or None."
        " What is not given stays.",
        Cardinality.OPTIONAL,
        optional=tuple(each.parameter for each in changed),
    )


def _delete(relation: Relation, primary: StandardKey) -> StandardCall:
    return StandardCall(
        "delete",
        f"DELETE FROM {quoted(relation.schema, relation.name)} WHERE {conditions(primary.columns)}",
        f"Removes the row of {of_rows(relation)} with this {listed(primary.columns)}; how many there were: 1 or 0.",
        Cardinality.AFFECTED,
    )
