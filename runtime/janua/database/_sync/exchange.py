# Derived from runtime/janua/database/_async/exchange.py by tools/derive_sync.py; do not edit.
"""Runs several requests on one connection in one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import adapt
from psycopg.abc import Transformer

from janua.database._sync.session import Session
from janua.database.exchange import Request, exchange, leave
from janua.database.observation import observe_together
from janua.query import Types


def run_together(session: Session, requests: Sequence[Request[Any, Any]], *, is_atomic: bool) -> None:
    """
    Run the requests and settle each, with what its answer is read as or with its error.

    Raises for what befalls all of them: a lost connection, a cancellation, which ends what is running in
    the server. With ``is_atomic``, also for a value that cannot be sent, before anything is.
    """
    if not session.events.watches_calls:
        _exchange(session, requests, is_atomic)
        return
    with observe_together(session.events, requests):
        _exchange(session, requests, is_atomic)


def _exchange(session: Session, requests: Sequence[Request[Any, Any]], is_atomic: bool) -> None:
    with session._statement_lock:
        ready = _dumped(session, requests, is_atomic)
        if not ready:
            return
        try:
            with session.lock:
                try:
                    session.wait(exchange(session.pgconn, ready, session.text_of, is_atomic=is_atomic))
                finally:
                    leave(session.pgconn)
        except BaseException as error:
            _fail_rest(ready, error)
            raise
        finally:
            for request in ready:
                _read(session, request)


def _dumped(session: Session, requests: Sequence[Request[Any, Any]], is_atomic: bool) -> list[Request[Any, Any]]:
    ready = []
    transformers: dict[Types, Transformer] = {}
    for request in requests:
        try:
            types = request.query.types
            if types not in transformers:
                transformers[types] = adapt.Transformer(session._cursor_for(types))
            request.dump(transformers[types])
            ready.append(request)
        except Exception as error:
            request.error = error
            if is_atomic:
                raise
    return ready


def _fail_rest(requests: Sequence[Request[Any, Any]], error: BaseException) -> None:
    """Whoever waits for one of the others is told that it may or may not have run."""
    for request in requests:
        if request.answer is None and request.error is None:
            reason = " ".join(str(error).split()) or type(error).__name__
            request.fail(psycopg.OperationalError(f"the connection was taken away before the answer: {reason}"))


def _read(session: Session, request: Request[Any, Any]) -> None:
    if request.error is not None:
        session.name_violation(request.error, request.query.types)
    if request.answer is None:
        return
    try:
        cursor = session._cursor_for(request.query.types)
        request.results = [session._read(cursor, request.query, request.answer, request.read)]
    except Exception as error:
        request.error = error
    finally:
        request.answer.clear()
