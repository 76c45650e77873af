"""
MERGE: each row that it gives is of one of its actions, so that what holds after all of them holds of the result.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from janua_generator.analysis.assigned import Assigned, by_assignments, by_rows, either, explained
from janua_generator.analysis.fixed import fixed_sources
from janua_generator.analysis.nullability.predicates import NONE, Facts, true_facts
from janua_generator.analysis.scope import JOIN_IDS, Condition, Output, Scope, Source
from janua_generator.analysis.syntax import conjuncts, name_of
from janua_generator.analysis.triggers import effect_of_triggers
from janua_generator.catalog.model import Relation


def keep_pairs(merge: exp.Merge, target: Source, scope: Scope) -> None:
    """Take in what ties the target's rows to the source's, and that a row of the target alone has no source."""
    on = merge.args.get("on")
    scope.conditions += [Condition(each, (target,)) for each in conjuncts(on)]
    if any(_is_by_source(each) for each in _whens(merge)):
        join = next(JOIN_IDS)
        for other in scope.sources:
            if other is not target:
                other.extended_by.add(join)


def given_by_actions(merge: exp.Merge, target: Source, relation: Relation, scope: Scope) -> Assigned:
    """What is known of the target's columns in each row that the actions give."""
    outcomes = [
        {column.name: outcome.get(column.name) or target.value(column) for column in target.columns or ()}
        for when in _whens(merge)
        for outcome in _outcome(when, merge, target, relation, scope)
    ]
    given = dict(outcomes[0]) if outcomes else {}
    for outcome in outcomes[1:]:
        given = {name: either(value, outcome[name]) for name, value in given.items()}
    return given


def _outcome(when: exp.Expr, merge: exp.Merge, target: Source, relation: Relation, scope: Scope) -> Iterator[Assigned]:
    """The row after one action: as assigned, and for the rest as it was before; DO NOTHING gives none."""
    action, condition = when.args.get("then"), when.args.get("condition")
    facts: Facts = NONE
    for each in [*(conjuncts(merge.args.get("on")) if when.args.get("matched") else ()), *conjuncts(condition)]:
        facts |= true_facts(each, scope)
    with scope.assuming(facts):
        before = {column.name: target.value(column) for column in target.columns or ()}
        if isinstance(action, exp.Insert):
            yield explained(_inserted(action, relation, scope))
        elif isinstance(action, exp.Update):
            yield before | explained(by_assignments(action.expressions, relation, scope))
        elif not _does_nothing(when):
            yield before


def _inserted(action: exp.Insert, relation: Relation, scope: Scope) -> Assigned:
    row = action.expression or action.this
    if not isinstance(row, exp.Tuple) or not row.expressions:
        return by_rows([], [], relation, scope)
    named = isinstance(action.this, exp.Tuple) and action.expression is not None
    names = [name_of(each) for each in action.this.expressions] if named else [each.name for each in relation.columns]
    return by_rows(names, [row], relation, scope)


def count_pairs(merge: exp.Merge, target: Source, relation: Relation, scope: Scope) -> Output:
    """Count the rows of RETURNING: a row of the source finds one row of the target by key, or is inserted."""
    others = [source for source in scope.sources if source is not target]
    whens = list(_whens(merge))
    is_single = all(each.at_most_one for each in others) and not any(map(_is_by_source, whens))
    if not is_single or target not in fixed_sources(scope):
        return Output((), count_reason="MERGE may touch several rows")
    acts = all(
        _always_acts([each for each in whens if bool(each.args.get("matched")) is kind]) for kind in (True, False)
    )
    drops = effect_of_triggers(relation, scope, "insert", "update", "delete").opaque
    is_sure = all(each.at_least_one for each in others) and acts and not drops and relation.kind == "table"
    return Output((), True, is_sure and not relation.row_security, "MERGE of one row, found by a unique key")


def _always_acts(whens: list[exp.Expr]) -> bool:
    """Whether one of the clauses applies in any case, and none does nothing."""
    return bool(whens) and whens[-1].args.get("condition") is None and not any(map(_does_nothing, whens))


def _does_nothing(when: exp.Expr) -> bool:
    action = when.args.get("then")
    return isinstance(action, exp.Var) and action.name.upper() != "DELETE"


def _is_by_source(when: exp.Expr) -> bool:
    return not when.args.get("matched") and bool(when.args.get("source"))


def _whens(merge: exp.Merge) -> Iterator[exp.Expr]:
    whens = merge.args.get("whens")
    yield from whens.expressions if isinstance(whens, exp.Whens) else ()
