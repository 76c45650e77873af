"""Which server gave a transaction its id, and what the id still means on the server that answers now."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

_FOLDER = files("janua.database")


def _read(name: str) -> str:
    return _FOLDER.joinpath(name).read_text("utf-8")


READ_ORIGIN = _read("origin.sql")
READ_STATUS = "SELECT pg_catalog.pg_xact_status($1::text::xid8)"
END_ORPHAN = _read("end_orphan.sql")


@dataclass(frozen=True, slots=True)
class Origin:
    """
    A run of a server's life in which a transaction's id means one transaction.

    ``system`` is the cluster's identifier and ``timeline`` changes with a promotion: after it the same
    id is given to other work. So it is after a crash (``started`` is when the server recovered from the
    last one), for ids that had not reached the disk.
    """

    system: str
    timeline: str
    started: str

    def same_history(self, other: Origin) -> bool:
        """Return True where both are on one timeline of one cluster."""
        return (self.system, self.timeline) == (other.system, other.timeline)


def read_first_new_id(server_version: int) -> str:
    """
    Return the query for the first id that was given after the server's last crash.

    It is the next one at the checkpoint that ends the recovery. NULL where another has followed.
    """
    return _read("first_new_id_17.sql" if server_version >= 170000 else "first_new_id.sql")
