"""
What the errors of runtime and driver mean to a client: one table, so that endpoints only tell their own story.

The answers name a constraint at most. Messages of the server may quote the row, so they are never shown.
"""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from janua import NotFound, ParameterError, ServerUnreachable
from psycopg import DataError, Error, OperationalError
from psycopg.errors import CheckViolation, ForeignKeyViolation, SerializationFailure, UniqueViolation

_ANSWERS: dict[type[Exception], tuple[int, str]] = {
    NotFound: (404, "not found"),
    UniqueViolation: (409, "it exists already"),
    ForeignKeyViolation: (409, "it refers to something that is not there"),
    CheckViolation: (422, "a value is not allowed"),
    DataError: (422, "a value is not allowed"),
    ParameterError: (422, "a value is not allowed"),
    # After the retries of run(): the caller may try once more.
    SerializationFailure: (503, "too many changes at once; try again"),
    OperationalError: (503, "the database is not available"),
    ServerUnreachable: (503, "the database is not available"),
}


def add_error_handlers(app: FastAPI) -> None:
    """Answer with JSON where an endpoint lets one of these errors through; any other is a 500."""
    for error in _ANSWERS:
        app.add_exception_handler(error, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    status, detail = next(_ANSWERS[kind] for kind in type(error).__mro__ if kind in _ANSWERS)
    constraint = error.diag.constraint_name if isinstance(error, Error) else None
    return JSONResponse({"detail": f"{detail} ({constraint})" if constraint else detail}, status)
