"""
Set-returning functions: the columns that they give, in FROM and in select lists.

A strict one gives no row for a NULL, so that what it gives does not depend on whether its arguments are NULL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlglot import exp

from janua_generator.analysis.nullability.elements import element_of, row_type_of
from janua_generator.analysis.nullability.rules import evaluate, named
from janua_generator.analysis.scope import Column, Scope
from janua_generator.analysis.syntax import function_name, name_of, unwrapped
from janua_generator.analysis.values import Family, Value, not_null, nullable

SETS: Mapping[str, tuple[tuple[str, bool, Family], ...]] = {
    "generate_series": (("", True, Family.OTHER),),
    "generate_subscripts": (("", True, Family.INTEGER),),
    "json_array_elements": (("value", True, Family.JSON),),
    "jsonb_array_elements": (("value", True, Family.JSON),),
    "json_array_elements_text": (("value", False, Family.TEXT),),
    "jsonb_array_elements_text": (("value", False, Family.TEXT),),
    "json_each": (("key", True, Family.TEXT), ("value", True, Family.JSON)),
    "jsonb_each": (("key", True, Family.TEXT), ("value", True, Family.JSON)),
    "json_each_text": (("key", True, Family.TEXT), ("value", False, Family.TEXT)),
    "jsonb_each_text": (("key", True, Family.TEXT), ("value", False, Family.TEXT)),
    "json_object_keys": (("", True, Family.TEXT),),
    "jsonb_object_keys": (("", True, Family.TEXT),),
    "jsonb_path_query": (("", True, Family.JSON),),
    "jsonb_path_query_tz": (("", True, Family.JSON),),
    "regexp_matches": (("", True, Family.ARRAY),),
    "regexp_split_to_table": (("", True, Family.TEXT),),
    "string_to_table": (("", True, Family.TEXT),),
    # of hstore
    "each": (("key", True, Family.TEXT), ("value", False, Family.TEXT)),
    "skeys": (("", True, Family.TEXT),),
    "svals": (("", False, Family.TEXT),),
}
"""
The columns of each: its name, empty where it is the alias or the function's name; that it is never NULL; its family.

``tests/generator/test_sets.py`` has the server bear out every line.
"""

_WHY_NULLABLE = {
    "json_array_elements_text": "a json null becomes NULL",
    "jsonb_array_elements_text": "a json null becomes NULL",
    "json_each_text": "a json null becomes NULL",
    "jsonb_each_text": "a json null becomes NULL",
}


def columns_of_set(call: exp.Expr, alias: str, scope: Scope) -> tuple[Column, ...] | None:
    """Return the columns of a built-in set-returning function in FROM; None for another, or where they are not sure."""
    if isinstance(call, exp.Unnest):
        return _unnested(call, alias, scope)
    name = function_name(call)
    if name in scope.environment.introspection.routines.redefined or name not in SETS:
        return None
    return tuple(
        Column(column or alias or name, _value(name, call, never_null, family, scope))
        for column, never_null, family in SETS[name]
    )


def _value(name: str, call: exp.Expr, never_null: bool, family: Family, scope: Scope) -> Value:
    arguments = list(call.iter_expressions())
    if name == "generate_series":
        family = _common_family(evaluate(each, scope).family for each in arguments[:2])
    if not never_null:
        return nullable(_WHY_NULLABLE.get(name, f"a value of {name} may be NULL"), family)
    if name == "string_to_table" and len(arguments) != 2:
        return nullable("string_to_table is told what stands for NULL", family)
    return not_null(f"{name} gives no NULL", family)


def _common_family(families: Iterable[Family]) -> Family:
    found = set(families) - {Family.LITERAL}
    return (
        found.pop() if len(found) == 1 else Family.NUMBER if found == {Family.INTEGER, Family.NUMBER} else Family.OTHER
    )


def _unnested(call: exp.Unnest, alias: str, scope: Scope) -> tuple[Column, ...] | None:
    """The elements of one array, of a tsvector or of a multirange, or several side by side."""
    if len(call.expressions) > 1:
        each = [_columns_of_array(argument, "unnest", scope) for argument in call.expressions]
        found = [column for columns in each if columns is not None for column in columns]
        # `unnest` is in the catalog three times, but only arrays stand side by side
        return padded(found) if all(columns is not None for columns in each) else None
    (argument,) = call.expressions
    return _columns_of_array(argument, alias or "unnest", scope)


def _columns_of_array(argument: exp.Expr, name: str, scope: Scope) -> tuple[Column, ...] | None:
    value = _element(argument, scope)
    if evaluate(argument, scope).family is Family.SEARCH:
        places = nullable("a lexeme may have no positions", Family.ARRAY)
        lexeme = Column("lexeme", value.with_family(Family.TEXT))
        return lexeme, Column("positions", places), Column("weights", places)
    if value.family is Family.COMPOSITE:
        row = scope.environment.introspection.types.get(row_type_of(argument, scope))
        if row is None:
            return None
        return tuple(Column(field, nullable("a field of a row may be NULL")) for field, _ in row.fields)
    return (Column(name, value),) if value.family is not Family.OTHER else None


def _element(argument: exp.Expr, scope: Scope) -> Value:
    """What ``unnest`` gives of an array, a multirange or a tsvector."""
    whole = evaluate(argument, scope).family
    if whole in (Family.RANGE, Family.SEARCH):
        return not_null("it holds no NULL", whole)
    if row_type_of(argument, scope):
        return nullable("an element may be NULL", Family.COMPOSITE)
    return element_of(argument, scope)


def padded(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Side by side, the shorter of several sets are filled up with NULLs."""
    return tuple(Column(each.name, _filled_up(each.value.family)) for each in columns)


def _filled_up(family: Family) -> Value:
    return nullable("the longer of several sets fills up the others", family)


@named("unnest", *SETS)
def in_a_select_list(node: exp.Expr, scope: Scope) -> Value:
    """A set-returning function in a select list: a row for each of its rows, where no other stands beside it."""
    name = function_name(node)
    if name == "unnest":
        value = _element(node.this, scope)
    elif len(SETS[name]) > 1:
        value = not_null(f"{name} gives rows", Family.COMPOSITE)
    else:
        ((_, never_null, family),) = SETS[name]
        value = _value(name, node, never_null, family, scope)
    if not value.nullable and not _is_the_only_one(node, scope):
        return _filled_up(value.family)
    return value


def field_of_set(owner: exp.Expr, field: exp.Expr, scope: Scope) -> Value | None:
    """Return what ``(jsonb_each(x)).key`` gives; None for a field of anything else."""
    call = unwrapped(owner)
    if not isinstance(owner, exp.Paren) or len(SETS.get(function_name(call), ())) < 2:
        return None
    columns = columns_of_set(call, "", scope) or ()
    found = next((each.value for each in columns if each.name == name_of(field)), None)
    return found if found is None or _is_the_only_one(call, scope) else _filled_up(found.family)


def _is_the_only_one(call: exp.Expr, scope: Scope) -> bool:
    query = call.find_ancestor(exp.Select, exp.Values)
    return query is not None and len(list(sets_multiplying(query, scope))) == 1


def sets_multiplying(query: exp.Expr, scope: Scope) -> Iterator[exp.Expr]:
    """Yield the set-returning calls that multiply a query's rows: in its list, or what it sorts or groups by."""
    clauses = [query.args.get(clause) for clause in ("expressions", "order", "group", "distinct", "windows")]
    for clause in clauses:
        for each in clause if isinstance(clause, list) else [clause]:
            if each is not None:
                yield from set_returning_calls(each, scope)


def set_returning_calls(node: exp.Expr, scope: Scope) -> Iterator[exp.Expr]:
    """Yield the set-returning functions in the expression, outside of its subqueries."""
    set_returning = scope.environment.introspection.routines.set_returning
    unfolding = (exp.Unnest, exp.Explode, exp.ExplodingGenerateSeries, exp.Posexplode)
    stack = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, unfolding) or function_name(each) in set_returning:
            yield each
        if not isinstance(each, (exp.Query, exp.Exists)):
            stack += list(each.iter_expressions())
