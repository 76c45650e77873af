"""
How generated functions are called: the executor's method, what it returns, and how many sets of values are passed.

Sets of several values are objects of a dataclass with their names, sets of one the bare values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from janua_generator import names
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.parameters import Parameter
from janua_generator.annotations import optional, unshadowed
from janua_generator.classtable import ClassTable
from janua_generator.model import Field, RowClass
from janua_generator.namespace import Namespace
from janua_generator.sqlfile.model import Call, Cardinality

_METHODS = {
    Cardinality.ONE: "fetch_one",
    Cardinality.OPTIONAL: "fetch_optional",
    Cardinality.MANY: "fetch_all",
    Cardinality.NONE: "execute",
    Cardinality.AFFECTED: "affected",
}


@dataclass(frozen=True, slots=True)
class CallForm:
    """The method of the executor, and what a call returns, of a blocking one and of an asynchronous one."""

    method: str
    returns: str
    async_returns: str


@dataclass(frozen=True, slots=True)
class TakenSets:
    """
    The parameters of a function and what is sent of them.

    ``shared`` are those of one value, ``types`` the types of all that is sent, in its order.
    """

    shared: tuple[Field, ...]
    types: tuple[str, ...]
    sets: Field | None = None
    async_sets: Field | None = None
    attributes: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()


def call_form(query: AnalysedQuery, result: str) -> CallForm:
    """Return how a query is called whose rows are of the type ``result``."""
    call = query.source.call
    if call is Call.STREAM:
        return CallForm(
            "stream",
            f"_ctx.AbstractContextManager[_abc.Iterator[{result}]]",
            f"_ctx.AbstractAsyncContextManager[_abc.AsyncIterator[{result}]]",
        )
    if query.options.page:
        return CallForm("fetch_page", f"Page[{result}]", f"Coro[Page[{result}]]")
    returns = _returns(query.cardinality, result)
    if call is Call.BATCH and query.cardinality is not Cardinality.NONE:
        returns = f"list[{returns}]"
    return CallForm(_method(query), returns, f"Coro[{returns}]")


def _method(query: AnalysedQuery) -> str:
    is_first = query.source.file.is_sqlc and query.cardinality is Cardinality.ONE
    method = "fetch_first" if is_first and not query.inferred else _METHODS[query.cardinality]
    match query.source.call:
        case Call.COPY:
            return "copy"
        case Call.BATCH | Call.BULK as call:
            return f"{call}_{method.removeprefix('fetch_')}"
        case _:
            return method


def _returns(cardinality: Cardinality, result: str) -> str:
    match cardinality:
        case Cardinality.OPTIONAL:
            return optional(result)
        case Cardinality.MANY:
            return f"list[{result}]"
        case Cardinality.AFFECTED:
            return "int"
        case _:
            return result


def sent_parameters(query: AnalysedQuery) -> list[Parameter]:
    """Return the parameters in the order in which they are sent."""
    if query.sets is None:
        return list(query.parameters)
    by_number = {parameter.number: parameter for parameter in query.parameters}
    return [by_number[number] for number in (*query.sets.each, *query.sets.shared)]


def take_sets(
    function: str, query: AnalysedQuery, parameters: Sequence[Field], classes: ClassTable, namespace: Namespace
) -> TakenSets:
    """Return how the parameters are passed, whose fields are ``parameters``; a class for sets goes into ``classes``."""
    types = [namespace.wire_name(each.type) for each in query.parameters]
    if query.sets is None:
        return TakenSets(tuple(parameters), tuple(types))
    at = {parameter.number: place for place, parameter in enumerate(query.parameters)}
    each = [parameters[at[number]] for number in query.sets.each]
    shared = tuple(parameters[at[number]] for number in query.sets.shared)
    if query.source.file.is_made:
        item, attributes = _new_row(query, each, classes, namespace)
    else:
        item, attributes = _item(function, each, classes)
    name = "sets" if query.source.call is Call.BATCH else "rows"
    while name in {field.name for field in shared}:
        name += "_"
    sets = Field(name, f"_abc.Iterable[{item}]")
    is_async_too = query.source.call is Call.COPY
    sent = [types[at[number]] for number in query.sets.each]
    elements = sent if query.sets.in_arrays else []
    if elements:
        sent = ["text[]" if number in query.sets.as_text else f"{types[at[number]]}[]" for number in query.sets.each]
    return TakenSets(
        shared,
        (*sent, *(types[at[number]] for number in query.sets.shared)),
        sets,
        Field(name, f"{sets.annotation} | _abc.AsyncIterable[{item}]") if is_async_too else sets,
        attributes,
        tuple(elements),
    )


def _item(function: str, fields: Sequence[Field], classes: ClassTable) -> tuple[str, tuple[str, ...]]:
    """The annotation of one set, and what its values are called there: nothing where it is one bare value."""
    if len(fields) == 1:
        return fields[0].annotation, ()
    distinct = list({field.name: field for field in fields}.values())
    name, doc = f"{names.class_name(function)}Params", f"A set of values for :func:`{function}`."
    return classes.add(_keyword_class(name, doc, distinct)), tuple(field.name for field in fields)


def _new_row(
    query: AnalysedQuery, fields: Sequence[Field], classes: ClassTable, namespace: Namespace
) -> tuple[str, tuple[str, ...]]:
    """
    The class of a table's new rows, which its standard calls have in common, and the names of its values.

    A column with a default may be left out, by all rows of a call; what else may be NULL is so where it is not given.
    """
    assert query.sets is not None
    by_number = {parameter.number: parameter for parameter in query.parameters}
    distinct = []
    for number, field in zip(query.sets.each, fields, strict=True):
        parameter = by_number[number]
        if parameter.name in query.sets.optional:
            distinct.append(replace(field, annotation=f"{field.annotation} | Unset", default="UNSET"))
        else:
            distinct.append(replace(field, default="None") if parameter.nullable else field)
    name = f"New{namespace.model_class(query.source.file.path).rpartition('.')[2]}"
    doc = f"A new row of ``{query.source.file.path}``."
    made = _keyword_class(name, doc, distinct)
    return classes.share(made) or classes.add(made), tuple(field.name for field in fields)


def _keyword_class(name: str, doc: str, fields: Sequence[Field]) -> RowClass:
    identifiers = [field.name for field in fields]
    annotations = unshadowed([field.annotation for field in fields], identifiers)
    given = (replace(field, annotation=each) for field, each in zip(fields, annotations, strict=True))
    return RowClass(name, doc, tuple(given), keyword_only=True)
