"""What the soundness tests count: what was tried, and how much of it could have broken a promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any
from unittest.mock import patch

import psycopg
from janua_generator.analysis import analyse
from janua_generator.analysis.analyse import AnalysedQuery, Examined
from janua_generator.analysis.nullability import rules
from janua_generator.analysis.scope import IsKey
from janua_generator.analysis.stars import _result_lists
from janua_generator.analysis.syntax import is_star, parse, unwrapped
from janua_generator.analysis.values import Value
from sqlglot import exp

from ..workbench import Findings, Rows

NEVER_PROVE = frozenset({"nullif", "null", "extraction"})
"""The rules whose every answer is that it may be NULL."""
NEVER_OUTERMOST = frozenset({"wrapped", "named_argument"})
"""The rules of what has no value of its own."""
ELSEWHERE = frozenset({"distance", "json_constructor"})
"""The rules of what not every server has: an extension's operator, and JSON_OBJECT of PostgreSQL 16."""


def rule_names() -> set[str]:
    """The names of all rules."""
    return {rule.__name__ for rule in (*rules._RULES.values(), *rules._BY_NAME.values())}


@dataclass
class Ledger:
    """
    Counts over many queries.

    ``fired`` and ``proved`` are by rule: how often it was asked, and how often it said that there is no NULL;
    ``tried`` is on how many values of result columns such an answer of it, as the outermost, was checked. ``keyed``
    counts rows by the keys that they are told apart by, several of a result each.
    """

    made: int = 0
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    waited: int = 0
    never_null: int = 0
    nullable: int = 0
    broken: int = 0
    ran: int = 0
    with_rows: int = 0
    values: int = 0
    counted: int = 0
    keyed: int = 0
    opaque: int = 0
    doubtful: int = 0
    needlessly: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    proved: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    outermost: dict[str, list[str]] = field(default_factory=dict)
    keys: dict[str, IsKey] = field(default_factory=dict)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count the rules that are asked meanwhile."""
        answers: dict[int, tuple[str, exp.Expr, Value]] = {}
        trees: list[exp.Expr] = []

        def watched(rule: rules.Rule) -> rules.Rule:
            def asked(node: exp.Expr, scope: Any) -> Value:
                value = rule(node, scope)
                self.fired[rule.__name__] += 1
                self.proved[rule.__name__] += not value.nullable
                answers[id(node)] = (rule.__name__, node, value)
                return value

            return asked

        def parsed(sql: str) -> exp.Expr | None:
            tree = parse(sql)
            trees.extend([tree] if tree is not None else [])
            return tree

        def examined(described: Any, *rest: Any, whole: Any = analyse._examined) -> Examined:
            answers.clear()
            found: Examined = whole(described, *rest)
            self.outermost[described.parsed.source.name] = _outermost(trees[-1], answers) if trees else []
            self.keys[described.parsed.source.name] = found.output.is_key
            return found

        by_kind = {kind: watched(rule) for kind, rule in rules._RULES.items()}
        by_name = {name: watched(rule) for name, rule in rules._BY_NAME.items()}
        watching = patch.multiple(analyse, parse=parsed, _examined=examined)
        with patch.dict(rules._RULES, by_kind), patch.dict(rules._BY_NAME, by_name), watching:
            yield

    def enter_findings(self, made: int, findings: Findings) -> None:
        """Count what the server and the analysis said of so many statements."""
        self.made += made
        self.accepted += len(findings.queries)
        self.refused.update(each.sqlstate or "by us" for each in findings.errors)
        self.opaque += sum("structure" in warning.message for warning in findings.warnings)

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Count the error that the server raises meanwhile, if any."""
        try:
            yield
        except psycopg.Error as error:
            self.failed[error.sqlstate or type(error).__name__] += 1

    def enter(self, query: AnalysedQuery, rows: Rows) -> None:
        """Count a query that was run."""
        self.ran += 1
        self.with_rows += bool(rows)
        self.counted += query.inferred and str(query.cardinality) in ("one", "optional")
        outermost = self.outermost.get(query.source.name, [])
        for at, column in enumerate(query.columns):
            self.nullable += column.nullable
            if not column.nullable:
                self.never_null += 1
                self.values += len(rows)
                if len(outermost) == len(query.columns):
                    self.tried[outermost[at]] += len(rows)
            elif rows:
                self.doubtful += 1
                self.needlessly += all(row[at] is not None for row in rows)

    def __add__(self, other: Ledger) -> Ledger:
        """The counts of both."""
        return Ledger(**{name: getattr(self, name) + getattr(other, name) for name in COUNTS})

    @property
    def share(self) -> float:
        """Of the nullable columns of results with rows, how many held no NULL."""
        return self.needlessly / max(self.doubtful, 1)

    @property
    def untried(self) -> set[str]:
        """The rules of which no proof was checked on any value."""
        return {name for name in rule_names() - NEVER_PROVE - NEVER_OUTERMOST - ELSEWHERE if not self.tried[name]}

    def __str__(self) -> str:
        return "\n".join(
            (
                f"  {self.made} statements made, {self.accepted} accepted, {self.ran} ran, {self.with_rows} with rows,"
                f" {self.waited} after waiting for another session",
                f"  refused: {_most(self.refused)}",
                f"  failed: {_most(self.failed)}",
                f"  {self.never_null} columns that are never NULL, {self.values} values of theirs looked at;"
                f" {self.counted} inferred row counts, {self.keyed} rows told apart by keys;"
                f" {self.opaque} statements without structure",
                f"  {self.nullable} nullable columns: {self.doubtful} had rows, {self.needlessly} of these without a"
                f" NULL ({self.share:.1%})",
                f"  {self.broken} broken promises",
            )
        )


COUNTS = [each.name for each in fields(Ledger) if each.name not in ("outermost", "keys")]


def _most(counts: Counter[str]) -> str:
    """The most frequent SQLSTATEs."""
    listed = ", ".join(f"{state} {number}" for state, number in counts.most_common(8))
    return f"{counts.total()} ({listed})"


def _outermost(tree: exp.Expr, answers: dict[int, tuple[str, exp.Expr, Value]]) -> list[str]:
    """The rule that decided each column of the result, where there is no star among them."""
    lists = [items for items, _ in _result_lists(tree)]
    if len(lists) != 1 or any(is_star(item) for item in lists[0]):
        return []
    return [answers.get(id(unwrapped(item)), ("", item, None))[0] for item in lists[0]]
