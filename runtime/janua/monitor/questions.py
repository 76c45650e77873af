"""The questions to PostgreSQL: a ``.sql`` file each, what its rows are, and what it needs to be answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from janua.monitor import rows
from janua.monitor.answer import Answer
from janua.monitor.rows import Abilities
from janua.monitor.statement import read_statement
from janua.query import Query

R = TypeVar("R")

Need: TypeAlias = Literal["pg_stat_statements", "pg_read_all_stats"]


@dataclass(frozen=True)
class Question(Generic[R]):
    """A question. ``name`` is its file's; ``params`` are the types of its parameters."""

    name: str
    row: type[R]
    params: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()

    def lack(self, abilities: Abilities) -> Answer[R] | None:
        """Return why it cannot be answered to this role on this server, None where it can."""
        if "pg_stat_statements" in self.needs and abilities.statements_schema is None:
            return Answer(unavailable=NO_STATEMENTS)
        if "pg_read_all_stats" in self.needs and not abilities.sees_all:
            return Answer(unavailable=f"{abilities.role} may not see others' sessions: {_grant(abilities.role)}")
        return None


NO_STATEMENTS = (
    "pg_stat_statements is not installed: put it into shared_preload_libraries, restart the server,"
    " and run CREATE EXTENSION pg_stat_statements"
)

ABILITIES = Question("abilities", rows.Abilities)
OVERVIEW = Question("overview", rows.Overview)
CONNECTIONS = Question("connections", rows.Connections)
COUNTERS = Question("counters", rows.Counters)
HIT_RATES = Question("hit_rates", rows.HitRates)
QUERY_TOTALS = Question("query_totals", rows.QueryTotals, needs=("pg_stat_statements",))
SLOW_QUERIES = Question(
    "slow_queries",
    rows.SlowQuery,
    params=("double precision", "integer"),
    needs=("pg_stat_statements", "pg_read_all_stats"),
)
BLOCKED = Question("blocked", rows.Blocked, needs=("pg_read_all_stats",))
LONG_RUNNING = Question("long_running", rows.Activity, ("double precision",), ("pg_read_all_stats",))
IDLE_IN_TRANSACTION = Question("idle_in_transaction", rows.Activity, ("double precision",), ("pg_read_all_stats",))
UNUSED_INDEXES = Question("unused_indexes", rows.UnusedIndex, ("bigint",))
DUPLICATE_INDEXES = Question("duplicate_indexes", rows.DuplicateIndex)
INVALID_INDEXES = Question("invalid_indexes", rows.InvalidIndex)
MISSING_FOREIGN_KEY_INDEXES = Question("missing_foreign_key_indexes", rows.UnindexedForeignKey)
SEQUENCES = Question("sequences", rows.SequenceUse, ("double precision",))
TRANSACTION_IDS = Question("transaction_ids", rows.TransactionIds, ("integer",))
REPLICAS = Question("replicas", rows.Follower, needs=("pg_read_all_stats",))
REPLICATION_SLOTS = Question("replication_slots", rows.ReplicationSlot)
TABLE_SIZES = Question("table_sizes", rows.TableSize, ("integer",))
BLOAT = Question("bloat", rows.Bloat, ("bigint", "integer"))


@cache
def query_of(question: Question[R]) -> Query[R]:
    """
    Return the statement that asks it.

    It is never kept: a view's columns are of other types from version to version, and a monitor asks rarely.
    """
    sql = files("janua.monitor").joinpath("sql", f"{question.name}.sql").read_text("utf-8")
    return Query(
        name=f"janua.monitor.{question.name}",
        sql=sql,
        params=question.params,
        row=_maker(question.row),
        kept=False,
    )


def _maker(row: type[R]) -> Callable[..., R]:
    """Return what makes a row of its columns by position, with the texts of statements read."""
    # Annotations are texts in that module.
    statements = {at for at, field in enumerate(fields(row)) if field.type == "Statement"}  # type: ignore[arg-type]

    def make(*values: Any) -> R:
        return row(*(read_statement(value) if at in statements else value for at, value in enumerate(values)))

    return make if statements else row


def _grant(role: str) -> str:
    return f'GRANT pg_monitor TO "{role}"'
