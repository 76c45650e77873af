"""
Read the catalogs of a migrated database into a :class:`Catalog`.

One ``.sql`` file a kind of object. The OIDs that row descriptions speak of are kept apart, in
:class:`Oids`: they differ from database to database and never reach a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, TypeVar

import msgspec
import psycopg
from psycopg.rows import dict_row

from janua_generator.catalog.model import (
    Catalog,
    Constraint,
    Enforced,
    Extension,
    ForeignKey,
    Function,
    Index,
    Key,
    PgType,
    Policy,
    Relation,
    Trigger,
)
from janua_generator.catalog.model import (
    Sequence as SequenceObject,
)
from janua_generator.catalog.wiring import (
    Hook,
    WiredCode,
    WiredFunction,
    WiredKey,
    WiredRelation,
    WiredTrigger,
    WiredType,
    Wiring,
)

S = TypeVar("S", bound=msgspec.Struct)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Oids:
    """What the OIDs of one database mean: types, and the (relation, column) of a result column's origin."""

    types: Mapping[int, PgType]
    origins: Mapping[tuple[int, int], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Routines:
    """
    What the server's own catalogs say of functions and operators by their bare names.

    A name is in ``strict`` only where all its overloads are; ``redefined`` are the names that
    the migrations gave to something of their own, about which nothing is known by name. ``results``
    has the type of what a function returns, where all overloads return the same.
    """

    strict: frozenset[str]
    set_returning: frozenset[str]
    aggregates: frozenset[str]
    redefined: frozenset[str]
    overloaded: frozenset[str]
    volatile: frozenset[str]
    strict_operators: frozenset[str]
    redefined_operators: frozenset[str]
    redefined_casts: frozenset[str]
    results: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Introspection:
    """
    A catalog, every type and routine of the server by name, the OIDs that lead to them, and what moves what.

    ``enforced`` is what refuses rows, in the order of schemas, tables and domains, and names.
    ``required`` are the columns, as (relation, column), in which no NULL is inserted, though there may be some.
    ``system`` are the server's own tables and views, by ``schema.name``. ``derived`` is for what later stages find out
    from these alone, once for all queries.
    """

    catalog: Catalog
    types: Mapping[str, PgType]
    routines: Routines
    oids: Oids
    wiring: Wiring
    enforced: tuple[Enforced, ...] = ()
    required: frozenset[tuple[str, str]] = frozenset()
    system: Mapping[str, Relation] = field(default_factory=dict, repr=False, compare=False)
    derived: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def relation(self, name: str, schema: str = "") -> Relation | None:
        """Find a relation as a query does: before those on the search path come the server's own."""
        return self.system.get(f"{schema or 'pg_catalog'}.{name}") or self.catalog.relation(name, schema or None)


def fingerprint(connection: psycopg.Connection[Any]) -> str:
    """Tell by a few milliseconds' look whether the OIDs of an earlier introspection still hold."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return str(_Reader(cursor, [])("fingerprint")[0]["fingerprint"])


def introspect(connection: psycopg.Connection[Any], schemas: Sequence[str]) -> Introspection:
    """Read everything about ``schemas`` in one snapshot of the catalogs."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        read = _Reader(cursor, list(schemas))
        type_rows = read("types")
        types = {row.pop("oid"): msgspec.convert(row, PgType) for row in type_rows}
        catalog = Catalog(
            schemas=tuple(schemas),
            extensions=_convert(read("extensions"), Extension),
            types=tuple(type_ for type_ in types.values() if _belongs(type_, schemas)),
            sequences=_convert(read("sequences"), SequenceObject),
            relations=_relations(read),
            functions=_convert(read("functions"), Function),
        )
        (names,) = read("routines")
        results = names.pop("results")
        routines = Routines(**{kind: frozenset(each or ()) for kind, each in names.items()}, results=results)
        wiring = _wiring(read, schemas)
        enforced = _convert(read("enforced"), Enforced)
        required = frozenset((row["relation"], row["column"]) for row in read("required"))
        system = _system(read, connection.info.server_version)
        origins = {(row["relation_oid"], row["attnum"]): (row["relation"], row["column"]) for row in read("origins")}
    by_name = {type_.name: type_ for type_ in types.values()}
    return Introspection(catalog, by_name, routines, Oids(types, origins), wiring, enforced, required, system)


class _Reader:
    """Runs the ``.sql`` file of one kind of object."""

    def __init__(self, cursor: psycopg.Cursor[Row], schemas: list[str]) -> None:
        self._cursor = cursor
        self._schemas = schemas

    def __call__(self, kind: str) -> list[Row]:
        sql = (files(__package__) / "sql" / f"{kind}.sql").read_text(encoding="utf-8")
        with psycopg.RawCursor(self._cursor.connection, row_factory=dict_row) as cursor:
            cursor.execute(sql.encode(), [self._schemas] if "$1" in sql else None)
            return cursor.fetchall()


def _wiring(read: _Reader, schemas: Sequence[str]) -> Wiring:
    return Wiring(
        search_path=tuple(schemas),
        relations=_convert(read("wiring/relations"), WiredRelation),
        keys=_convert(read("wiring/keys"), WiredKey),
        triggers=_convert(read("wiring/triggers"), WiredTrigger),
        code=_convert(read("wiring/code"), WiredCode),
        functions=_convert(read("wiring/functions"), WiredFunction),
        types=_convert(read("wiring/types"), WiredType),
        hooks=_convert(read("wiring/hooks"), Hook),
        system=frozenset((row["schema"], row["name"]) for row in read("wiring/system")),
        volatile=frozenset(row["name"] for row in read("wiring/volatile")),
    )


def _system(read: _Reader, version: int) -> Mapping[str, Relation]:
    """The server's own relations, read once for each version."""
    if version not in _SYSTEM:
        _SYSTEM[version] = {each.qualified: each for each in _convert(read("system"), Relation)}
    return _SYSTEM[version]


_SYSTEM: dict[int, Mapping[str, Relation]] = {}


def _belongs(type_: PgType, schemas: Sequence[str]) -> bool:
    """Whether the catalog lists the type: made by the migrations, and not merely a table's row type."""
    made_here = type_.schema in schemas and not type_.extension and not type_.relation
    return made_here and type_.kind in ("enum", "domain", "composite", "range")


def _relations(read: _Reader) -> tuple[Relation, ...]:
    constraints = _by_relation(read("constraints"))
    indexes = _by_relation(read("indexes"))
    triggers = _by_relation(read("triggers"))
    policies = _by_relation(read("policies"))
    relations = []
    for row in read("relations"):
        name = f"{row['schema']}.{row['name']}"
        row["constraints"] = _own(constraints.get(name, ()), Constraint)
        row["foreign_keys"] = tuple(
            msgspec.convert(each["foreign_key"], ForeignKey)
            for each in constraints.get(name, ())
            if each["foreign_key"]
        )
        row["keys"] = tuple(msgspec.convert(each["key"], Key) for each in indexes.get(name, ()) if each["key"])
        row["indexes"] = _own([each for each in indexes.get(name, ()) if not each["of_constraint"]], Index)
        row["triggers"] = _own(triggers.get(name, ()), Trigger)
        row["policies"] = _own(policies.get(name, ()), Policy)
        relations.append(msgspec.convert(row, Relation))
    return tuple(relations)


def _by_relation(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["relation"], []).append(row)
    return found


def _own(rows: Iterable[Row], cls: type[S]) -> tuple[S, ...]:
    """Those that are not merely a partition's copy of its parent's."""
    return _convert((row for row in rows if not row.get("inherited")), cls)


def _convert(rows: Iterable[Row], cls: type[S]) -> tuple[S, ...]:
    return tuple(msgspec.convert(row, cls) for row in rows)
