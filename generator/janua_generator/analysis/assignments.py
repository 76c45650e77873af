"""
Where a value goes: the column of a table that a statement puts it into, or that of a subquery which others read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from sqlglot import exp

from janua_generator.analysis.syntax import alias_columns, alias_of, is_row, name_of
from janua_generator.analysis.targets import target_of
from janua_generator.catalog.model import Catalog, Column, Relation


@dataclass(frozen=True, slots=True)
class Assignment:
    """
    A column that is written, by the name that the statement gives it.

    ``column`` and the ``relation`` that it is of are None where they are not known.
    """

    name: str
    column: Column | None
    relation: Relation | None = None


def assignment_of(node: exp.Expr, catalog: Catalog) -> Assignment | None:
    """Return the column that INSERT, UPDATE or MERGE puts the expression into, as it is."""
    pair, at = _pair_around(node)
    if pair is not None:
        statement = pair.parent if isinstance(pair.parent, exp.Update) else pair.find_ancestor(exp.Insert)
        names = [name_of(each) for each in (pair.this.expressions if at is not None else [pair.this])]
        return _named(statement, names, at or 0, catalog)
    place = place_of(node)
    return inserted_at(place, catalog) if place is not None else None


def _pair_around(node: exp.Expr) -> tuple[exp.EQ | None, int | None]:
    """``a = x`` in SET, and the place of x where it is ``(a, b) = (x, y)``."""
    parent = node.parent
    if parent is None or not is_row(parent):
        return (parent if _is_assignment(parent, node) else None), None
    pair, at = parent.parent, _position(node)
    names = pair.this.expressions if isinstance(pair, exp.EQ) and isinstance(pair.this, exp.Tuple) else []
    return (pair, at) if at is not None and at < len(names) and _is_assignment(pair, parent) else (None, None)


def _is_assignment(pair: exp.Expr | None, value: exp.Expr) -> TypeGuard[exp.EQ]:
    is_pair = isinstance(pair, exp.EQ) and pair.expression is value and pair.arg_key == "expressions"
    return is_pair and pair is not None and isinstance(pair.parent, (exp.Update, exp.OnConflict))


def _position(node: exp.Expr) -> int | None:
    """The place of a value in its row or select list."""
    siblings = node.parent.expressions if node.parent is not None else []
    return next((at for at, each in enumerate(siblings) if each is node), None)


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a query's result: of a SELECT, of VALUES, or of the row that MERGE inserts. ``name`` is its own."""

    rows: exp.Expr
    at: int
    name: str = ""


def place_of(node: exp.Expr) -> Place | None:
    """Return where in the result of its query an expression stands."""
    at, row = _position(node), node.parent
    if at is None or not isinstance(row, (exp.Tuple, exp.Select)):
        return None
    if isinstance(row, exp.Tuple) and isinstance(row.parent, exp.Values):
        return Place(row.parent, at)
    return Place(row, at, name_of(node.args["alias"]) if isinstance(node, exp.Alias) else "")


def inserted_at(place: Place, catalog: Catalog) -> Assignment | None:
    """Return the column that this column of a query is inserted into, where the query is an INSERT's own."""
    rows = _whole(place.rows)
    insert = rows.parent
    if not isinstance(insert, exp.Insert) or insert.expression is not rows:
        return None
    if isinstance(insert.this, (exp.Schema, exp.Tuple)):
        names = [name_of(each) for each in insert.this.expressions]
    else:
        relation = _relation(insert, catalog)
        names = [column.name for column in relation.columns] if relation is not None else []
    return _named(insert, names, place.at, catalog)


def _whole(query: exp.Expr) -> exp.Expr:
    """The whole set operation, parentheses included, that a query is a part of."""
    while isinstance(query.parent, exp.SetOperation) or (
        isinstance(query.parent, exp.Subquery) and not alias_of(query.parent) and query.parent.this is query
    ):
        query = query.parent
    return query


def _named(statement: exp.Expr | None, names: list[str], at: int, catalog: Catalog) -> Assignment | None:
    if statement is None or at >= len(names):
        return None
    relation = _relation(statement, catalog)
    return Assignment(names[at], relation.by_name.get(names[at]) if relation is not None else None, relation)


def _relation(statement: exp.Expr, catalog: Catalog) -> Relation | None:
    target = target_of(statement)
    if target is None:
        merge = statement.find_ancestor(exp.Merge)
        target = target_of(merge) if merge is not None else None
    if target is None:
        return None
    schema = name_of(target.args["db"]) if target.args.get("db") else None
    return catalog.relation(name_of(target.this), schema)


@dataclass(frozen=True, slots=True)
class Offered:
    """
    A column that a CTE or a subquery in FROM offers, by its name and place. ``aliases`` are those of the relation.

    ``is_named``: the author chose the name.
    """

    name: str
    is_named: bool
    at: int
    aliases: frozenset[str]
    query: exp.Expr

    def readers(self) -> Iterator[exp.Expr]:
        """Yield the columns that read it, for all that their names tell."""
        for column in self.query.root().find_all(exp.Column):
            table = column.args.get("table")
            is_of_it = table is None or name_of(table) in self.aliases
            if is_of_it and name_of(column.this) == self.name and not _is_within(column, self.query):
                yield column

    def starred(self) -> Iterator[Place]:
        """Yield its places in the queries that read this relation alone, with a star."""
        for star in self.query.root().find_all(exp.Star):
            select = star.parent
            from_ = select.args.get("from_") if isinstance(select, exp.Select) else None
            if select is None or from_ is None or len(select.expressions) > 1 or select.args.get("joins"):
                continue
            if (alias_of(from_.this) or name_of(from_.this)) in self.aliases and not _is_within(star, self.query):
                yield Place(select, self.at)


def _is_within(node: exp.Expr, query: exp.Expr) -> bool:
    above: exp.Expr | None = node
    while above is not None and above is not query:
        above = above.parent
    return above is query


def offered_at(place: Place) -> Offered | None:
    """Return the column of a CTE or subquery in FROM that a column of its query is."""
    query = _whole(place.rows)
    holder = query if isinstance(query, exp.Values) and alias_of(query) else query.parent
    if not isinstance(holder, (exp.CTE, exp.Subquery, exp.Lateral, exp.Values)) or not alias_of(holder):
        return None
    columns = alias_columns(holder)
    name = columns[place.at] if place.at < len(columns) else place.name
    return Offered(name or f"column{place.at + 1}", bool(name), place.at, frozenset(_aliases_of(holder)), query)


def _aliases_of(holder: exp.Expr) -> Iterator[str]:
    """The names under which a subquery is read: its alias, and those that are given to a CTE."""
    own = alias_of(holder)
    yield own
    if isinstance(holder, exp.CTE):
        for table in holder.root().find_all(exp.Table):
            if name_of(table.this) == own and alias_of(table):
                yield alias_of(table)
