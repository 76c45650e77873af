"""
Functions in FROM: the columns that they offer, and whether they give exactly one row.

One that returns no set has one row, of NULLs where it gives nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from janua_generator.analysis.bodies import columns_of_function, sole_function
from janua_generator.analysis.nullability import evaluate
from janua_generator.analysis.nullability.documents import columns_of_document
from janua_generator.analysis.nullability.sets import SETS, columns_of_set, padded
from janua_generator.analysis.nullability.totality import ALWAYS, TOTAL
from janua_generator.analysis.scope import Column, Scope, Source, columns_named, renamed
from janua_generator.analysis.syntax import alias_columns, alias_of, function_name, name_of
from janua_generator.analysis.values import Family, family_of, not_null, nullable
from janua_generator.catalog.model import Function

_POSITION = not_null("a position", Family.INTEGER)
_OPAQUE_FAMILIES = frozenset({Family.OTHER, Family.COMPOSITE})


@dataclass(frozen=True, slots=True)
class _Called:
    """What one call gives. ``is_scalar``: a value and no row, so that the relation's name is that of its column."""

    name: str
    columns: tuple[Column, ...] | None
    one_row: bool = False
    is_scalar: bool = False
    is_volatile: bool = True


def called(item: exp.Expr, scope: Scope, neighbours: tuple[Source, ...]) -> Source:
    """
    A function in FROM, ``unnest``, ROWS FROM, JSON_TABLE, or anything else whose columns only the server knows.

    ``scope`` is that of its arguments, which see the ``neighbours`` to its left.
    """
    calls = [_call(each, alias_of(item), scope) for each in _items(item)]
    columns: tuple[Column, ...] | None = tuple(column for each in calls for column in each.columns or ())
    if any(each.columns is None for each in calls):
        columns = None
    one_row = all(each.one_row for each in calls)
    if columns is not None and len(calls) > 1 and not one_row:
        columns = padded(columns)
    has_position, names = _ordinality(item)
    if columns is not None and has_position:
        columns = (*columns, Column("ordinality", _POSITION))
    return Source(
        alias_of(item) or calls[0].name,
        renamed(columns, names) if columns is not None else None,
        at_most_one=one_row,
        at_least_one=one_row,
        is_scalar=len(calls) == 1 and calls[0].is_scalar and not has_position,
        is_renamed=bool(names),
        depends_on=neighbours,
        volatile=any(each.is_volatile for each in calls),
    )


def _items(item: exp.Expr) -> list[exp.Expr]:
    """The functions of ROWS FROM, or the one that there is."""
    listed = item.args.get("rows_from")
    return list(listed) if listed else [item]


def _ordinality(item: exp.Expr) -> tuple[bool, list[str]]:
    """Whether rows are counted, and the names of the alias, in which sqlglot keeps the counter's apart for unnest."""
    names = [] if _definitions(item) else alias_columns(item)
    call = item.this if isinstance(item, exp.Lateral) else item
    offset = call.args.get("offset") or item.args.get("ordinality")
    return bool(offset), [*names, name_of(offset)] if isinstance(offset, exp.Identifier) else names


def _definitions(item: exp.Expr) -> list[exp.ColumnDef]:
    """The columns that an alias spells out: ``AS t (a integer, b text)``."""
    alias = item.args.get("alias")
    columns = alias.args.get("columns") or [] if isinstance(alias, exp.TableAlias) else []
    return [column for column in columns if isinstance(column, exp.ColumnDef)]


def _call(item: exp.Expr, alias: str, scope: Scope) -> _Called:
    call = item.this if isinstance(item, (exp.Table, exp.Lateral)) else item
    document = columns_of_document(call, scope)
    if document is not None:
        return _Called("xmltable" if isinstance(call, exp.XMLTable) else "json_table", document)
    name = "unnest" if isinstance(call, exp.Unnest) else function_name(call)
    routines = scope.environment.introspection.routines
    function = _catalogued(item, name, scope)
    one_row = name not in routines.set_returning and (function is not None or name in routines.results)
    volatile = name in routines.volatile
    definitions = _definitions(item)
    if definitions:
        types = scope.environment.introspection.types
        columns = tuple(
            Column(name_of(each.this), nullable("a field of a record", family_of(_type_of(each), types)))
            for each in definitions
        )
        return _Called(name, columns, one_row, is_volatile=volatile)
    if function is not None:
        columns = _columns_of(function, alias, scope)
        return _Called(name, columns, one_row, not function.output, volatile)
    if name in routines.redefined:
        return _Called(name, None)
    found = columns_of_set(call, alias, scope)
    if found is not None:
        is_scalar = len(found) == 1 and (name in SETS or found[0].name == (alias or name))
        return _Called(name, found, False, is_scalar, volatile)
    if name in (ALWAYS.keys() | TOTAL.keys()) - routines.set_returning:
        value = evaluate(call, scope)
        if value.family not in _OPAQUE_FAMILIES:
            return _Called(name, (Column(alias or name, value),), True, True, volatile)
    return _Called(name, None, one_row, is_volatile=volatile)


def _type_of(definition: exp.ColumnDef) -> str:
    kind = definition.args.get("kind")
    return kind.sql(dialect="postgres").lower() if isinstance(kind, exp.Expr) else ""


def _catalogued(item: exp.Expr, name: str, scope: Scope) -> Function | None:
    """The function of the migrations that is called, where its name has no overloads."""
    functions = scope.environment.introspection.catalog.functions_by_name.get(name, ())
    schema = name_of(item.args["db"]) if item.args.get("db") else ""
    candidates = [each for each in functions if not schema or each.schema == schema]
    return candidates[0] if len(candidates) == 1 else None


def _output_of(function: Function, scope: Scope) -> tuple[tuple[str, str], ...]:
    """The columns that a function declares. One that is a row alone, as in ``TABLE (r pair)``, is that row's fields."""
    types = scope.environment.introspection.types
    row = types.get(function.output[0][1]) if len(function.output) == 1 else None
    return row.fields if row is not None and row.kind == "composite" and row.fields else function.output


def _columns_of(function: Function, alias: str, scope: Scope) -> tuple[Column, ...]:
    """The columns of a function of the migrations: what its body tells, or what it declares."""
    output = _output_of(function, scope)
    is_known = output == function.output and sole_function(function.name, scope) is function
    columns = columns_of_function(function, scope) if is_known else None
    if columns is not None:
        # the one value of a function is called as the relation is
        is_value = alias and not function.output
        return tuple(replace(each, name=alias) for each in columns) if is_value else columns
    names = [name for name, _ in output]
    if names:
        return columns_named(names, nullable(f"a result of function {function.name}"))
    return columns_named([alias or function.name], nullable(f"the result of function {function.name}"))
