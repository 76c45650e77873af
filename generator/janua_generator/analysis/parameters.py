"""
Parameters: what a bare ``$1`` is called, and which parameters take None.

A parameter takes None where NULL has a meaning: where it is assigned to a nullable column, or
passed to something that looks at NULLs (``coalesce``, ``IS NULL``, ``IS DISTINCT FROM``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from janua_generator.analysis.origins import declared_type
from janua_generator.analysis.syntax import name_of, parameter_number
from janua_generator.analysis.targets import target_of
from janua_generator.catalog.model import Catalog, PgType, Relation
from janua_generator.describe import DescribedQuery

_COMPARISONS = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Like, exp.ILike, exp.RegexpLike, exp.RegexpILike,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In, exp.ArrayContainsAll, exp.ArrayContainedBy,
    exp.ArrayOverlaps,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """
    A parameter of the generated function. ``number`` is n of ``$n``.

    ``meets`` is the declared type of the column that it is assigned to or compared with, or empty: the
    server takes a domain for its base type there.
    """

    name: str
    number: int
    type: PgType
    nullable: bool
    meets: str = ""


@dataclass(frozen=True, slots=True)
class _Use:
    """One place of a parameter: the column that it meets, whether NULL has a meaning there, the column's type."""

    name: str = ""
    takes_null: bool = False
    type: str = ""


def find_parameters(described: DescribedQuery, tree: exp.Expr | None, catalog: Catalog) -> tuple[Parameter, ...]:
    """Name the parameters and decide which take None."""
    uses: dict[int, list[_Use]] = {}
    for number, use in _uses(tree, catalog) if tree is not None else ():
        uses.setdefault(number, []).append(use)
    taken = {placeholder.name for placeholder in described.parsed.placeholders}
    parameters = []
    for placeholder, type_ in zip(described.parsed.placeholders, described.parameters, strict=True):
        found = uses.get(placeholder.number, [])
        name = placeholder.name or _free(_suggested(found, placeholder.number), taken)
        taken.add(name)
        inferred = any(use.takes_null for use in found)
        is_nullable = inferred if placeholder.nullable is None else placeholder.nullable
        met = {use.type for use in found if use.type}
        meets = met.pop() if len(met) == 1 else ""
        parameters.append(Parameter(name, placeholder.number, type_, is_nullable, meets))
    return tuple(parameters)


def _suggested(uses: list[_Use], number: int) -> str:
    return next((use.name for use in uses if use.name), f"p{number}")


def _free(name: str, taken: set[str]) -> str:
    candidate, suffix = name, 2
    while candidate in taken:
        candidate, suffix = f"{name}_{suffix}", suffix + 1
    return candidate


def _uses(tree: exp.Expr, catalog: Catalog) -> Iterator[tuple[int, _Use]]:
    for node in tree.find_all(exp.Parameter):
        number = parameter_number(node)
        if number is not None:
            yield number, _use(node, catalog)


def _use(node: exp.Expr, catalog: Catalog) -> _Use:
    # casts and parentheses around it change neither name nor meaning
    while isinstance(node.parent, (exp.Cast, exp.Paren, exp.Alias)):
        node = node.parent
    parent = node.parent
    assigned = _assigned_column(node, catalog)
    if assigned is not None:
        return assigned
    match parent:
        case exp.Limit():
            return _Use("limit")
        case exp.Offset():
            return _Use("offset")
        case exp.Is() if isinstance(parent.expression, exp.Null):
            return _Use(takes_null=True)
        case exp.NullSafeEQ() | exp.NullSafeNEQ():
            return _compared(parent, node, catalog, takes_null=True)
        case exp.Coalesce():
            return _Use(takes_null=True)
        case exp.Any() | exp.All() if isinstance(parent.parent, exp.Expr):
            return _compared(parent.parent, parent, catalog)
        case exp.Kwarg():
            return _Use(name_of(parent.this))
        case _ if isinstance(parent, _COMPARISONS):
            return _compared(parent, node, catalog)
        case _:
            return _Use()


def _compared(comparison: exp.Expr, node: exp.Expr, catalog: Catalog, *, takes_null: bool = False) -> _Use:
    """The column on the other side of a comparison."""
    for other in comparison.iter_expressions():
        if other is not node:
            column = other.find(exp.Column)
            if column is not None and not isinstance(column.this, exp.Star):
                return _Use(name_of(column.this), takes_null, declared_type(column, catalog) if column is other else "")
    return _Use(takes_null=takes_null)


def _assigned_column(node: exp.Expr, catalog: Catalog) -> _Use | None:
    """The column that INSERT or UPDATE puts the parameter into."""
    parent = node.parent
    if isinstance(parent, exp.EQ) and parent.expression is node and isinstance(parent.parent, exp.Update):
        return _column_use(parent.parent, name_of(parent.this), catalog)
    if isinstance(parent, exp.EQ) and parent.expression is node and isinstance(parent.parent, exp.OnConflict):
        insert = parent.parent.parent
        return _column_use(insert, name_of(parent.this), catalog) if isinstance(insert, exp.Insert) else None
    if isinstance(parent, exp.Tuple) and isinstance(parent.parent, exp.EQ):
        return _row_assignment(node, parent, parent.parent, catalog)
    position = _position(node)
    insert = _insert_above(parent)
    if position is None or insert is None:
        return None
    names = _insert_columns(insert, catalog)
    return _column_use(insert, names[position], catalog) if position < len(names) else None


def _row_assignment(node: exp.Expr, row: exp.Tuple, pair: exp.EQ, catalog: Catalog) -> _Use | None:
    """``SET (a, b) = ($1, $2)``."""
    if not isinstance(pair.parent, exp.Update) or pair.expression is not row or not isinstance(pair.this, exp.Tuple):
        return None
    at = next(index for index, each in enumerate(row.expressions) if each is node)
    if at >= len(pair.this.expressions):
        return None
    return _column_use(pair.parent, name_of(pair.this.expressions[at]), catalog)


def _position(node: exp.Expr) -> int | None:
    """The place of a value in its row or select list."""
    siblings = node.parent.expressions if node.parent is not None else []
    return next((at for at, each in enumerate(siblings) if each is node), None)


def _insert_above(parent: exp.Expr | None) -> exp.Expr | None:
    """The INSERT whose VALUES row or whose own SELECT ``parent`` is."""
    if isinstance(parent, exp.Tuple) and isinstance(parent.parent, exp.Values):
        parent = parent.parent
    elif not isinstance(parent, exp.Select):
        return None
    insert = parent.parent
    return insert if isinstance(insert, exp.Insert) and insert.expression is parent else None


def _insert_columns(insert: exp.Expr, catalog: Catalog) -> list[str]:
    if isinstance(insert.this, exp.Schema):
        return [name_of(each) for each in insert.this.expressions]
    relation = _relation(insert, catalog)
    return [column.name for column in relation.columns] if relation is not None else []


def _column_use(statement: exp.Expr, name: str, catalog: Catalog) -> _Use:
    relation = _relation(statement, catalog)
    column = relation.by_name.get(name) if relation is not None else None
    if column is None:
        return _Use(name)
    refuses = column.not_null or bool(column.identity) or _refuses_null(column.type, catalog)
    return _Use(name, not refuses, column.type)


def _refuses_null(type_name: str, catalog: Catalog) -> bool:
    """Whether it is a NOT NULL domain, or a domain over one."""
    domain = catalog.types_by_name.get(type_name)
    while domain is not None and domain.kind == "domain":
        if domain.not_null:
            return True
        domain = catalog.types_by_name.get(domain.base)
    return False


def _relation(statement: exp.Expr, catalog: Catalog) -> Relation | None:
    target = target_of(statement)
    if target is None:
        return None
    schema = name_of(target.args["db"]) if target.args.get("db") else None
    return catalog.relation(name_of(target.this), schema)
