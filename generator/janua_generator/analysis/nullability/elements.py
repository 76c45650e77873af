"""
What the elements of an array are: whether one can be NULL, and of which family they are.

An array that is not NULL may hold NULLs. Those that are made from values none of which is NULL do not.
"""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.nullability.aggregates import argument_of
from janua_generator.analysis.nullability.columns import resolve
from janua_generator.analysis.nullability.operators import strictly
from janua_generator.analysis.nullability.predicates import true_facts
from janua_generator.analysis.nullability.rules import evaluate
from janua_generator.analysis.scope import Scope
from janua_generator.analysis.shape import HOLDING_NULLS
from janua_generator.analysis.syntax import function_name, parameter_number, type_name, unwrapped
from janua_generator.analysis.values import Family, Value, base_type, converted, family_of, not_null, nullable

MAKERS = frozenset({"string_to_array", "regexp_split_to_array", "parse_ident", "enum_range", "array_positions"})
"""Functions whose arrays never hold a NULL; ``string_to_array`` makes some where it is told what stands for them."""

KEEPERS = frozenset({"trim_array", "array_reverse", "array_sort", "array_shuffle", "array_sample", "array_remove"})
"""Functions whose arrays hold nothing that their first argument does not."""

JOINERS = frozenset({"array_append", "array_prepend", "array_cat"})
"""Functions that make one array of arrays and of elements, as ``||`` does."""

_UNKNOWN = nullable("an element may be NULL")
_NESTED = frozenset({Family.ARRAY, Family.OTHER})


def element_of(node: exp.Expr, scope: Scope) -> Value:
    """Return what is known of the elements of an array; OTHER where not even their type can be told."""
    node = unwrapped(node)
    name = function_name(node)
    if name and name in scope.environment.introspection.routines.redefined:
        return _UNKNOWN
    match node:
        case exp.Literal():
            return _of_literal(node)
        case exp.Cast():
            return _of_cast(node, scope)
        case exp.Array():
            return _of_constructor(node, scope)
        case exp.Column():
            return _UNKNOWN.with_family(_element_family(_declared_type(node, scope), scope))
        case exp.Parameter():
            family = _element_family(_parameter_type(node, scope), scope)
            return not_null("a list that is passed holds no None", family)
        case exp.Coalesce():
            return _either([element_of(each, scope) for each in (node.this, *node.expressions)])
        case exp.Bracket() if any(isinstance(each, exp.Slice) for each in node.expressions):
            return element_of(node.this, scope)
        case exp.DPipe():
            return _joined(node, scope)
        case _:
            return _of_call(name, node, scope)


def is_made_of_nulls(node: exp.Expr, scope: Scope) -> bool:
    """Whether the array is put together here of values that may be NULL; what a column's array holds is not known."""
    node = unwrapped(node)
    if function_name(node) in scope.environment.introspection.routines.redefined:
        return False
    match node:
        case exp.Column():
            reference = resolve(node, scope)
            return reference is not None and reference.value.shape == HOLDING_NULLS
        case exp.Subquery():
            columns = scope.child().output_of(node).columns
            return columns is not None and len(columns) == 1 and columns[0].value.shape == HOLDING_NULLS
        case exp.Cast() | exp.Window():
            return is_made_of_nulls(node.this, scope)
        case exp.Filter():
            with scope.assuming(true_facts(node.expression.this, scope)):
                return is_made_of_nulls(node.this, scope)
        case exp.Coalesce():
            return any(is_made_of_nulls(each, scope) for each in (node.this, *node.expressions))
        case exp.Array():
            return _holds(_of_constructor(node, scope))
        case _ if function_name(node) == "array_agg":
            argument = argument_of(node)
            return argument is not None and _holds(evaluate(argument, scope))
        case _:
            return False


def _holds(element: Value) -> bool:
    return element.nullable and element.family not in _NESTED


def row_type_of(node: exp.Expr, scope: Scope) -> str:
    """Return the composite type of an array's elements, where they have one, or an empty string."""
    node = unwrapped(node)
    declared = ""
    match node:
        case exp.Cast():
            declared = type_name(node.args["to"])
        case exp.Column():
            declared = _declared_type(node, scope)
        case exp.Parameter():
            declared = _parameter_type(node, scope)
    types = scope.environment.introspection.types
    element = base_type(base_type(declared, types).removesuffix("[]"), types)
    return element if family_of(element, types) is Family.COMPOSITE else ""


def _element_family(type_: str, scope: Scope) -> Family:
    types = scope.environment.introspection.types
    type_ = base_type(type_, types)
    return family_of(type_[:-2], types) if type_.endswith("]") else Family.OTHER


def _declared_type(node: exp.Column, scope: Scope) -> str:
    reference = resolve(node, scope)
    return reference.column.origin.type if reference is not None and reference.column.origin is not None else ""


def _parameter_type(node: exp.Expr, scope: Scope) -> str:
    type_ = scope.environment.parameter_types.get(parameter_number(node) or 0)
    return type_.name if type_ is not None else ""


def _of_literal(node: exp.Literal) -> Value:
    """``'{1,2}'`` holds a NULL only where it says so."""
    is_free = node.is_string and "null" not in node.this.lower()
    return not_null("the literal holds no NULL", Family.LITERAL) if is_free else _UNKNOWN


def _of_cast(node: exp.Cast, scope: Scope) -> Value:
    """The elements are cast one by one, and none to NULL but a json ``null``. A row is nullable for its fields."""
    family = _element_family(type_name(node.args["to"]), scope)
    inner = element_of(node.this, scope)
    if scope.environment.introspection.routines.redefined_casts or family is Family.COMPOSITE:
        return _UNKNOWN.with_family(family)
    if inner.family in (Family.OTHER, Family.COMPOSITE) or (inner.family is Family.JSON and family is not Family.JSON):
        return _UNKNOWN.with_family(family)
    element = type_name(node.args["to"]).removesuffix("[]")
    return converted(inner, element, scope.environment.introspection.types).with_family(family)


def _of_constructor(node: exp.Array, scope: Scope) -> Value:
    """``ARRAY[…]`` of values, and ``ARRAY(SELECT …)``; of arrays it has their elements."""
    query = node.expressions[0] if len(node.expressions) == 1 else None
    if isinstance(query, exp.Query):
        columns = scope.child().output_of(query).columns
        values = [columns[0].value] if columns is not None and len(columns) == 1 else [_UNKNOWN]
    else:
        values = [evaluate(each, scope) for each in node.expressions]
    value = _either(values)
    return _UNKNOWN if {each.family for each in values} & _NESTED else value


def _of_call(name: str, node: exp.Expr, scope: Scope) -> Value:
    arguments = [each for each in node.iter_expressions() if not isinstance(each, exp.Var)]
    if name in JOINERS:
        return _joined(node, scope)
    if name == "array_remove" and len(arguments) == 2 and isinstance(unwrapped(arguments[1]), exp.Null):
        return not_null("array_remove took the NULLs out", element_of(arguments[0], scope).family)
    if name in KEEPERS:
        return element_of(arguments[0], scope)
    family = _element_family(scope.environment.introspection.routines.results.get(name, ""), scope)
    if name == "enum_range":
        family = Family.ENUM
    if name in MAKERS and not (name == "string_to_array" and len(arguments) != 2):
        return not_null(f"{name} makes no NULL", family)
    return _UNKNOWN.with_family(family)


def _joined(node: exp.Expr, scope: Scope) -> Value:
    """Arrays and elements one after another; without an array among them they may be texts."""
    operands = [(each, evaluate(each, scope)) for each in node.iter_expressions()]
    if Family.ARRAY not in {value.family for _, value in operands}:
        return _UNKNOWN
    arrays = (Family.ARRAY, Family.LITERAL)
    parts = [element_of(each, scope) if value.family in arrays else value for each, value in operands]
    joined = _either(parts)
    return joined if Family.OTHER not in {each.family for each in parts} else _UNKNOWN.with_family(joined.family)


def _either(values: list[Value]) -> Value:
    """A value that is one of these."""
    families = {each.family for each in values} - {Family.LITERAL}
    family = families.pop() if len(families) == 1 else Family.OTHER if families else Family.TEXT
    value = strictly(values, family)
    return value if value.nullable else not_null("no element is NULL", family)
