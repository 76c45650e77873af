"""Random nested rows, and the promise that a row which is called always there is."""

from __future__ import annotations

from janua_generator.analysis.analyse import AnalysedQuery

from ..workbench import Rows
from .expressionmaker import ExpressionMaker, Sources

THERE = "there_"
"""How a column's name begins that is NULL where the relation of this name has no row: the text of its whole row."""


def nested_items(maker: ExpressionMaker, sources: Sources) -> list[str]:
    """Items of a select list that make an object of each relation, embedded or by dotted names."""
    items = []
    for alias, columns in sources:
        name = alias.strip('"')
        if not alias or maker.chance(0.3):
            continue
        kept = maker.random.sample(list(columns), min(len(columns), 3))
        dotted = [f'{alias}.{column} AS "{name}.{column.strip(chr(34))}"' for column in kept]
        items += [f"sqlc.embed({alias})"] if maker.chance(0.5) else dotted
        if any(columns is table.columns and not table.is_function for table in maker.tables):
            # what a function returns may itself be NULL
            items.append(f'{alias}::text AS "{THERE}{name}"')
    return items


def broken_groups(query: AnalysedQuery, rows: Rows) -> list[str]:
    """Groups without a row behind them that are called always there, or of which a key is not NULL."""
    broken = []
    names = [column.name for column in query.columns]
    told = {name.removeprefix(THERE): at for at, name in enumerate(names) if name.startswith(THERE)}
    for group in query.groups:
        at = told.get(group.path[0])
        absent = [row for row in rows if at is not None and row[at] is None]
        if any(not group.keys or any(row[key] is not None for key in group.keys) for row in absent):
            broken.append(f"{'.'.join(group.path)} is absent, where {group.keys or 'it is called always there'}")
    return broken
