"""Pages by key: a cursor holds the sort key of the last row seen, so that no page repeats or skips a row."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import HTTPException, Query

Limit = Annotated[int, Query(ge=1, le=200)]


def make_cursor(at: datetime, id: UUID) -> str:
    """Return the cursor of the row with this key."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {id}".encode()).decode()


def read_cursor(cursor: str | None) -> tuple[datetime, UUID] | tuple[None, None]:
    """Return the key in a cursor, or two Nones for the first page. A damaged one is answered with 422."""
    if cursor is None:
        return None, None
    try:
        at, id = base64.urlsafe_b64decode(cursor).decode().split()
        return datetime.fromisoformat(at), UUID(id)
    except ValueError:
        raise HTTPException(422, "after is not the cursor of a page") from None
