"""
What the place of a parameter tells: the name that it suggests, and whether NULL has a meaning there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from janua_generator.analysis.assignments import Assignment, Place, assignment_of, inserted_at, offered_at, place_of
from janua_generator.analysis.origins import declared_columns
from janua_generator.analysis.syntax import alias_columns, function_name, is_star, name_of, parameter_number
from janua_generator.catalog.model import Catalog, Column, Function, Relation

_COMPARISONS = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Like, exp.ILike, exp.SimilarTo, exp.RegexpLike,
    exp.RegexpILike, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.ArrayContainsAll, exp.ArrayContainedBy,
    exp.ArrayOverlaps, exp.MatchAgainst,
)  # fmt: skip
_OF_WHOLE_VALUES = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Between,
)  # fmt: skip
"""Comparisons whose other side is a value as the column has it, and no pattern or part of one."""
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div)
_KEYED: Mapping[type[exp.Expr], str] = {
    exp.JSONExtract: "key", exp.JSONExtractScalar: "key", exp.JSONBContainsTopKey: "key",
    exp.JSONBExtract: "path", exp.JSONBExtractScalar: "path", exp.JSONBDeleteAtPath: "path",
    exp.JSONBContainsAnyTopKeys: "keys", exp.JSONBContainsAllTopKeys: "keys",
}  # fmt: skip
_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "pg_notify": ("channel", "payload"),
    "set_config": ("setting", "value", "is_local"),
    "current_setting": ("setting", "missing_ok"),
    "nextval": ("sequence",), "currval": ("sequence",), "setval": ("sequence", "value", "is_called"),
    **dict.fromkeys(
        (f"pg_{try_}advisory_{scope}lock{shared}" for try_ in ("", "try_") for scope in ("", "xact_")
         for shared in ("", "_shared")),
        ("key", "key2"),
    ),
    "pg_advisory_unlock": ("key", "key2"), "pg_sleep": ("seconds",), "setseed": ("seed",),
    "jsonb_set": ("target", "path", "value", "create_if_missing"), "jsonb_insert": ("target", "path", "value"),
    "jsonb_path_query": ("target", "path", "vars"), "jsonb_path_exists": ("target", "path", "vars"),
    "to_tsquery": ("config", "query"), "plainto_tsquery": ("config", "query"),
    "websearch_to_tsquery": ("config", "query"), "phraseto_tsquery": ("config", "query"),
    "crypt": ("password", "salt"), "gen_salt": ("type", "rounds"),
}  # fmt: skip
_TWO_WORDS = ("double precision", "character varying", "bit varying", "timestamp with", "time with")


class Null(StrEnum):
    """What NULL means in a place: it is looked for, it is stored, or a column refuses it."""

    TESTED = "tested"
    STORED = "stored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Use:
    """
    One place of a parameter: the name that it suggests, what NULL means there, and the type of the column.

    ``columns`` are those, with their relations, that it is put into or compared with as a whole.
    """

    name: str = ""
    null: frozenset[Null] = frozenset()
    type: str = ""
    columns: tuple[tuple[str, str], ...] = ()


def takes_null(uses: Iterable[Use]) -> bool:
    """Whether None has a meaning in one of these places, and does not fail for sure in another."""
    meanings = {each for use in uses for each in use.null}
    return Null.TESTED in meanings or (Null.STORED in meanings and Null.REFUSED not in meanings)


def uses_of(tree: exp.Expr, catalog: Catalog, intervals: Collection[int]) -> Iterator[tuple[int, Use]]:
    """Yield every place of every parameter; ``intervals`` are the numbers of those that are intervals."""
    for node in tree.find_all(exp.Parameter):
        number = parameter_number(node)
        if number is not None:
            name, null = _name(node, catalog, number in intervals), _null(node, catalog)
            yield number, Use(name, null, *_met_column(node, catalog))


def _unchanged(node: exp.Expr) -> exp.Expr:
    """What hands the value on as it is: casts, parentheses, a branch of CASE, the first operand of ``nullif``."""
    while True:
        parent = node.parent
        is_branch = isinstance(parent, exp.If) and node.arg_key == "true"
        is_default = isinstance(parent, exp.Case) and node.arg_key == "default"
        is_first = isinstance(parent, exp.Nullif) and node.arg_key == "this"
        if not (isinstance(parent, (exp.Cast, exp.Paren, exp.Alias)) or is_branch or is_default or is_first):
            return node
        assert parent is not None
        node = parent.parent if is_branch and parent.parent is not None else parent


def _null(node: exp.Expr, catalog: Catalog, followed: frozenset[int] = frozenset()) -> frozenset[Null]:
    """What NULL means where the value ends up; CTEs and subqueries hand it on to those that read them."""
    node = _unchanged(node)
    match node.parent:
        case exp.Is() as test if isinstance(test.expression, exp.Null):
            return frozenset({Null.TESTED})
        case exp.NullSafeEQ() | exp.NullSafeNEQ() | exp.Coalesce():
            return frozenset({Null.TESTED})
    assigned, place = assignment_of(node, catalog), place_of(node)
    if assigned is not None:
        return _stored(assigned, catalog)
    return _null_at(place, catalog, followed) if place is not None else frozenset()


def _null_at(place: Place, catalog: Catalog, followed: frozenset[int]) -> frozenset[Null]:
    inserted, offered = inserted_at(place, catalog), offered_at(place)
    if inserted is not None:
        return _stored(inserted, catalog)
    if offered is None or id(place.rows) in followed:
        return frozenset()
    followed |= {id(place.rows)}
    read = [_null(each, catalog, followed) for each in offered.readers()]
    starred = [_null_at(each, catalog, followed) for each in offered.starred()]
    return frozenset().union(*read, *starred)


def _stored(assigned: Assignment, catalog: Catalog) -> frozenset[Null]:
    column = assigned.column
    if column is None:
        return frozenset()
    refuses = column.not_null or bool(column.identity) or _refuses_null(column.type, catalog)
    return frozenset({Null.REFUSED if refuses else Null.STORED})


def _refuses_null(type_name: str, catalog: Catalog) -> bool:
    """Whether it is a NOT NULL domain, or a domain over one."""
    domain = catalog.types_by_name.get(type_name)
    while domain is not None and domain.kind == "domain":
        if domain.not_null:
            return True
        domain = catalog.types_by_name.get(domain.base)
    return False


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A column that a value is put into or compared with; ``is_whole``: as a value that the column could have."""

    relation: Relation
    column: Column
    is_whole: bool


def _met_column(node: exp.Expr, catalog: Catalog) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What it is assigned to or compared with, as far as names tell: the type, and the columns that may be meant."""
    found = list(_meetings(node, catalog))
    types = {each.column.type for each in found}
    places = tuple((each.relation.qualified, each.column.name) for each in found if each.is_whole)
    return types.pop() if len(types) == 1 else "", places


def _meetings(node: exp.Expr, catalog: Catalog, followed: frozenset[int] = frozenset()) -> Iterator[_Meeting]:
    node = _unchanged(node)
    while isinstance(node.parent, exp.Coalesce):
        node = _unchanged(node.parent)
    assigned, place = assignment_of(node, catalog), place_of(node)
    if assigned is not None:
        yield from _assigned(assigned)
    elif place is not None:
        yield from _meetings_at(place, catalog, followed)
    else:
        yield from _compared(node, catalog)


def _meetings_at(place: Place, catalog: Catalog, followed: frozenset[int]) -> Iterator[_Meeting]:
    """Where CTEs and subqueries hand the value on to."""
    inserted, offered = inserted_at(place, catalog), offered_at(place)
    if inserted is not None:
        yield from _assigned(inserted)
    elif offered is not None and id(place.rows) not in followed:
        followed |= {id(place.rows)}
        for reader in offered.readers():
            yield from _meetings(reader, catalog, followed)
        for star in offered.starred():
            yield from _meetings_at(star, catalog, followed)


def _assigned(assigned: Assignment) -> Iterator[_Meeting]:
    if assigned.relation is not None and assigned.column is not None:
        yield _Meeting(assigned.relation, assigned.column, is_whole=True)


def _compared(node: exp.Expr, catalog: Catalog) -> Iterator[_Meeting]:
    if isinstance(node.parent, (exp.Any, exp.All)):
        node = node.parent
    comparison = node.parent
    if not isinstance(comparison, (*_COMPARISONS, exp.Between)):
        return
    others = [each for each in comparison.iter_expressions() if each is not node and each.find(exp.Column) is not None]
    column = others[0] if others else None
    if isinstance(column, exp.Column) and not is_star(column):
        is_whole = isinstance(comparison, _OF_WHOLE_VALUES)
        yield from (_Meeting(*each, is_whole) for each in declared_columns(column, catalog))


def _name(node: exp.Expr, catalog: Catalog, is_interval: bool) -> str:
    """The name of what the value meets first, on its way up to the statement."""
    unchanged = _unchanged(node)
    below: exp.Expr = node
    while below.parent is not None and not isinstance(below, (exp.Query, exp.Where, exp.Having)):
        if isinstance(below.parent, exp.If) and below.arg_key == "this":
            # a condition has nothing to do with what CASE gives
            return ""
        if isinstance(below.parent, exp.Alias) and below.parent is not unchanged:
            return ""
        name = _met(below, below.parent, catalog)
        if is_interval and isinstance(below.parent, _ARITHMETIC):
            return "interval"
        if name:
            return name
        below = below.parent
    return ""


def _met(node: exp.Expr, parent: exp.Expr, catalog: Catalog) -> str:
    assigned = assignment_of(node, catalog)
    if assigned is not None:
        return assigned.name
    match parent:
        case exp.Limit():
            return "limit"
        case exp.Offset():
            return "offset"
        case exp.Kwarg() | exp.PropertyEQ():
            return name_of(parent.this) or parent.this.name
        case exp.Between() if node.arg_key in ("low", "high"):
            return node.arg_key
        case exp.Alias():
            return name_of(parent.args["alias"])
        case exp.Unnest():
            return _of_unnested(node, parent)
        case exp.Tuple() | exp.Select():
            place = place_of(node)
            return (_name_of_place(place, catalog) if place else "") or _beside_in_row(node, parent)
    if type(parent) in _KEYED and node.arg_key == "expression":
        return _KEYED[type(parent)]
    if isinstance(parent, _ARITHMETIC):
        return _number_of(parent, node) or _column_beside(node, parent, direct=True)
    if isinstance(parent, _COMPARISONS):
        return _column_beside(node, parent, direct=False)
    if isinstance(parent, (exp.Coalesce, exp.Between, exp.Greatest, exp.Least, exp.Nullif)):
        return _column_beside(node, parent, direct=True)
    return _of_argument(node, parent, catalog) if isinstance(parent, exp.Func) else ""


def _name_of_place(place: Place, catalog: Catalog, followed: frozenset[int] = frozenset()) -> str:
    """The name of a column of a subquery; of one without a name of its own, that of what it is put into."""
    inserted, offered = inserted_at(place, catalog), offered_at(place)
    if inserted is not None:
        return inserted.name
    if offered is None or offered.is_named or id(place.rows) in followed:
        return offered.name if offered is not None and offered.is_named else ""
    found = [each.name for each in (assignment_of(_unchanged(r), catalog) for r in offered.readers()) if each]
    found += [_name_of_place(each, catalog, followed | {id(place.rows)}) for each in offered.starred()]
    return next(filter(None, found), "")


def _column_beside(node: exp.Expr, parent: exp.Expr, *, direct: bool) -> str:
    """The column among the other operands; not ``direct``: anywhere in one of them."""
    for other in parent.iter_expressions():
        if other is not node and isinstance(other, (exp.JSONExtract, exp.JSONExtractScalar)):
            return _key_of(other) or _column_beside(node, other, direct=True)
        column = other if direct else other.find(exp.Column)
        if other is not node and isinstance(column, exp.Column) and not isinstance(column.this, exp.Star):
            return name_of(column.this)
    return ""


def _key_of(extraction: exp.Expr) -> str:
    """The key of ``data->>'key'``, where it could be a name."""
    keys = [each.name for each in extraction.expression.find_all(exp.JSONPathKey, exp.Literal)]
    return keys[0] if len(keys) == 1 and keys[0].isidentifier() else ""


def _beside_in_row(node: exp.Expr, row: exp.Expr) -> str:
    """In ``(a, b) > ($1, $2)`` the column at the same place of the other row."""
    if not isinstance(row, exp.Tuple) or not isinstance(row.parent, _COMPARISONS):
        return ""
    at = next((at for at, each in enumerate(row.expressions) if each is node), None)
    others = [each for each in row.parent.iter_expressions() if isinstance(each, exp.Tuple) and each is not row]
    for other in others:
        if at is not None and at < len(other.expressions):
            column = other.expressions[at].find(exp.Column)
            return name_of(column.this) if column is not None else ""
    return ""


def _number_of(product: exp.Expr, node: exp.Expr) -> str:
    """In ``$1 * INTERVAL '1 day'`` it is a number of days."""
    other = product.expression if node is product.this else product.this
    unit = other.args.get("unit") if isinstance(product, exp.Mul) and isinstance(other, exp.Interval) else None
    return f"{unit.name.lower().removesuffix('s')}s" if unit is not None else ""


def _of_unnested(node: exp.Expr, unnest: exp.Expr) -> str:
    """``unnest($1) AS u (name)``."""
    holder = unnest.parent if isinstance(unnest.parent, exp.Lateral) else unnest
    names = alias_columns(holder)
    at = next((at for at, each in enumerate(unnest.expressions) if each is node), len(names))
    return names[at] if at < len(names) else ""


def _of_argument(node: exp.Expr, call: exp.Expr, catalog: Catalog) -> str:
    """The name of the function's parameter: as the migrations declare it, or as the manual calls it."""
    at = next((at for at, each in enumerate(call.expressions) if each is node), None)
    name = function_name(call)
    if at is None:
        return ""
    functions = catalog.functions_by_name.get(name, ())
    declared = {_argument_name(each, at) for each in functions if _takes(each, len(call.expressions))}
    if functions:
        return declared.pop() if len(declared) == 1 else ""
    names = _ARGUMENTS.get(name, ())
    # of a lone argument to `to_tsquery` the configuration was left out
    skipped = 1 if names[:1] == ("config",) and len(call.expressions) == 1 else 0
    return names[at + skipped] if at + skipped < len(names) else ""


def _takes(function: Function, count: int) -> bool:
    return count <= len(_declared(function))


def _declared(function: Function) -> list[str]:
    return function.arguments.split(", ") if function.arguments else []


def _argument_name(function: Function, at: int) -> str:
    """The name in ``name type``; an argument without one is a mere type."""
    words = [each for each in _declared(function)[at].split(" ") if each not in ("IN", "INOUT", "VARIADIC")]
    is_named = len(words) > 1 and not " ".join(words).startswith(_TWO_WORDS)
    return words[0].strip('"') if is_named else ""
