"""RETURNING: what it lists, with the row before and after the write as ``old`` and ``new`` (PostgreSQL 18)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from sqlglot import exp

from janua_generator.analysis.projection import projected
from janua_generator.analysis.scope import UNKNOWN, Column, Scope, Source
from janua_generator.analysis.syntax import text_of
from janua_generator.analysis.values import nullable

_ALIASES = re.compile(r"\breturning\s+with\s*\(([^)]*)\)", re.IGNORECASE)
_ALIAS = re.compile(r"\s*(old|new)\s+as\s+(\w+)\s*", re.IGNORECASE)


def returned(node: exp.Expr, scope: Scope, old: Source, new: Source) -> tuple[Column, ...] | None:
    """Return the columns of the statement's RETURNING; nothing where it has none, None where they cannot be told."""
    returning = node.args.get("returning")
    if returning is None:
        return ()
    # names that stand alone are those of the relations in FROM, and so are `old` and `new` where one is called so
    scope.parent = Scope(scope.environment, parent=scope.parent)
    scope.parent.sources = [replace(each, alias=_alias(node, each.alias)) for each in (old, new)]
    return projected(returning.expressions, scope)


def before(target: Source) -> Source:
    """The target's row as it was found; what a view, a rule or another server tells of it is its own affair."""
    relation = target.relation
    if relation is None or relation.is_view or relation.kind == "foreign table" or relation.has_rules:
        return _row("old", [replace(each, value=UNKNOWN) for each in target.columns or ()], target)
    return replace(target, alias="old", relation=None, known=set(target.known))


def after(target: Source) -> Source:
    """The target's row as written, once the target's columns are that."""
    return replace(target, alias="new", relation=None, known=set(target.known))


def absent(name: str, target: Source, why: str) -> Source:
    """A row that is not there, or need not be: all its columns are NULL then."""
    return _row(name, [Column(each.name, nullable(why, each.value.family)) for each in target.columns or ()], target)


def _row(name: str, columns: Iterable[Column], target: Source) -> Source:
    return Source(name, tuple(columns) if target.columns is not None else None)


def _alias(node: exp.Expr, name: str) -> str:
    """What ``RETURNING WITH (OLD AS o)`` calls the row, where the statement is the only one that does."""
    found = _ALIASES.findall(text_of(node))
    if len(found) != 1:
        return name
    named = {match[1].lower(): match[2].lower() for part in found[0].split(",") if (match := _ALIAS.fullmatch(part))}
    return named.get(name, name)
