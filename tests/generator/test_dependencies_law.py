"""
What a statement touches is among what is claimed, and what is claimed is enough to know which results stay the same.

The server shows what is touched by its locks and counters, and what stays the same by running queries again. On
random statements over random schemas with triggers, keys, rules, functions and views.
``JANUA_FUZZ_QUERIES=100000`` tries that many, from a seed that is printed, instead of a few.
"""

from __future__ import annotations

import os
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
import pytest
from janua_generator.analysis.dependencies.result import Dependencies
from janua_generator.catalog.introspect import introspect

from .soundness.schemamaker import FUNCTIONS, make_schema
from .soundness.writemaker import StatementMaker
from .wiringmaker import WiringMaker
from .workbench import Rows, Workbench, undone
from .workbench import rows_of as sent_rows

SCHEMAS = 5
STATEMENTS_A_SCHEMA = 60
KEPT_A_SCHEMA = 40

_LOCKS = """
    SELECT n.nspname || '.' || c.relname, array_agg(l.mode)
    FROM pg_locks l
    JOIN pg_class c ON c.oid = l.relation
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'p', 'm', 'f')
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname !~ '^pg_temp_'
    GROUP BY 1
"""
_ROWS = """
    SELECT schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
"""
# Its ancestors are locked when it is asked which rows a partition may have.
_ANCESTORS = """
    SELECT r.root::regclass::text
    FROM pg_class c, pg_partition_ancestors(c.oid) AS r (root)
    WHERE c.relispartition AND c.oid <> r.root AND c.relnamespace::regnamespace::text || '.' || c.relname = ANY($1)
"""
_NEIGHBOURS = """
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'
"""


@dataclass(frozen=True)
class Kept:
    """A query whose result a cache may keep, and the tables whose writes make it stale."""

    sql: str
    reads: frozenset[str]
    rows: Rows


@dataclass(frozen=True)
class Seen:
    """The tables that a statement read, wrote, and only locked rows of, which a foreign key's check does too."""

    read: set[str]
    written: set[str]
    locked: set[str]


@dataclass
class Tally:
    """How many statements ran, what each kind of claim said too little, and how often one said too much."""

    ran: int = 0
    repeated: int = 0
    exact: int = 0
    unknown: int = 0
    surplus: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count these too."""
        self.ran += other.ran
        self.repeated += other.repeated
        self.exact += other.exact
        self.unknown += other.unknown
        self.surplus += other.surplus
        self.missing += other.missing


def observed(cursor: psycopg.RawCursor[tuple[Any, ...]], sql: str, parameters: int) -> Seen:
    """Run a statement, and ask the server what it touched."""
    before = dict(cursor.execute(_ROWS).fetchall())
    cursor.execute(sql.encode(), [2] * parameters)
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    locks = cursor.execute(_LOCKS).fetchall()
    after = dict(cursor.execute(_ROWS).fetchall())
    read = {name for name, modes in locks if "AccessShareLock" in modes}
    written = {name for name, count in after.items() if count > before.get(name, 0)}
    strong = {name for name, modes in locks if set(modes) - {"AccessShareLock", "RowShareLock"}}
    if re.match(r"LOCK|EXPLAIN (?!\(ANALYZE)", sql):
        # they lock what they do not write
        read |= strong
    else:
        written |= strong
    return Seen(read, written, {name for name, modes in locks if "RowShareLock" in modes} - read)


def rows_of(cursor: psycopg.RawCursor[tuple[Any, ...]], sql: str) -> Rows:
    """The rows of a query as the server sent them, since NaN does not equal itself, in one order."""
    return sorted(sent_rows(cursor.execute(sql.encode(), binary=True)), key=repr)


_LEAVES_SOME = re.compile(r"\b(limit|fetch|offset)\b", re.IGNORECASE)


def keepable(workbench: Workbench, texts: Iterable[str]) -> Iterator[Kept]:
    """
    Those queries of which nothing is said that speaks against keeping their results.

    Which rows LIMIT leaves is nobody's promise: another plan gives others.
    """
    for text in texts:
        if _LEAVES_SOME.search(text):
            continue
        for query in workbench.analyse(f"-- name: q\n{text};\n").queries:
            claim = query.dependencies
            if not (claim.writes or claim.unknown_reads or claim.unknown_writes or claim.obstacles):
                with suppress(psycopg.Error), psycopg.RawCursor(workbench.connection) as cursor:
                    yield Kept(query.sql, frozenset(claim.reads), rows_of(cursor, query.sql))


def ancestors(workbench: Workbench, names: set[str]) -> set[str]:
    """The tables of which some of these are partitions."""
    with psycopg.RawCursor(workbench.connection) as cursor:
        return {f"public.{name}" for (name,) in cursor.execute(_ANCESTORS, [sorted(names)]).fetchall()}


def neighbours(workbench: Workbench, written: set[str]) -> set[str]:
    """The tables that foreign keys of or to the written ones speak of."""
    pairs = [(f"public.{a}", f"public.{b}") for a, b in workbench.connection.execute(_NEIGHBOURS).fetchall()]
    pairs = [(a.replace('"', ""), b.replace('"', "")) for a, b in pairs]
    return {b for a, b in pairs if a in written} | {a for a, b in pairs if b in written}


def check_schema(workbench: Workbench, random: Random) -> Tally:
    """Make a schema and statements on it, and compare what they touch with what is claimed."""
    version = workbench.connection.info.server_version
    statements, tables = make_schema(random, version)
    workbench.migrate(FUNCTIONS)
    maker = WiringMaker(random, tables)
    done = []
    for statement in (*statements, *maker.ddl()):
        with suppress(psycopg.Error):
            workbench.connection.execute(statement.encode())
            done.append(statement)
    workbench.introspection = introspect(workbench.connection, ["public"])
    workbench.connection.execute("SET statement_timeout = '2s'")
    queries = StatementMaker(random, [*tables, *maker.made], version)
    kept = list(keepable(workbench, (maker.query() for _ in range(KEPT_A_SCHEMA))))
    tally = Tally()
    for _ in range(STATEMENTS_A_SCHEMA):
        sql = queries.statement() if random.random() < 0.4 else maker.statement()
        for query in workbench.analyse(f"-- name: q\n{sql};\n").queries:
            where = "\n".join([sql, "", *done])
            with (
                suppress(psycopg.Error),
                undone(workbench.connection),
                psycopg.RawCursor(workbench.connection) as cursor,
            ):
                seen = observed(cursor, query.sql, len(query.parameters))
                compare(tally, workbench, query.dependencies, seen, where)
                repeat(tally, cursor, query.dependencies, kept, where)
    workbench.connection.execute("RESET statement_timeout")
    return tally


def compare(tally: Tally, workbench: Workbench, claim: Dependencies, seen: Seen, where: str) -> None:
    """Count one statement."""
    read, written, locked = seen.read, seen.written, seen.locked
    claimed = {*claim.reads, *claim.writes}
    tally.ran += 1
    tally.unknown += bool(claim.unknown_reads or claim.unknown_writes)
    if not claim.unknown_reads:
        unread = read - claimed - ancestors(workbench, claimed) | locked - claimed - neighbours(workbench, written)
        tally.missing += [f"{each} is read\n{where}" for each in sorted(unread)]
    if not claim.unknown_writes:
        tally.missing += [f"{each} is written\n{where}" for each in sorted(written - set(claim.writes))]
    tally.exact += claimed <= read | written | locked and set(claim.writes) <= written
    tally.surplus["tables touched"] += len(read | written)
    tally.surplus["tables claimed"] += len(claimed)


def repeat(
    tally: Tally, cursor: psycopg.RawCursor[tuple[Any, ...]], claim: Dependencies, kept: Sequence[Kept], where: str
) -> None:
    """Run those queries again that the statement before is not said to make stale."""
    if claim.unknown_writes or not claim.writes:
        return
    for each in kept:
        if each.reads.isdisjoint(claim.writes):
            tally.repeated += 1
            if rows_of(cursor, each.sql) != each.rows:
                tally.missing.append(f"{each.sql} gives other rows after\n{where}")


def test_nothing_is_touched_that_is_not_claimed(workbench: Workbench) -> None:
    """A few schemas, the same every time."""
    if "JANUA_FUZZ_QUERIES" in os.environ:
        pytest.skip("a longer one runs instead")
    tally = Tally()
    for seed in range(SCHEMAS):
        tally.add(check_schema(workbench, Random(seed)))
    assert not tally.missing, "\n\n".join(tally.missing[:3])
    assert tally.ran > 0.4 * SCHEMAS * STATEMENTS_A_SCHEMA, (
        "a maker of statements that the server refuses proves nothing"
    )
    assert tally.repeated > SCHEMAS * STATEMENTS_A_SCHEMA, "nor does one that leaves no result alone"
    assert tally.exact > 0.5 * tally.ran, "claiming everything is no knowledge"


@pytest.mark.skipif("JANUA_FUZZ_QUERIES" not in os.environ, reason="JANUA_FUZZ_QUERIES says how many")
def test_nothing_is_touched_by_very_many_that_is_not_claimed(workbench: Workbench) -> None:
    """The same for as many statements as one has time for."""
    first = int(os.environ.get("JANUA_FUZZ_SEED", secrets.randbelow(2**32)))
    wanted, seed, tally = int(os.environ["JANUA_FUZZ_QUERIES"]), first, Tally()
    while tally.ran < wanted:
        tally.add(check_schema(workbench, Random(seed)))
        assert not tally.missing, f"JANUA_FUZZ_SEED={seed}\n\n" + "\n\n".join(tally.missing[:3])
        seed += 1
    print(
        f"from seed {first}: {tally.ran} ran, {tally.exact} exact, {tally.unknown} unknown, {dict(tally.surplus)}; "
        f"{tally.repeated} times a result had to be the same"
    )
