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
    reads: set[str] = set()
    writes: set[str] = set()
    for each in (tree, *_bodies(tree, introspection.catalog, set())):
        reads |= _reads(each, introspection)
        writes |= _writes(each, introspection)
    names = {function_name(each) for each in tree.find_all(exp.Func)}
    volatile = bool(names & introspection.routines.volatile)
    return Dependencies(tuple(sorted(reads)), tuple(sorted(writes)), volatile)


def _writes(tree: exp.Expr, introspection: Introspection) -> set[str]:
    written: set[str] = set()
    for statement in tree.find_all(*_WRITING):
        relation = _target(statement, introspection.catalog)
        if relation is not None:
            written |= _written(relation, isinstance(statement, exp.Insert), introspection)
    return written


def _reads(tree: exp.Expr, introspection: Introspection) -> set[str]:
    targets = {id(target_of(each)) for each in tree.find_all(*_WRITING)}
    read: set[str] = set()
    for table in _tables(tree):
        relation = _find(table, introspection.catalog)
        if relation is not None and (id(table) not in targets or _reads_its_target(table)):
            read |= _read(relation, introspection)
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


def _read(relation: Relation, introspection: Introspection) -> set[str]:
    """The tables that its rows come from: what a view's query reads, else itself and its children."""
    found: set[str] = set()
    waiting = [relation]
    while waiting:
        current = waiting.pop()
        if current.qualified not in found:
            found.add(current.qualified)
            waiting += _below(current, introspection)
    relations = introspection.catalog.by_qualified_name
    return {name for name in found if relations[name].kind != "view"}


def _below(relation: Relation, introspection: Introspection) -> list[Relation]:
    """The next step of :func:`_read`; a view's query is parsed once for all statements."""
    known = introspection.derived.setdefault("below", {})
    if relation.qualified not in known:
        catalog = introspection.catalog
        if relation.kind == "view":
            known[relation.qualified] = list(_named_in_view(relation, catalog))
        else:
            children = map(catalog.by_qualified_name.get, relation.children)
            known[relation.qualified] = [child for child in children if child is not None]
    found: list[Relation] = known[relation.qualified]
    return found


def _named_in_view(view: Relation, catalog: Catalog) -> Iterator[Relation]:
    tree = parse(view.definition.rstrip().removesuffix(";"))
    if tree is None:
        return
    for each in (tree, *_bodies(tree, catalog, set())):
        for table in _tables(each):
            relation = _find(table, catalog)
            if relation is not None:
                yield relation


def _written(relation: Relation, only_inserts: bool, introspection: Introspection) -> set[str]:
    catalog = introspection.catalog
    written = _read(relation, introspection)
    # a row written to a partition is a row of its parents
    waiting = list(written)
    while waiting:
        current = catalog.by_qualified_name[waiting.pop()]
        reached = set(current.parents) & catalog.by_qualified_name.keys()
        if not only_inserts:
            reached |= set(catalog.cascades.get(current.qualified, ()))
        waiting += sorted(reached - written)
        written |= reached
    return written
