"""
Have the server describe queries: :class:`ParsedQuery` to :class:`DescribedQuery`.

Parse and Describe are sent in pipeline mode, so that a thousand queries cost a few round
trips; nothing is executed. This is the only place that talks to PostgreSQL about queries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import psycopg
from janua.diagnostics import Diagnostic
from psycopg import pq

from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType
from janua_generator.complaints import ServerError, complaint
from janua_generator.sqlfile.model import ParsedQuery

PROBE = "janua_argument_types"
"""A function that does not exist: the server's complaint about a call names the types of its arguments."""

_BATCH = 100
_TEXT = 25
"""The oid of text."""
_COMPLAINT = re.compile(rf"\b{PROBE}\((.*)\)", re.DOTALL)
_SEPARATOR = re.compile(r', (?=(?:[^"]*"[^"]*")*[^"]*$)')
_UNDO = b"ROLLBACK TO SAVEPOINT janua_describe"
_UNKNOWN_TYPE = PgType(name="unknown", schema="pg_catalog", typname="unknown", kind="pseudo", builtin=True)

_Results: TypeAlias = list[pq.abc.PGresult]


@dataclass(frozen=True, slots=True)
class DescribedColumn:
    """
    A column of the result as the server announces it.

    ``relation`` and ``column`` tell where its values come from unchanged, or are empty.
    """

    name: str
    type: PgType
    relation: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class DescribedQuery:
    """A query with the types of its parameters and of its result's columns."""

    parsed: ParsedQuery
    parameters: tuple[PgType, ...]
    columns: tuple[DescribedColumn, ...]


def describe(
    connection: psycopg.Connection[Any], introspection: Introspection, queries: Sequence[ParsedQuery]
) -> list[DescribedQuery | Diagnostic]:
    """
    Return for each query its description, or the server's complaint at its place in the file.

    In a transaction that is open, what a query locks to be described is given free right after it.
    """
    asked = _ask(connection, [partial(_send_describe, connection.pgconn, query) for query in queries])
    return [_answer(query, results, introspection) for query, results in zip(queries, asked, strict=True)]


def argument_types(connection: psycopg.Connection[Any], questions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Have the server answer what the analysis asks: the types in its complaint about each of these statements."""
    sends = [partial(connection.pgconn.send_prepare, b"", question.encode()) for question in questions]
    return {
        question: _types_in(" ".join(_field(each, pq.DiagnosticField.MESSAGE_PRIMARY) for each in results))
        for question, results in zip(questions, _ask(connection, sends), strict=True)
    }


def _ask(connection: psycopg.Connection[Any], sends: Sequence[Callable[[], None]]) -> Iterator[_Results]:
    """Send messages, each with what belongs to it, and yield the server's answers to each."""
    for start in range(0, len(sends), _BATCH):
        yield from _ask_at_once(connection, sends[start : start + _BATCH])


def _ask_at_once(connection: psycopg.Connection[Any], sends: Sequence[Callable[[], None]]) -> list[_Results]:
    pgconn = connection.pgconn
    is_inside = pgconn.transaction_status == pq.TransactionStatus.INTRANS
    if is_inside:
        connection.execute("SAVEPOINT janua_describe")
    answers: list[_Results] = []
    pgconn.enter_pipeline_mode()
    try:
        for send in sends:
            send()
            pgconn.pipeline_sync()
            if is_inside:
                pgconn.send_query_params(_UNDO, None)
                pgconn.pipeline_sync()
        for _ in sends:
            answers.append(list(_results_until_sync(pgconn)))
            if is_inside:
                list(_results_until_sync(pgconn))
    finally:
        pgconn.exit_pipeline_mode()
    return answers


def _types_in(complaint: str) -> tuple[str, ...]:
    """The types that the server names in its complaint; nothing where it complains of something else."""
    found = _COMPLAINT.search(complaint)
    return tuple(_SEPARATOR.split(found[1])) if found and found[1] else ()


def _send_describe(pgconn: pq.abc.PGconn, query: ParsedQuery) -> None:
    pgconn.send_prepare(b"", query.sql.encode(), _declared_types(query))
    pgconn.send_describe_prepared(b"")


def _answer(query: ParsedQuery, results: _Results, introspection: Introspection) -> DescribedQuery | Diagnostic:
    failed = next((each for each in results if each.status == pq.ExecStatus.FATAL_ERROR), None)
    if failed is not None:
        return complaint(query, _error(failed), introspection)
    return _description(query, results[-1], introspection)


def _declared_types(query: ParsedQuery) -> list[int] | None:
    """As at run time: the server infers all types but those of parameters that the statement does not mention."""
    if not query.unused:
        return None
    return [_TEXT if each.number in query.unused else 0 for each in query.placeholders]


def _results_until_sync(pgconn: pq.abc.PGconn) -> Iterator[pq.abc.PGresult]:
    while True:
        result = pgconn.get_result()
        if result is None:
            if pgconn.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError(pgconn.get_error_message())
            continue
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            return
        yield result


def _description(query: ParsedQuery, result: pq.abc.PGresult, introspection: Introspection) -> DescribedQuery:
    oids = introspection.oids

    def type_of(oid: int) -> PgType:
        return oids.types.get(oid, _UNKNOWN_TYPE)

    parameters = tuple(type_of(result.param_type(at)) for at in range(result.nparams))
    columns = []
    for at in range(result.nfields):
        relation, column = oids.origins.get((result.ftable(at), result.ftablecol(at)), ("", ""))
        name = (result.fname(at) or b"").decode()
        columns.append(DescribedColumn(name, type_of(result.ftype(at)), relation, column))
    return DescribedQuery(query, parameters, tuple(columns))


def _error(result: pq.abc.PGresult) -> ServerError:
    return ServerError(
        message=_field(result, pq.DiagnosticField.MESSAGE_PRIMARY),
        sqlstate=_field(result, pq.DiagnosticField.SQLSTATE),
        detail=_field(result, pq.DiagnosticField.MESSAGE_DETAIL),
        hint=_field(result, pq.DiagnosticField.MESSAGE_HINT),
        position=int(_field(result, pq.DiagnosticField.STATEMENT_POSITION) or 0),
    )


def _field(result: pq.abc.PGresult, code: pq.DiagnosticField) -> str:
    return (result.error_field(code) or b"").decode(errors="replace")
