"""
The relation's column that a column means, by its name alone, where it surely is one.

Less than a scope knows, and enough for what only decides between a type and a narrower one: a domain, or one
that the project puts in its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from janua_generator.analysis.syntax import alias_of, name_of
from janua_generator.catalog.model import Catalog, Column, Relation

_STATEMENTS = (exp.Select, exp.Insert, exp.Update, exp.Delete, exp.Merge)
_RELATIONS = (exp.Table, exp.Subquery, exp.Lateral, exp.Unnest, exp.Values)


def declared_columns(column: exp.Column, catalog: Catalog) -> list[tuple[Relation, Column]]:
    """Return the columns of relations that it may mean; none where something else may be meant."""
    statement = column.find_ancestor(*_STATEMENTS)
    qualifier, name = name_of(column.args.get("table")), name_of(column.this)
    found: list[tuple[Relation, Column]] = []
    for alias, relation in _relations(statement, catalog) if statement is not None else ():
        if qualifier not in ("", alias):
            continue
        if relation is None:
            return []
        found += [(relation, each) for each in relation.columns if each.name == name]
    return found


def _relations(statement: exp.Expr, catalog: Catalog) -> Iterator[tuple[str, Relation | None]]:
    """What stands in FROM, by the names that it has there; None for all that is no table."""
    own = {alias_of(each) for each in statement.root().find_all(exp.CTE)}
    for node in statement.find_all(*_RELATIONS):
        in_from = isinstance(node, exp.Table) or isinstance(node.parent, (exp.From, exp.Join))
        if in_from and node.find_ancestor(*_STATEMENTS) is statement:
            yield alias_of(node) or name_of(node.this), _relation(node, own, catalog)


def _relation(node: exp.Expr, own: set[str], catalog: Catalog) -> Relation | None:
    alias = node.args.get("alias")
    renames_columns = isinstance(alias, exp.TableAlias) and bool(alias.args.get("columns"))
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier) or renames_columns:
        return None
    schema, name = name_of(node.args.get("db")), name_of(node.this)
    return None if not schema and name in own else catalog.relation(name, schema or None)
