"""
Which tables a statement reads and writes, closed over what the server does behind it.

Views and SQL functions stand for the tables that they read, inheritance parents for their children, and a
DELETE or UPDATE also writes where a foreign key cascades to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from janua_generator.analysis.bodies import body_of
from janua_generator.analysis.syntax import alias_of, function_name, name_of, parse
from janua_generator.analysis.targets import target_of
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Catalog, Relation

_WRITING = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Tables as ``schema.name``, sorted. ``volatile``: it calls a function whose result changes by itself."""

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    volatile: bool = False


def find_dependencies(tree: exp.Expr, introspection: Introspection) -> Dependencies:
    """Collect the tables of a statement."""
    catalog = introspection.catalog
    reads: set[str] = set()
    writes: set[str] = set()
    for each in (tree, *_bodies(tree, catalog, set())):
        reads |= _reads(each, catalog)
        writes |= _writes(each, catalog)
    names = {function_name(each) for each in tree.find_all(exp.Func)}
    volatile = bool(names & introspection.routines.volatile)
    return Dependencies(tuple(sorted(reads)), tuple(sorted(writes)), volatile)


def _writes(tree: exp.Expr, catalog: Catalog) -> set[str]:
    written: set[str] = set()
    for statement in tree.find_all(*_WRITING):
        relation = _target(statement, catalog)
        if relation is not None:
            written |= _written(relation, isinstance(statement, exp.Insert), catalog)
    return written


def _reads(tree: exp.Expr, catalog: Catalog) -> set[str]:
    targets = {id(target_of(each)) for each in tree.find_all(*_WRITING)}
    read: set[str] = set()
    for table in _tables(tree):
        relation = _find(table, catalog)
        if relation is not None and (id(table) not in targets or _reads_its_target(table)):
            read |= _read(relation, catalog, frozenset())
    return read


def _bodies(tree: exp.Expr, catalog: Catalog, seen: set[str]) -> Iterator[exp.Expr]:
    """The statements in the SQL-language functions that are called, and in those that these call."""
    for call in tree.find_all(exp.Func):
        name = function_name(call)
        if name in seen:
            continue
        seen.add(name)
        for function in catalog.functions_by_name.get(name, ()):
            body = body_of(function)
            if body is not None:
                yield body
                yield from _bodies(body, catalog, seen)


def _tables(tree: exp.Expr) -> Iterator[exp.Table]:
    """The tables named in a statement; a name that a CTE around it has is the CTE."""
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier) and not _is_cte(table):
            yield table


def _is_cte(table: exp.Table) -> bool:
    if table.args.get("db"):
        return False
    name = name_of(table.this)
    node: exp.Expr | None = table
    while node is not None:
        with_ = node.args.get("with_")
        if isinstance(with_, exp.With) and any(alias_of(cte) == name for cte in with_.expressions):
            return True
        node = node.parent
    return False


def _reads_its_target(table: exp.Table) -> bool:
    """An INSERT only writes; the others also read the rows that they find."""
    parent = table.parent.parent if isinstance(table.parent, exp.Schema) else table.parent
    return not isinstance(parent, exp.Insert)


def _target(statement: exp.Expr, catalog: Catalog) -> Relation | None:
    target = target_of(statement)
    return _find(target, catalog) if target is not None else None


def _find(table: exp.Table, catalog: Catalog) -> Relation | None:
    return catalog.relation(name_of(table.this), name_of(table.args["db"]) if table.args.get("db") else None)


def _read(relation: Relation, catalog: Catalog, seen: frozenset[str]) -> set[str]:
    if relation.qualified in seen:
        return set()
    seen |= {relation.qualified}
    if relation.kind == "view":
        tree = parse(relation.definition.rstrip().removesuffix(";"))
        if tree is None:
            return set()
        trees = (tree, *_bodies(tree, catalog, set()))
        below = [_find(table, catalog) for each in trees for table in _tables(each)]
        return {name for each in below if each is not None for name in _read(each, catalog, seen)}
    return {relation.qualified} | {
        name for child in _children(relation, catalog) for name in _read(child, catalog, seen)
    }


def _children(relation: Relation, catalog: Catalog) -> Iterator[Relation]:
    for name in relation.children:
        child = catalog.by_qualified_name.get(name)
        if child is not None:
            yield child


def _written(relation: Relation, only_inserts: bool, catalog: Catalog) -> set[str]:
    written = _read(relation, catalog, frozenset())
    # a row written to a partition is a row of its parents
    waiting = list(written)
    while waiting:
        current = catalog.by_qualified_name[waiting.pop()]
        reached = set(current.parents) & set(catalog.by_qualified_name)
        if not only_inserts:
            reached |= set(_cascades(current.qualified, catalog))
        waiting += sorted(reached - written)
        written |= reached
    return written


def _cascades(table: str, catalog: Catalog) -> Iterator[str]:
    for relation in catalog.relations:
        for key in relation.foreign_keys:
            acts = {key.on_delete, key.on_update} - {"no action", "restrict"}
            if key.references == table and acts:
                yield relation.qualified
