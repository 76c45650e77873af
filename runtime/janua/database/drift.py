"""Compares the types of a statement as the server describes them with those that the code was generated for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeAlias

from psycopg.pq.abc import PGresult

from janua.query import Query

LOOK_UP_IDENTITIES = files("janua.database").joinpath("identities.sql").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class TypeIdentity:
    """A row of ``identities.sql``."""

    name: str
    oid: int | None
    wire_oid: int | None
    spelling: str


Identities: TypeAlias = Mapping[str | int, TypeIdentity]
"""By declared name, and by OID."""


@dataclass(frozen=True, slots=True)
class Description:
    """What the server says of a statement: OIDs of its parameters, names and OIDs of its columns."""

    parameters: Sequence[int]
    names: Sequence[str]
    columns: Sequence[int]

    @classmethod
    def of(cls, result: PGresult) -> Description:
        """Read the answer to Describe, or any rows, which come without parameters."""
        columns = range(result.nfields)
        return cls(
            [result.param_type(at) for at in range(result.nparams)],
            [(result.fname(at) or b"").decode() for at in columns],
            [result.ftype(at) for at in columns],
        )


def identities_by_key(found: Sequence[TypeIdentity]) -> dict[str | int, TypeIdentity]:
    """Return them by the names and OIDs that were asked for."""
    return {each.name or each.oid or 0: each for each in found}


def differences(query: Query[Any], described: Description, known: Identities) -> Iterator[str]:
    """Yield a sentence for each type that is not the declared one; what is not declared is not compared."""
    params = query.params if query.params_are_described else ()
    for at, (declared, oid) in enumerate(zip(params, described.parameters, strict=False), 1):
        if declared and at - 1 not in query.unused and not _is_same(declared, oid, known):
            yield _difference(f"the parameter ${at}", declared, oid, known)
    if not query.columns:
        return
    if len(query.columns) != len(described.columns):
        yield f"it has {len(described.columns)} columns in the database, and {len(query.columns)} in the generated code"
        return
    for name, declared, oid in zip(described.names, query.columns, described.columns, strict=True):
        if declared and not _is_same(declared, oid, known):
            yield _difference(f"the column {name}", declared, oid, known)


def _is_same(declared: str, oid: int, known: Identities) -> bool:
    expected = known.get(declared)
    if expected is None or expected.oid is None:
        return False
    # The server describes a column as its domain's base, and a parameter as the domain.
    return expected.oid == oid or (oid in known and expected.wire_oid == known[oid].wire_oid)


def _difference(subject: str, declared: str, oid: int, known: Identities) -> str:
    found = known[oid].spelling if oid in known else f"oid {oid}"
    return f"{subject} is of type {found} in the database, and {declared} in the generated code"
