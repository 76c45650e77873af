"""
The shape of JSON that a query builds, from the functions that build it.

The types of what goes in are the server's own answers. Where a function, an argument or an answer does
not tell, there is no shape: the value is any JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from sqlglot import exp

from janua_generator.analysis.nullability import evaluate, resolve
from janua_generator.analysis.nullability.predicates import true_facts
from janua_generator.analysis.questions import with_probe
from janua_generator.analysis.scope import Scope, Source
from janua_generator.analysis.shape import Part, Shape, dict_of, list_of, value_of
from janua_generator.analysis.syntax import function_name, name_of, text_of, type_name, unwrapped
from janua_generator.catalog.identifiers import quoted

_Rule: TypeAlias = Callable[[exp.Expr, list[exp.Expr], Scope], "Shape | None"]

_JSON = frozenset({"json", "jsonb"})


def shape_of(node: exp.Expr, scope: Scope) -> Shape | None:
    """Return the shape of an expression's value, where it is JSON and its shape is known."""
    node = unwrapped(node)
    match node:
        case exp.Column():
            reference = resolve(node, scope)
            return reference.value.shape if reference is not None else None
        case exp.Subquery():
            return _of_subquery(node, scope)
        case exp.Coalesce() if function_name(node) == "coalesce":
            return _of_coalesce([node.this, *node.expressions], scope)
        case exp.Cast():
            return shape_of(node.this, scope) if type_name(node.args["to"]) in _JSON else None
        case exp.Filter():
            with scope.assuming(true_facts(node.expression.this, scope)):
                return shape_of(node.this, scope)
        case exp.Window() if not node.args.get("spec") and not node.args.get("alias"):
            return shape_of(node.this, scope)
        case exp.Dot() if isinstance(node.this, exp.Identifier) and node.this.name == "pg_catalog":
            return shape_of(node.expression, scope)
        case _:
            return _of_call(node, scope)


def _of_subquery(node: exp.Subquery, scope: Scope) -> Shape | None:
    columns = scope.child().output_of(node).columns
    return columns[0].value.shape if columns is not None and len(columns) == 1 else None


def _of_coalesce(operands: Sequence[exp.Expr], scope: Scope) -> Shape | None:
    """The shape that all operands have; ``'[]'`` is an empty list of anything, ``'{}'`` an empty dict."""
    found: set[Shape] = set()
    empty: set[str] = set()
    for operand in operands:
        literal = _literal(operand)
        if literal is not None:
            empty.add("".join(literal.split()))
            continue
        shape = shape_of(operand, scope)
        if shape is None:
            return None
        found.add(shape)
    if len(found) != 1:
        return None
    (shape,) = found
    fitting = {"list": {"[]"}, "dict": {"{}"}}.get(shape.kind, set())
    return shape if empty <= fitting else None


def _literal(node: exp.Expr) -> str | None:
    node = unwrapped(node)
    while isinstance(node, exp.Cast):
        node = unwrapped(node.this)
    return node.name if isinstance(node, exp.Literal) and node.is_string else None


def _of_call(node: exp.Expr, scope: Scope) -> Shape | None:
    name = function_name(node)
    rule = _RULES.get(name)
    if rule is None or name in scope.environment.introspection.routines.redefined:
        return None
    arguments = [_plain(each) for each in node.iter_expressions()]
    if any(isinstance(each, exp.Variadic) for each in arguments):
        return None
    return rule(node, arguments, scope)


def _plain(argument: exp.Expr) -> exp.Expr:
    """An aggregate's argument without ORDER BY and DISTINCT."""
    while isinstance(argument, (exp.Order, exp.Distinct)):
        argument = argument.this if isinstance(argument, exp.Order) else argument.expressions[0]
    return argument


def _object(node: exp.Expr, arguments: list[exp.Expr], scope: Scope) -> Shape | None:
    keys = [_literal(each) for each in arguments[::2]]
    if not arguments or len(arguments) % 2 or None in keys or len(set(keys)) < len(keys):
        return None
    parts = _parts(node, arguments, scope)
    if parts is None:
        return None
    return Shape("object", parts=tuple(Part(key or "", *part) for key, part in zip(keys, parts[1::2], strict=True)))


def _array(node: exp.Expr, arguments: list[exp.Expr], scope: Scope) -> Shape | None:
    parts = _parts(node, arguments, scope)
    shapes = {shape for shape, _ in parts or ()}
    if parts is None or len(shapes) != 1:
        return None
    return list_of(shapes.pop(), any(is_nullable for _, is_nullable in parts))


def _aggregate(node: exp.Expr, arguments: list[exp.Expr], scope: Scope) -> Shape | None:
    parts = _parts(node, arguments, scope) if len(arguments) == 1 else None
    return list_of(*parts[0]) if parts is not None else None


def _object_aggregate(node: exp.Expr, arguments: list[exp.Expr], scope: Scope) -> Shape | None:
    parts = _parts(node, arguments, scope) if len(arguments) == 2 else None
    return dict_of(*parts[1]) if parts is not None else None


def _converted(node: exp.Expr, arguments: list[exp.Expr], scope: Scope) -> Shape | None:
    if len(arguments) == 1 and function_name(arguments[0]) == "array_agg":
        # of the array, only the type would be known
        return _of_array_agg(arguments[0], scope)
    parts = _parts(node, arguments, scope) if len(arguments) == 1 else None
    return parts[0][0] if parts is not None else None


def _of_array_agg(node: exp.Expr, scope: Scope) -> Shape | None:
    if "array_agg" in scope.environment.introspection.routines.redefined:
        return None
    return _aggregate(node, [_plain(each) for each in node.iter_expressions()], scope)


_RULES: dict[str, _Rule] = {
    "json_build_object": _object,
    "jsonb_build_object": _object,
    "json_build_array": _array,
    "jsonb_build_array": _array,
    "json_agg": _aggregate,
    "jsonb_agg": _aggregate,
    "json_object_agg": _object_aggregate,
    "jsonb_object_agg": _object_aggregate,
    "to_json": _converted,
    "to_jsonb": _converted,
    "row_to_json": _converted,
    "array_to_json": _converted,
}


def _parts(node: exp.Expr, arguments: list[exp.Expr], scope: Scope) -> list[tuple[Shape, bool]] | None:
    """The shape of each argument of a call, and whether it may be NULL; None where one cannot be told."""
    rows = [_row_source(each, scope) for each in arguments]
    types = _types(node, arguments, rows, scope)
    if types is None:
        for argument in arguments:
            # so that what is nested is asked in the same round
            shape_of(argument, scope)
        return None
    found: list[tuple[Shape, bool]] = []
    remaining = iter(types)
    for argument, source in zip(arguments, rows, strict=True):
        if source is not None and source.columns is not None:
            own = [next(remaining) for _ in source.columns]
            found.append((_row(source, own), _row_may_be_null(argument, source, scope)))
            continue
        type_ = next(remaining)
        shape = shape_of(argument, scope) if type_ in _JSON else None
        found.append((shape or value_of(type_), evaluate(argument, scope).nullable))
    return found


def _row_source(node: exp.Expr, scope: Scope) -> Source | None:
    """The relation whose whole row an argument is: ``t`` or ``t.*``."""
    if not isinstance(node, exp.Column):
        return None
    if isinstance(node.this, exp.Star):
        name = name_of(node.args.get("table"))
    elif node.args.get("table") is None and resolve(node, scope) is None:
        name = name_of(node.this)
    else:
        return None
    level: Scope | None = scope
    while level is not None:
        found = [each for each in level.sources if each.alias == name]
        if found:
            return found[0] if len(found) == 1 and _has_known_fields(found[0]) else None
        level = level.parent
    return None


def _has_known_fields(source: Source) -> bool:
    """Whether the fields of its row are called as its columns are, each by a name of its own."""
    names = [each.name for each in source.columns or ()]
    return not source.is_renamed and bool(names) and all(names) and len(set(names)) == len(names)


def _row(source: Source, types: Sequence[str]) -> Shape:
    parts: list[Part] = []
    for column, type_ in zip(source.columns or (), types, strict=True):
        value = source.present_value(column)
        shape = value.shape if type_ in _JSON else None
        parts.append(Part(column.name, shape or value_of(type_), value.nullable))
    relation = source.relation.qualified if source.relation is not None else ""
    return Shape("object", parts=tuple(parts), relation=relation)


def _row_may_be_null(node: exp.Expr, source: Source, scope: Scope) -> bool:
    """A subquery's row is as present as a table's: NULL only where an outer join found none."""
    return bool(source.extended_by) or scope.has_grouping_sets


def _types(
    node: exp.Expr, arguments: list[exp.Expr], rows: Sequence[Source | None], scope: Scope
) -> tuple[str, ...] | None:
    """The types of the arguments, each row taken apart into its columns."""
    if "start" not in node.meta:
        return None
    replacements: list[tuple[int, int, str]] = []
    count = 0
    for argument, source in zip(arguments, rows, strict=True):
        if source is None or source.columns is None:
            count += 1
            continue
        first, last = _span(argument)
        names = [f"{quoted(source.alias)}.{quoted(column.name)}" for column in source.columns]
        replacements.append((first, last, ", ".join(names)))
        count += len(names)
    if not count or any(len(source.columns or ()) == 0 for source in rows if source is not None):
        return None
    start, end = node.meta["start"], node.meta["end"] + 1
    statement = with_probe(text_of(node), start, end, replacements)
    return scope.environment.questions.argument_types(statement, count)


def _span(node: exp.Expr) -> tuple[int, int]:
    places = [each.meta for each in _leaves(node)]
    return min(each["start"] for each in places), max(each["end"] for each in places) + 1


def _leaves(node: exp.Expr) -> Iterator[exp.Expr]:
    yield from (each for each in node.walk() if "start" in each.meta)
