"""
Expressions in one spelling, so that what a query says can be found again in what the server says of an index.

The server shows casts that the author did not write, ``ANY (ARRAY[…])`` for ``IN (…)`` and no qualifiers.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from janua_generator.analysis.syntax import function_name, is_any, type_name, unwrapped
from janua_generator.analysis.values import Family, base_type, family_of
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType, Relation

_TEXTS = frozenset(("text", "varchar", "character varying"))


def plain(node: exp.Expr, relation: Relation, introspection: Introspection) -> str:
    """
    Return an expression over one relation without qualifiers, parentheses and casts that change nothing.

    A cast to a type whose equality is another one, or that shortens, stays.
    """
    whole = exp.Paren(this=node.copy())
    for each in reversed(list(whole.walk())):
        if each is whole:
            continue
        if isinstance(each, exp.Column):
            each.replace(exp.column(each.this.copy()))
        elif isinstance(each, exp.Paren) or (
            isinstance(each, exp.Cast) and _changes_nothing(each, relation, introspection.types)
        ):
            each.replace(each.this)
    return str(whole.this.sql(dialect="postgres", normalize=True))


def _changes_nothing(cast: exp.Cast, relation: Relation, types: Mapping[str, PgType]) -> bool:
    operand, name = unwrapped(cast.this), type_name(cast.args["to"])
    if isinstance(operand, exp.Literal):
        return operand.is_string and (name in _TEXTS or family_of(name, types) is Family.ENUM)
    if isinstance(operand, exp.Column):
        column = relation.by_name.get(operand.name)
        return column is not None and name in _TEXTS and base_type(column.type, types).split("(")[0] in _TEXTS
    return isinstance(operand, exp.Array) and name.removesuffix("[]") in _TEXTS


def means_the_same(node: exp.Expr, introspection: Introspection) -> bool:
    """Whether the functions in it are those that the server had in mind, and not others of their names."""
    names = {function_name(each) for each in node.find_all(exp.Func)}
    return not names & introspection.routines.redefined


def asserted(predicate: exp.Expr) -> tuple[exp.Expr, bool]:
    """``x``, ``x = true`` and ``x IS TRUE`` all say that x is true, and ``NOT x`` that it is false."""
    predicate = unwrapped(predicate)
    if isinstance(predicate, exp.Not):
        return unwrapped(predicate.this), False
    is_test = isinstance(predicate, (exp.EQ, exp.Is)) and not predicate.args.get("negate")
    if is_test and isinstance(predicate.expression, exp.Boolean):
        return unwrapped(predicate.this), bool(predicate.expression.this)
    return predicate, True


def alternatives(predicate: exp.Expr) -> tuple[exp.Expr, list[exp.Expr]] | None:
    """``x = a``, ``x IN (a, b)`` and ``x = ANY (ARRAY[a, b])``: the operand and the values that it may have."""
    predicate = unwrapped(predicate)
    if isinstance(predicate, exp.In) and predicate.expressions and not predicate.args.get("query"):
        return unwrapped(predicate.this), [unwrapped(each) for each in predicate.expressions]
    if not isinstance(predicate, exp.EQ):
        return None
    right = unwrapped(predicate.expression)
    if not is_any(right):
        return unwrapped(predicate.this), [right]
    elements = _elements(unwrapped(right.this if isinstance(right, exp.Any) else right.expressions[0]))
    return (unwrapped(predicate.this), elements) if elements is not None else None


def _elements(array: exp.Expr) -> list[exp.Expr] | None:
    """The elements of ``ARRAY[…]``, each with the cast that the whole has; None for any other array."""
    if isinstance(array, exp.Cast):
        types, elements = array.args["to"].expressions, _elements(unwrapped(array.this))
        if len(types) != 1 or elements is None:
            return None
        return [exp.Cast(this=each.copy(), to=types[0].copy()) for each in elements]
    if not isinstance(array, exp.Array) or any(isinstance(each, exp.Query) for each in array.expressions):
        return None
    return [unwrapped(each) for each in array.expressions]
