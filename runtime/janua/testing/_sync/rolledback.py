# Derived from runtime/janua/testing/_async/rolledback.py by tools/derive_sync.py; do not edit.
"""A transaction of which nothing stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from janua.database import Connection, Database, Transaction


class _Over(Exception):
    """The block has ended."""


@contextmanager
def rolled_back(db: Database | Connection) -> Iterator[Transaction]:
    """
    Give a transaction for a block, and take back all that was done in it, whatever ended it.

    It is a savepoint of a transaction outside of it: its ``commit`` keeps nothing either, and leaves it closed.
    What sequences have given is not taken back.
    """
    outer = db.begin()
    try:
        with outer.transaction() as transaction:
            yield transaction
            raise _Over
    except _Over:
        pass
    finally:
        outer.rollback()
