"""Positions in a cluster's write-ahead log: what a replica must have replayed to show a write."""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from zlib import crc32

from janua.errors import WriteTokenError
from janua.query import Query

_VERSION = 1
_LAYOUT = struct.Struct(">BqIQ")
_CHECKSUM = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class WritePosition:
    """
    A place in the log: of which cluster, on which timeline, how many bytes from its beginning.

    Places on different timelines cannot be compared: after a promotion the same numbers mean other work.
    """

    system: int
    timeline: int
    lsn: int

    def to_token(self) -> str:
        """Return 34 characters of the alphabet of URLs that ``from_token`` reads."""
        body = _LAYOUT.pack(_VERSION, self.system, self.timeline, self.lsn)
        return urlsafe_b64encode(body + _CHECKSUM.pack(crc32(body))).rstrip(b"=").decode()

    @classmethod
    def from_token(cls, token: str) -> WritePosition:
        """Read a token. Raises WriteTokenError where it is none, or not whole any more."""
        try:
            content = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            body, checksum = content[: _LAYOUT.size], content[_LAYOUT.size :]
            version, system, timeline, lsn = _LAYOUT.unpack(body)
            is_whole = checksum == _CHECKSUM.pack(crc32(body))
        except (ValueError, AttributeError, struct.error):
            is_whole = False
        if not is_whole or cls(system, timeline, lsn).to_token() != token:
            raise WriteTokenError("the write token is damaged: hand on the text of write_token() as it is")
        if version != _VERSION:
            raise WriteTokenError(f"the write token is of version {version}, which another janua-database has written")
        return cls(system, timeline, lsn)


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """
    What a replica says of itself; ``lag`` is by how many seconds it is behind, None where it cannot tell.

    One that is not ``in_recovery`` has been promoted, and follows nobody.
    """

    system: int
    timeline: int
    replayed: int
    lag: float | None
    in_recovery: bool

    def shows(self, position: WritePosition) -> bool:
        """Return True where it has replayed all up to a position."""
        same_history = (self.system, self.timeline) == (position.system, position.timeline)
        return same_history and self.replayed >= position.lsn


# What is not flushed is not sent to replicas either, and may never be: the hint of a read, for example. Only where
# commits do not wait for the flush, the last one may be beyond it. No row from a standby.
READ_POSITION = Query(
    name="janua.write_position",
    sql="""
SELECT system_identifier,
       ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_flush_lsn()), 1, 8))
           ::bit(32)::int8,
       (CASE pg_catalog.current_setting('synchronous_commit')
            WHEN 'off' THEN pg_catalog.pg_current_wal_insert_lsn()
            ELSE pg_catalog.pg_current_wal_flush_lsn()
        END - '0/0'::pg_lsn)::int8
FROM pg_catalog.pg_control_system()
WHERE NOT pg_catalog.pg_is_in_recovery()
""",
    columns=("bigint", "bigint", "bigint"),
    row=WritePosition,
)

# Only some roles see the receiver's timeline, but all see whether it runs. Without one, what was received is not
# all that there is: the age of the last replayed commit then counts, as where replaying is behind receiving.
READ_STATE = Query(
    name="janua.replica_state",
    sql="""
SELECT system_identifier,
       coalesce(
           (SELECT received_tli FROM pg_catalog.pg_stat_get_wal_receiver()),
           greatest(control.timeline_id, recovery.min_recovery_end_timeline)
       )::int8,
       coalesce((pg_catalog.pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::int8, 0),
       CASE
           WHEN pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn()
               AND EXISTS (SELECT FROM pg_catalog.pg_stat_get_wal_receiver() WHERE pid IS NOT NULL)
           THEN 0
           ELSE extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())
       END::float8,
       pg_catalog.pg_is_in_recovery()
FROM pg_catalog.pg_control_system(),
     pg_catalog.pg_control_checkpoint() control,
     pg_catalog.pg_control_recovery() recovery
""",
    columns=("bigint", "bigint", "bigint", "double precision", "boolean"),
    row=ReplicaState,
)
