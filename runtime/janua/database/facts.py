"""What a session tells of itself, so that an answer of it may be kept and its writes be told."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.resources import files

from janua.query import Query
from janua.querycache import Place, Writer

_ORIGIN = struct.Struct(">Iq")
_TIMELINE = 4


def _read(name: str) -> str:
    return files("janua.database").joinpath(f"{name}.sql").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """
    ``context`` is all of the session's that answers may depend on. ``place`` is None on a standby.

    ``oldest_running`` is the first transaction that has not ended. Where the session's own ``has_id``, it may see rows
    that nobody else does.
    """

    place: Place | None
    context: bytes
    time_zone: str
    isolation: str
    oldest_running: int
    has_id: bool


def place_of(database: str, timeline: int, recovered: int) -> Place:
    """Return where this is: timelines come after each other, and so do crashes."""
    return Place(database.encode(), _ORIGIN.pack(timeline, recovered))


def same_timeline(place: Place, other: Place) -> bool:
    """Return whether no standby was promoted between the two."""
    return place.origin[:_TIMELINE] == other.origin[:_TIMELINE]


def _session_facts(
    database: str,
    timeline: int | None,
    recovered: int,
    xmin: int,
    has_id: bool,
    isolation: str,
    zone: str,
    context: str,
) -> SessionFacts:
    place = place_of(database, timeline, recovered) if timeline is not None else None
    return SessionFacts(place, context.encode(), zone, isolation, xmin, has_id)


def _writer(database: str, timeline: int, recovered: int, xid: int, pid: int, started: int) -> Writer:
    return Writer(place_of(database, timeline, recovered), xid, pid, started)


SESSION_FACTS = Query[SessionFacts](
    name="janua.session_facts",
    sql=_read("session_facts"),
    params=("text[]",),
    columns=("text", "bigint", "bigint", "bigint", "boolean", "text", "text", "text"),
    row=_session_facts,
)
# Not what pg_current_snapshot() calls xmax: that is behind the last transaction that has ended, and one that has its
# id may be still running there and beyond.
NEW_XID = Query[int](
    name="janua.new_xid", sql="SELECT pg_catalog.pg_current_xact_id()::text::int8", columns=("bigint",)
)
# For a transaction that is about to write; on a standby none does.
ASSIGN_XID = Query[None](
    name="janua.assign_xid",
    sql="SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_current_xact_id() END::text",
)
WRITER_FACTS = Query[Writer](
    name="janua.writer_facts",
    sql=_read("writer_facts"),
    columns=("text", "bigint", "bigint", "bigint", "integer", "bigint"),
    row=_writer,
)
# The rest is the same as long as the connection lives.
WRITER_XID = Query[int](
    name="janua.writer_xid",
    sql="SELECT coalesce(pg_catalog.pg_current_xact_id_if_assigned()::text::int8, 0)",
    columns=("bigint",),
)
WRITER_STATUS = Query[str | None](
    name="janua.writer_status",
    sql=_read("writer_status"),
    params=("text", "integer", "bigint"),
    columns=("text",),
)
