"""JSON_TABLE and XMLTABLE: what their columns hold."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from janua_generator.analysis.scope import Column, Scope
from janua_generator.analysis.syntax import name_of, type_name
from janua_generator.analysis.values import Family, Value, family_of, not_null, nullable


def columns_of_document(call: exp.Expr, scope: Scope) -> tuple[Column, ...] | None:
    """Return the columns of JSON_TABLE and XMLTABLE; None for anything else."""
    if isinstance(call, exp.XMLTable):
        return tuple(Column(name_of(each.this), _xml_value(each, scope)) for each in call.args.get("columns") or ())
    if isinstance(call, exp.JSONTable):
        return tuple(_json_columns(call.args["schema"], scope, is_nested=False))
    return None


def _json_columns(schema: exp.Expr, scope: Scope, *, is_nested: bool) -> Iterator[Column]:
    """A path may lead nowhere. What is nested stands behind the columns around it, and may find no row for theirs."""
    nested = [each.args["nested_schema"] for each in schema.expressions if each.args.get("nested_schema")]
    for each in schema.expressions:
        if each.args.get("nested_schema"):
            continue
        if each.args.get("ordinality") and not is_nested:
            yield Column(name_of(each.this), not_null("a position", Family.INTEGER))
        else:
            yield Column(name_of(each.this), nullable("the path may lead to nothing", _kind_of(each, scope)))
    for each in nested:
        yield from _json_columns(each, scope, is_nested=True)


def _xml_value(column: exp.Expr, scope: Scope) -> Value:
    """XMLTABLE raises an error for a NULL in a column that it is told to be NOT NULL."""
    if column.args.get("ordinality"):
        return not_null("a position", Family.INTEGER)
    kinds = [each.args.get("kind") for each in column.args.get("constraints") or ()]
    refusals = [each for each in kinds if isinstance(each, exp.NotNullColumnConstraint)]
    if any(not each.args.get("allow_null") for each in refusals):
        return not_null("XMLTABLE refuses NULL there", _kind_of(column, scope))
    return nullable("the path may lead to nothing", _kind_of(column, scope))


def _kind_of(column: exp.Expr, scope: Scope) -> Family:
    kind = column.args.get("kind")
    return family_of(type_name(kind), scope.environment.introspection.types) if kind is not None else Family.OTHER
