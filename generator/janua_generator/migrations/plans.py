"""By which indexes the server would find the rows of a query, whatever is in the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

_OLDEST = 160000
"""EXPLAIN (GENERIC_PLAN) came with PostgreSQL 16."""


def can_plan(connection: psycopg.Connection[Any]) -> bool:
    """Tell whether this server explains statements without values for their parameters."""
    return connection.info.server_version >= _OLDEST


def indexes_used(connection: psycopg.Connection[Any], sql: str) -> Mapping[str, frozenset[str]]:
    """
    Return the indexes in which the query looks something up, by table; an empty set where it reads a table whole.

    Sequential scans are made unattractive, so that one means that no index would do. A statement that
    cannot be explained gives nothing.
    """
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL enable_seqscan = off")
        connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        try:
            with connection.transaction():
                cursor = psycopg.ClientCursor(connection).execute(
                    b"EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + sql.encode()
                )
                row = cursor.fetchone()
        except psycopg.Error:
            return {}
    found: dict[str, set[str]] = {}
    # A utility statement is explained by a word.
    plan = row[0][0] if row else None
    for relation, index in _accesses(plan["Plan"], "") if isinstance(plan, dict) else ():
        found.setdefault(relation, set()).update({index} - {""})
    return {relation: frozenset(indexes) for relation, indexes in found.items()}


def _accesses(plan: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    relation = str(plan.get("Relation Name", above))
    if "Relation Name" in plan and plan["Node Type"] not in ("Bitmap Heap Scan", "ModifyTable"):
        yield relation, str(plan["Index Name"]) if "Index Cond" in plan else ""
    elif plan["Node Type"] == "Bitmap Index Scan":
        yield above, str(plan["Index Name"])
    for child in plan.get("Plans", ()):
        yield from _accesses(child, relation if plan["Node Type"] != "ModifyTable" else "")
