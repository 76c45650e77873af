"""
The tables that statements write, and the triggers that may change what is written.
"""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.scope import Scope
from janua_generator.catalog.model import Relation, Trigger


def target_of(node: exp.Expr) -> exp.Table | None:
    """The table that an INSERT, UPDATE, DELETE or MERGE writes."""
    target = node.this
    if isinstance(target, exp.Schema):
        target = target.this
    return target if isinstance(target, exp.Table) and isinstance(target.this, exp.Identifier) else None


def row_triggers(relation: Relation, scope: Scope, event: str) -> list[Trigger]:
    """The triggers that may change or drop a row before it is written, partitions' own included."""
    found = [
        trigger
        for trigger in relation.triggers
        if trigger.timing != "after" and trigger.per_row and event in trigger.events
    ]
    for child in relation.children:
        below = scope.environment.introspection.catalog.by_qualified_name.get(child)
        found += row_triggers(below, scope, event) if below is not None else []
    return found
