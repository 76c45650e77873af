"""
What the errors of runtime and driver mean to a client: one table, so that endpoints only tell their own story.

Some constraints have an answer of their own. The others name the constraint at most: messages of the server may
quote the row, so they are never shown.
"""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from janua import ConstraintViolation, NotFound, ParameterError, ServerUnreachable
from psycopg import DataError, OperationalError
from psycopg.errors import CheckViolation, ForeignKeyViolation, SerializationFailure, UniqueViolation

from generated import constraints

_ANSWERS: dict[type[Exception], tuple[int, str]] = {
    NotFound: (404, "not found"),
    constraints.UsersEmailKey: (409, "the address is taken"),
    constraints.OrganizationsSlugKey: (409, "the slug is taken"),
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
    constraint = error.constraint if isinstance(error, ConstraintViolation) else None
    return JSONResponse({"detail": f"{detail} ({constraint})" if constraint else detail}, status)
