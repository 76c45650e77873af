"""What a statement writes beside the table that it names, and statements that no ORM says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stage import Stage

from cases.case import Case

GROUP = "What a write changes"


def _play(write: str, reads: Sequence[str], stage: Stage, before: str = "", **options: Any) -> None:
    """Read, write in another process, and read again."""
    reader, writer = stage.process("reader", **options), stage.process("writer", **options)
    if before:
        stage.servers.sql.execute(before.encode())
    for name in reads:
        stage.warm(reader, name)
    writer.write(write, 12)
    stage.tell(writer, *reads)
    stage.check(reader, *reads)


def _case(title: str, write: str, *reads: str, **options: Any) -> Case:
    def play(stage: Stage) -> None:
        _play(write, reads, stage, **options)

    return Case(GROUP, title, play, can_be_told=True)


CASES = (
    _case("a table that a trigger writes", "set_balance", "owners"),
    _case("an UPDATE of many rows (Django: `QuerySet.update`)", "raise_all", "accounts"),
    _case("an SQL function that writes", "pay_one", "accounts"),
    _case("a PL/pgSQL function that writes", "call_hidden", "accounts"),
    _case("a DO block", "do", "accounts"),
    _case("a write through an updatable view", "set_rich", "accounts"),
    _case("a read through a view", "set_balance", "rich"),
    _case("a read through an SQL function", "set_balance", "of_owner"),
    _case(
        "REFRESH of a materialized view", "refresh", "totals", before="UPDATE accounts SET balance = 12 WHERE id = 1"
    ),
    _case(
        "CASCADE over two levels and SET NULL (Django: by the ORM)",
        "delete_owner",
        *("owners", "accounts", "movements", "badges"),
    ),
    _case(
        "the same, left to the database (Django: `DO_NOTHING`)",
        "delete_owner",
        *("owners", "accounts", "movements", "badges"),
        has_database_cascade=True,
    ),
    _case("a partition is written, its table read", "add_to_leaf", "events"),
    _case("a partitioned table is written, its partition read", "add_to_root", "events_2026"),
    _case("a child of a table is written, the table read", "add_child", "places"),
    _case("a table with children is written, the child read", "set_parents", "towns"),
    _case("a rule writes another table", "add_by_rule", "badges"),
    _case("MERGE", "merge", "accounts"),
    _case("a DELETE in a CTE", "delete_by_cte", "movements"),
    _case("COPY", "copy_badges", "badges"),
    _case("TRUNCATE", "truncate", "movements"),
    _case("TRUNCATE … CASCADE", "truncate_all", "accounts"),
    _case("a table with a quoted name", "set_odd", "odd"),
    _case("the same by Unicode escapes (Django: raw SQL)", "set_escaped", "odd"),
    _case("a table of another schema", "set_side", "side"),
)
