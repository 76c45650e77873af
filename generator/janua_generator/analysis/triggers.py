"""
What the triggers of a table may do to a row before it is written.

A trigger may be switched off at any time, so that what it fills in proves nothing; only that it leaves the rest alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from janua_generator.analysis.nullability import evaluate
from janua_generator.analysis.plpgsql import assignments_of, body_of
from janua_generator.analysis.scope import Column, Scope, Source
from janua_generator.analysis.syntax import parse
from janua_generator.analysis.targets import row_triggers
from janua_generator.analysis.values import Family, Value, base_type, family_of, nullable
from janua_generator.catalog.model import Relation, Trigger


@dataclass(frozen=True, slots=True)
class TriggerEffect:
    """
    What triggers may do to a row: leave it out, or change columns.

    ``assigned`` are the columns that they may give another value, ``cleared`` those of them that may become
    NULL. Where they do more than can be told, they may also do anything else to the row.
    """

    opaque: bool = False
    assigned: frozenset[str] = frozenset()
    cleared: frozenset[str] = frozenset()

    def may_clear(self, column: str) -> bool:
        """Whether the column may be NULL afterwards though it was not before."""
        return self.opaque or column in self.cleared


def effect_of_triggers(relation: Relation, scope: Scope, *events: str) -> TriggerEffect:
    """Return what the row triggers for these events may do, partitions' own included."""
    triggers = {trigger.definition: trigger for event in events for trigger in row_triggers(relation, scope, event)}
    if not triggers:
        return TriggerEffect()
    filled: set[str] = set()
    cleared: set[str] = set()
    for trigger in triggers.values():
        assignments = _assignments(trigger, scope)
        is_of_delete = "delete" in events and "delete" in trigger.events
        if assignments is None or is_of_delete or trigger.timing != "before":
            return TriggerEffect(opaque=True)
        for name, value in _values(assignments, relation, scope):
            filled.add(name)
            cleared |= {name} if value.nullable else set()
    return TriggerEffect(False, frozenset(filled), frozenset(cleared))


def _assignments(trigger: Trigger, scope: Scope) -> list[tuple[str, str]] | None:
    catalog = scope.environment.introspection.catalog
    schema, _, name = trigger.function.partition(".")
    found = [each for each in catalog.functions_by_name.get(name, ()) if each.schema == schema]
    if len(found) != 1 or found[0].language != "plpgsql" or "SET " in found[0].definition.partition("$")[0]:
        return None
    return assignments_of(body_of(found[0].definition))


def _values(assignments: Iterable[tuple[str, str]], relation: Relation, scope: Scope) -> Iterator[tuple[str, Value]]:
    """What is assigned, of rows of which no more is known than that they may be anything."""
    types = scope.environment.introspection.types
    columns = tuple(
        Column(each.name, nullable("the row is not written yet", family_of(each.type, types)))
        for each in relation.columns
    )
    own = Scope(scope.environment)
    own.sources += [Source("new", columns), Source("old", columns)]
    for name, expression in assignments:
        tree, column = parse(f"SELECT {expression}"), relation.by_name.get(name)
        if (
            column is None
            or not isinstance(tree, exp.Select)
            or scope.environment.introspection.routines.redefined_casts
        ):
            yield name, nullable("what is assigned is not told")
            continue
        value, family = evaluate(tree.expressions[0], own), family_of(column.type, types)
        # of a value of another type the assignment makes one of the column's, by whichever cast there is
        is_same = value.family in (family, Family.LITERAL) and not base_type(column.type, types).startswith("time ")
        yield name, value if is_same else nullable("it is cast")
