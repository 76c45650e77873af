"""Several statements in one round trip: what goes over the wire in libpq's pipeline mode, and what comes back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

import psycopg
from psycopg.abc import PQGen, Transformer
from psycopg.adapt import PyFormat
from psycopg.generators import fetch_many, pipeline_communicate
from psycopg.pq import ExecStatus, Format, PipelineStatus
from psycopg.pq.abc import PGconn, PGresult

from janua.database.parameters import encode_parameters, explain_refusal, types_at_parse
from janua.database.querycomment import TextOf
from janua.database.results import Result
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")

_AT_ONCE = 32


@dataclass(slots=True, eq=False)
class Request(Generic[T, R]):
    """One statement and its values; when it has been run, its answer or why there is none."""

    query: Query[T]
    values: Sequence[object]
    read: Callable[[Result[T]], R]
    sent: Sequence[Any] = ()
    answer: PGresult | None = None
    error: BaseException | None = None
    fails_at_commit: bool = False
    rows: int | None = None
    results: list[R] = field(default_factory=list)

    @classmethod
    def of(cls, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> Request[T, R]:
        """Make the values ready. Raises ParameterError where one does not fit."""
        return cls(query, encode_parameters(query, params), read)

    def dump(self, transformer: Transformer) -> None:
        """Write the values as they are sent. Raises ParameterError for one that cannot be."""
        try:
            self.sent = transformer.dump_sequence(self.values, [PyFormat.AUTO] * len(self.values))
        except (psycopg.Error, TypeError, ValueError, RecursionError) as error:
            raise explain_refusal(self.query, self.values, transformer) or error from None

    def result(self) -> R:
        """Return what the answer was read as. Raises what went wrong."""
        if self.error is not None:
            raise self.error
        return self.results[0]

    def settle(self, answer: PGresult) -> None:
        """Take the server's answer."""
        if answer.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.EMPTY_QUERY):
            self.answer = answer
            self.rows = answer.ntuples if answer.status == ExecStatus.TUPLES_OK else answer.command_tuples
        elif answer.status != ExecStatus.PIPELINE_ABORTED:
            self.fail(psycopg.errors.error_from_result(answer))

    def fail(self, error: BaseException) -> None:
        """Note why there is no answer."""
        error.add_note(f"query: {self.query.name}")
        self.answer, self.error = None, error


def exchange(pgconn: PGconn, requests: Sequence[Request[Any, Any]], text_of: TextOf, *, is_atomic: bool) -> PQGen[None]:
    """
    Send all requests while their answers come in, and settle them in their order.

    Outside a transaction, ``is_atomic`` makes one of them all, undone as a whole by the first failure; else each
    is its own. In the former case a text is parsed once, unnamed, for all that follow each other with it.
    """
    pgconn.enter_pipeline_mode()
    sends, owners = _messages(pgconn, requests, text_of, is_atomic)
    waiting = deque(owners)
    # Several at a time: psycopg asks the socket before each command.
    commands = deque(partial(_send, sends[at : at + _AT_ONCE]) for at in range(0, len(sends), _AT_ONCE))
    for answers in (yield from pipeline_communicate(pgconn, commands)):
        _settle(waiting, answers)
    while waiting:
        _settle(waiting, (yield from fetch_many(pgconn)))


def _send(messages: Sequence[Callable[[], None]]) -> None:
    for message in messages:
        message()


def leave(pgconn: PGconn) -> None:
    """Go back to one statement at a time; a connection on which answers are still due is closed."""
    if pgconn.pipeline_status == PipelineStatus.OFF:
        return
    try:
        pgconn.exit_pipeline_mode()
    except psycopg.Error:
        pgconn.finish()


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose answer comes next. The end has a mark of its own, after the error of the COMMIT if there is one."""

    request: Request[Any, Any]
    is_sync: bool = False
    is_parse: bool = False


def _messages(
    pgconn: PGconn, requests: Sequence[Request[Any, Any]], text_of: TextOf, is_atomic: bool
) -> tuple[list[Callable[[], None]], list[_Owner]]:
    sends: list[Callable[[], None]] = []
    owners: list[_Owner] = []
    parsed = None
    for request in requests:
        query = request.query
        text = text_of(query)
        if parsed != text or not is_atomic:
            sends.append(partial(pgconn.send_prepare, b"", text.encode(), types_at_parse(query)))
            owners.append(_Owner(request, is_parse=True))
            parsed = text
        form = Format.TEXT if query.text else Format.BINARY
        sends.append(partial(pgconn.send_query_prepared, b"", request.sent, result_format=form))
        owners.append(_Owner(request))
        if not is_atomic or request is requests[-1]:
            sends.append(pgconn.pipeline_sync)
            owners.append(_Owner(request, is_sync=True))
    return sends, owners


def _settle(waiting: deque[_Owner], answers: list[PGresult]) -> None:
    for answer in answers:
        owner = waiting[0]
        if owner.is_sync:
            if answer.status == ExecStatus.PIPELINE_SYNC:
                waiting.popleft()
            else:
                # a deferred constraint, which is looked at when the transaction ends
                owner.request.settle(answer)
                owner.request.fails_at_commit = True
            continue
        waiting.popleft()
        if not owner.is_parse or answer.status == ExecStatus.FATAL_ERROR:
            _take(owner, answer)


def _take(owner: _Owner, answer: PGresult) -> None:
    # what follows a failed Parse is aborted, and says nothing of its own
    if owner.request.error is None:
        owner.request.settle(answer)
