"""The cases, in the order of the table."""

from __future__ import annotations

from cases import interleavings, places, replication, servers, transactions, writes
from cases.case import Case

ALL: tuple[Case, ...] = (
    *interleavings.CASES,
    *transactions.CASES,
    *writes.CASES,
    *places.CASES,
    *servers.CASES,
    *replication.CASES,
)
