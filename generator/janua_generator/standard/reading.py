"""The reading half: rows by keys and by what they refer to, all rows, pages, how many, and what a row refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from janua_generator import names
from janua_generator.catalog.identifiers import quoted
from janua_generator.catalog.model import Catalog, ForeignKey, Relation
from janua_generator.sqlfile.model import Cardinality
from janua_generator.standard.columns import StandardColumn, distinct_parameters
from janua_generator.standard.keys import StandardKey, primary_of
from janua_generator.standard.made import StandardCall
from janua_generator.standard.wording import conditions, joined_names, listed, of_rows

_PAGING = ("limit", "after")


def reading_calls(
    relation: Relation, columns: Mapping[str, StandardColumn], keys: Sequence[StandardKey]
) -> Iterator[StandardCall]:
    """Yield the calls that find rows of a relation."""
    table, rows = quoted(relation.schema, relation.name), of_rows(relation)
    for key in keys:
        yield StandardCall(
            f"find_by_{joined_names(key.columns)}",
            f"SELECT * FROM {table} WHERE {conditions(key.columns)}",
            f"The row of {rows} with this {listed(key.columns)}, or None.",
            Cardinality.OPTIONAL,
        )
    primary = primary_of(keys)
    if primary is not None:
        yield StandardCall(
            "exists",
            f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {conditions(primary.columns)})",
            f"Whether there is a row of {rows} with this {listed(primary.columns)}.",
            Cardinality.ONE,
        )
    yield StandardCall("count", f"SELECT count(*) FROM {table}", f"How many rows {rows} has.", Cardinality.ONE)
    order = f" ORDER BY {', '.join(each.sql for each in primary.columns)}" if primary is not None else ""
    by_key = f", ordered by {listed(primary.columns)}" if primary is not None else ""
    yield StandardCall("list_all", f"SELECT * FROM {table}{order}", f"All rows of {rows}{by_key}.", Cardinality.MANY)
    if primary is not None and primary.orders_pages:
        page = tuple(each.sql for each in primary.columns)
        doc = f"Rows of {rows} in pages{by_key}."
        yield StandardCall("page", f"SELECT * FROM {table}", doc, Cardinality.MANY, page=page)


def listing_calls(
    relation: Relation, columns: Mapping[str, StandardColumn], keys: Sequence[StandardKey]
) -> Iterator[StandardCall]:
    """Yield the calls that find the rows which refer to another row, where these may be several."""
    table, rows = quoted(relation.schema, relation.name), of_rows(relation)
    primary = primary_of(keys)
    seen = {frozenset(each.name for each in key.columns) for key in keys}
    for foreign_key in relation.foreign_keys:
        own = [columns[name] for name in foreign_key.columns if name in columns]
        if frozenset(foreign_key.columns) in seen or len(own) != len(foreign_key.columns):
            continue
        seen.add(frozenset(foreign_key.columns))
        name = joined_names(own)
        order = f" ORDER BY {', '.join(each.sql for each in primary.columns)}" if primary is not None else ""
        by_key = f", ordered by {listed(primary.columns)}" if primary is not None else ""
        found = f"SELECT * FROM {table} WHERE {conditions(own)}"
        doc = f"The rows of {rows} with this {listed(own)}{by_key}."
        yield StandardCall(f"list_by_{name}", found + order, doc, Cardinality.MANY)
        if primary is not None and primary.orders_pages:
            parameters = list(distinct_parameters((each.name for each in own), _PAGING))
            given = " AND ".join(f"{each.sql} = :{name}" for each, name in zip(own, parameters, strict=True))
            yield StandardCall(
                f"page_by_{name}",
                f"SELECT * FROM {table} WHERE {given}",
                f"The rows of {rows} with this {listed(own)} in pages{by_key}.",
                Cardinality.MANY,
                page=tuple(each.sql for each in primary.columns),
            )


def referring_calls(
    relation: Relation, columns: Mapping[str, StandardColumn], catalog: Catalog
) -> Iterator[StandardCall]:
    """Yield for each foreign key the call that takes a row and gives the one that it refers to."""
    fields = dict(zip(columns, names.distinct(map(names.field_name, columns)), strict=True))
    taken: set[str] = set()
    # those of one column first: they are named after it, and so come what may
    for foreign_key in sorted(relation.foreign_keys, key=lambda each: len(each.columns) > 1):
        other = catalog.by_qualified_name.get(foreign_key.references)
        if other is None or other.partition_bound or _is_temporal(relation, foreign_key):
            continue
        name = _reference_name(foreign_key, other)
        if name in taken:
            name = f"{name}_by_{'_and_'.join(map(names.snake_case, foreign_key.columns))}"
        if name in taken:
            continue
        taken.add(name)
        parameters = list(distinct_parameters(foreign_key.columns))
        given = " AND ".join(
            f"{quoted(column)} = :{parameter}"
            for column, parameter in zip(foreign_key.referenced_columns, parameters, strict=True)
        )
        is_sure = foreign_key.dependable and not other.row_security
        may_be_null = any(columns[each].nullable for each in foreign_key.columns)
        own = [columns[each] for each in foreign_key.columns]
        yield StandardCall(
            f"{name}_of",
            f"SELECT * FROM {quoted(other.schema, other.name)} WHERE {given}",
            f"The row of {of_rows(other)} to which a row of {of_rows(relation)} refers by its {listed(own)}"
            + (", or None." if may_be_null or not is_sure else "."),
            Cardinality.OPTIONAL if may_be_null or not is_sure else Cardinality.ONE,
            row_fields=tuple(fields[each] for each in foreign_key.columns),
        )


def _reference_name(foreign_key: ForeignKey, other: Relation) -> str:
    """
    After the column that refers to one of another name: ``organization`` for ``organization_id``, ``created_by``.

    Where that is none or several, or says nothing, after the table that is referred to.
    """
    pairs = zip(foreign_key.columns, foreign_key.referenced_columns, strict=True)
    telling = [column for column, referenced in pairs if column != referenced or len(foreign_key.columns) == 1]
    column = names.snake_case(telling[0]) if len(telling) == 1 else "id"
    if column in ("id", ""):
        return names.snake_case(names.relation_class(other.name))
    return column.removesuffix("_id")


def _is_temporal(relation: Relation, foreign_key: ForeignKey) -> bool:
    """Whether it refers to whichever rows cover a period: only a word in its definition says so (PostgreSQL 18)."""
    found = next((each for each in relation.constraints if each.name == foreign_key.name), None)
    return found is not None and "PERIOD " in _without_quoted(found.definition)


def _without_quoted(text: str) -> str:
    return "".join(part for at, part in enumerate(text.split('"')) if at % 2 == 0)
