"""
What statements put into the columns of their target: the values that are written out, and defaults.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from janua_generator.analysis.nullability import evaluate
from janua_generator.analysis.scope import UNKNOWN, Output, Scope
from janua_generator.analysis.syntax import is_row, name_of, parse
from janua_generator.analysis.values import Value, base_type, converted, nullable
from janua_generator.catalog.model import Relation

Assigned = Mapping[str, Value]
"""What is known of the value that each column is given, by the column's name."""


def by_query(names: Sequence[str], selected: Output, relation: Relation, scope: Scope) -> Assigned:
    """``INSERT INTO t (…) SELECT …``: what the query gives, and defaults for the rest."""
    if selected.columns is None:
        return {}
    given = {
        name: _stored(column.value, relation, name, scope)
        for name, column in zip(names, selected.columns, strict=False)
    }
    return defaults(relation, given, scope) | given


def by_rows(names: Sequence[str], rows: Iterable[exp.Expr], relation: Relation, scope: Scope) -> Assigned:
    """``VALUES (…), (…)``: in each row values and DEFAULT, and defaults for what none gives."""
    given: dict[str, Value] = {}
    for row in rows:
        items = row.expressions if isinstance(row, exp.Tuple) else [row]
        for name, item in zip(names, items, strict=False):
            value = _assigned(name, item, relation, scope)
            given[name] = either(given[name], value) if name in given else value
    return defaults(relation, given, scope) | given


def by_assignments(assignments: Iterable[exp.Expr], relation: Relation | None, scope: Scope) -> Assigned:
    """``SET a = …, (b, c) = (…)``."""
    assigned: dict[str, Value] = {}
    for each in assignments:
        target, value = each.this, each.expression
        if isinstance(target, exp.Tuple):
            parts = value.expressions if is_row(value) else []
            for at, column in enumerate(target.expressions):
                known = at < len(parts) and column.args.get("table") is None
                name = name_of(column)
                assigned[name] = _assigned(name, parts[at], relation, scope) if known else UNKNOWN
        elif isinstance(target, exp.Column) and target.args.get("table") is None:
            name = name_of(target.this)
            assigned[name] = _assigned(name, value, relation, scope)
        else:
            # `a.b` is field b of column a, and `a[1]` an element of it
            field_of = target.args.get("table") if isinstance(target, exp.Column) else target
            assigned[name_of(field_of)] = UNKNOWN
    return assigned


def _assigned(name: str, value: exp.Expr, relation: Relation | None, scope: Scope) -> Value:
    if relation is None:
        return UNKNOWN
    return (
        default_of(relation, name, scope)
        if is_default(value)
        else _stored(evaluate(value, scope), relation, name, scope)
    )


def _stored(value: Value, relation: Relation, name: str, scope: Scope) -> Value:
    """The value as of the column's type; of casts that the migrations made nothing is known."""
    column, introspection = relation.by_name.get(name), scope.environment.introspection
    if (
        column is None
        or {column.type, base_type(column.type, introspection.types)} & introspection.routines.redefined_casts
    ):
        return UNKNOWN
    return converted(value, column.type, introspection.types)


def is_default(item: exp.Expr) -> bool:
    """Whether it is the word DEFAULT, which sqlglot takes for a column in some places."""
    word = item.this if isinstance(item, exp.Column) and not item.args.get("table") else item
    is_quoted = isinstance(word, exp.Identifier) and bool(word.args.get("quoted"))
    return isinstance(word, (exp.Var, exp.Identifier)) and word.name.lower() == "default" and not is_quoted


def defaults(relation: Relation, given: Iterable[str], scope: Scope) -> dict[str, Value]:
    """What the columns are filled with that a statement does not name."""
    named = set(given)
    return {each.name: default_of(relation, each.name, scope) for each in relation.columns if each.name not in named}


def default_of(relation: Relation, name: str, scope: Scope) -> Value:
    """What DEFAULT gives: the column's own expression, else NULL or what its domain says."""
    column = relation.by_name.get(name)
    if column is None or not column.default or column.generated:
        return nullable("there is no default")
    tree = parse(f"SELECT {column.default}")
    if not isinstance(tree, exp.Select):
        return UNKNOWN
    return _stored(evaluate(tree.expressions[0], Scope(scope.environment)), relation, name, scope)


def explained(assigned: Assigned) -> dict[str, Value]:
    """The same, with the reason that it was assigned."""
    return {
        name: value if value.nullable else replace(value, why=f"it was assigned: {value.why}")
        for name, value in assigned.items()
    }


def either(one: Value, other: Value) -> Value:
    """A value that is one or the other; its family does not matter, because that is the column's."""
    return one if one.nullable else other
