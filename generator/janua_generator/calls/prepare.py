"""What a query's kind of call makes of its statement: :class:`AnalysedQuery` to one that can be called so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from janua.diagnostics import Diagnostic

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.sets import ValueSets
from janua_generator.calls.bulk import ROWS, bulk_insert
from janua_generator.calls.columns import least
from janua_generator.calls.copy import copy_into
from janua_generator.catalog.introspect import Introspection
from janua_generator.describe import DescribedQuery
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.model import Call, ParsedQuery, Piece, SourceQuery, SplicedSql

Describe: TypeAlias = Callable[[ParsedQuery], DescribedQuery | Diagnostic]
"""Has the server look at a statement."""


def prepare_call(
    query: AnalysedQuery, parsed: ParsedQuery, introspection: Introspection, describe: Describe
) -> AnalysedQuery:
    """
    Return the query with what is sent where it takes many sets of values.

    What the generator made of the author's statement is described by the server as well. Raises
    GenerationFailed where the statement cannot be called so.
    """
    source = query.source
    match source.call:
        case Call.STREAM:
            _check_cursor(source, parsed, describe)
            return query
        case Call.COPY:
            return replace(query, sets=copy_into(query, parsed, introspection.catalog))
        case Call.BULK:
            sets, to_describe = bulk_insert(query, parsed, introspection.types)
            names = {each.number: each.name for each in query.parameters}
            for each in (to_describe, *least(sets, parsed, names)):
                answer = describe(each)
                if isinstance(answer, Diagnostic):
                    raise GenerationFailed([_about_rows(answer, query, sets)])
            return replace(query, sets=sets)
        case Call.BATCH:
            return replace(query, sets=_batch(query))
        case _:
            return query


def _about_rows(finding: Diagnostic, query: AnalysedQuery, sets: ValueSets) -> Diagnostic:
    """The server's complaint about the statement for many rows, with the author's names."""
    message = finding.message
    for at, number in reversed(list(enumerate(sets.each, 1))):
        message = message.replace(f"{ROWS}.c{at}", f":{query.parameters[number - 1].name}")
    return replace(finding, message=f"with @bulk: {message}", hint="" if ROWS in finding.hint else finding.hint)


def _check_cursor(source: SourceQuery, parsed: ParsedQuery, describe: Describe) -> None:
    """A cursor reads what SELECT and VALUES give, and nothing that writes."""
    for directive in source.directives_called("nest"):
        hint = "a list is complete only behind the last row: use :many"
        raise GenerationFailed([source.complaint(directive, "@nest does not go with :stream", hint=hint)])
    begin = Piece(source.start, source.start, "DECLARE janua NO SCROLL CURSOR FOR ")
    spliced = SplicedSql.of(source.file.text, (begin, *parsed.pieces), parsed.splices)
    if isinstance(describe(replace(parsed, spliced=spliced)), Diagnostic):
        message = f"query {source.name} cannot be streamed: it is no SELECT, or one that writes"
        raise GenerationFailed([source.diagnostic(message, hint="use :many, which gives all rows of any statement")])


def _batch(query: AnalysedQuery) -> ValueSets:
    if not query.parameters:
        message = f"query {query.source.name} has no parameter of which a batch could give many values"
        raise GenerationFailed([query.source.diagnostic(message)])
    return ValueSets(query.sql, tuple(parameter.number for parameter in query.parameters))
