"""
Parameters: what a bare ``$1`` is called, and which parameters take None.

A parameter takes None where NULL has a meaning: where it is assigned to a nullable column, or
passed to something that looks at NULLs (``coalesce``, ``IS NULL``, ``IS DISTINCT FROM``). Where it is
also assigned to a column that is NOT NULL, only the latter counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from janua_generator.analysis.uses import Use, takes_null, uses_of
from janua_generator.catalog.model import Catalog, PgType
from janua_generator.describe import DescribedQuery


@dataclass(frozen=True, slots=True)
class Parameter:
    """
    A parameter of the generated function. ``number`` is n of ``$n``.

    ``meets`` is the declared type of the column that it is assigned to or compared with, or empty: the
    server takes a domain for its base type there. ``columns`` are those, with their relations, that it is
    assigned to or compared with as a whole. ``python`` is the type that the project puts in the place of the usual
    one.
    """

    name: str
    number: int
    type: PgType
    nullable: bool
    meets: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    python: str = ""


def find_parameters(described: DescribedQuery, tree: exp.Expr | None, catalog: Catalog) -> tuple[Parameter, ...]:
    """Name the parameters and decide which take None."""
    uses: dict[int, list[Use]] = {}
    intervals = {number for number, type_ in enumerate(described.parameters, start=1) if type_.name == "interval"}
    for number, use in uses_of(tree, catalog, intervals) if tree is not None else ():
        uses.setdefault(number, []).append(use)
    taken = {placeholder.name for placeholder in described.parsed.placeholders}
    parameters = []
    for placeholder, type_ in zip(described.parsed.placeholders, described.parameters, strict=True):
        found = uses.get(placeholder.number, [])
        name = placeholder.name or _free(_suggested(found, placeholder.number), taken)
        taken.add(name)
        inferred = takes_null(found)
        is_nullable = inferred if placeholder.nullable is None else placeholder.nullable
        met = {use.type for use in found if use.type}
        meets = met.pop() if len(met) == 1 else ""
        columns = tuple(dict.fromkeys(place for use in found for place in use.columns))
        parameters.append(Parameter(name, placeholder.number, type_, is_nullable, meets, columns))
    return tuple(parameters)


def _suggested(uses: list[Use], number: int) -> str:
    return next((use.name for use in uses if use.name), f"p{number}")


def _free(name: str, taken: set[str]) -> str:
    candidate, suffix = name, 2
    while candidate in taken:
        candidate, suffix = f"{name}_{suffix}", suffix + 1
    return candidate
