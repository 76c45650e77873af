"""By which indexes the server would find the rows of a query, whatever is in the tables and in its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import psycopg
from janua.lexer import Kind, tokenize

_NUMBERS = count(1)


def indexes_used(connection: psycopg.Connection[Any], sql: str) -> Mapping[str, frozenset[str]]:
    """
    Return the indexes in which the query looks something up, by table; an empty set where it reads a table whole.

    Sequential scans are made unattractive, so that one means that no index would do. A statement that
    cannot be explained gives nothing.
    """
    with connection.transaction(force_rollback=True):
        # A generic plan does not depend on values; without pruning, it holds all partitions.
        connection.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan;"
            " SET LOCAL enable_partition_pruning = off"
        )
        try:
            with connection.transaction():
                plan = _plan(connection, sql)
        except psycopg.Error:
            return {}
    found: dict[str, set[str]] = {}
    for relation, index in _accesses(plan, "") if plan else ():
        found.setdefault(relation, set()).update({index} - {""})
    return {relation: frozenset(indexes) for relation, indexes in found.items()}


def _plan(connection: psycopg.Connection[Any], sql: str) -> Mapping[str, Any] | None:
    # EXPLAIN (GENERIC_PLAN) would be shorter, and came with PostgreSQL 16.
    name = f"janua_plan_{next(_NUMBERS)}"
    numbers = [int(token.text[1:]) for token in tokenize(sql) if token.kind is Kind.PARAMETER]
    values = f"({', '.join(['NULL'] * max(numbers))})" if numbers else ""
    connection.execute(f"PREPARE {name} AS {sql}".encode(), prepare=False)
    row = connection.execute(f"EXPLAIN (FORMAT JSON) EXECUTE {name}{values}".encode(), prepare=False).fetchone()
    connection.execute(f"DEALLOCATE {name}".encode())
    # A utility statement is explained by a word.
    return row[0][0].get("Plan") if row and isinstance(row[0][0], dict) else None


def _accesses(plan: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    relation = str(plan.get("Relation Name", above))
    if "Relation Name" in plan and plan["Node Type"] not in ("Bitmap Heap Scan", "ModifyTable"):
        yield relation, str(plan["Index Name"]) if "Index Cond" in plan else ""
    elif plan["Node Type"] == "Bitmap Index Scan":
        yield above, str(plan["Index Name"])
    for child in plan.get("Plans", ()):
        yield from _accesses(child, relation if plan["Node Type"] != "ModifyTable" else "")
