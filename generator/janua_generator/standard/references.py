"""Foreign keys in both directions: the rows that refer to another one, and the row that one refers to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from janua_generator import names
from janua_generator.catalog.identifiers import quoted
from janua_generator.catalog.model import Catalog, ForeignKey, Relation
from janua_generator.sqlfile.model import Cardinality
from janua_generator.standard.columns import StandardColumn, distinct_parameters
from janua_generator.standard.made import StandardCall
from janua_generator.standard.subject import Subject, conditions, joined_names, listed, marked

_PAGING = ("limit", "after")


def listing_calls(subject: Subject) -> Iterator[StandardCall]:
    """Yield the calls that find the rows which refer to another row, where these may be several."""
    seen = {frozenset(each.name for each in key.columns) for key in subject.keys}
    for foreign_key in subject.relation.foreign_keys:
        if frozenset(foreign_key.columns) not in seen:
            seen.add(frozenset(foreign_key.columns))
            own = [subject.columns[name] for name in foreign_key.columns]
            yield _list(subject, own)
            if subject.pages:
                yield _page(subject, own)


def _list(subject: Subject, own: Sequence[StandardColumn]) -> StandardCall:
    return StandardCall(
        f"list_by_{joined_names(own)}",
        f"SELECT * FROM {subject.table} WHERE {conditions(own)}{subject.order}",
        f"The rows of {subject.described} with this {listed(own)}{subject.ordered}.",
        Cardinality.MANY,
    )


def _page(subject: Subject, own: Sequence[StandardColumn]) -> StandardCall:
    parameters = distinct_parameters((each.name for each in own), _PAGING)
    given = [replace(each, parameter=parameter) for each, parameter in zip(own, parameters, strict=True)]
    return StandardCall(
        f"page_by_{joined_names(own)}",
        f"SELECT * FROM {subject.table} WHERE {conditions(given)}",
        f"The rows of {subject.described} with this {listed(own)} in pages{subject.ordered}.",
        Cardinality.MANY,
        page=subject.pages,
    )


def referring_calls(subject: Subject, catalog: Catalog) -> Iterator[StandardCall]:
    """Yield for each foreign key the call that takes a row and gives the one that it refers to."""
    taken: set[str] = set()
    # those of one column first: they are named after it, and so come what may
    for foreign_key in sorted(subject.relation.foreign_keys, key=lambda each: len(each.columns) > 1):
        other = catalog.by_qualified_name.get(foreign_key.references)
        if other is None or other.partition_bound or _is_temporal(subject.relation, foreign_key):
            continue
        name = _name(foreign_key, other)
        if name in taken:
            name = f"{name}_by_{'_and_'.join(map(names.snake_case, foreign_key.columns))}"
        if name not in taken:
            taken.add(name)
            yield _refer(f"{name}_of", subject, foreign_key, other)


def _refer(name: str, subject: Subject, foreign_key: ForeignKey, other: Relation) -> StandardCall:
    own = [subject.columns[each] for each in foreign_key.columns]
    fields = dict(zip(subject.columns, names.distinct(map(names.field_name, subject.columns)), strict=True))
    pairs = zip(foreign_key.referenced_columns, own, strict=True)
    found = " AND ".join(f"{quoted(column)} = :{each.parameter}" for column, each in pairs)
    is_sure = foreign_key.dependable and not other.row_security and not any(each.nullable for each in own)
    return StandardCall(
        name,
        f"SELECT * FROM {quoted(other.schema, other.name)} WHERE {found}",
        f"The row of {marked(other.name)} to which one of {subject.described} refers by its {listed(own)}"
        f"{'' if is_sure else ', or None'}.",
        Cardinality.ONE if is_sure else Cardinality.OPTIONAL,
        row_fields=tuple(fields[each.name] for each in own),
    )


def _name(foreign_key: ForeignKey, other: Relation) -> str:
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
    # outside of quoted names
    return found is not None and any("PERIOD " in part for part in found.definition.split('"')[::2])
