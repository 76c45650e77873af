"""
Every type that a column can have, on the server at hand, generates and survives the round trip.

Alone, in arrays, in a domain, in composites, in ranges. A type of which this file has no sample, as a new
version of the server may bring, fails the first test.
"""

from __future__ import annotations

import importlib
import sys
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from types import ModuleType
from typing import Any

import psycopg
import pytest
from janua import Database
from janua.migrations import read_migrations
from janua.scratch import ScratchServer
from janua.types import Json
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from .conftest import drop_databases
from .sandbox import Sandbox

SAMPLES: Mapping[str, Sequence[str]] = {
    "aclitem": ["'=r/postgres'"],
    "bit": ["B'0'", "B'1'"],
    "bool": ["true", "false"],
    "box": ["'(2,3),(0,1.5)'"],
    "bpchar": ["'a'", "'b \"c\"'"],
    "bytea": [r"'\x'", r"'\x00ff5c22'"],
    "char": ["'a'", "''", "','"],
    "cid": ["'0'", "'4294967295'"],
    "cidr": ["'10.0.0.0/8'", "'::/0'"],
    "circle": ["'<(1,2),3.25>'"],
    "date": ["'0001-01-01'", "'9999-12-31'"],
    "float4": ["'NaN'", "'-Infinity'", "'-0'", "0.1", "3.4028235e38"],
    "float8": ["'NaN'", "'Infinity'", "'-0'", "0.1", "1e-300"],
    "inet": ["'10.1.2.3'", "'10.1.2.3/8'", "'::1'", "'fe80::1/64'"],
    "int2": ["-32768", "32767"],
    "int2vector": ["''", "'1 -2'"],
    "int4": ["-2147483648", "2147483647"],
    "int8": ["-9223372036854775808", "9223372036854775807"],
    "interval": ["'0'", "'-3 days +04:05:06.789'", "'-2000 days +00:00:00.000001'"],
    "json": ["""'{"a":[1,null,"x"]}'""", "'7'"],
    "jsonb": ["""'{"a": [1, null, "x"]}'""", "'7'"],
    "jsonpath": ["""'$."a"?(@ > 1)'"""],
    "line": ["'{1,2.5,3}'"],
    "lseg": ["'[(1,2),(3,4)]'"],
    "macaddr": ["'08:00:2b:01:02:03'"],
    "macaddr8": ["'08:00:2b:01:02:03:04:05'"],
    "money": ["1234.5", "-0.01"],
    "name": ["'x'", "'a \"b\"'"],
    "numeric": ["'NaN'", "'-Infinity'", "0", "1.2300", "1e100", "1e-100", "123456789012345678901234567890.5"],
    "oid": ["0", "4294967295"],
    "oidvector": ["'1 4294967295'"],
    "path": ["'[(1,2),(3,4)]'", "'((1,2),(3,4))'"],
    "pg_lsn": ["'16/B374D848'"],
    "pg_snapshot": ["'10:20:10,14'"],
    "point": ["'(1,2.5)'"],
    "polygon": ["'((1,2),(3,4),(5,0))'"],
    "refcursor": ["'a'"],
    "regclass": ["'pg_class'"],
    "regcollation": ["'\"C\"'"],
    "regconfig": ["'simple'"],
    "regdictionary": ["'simple'"],
    "regnamespace": ["'pg_catalog'"],
    "regoper": ["'||/'"],
    "regoperator": ["'+(integer,integer)'"],
    "regproc": ["'now'"],
    "regprocedure": ["'abs(integer)'"],
    "regrole": ["'postgres'"],
    "regtype": ["'integer'", "'timestamp with time zone'"],
    "text": ["''", "'NULL'", "'a,\"b\"\\c{(d)}''e\n\t'", "'ß€😀'"],
    "tid": ["'(0,1)'"],
    "time": ["'00:00'", "'23:59:59.999999'"],
    "timestamp": ["'0001-01-01'", "'9999-12-31 23:59:59.999999'"],
    "timestamptz": ["'0001-01-02 00:00+00'", "'2024-03-31 02:30:00.5+02'", "'9999-12-30 23:59:59.999999+00'"],
    "timetz": ["'01:02:03+00'", "'01:02:03.5-05:30'", "'01:02:03+01:02:03'"],
    "tsquery": ["'''a'' & !''b'''"],
    "tsvector": ["'''a'':1 ''b c'':2A'"],
    "txid_snapshot": ["'10:20:10,14'"],
    "uuid": ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
    "varbit": ["B''", "B'0101'"],
    "varchar": ["''", "'x'"],
    "xid": ["'0'", "'4294967295'"],
    "xid8": ["'0'", "'18446744073709551615'"],
    "xml": ["'<a b=\"c\">d</a>'"],
    # of extensions
    "citext": ["'Ab'", "'NULL'"],
    "hstore": ["''", r"""'"a"=>"1", "b\"c"=>NULL, "d\\e"=>"NULL"'"""],
    "ltree": ["'a.b.c'"],
    "lquery": ["'a.*'"],
    "ltxtquery": ["'a & b'"],
    "vector": ["'[1,-2.5,0.1]'"],
    "halfvec": ["'[1,-2.5,0.1]'"],
    "sparsevec": ["'{1:1.5}/3'"],
    "cube": ["'(1, 2),(3, 4)'"],
    "seg": ["'1 .. 2'"],
    "query_int": ["'1 & 2'"],
    "isbn": ["'0-14-020652-3'"],
    "isbn13": ["'978-0-14-020652-4'"],
    "ismn": ["'M-66005-800-8'"],
    "ismn13": ["'979-0-66005-800-8'"],
    "issn": ["'1436-4522'"],
    "issn13": ["'977-1436-452-00-8'"],
    "ean13": ["'978-0-14-020652-4'"],
    "upc": ["'036000291452'"],
}
OUTPUT_ONLY = frozenset(
    (
        *("pg_brin_bloom_summary", "pg_brin_minmax_multi_summary", "pg_dependencies", "pg_mcv_list"),
        *("pg_ndistinct", "pg_node_tree", "gtsvector", "ghstore", "ltree_gist", "intbig_gkey"),
    )
)
"""Types whose values nobody can write."""
EXTENSIONS = ("citext", "cube", "hstore", "intarray", "isn", "ltree", "seg", "vector")
# A list is one of their values, so that it cannot be told from a further dimension.
WITHOUT_DIMENSIONS = ("json", "jsonb", "vector", "halfvec")

TYPES = """
SELECT t.typname, format_type(t.oid, NULL), EXISTS (
    SELECT FROM pg_opclass o JOIN pg_am a ON a.oid = o.opcmethod
    WHERE o.opcintype = t.oid AND o.opcdefault AND a.amname = 'btree'
)
FROM pg_type t
LEFT JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
WHERE t.typtype = 'b' AND t.typcategory <> 'A' AND (t.typnamespace = 'pg_catalog'::regnamespace OR d.objid IS NOT NULL)
ORDER BY t.typname
"""


@dataclass(frozen=True)
class Subject:
    """A type to try: ``values`` are expressions of it."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ServersTypes:
    """What the server has: each base type by name, in ``format_type``'s spelling, and whether it has an order."""

    found: tuple[tuple[str, str, bool], ...]
    extensions: tuple[str, ...]

    def migration(self) -> str:
        """A domain, a composite and a range of each type that has a sample."""
        lines = ["-- UP", *(f"CREATE EXTENSION {each};" for each in self.extensions)]
        for typname, name, is_ordered in self.found:
            if typname in SAMPLES:
                lines.append(f'CREATE DOMAIN "d_{typname}" AS {name};')
                lines.append(f'CREATE TYPE "c_{typname}" AS (a {name}, "B c" {name}[], d "d_{typname}");')
                lines.append(f'CREATE TYPE "n_{typname}" AS (one "c_{typname}", many "c_{typname}"[], none int);')
                lines += [f'CREATE TYPE "r_{typname}_range" AS RANGE (subtype = {name});'] if is_ordered else []
        return "\n".join([*lines, "-- DOWN", "SELECT 1;", ""])

    def subjects(self) -> Iterator[Subject]:
        """Each type alone, and all that is made of it."""
        for typname, name, is_ordered in self.found:
            if typname in SAMPLES:
                yield from _subjects(typname, name, is_ordered)


def _subjects(typname: str, name: str, is_ordered: bool) -> Iterator[Subject]:
    samples = [f"({sample})::{name}" for sample in SAMPLES[typname]]
    one, last = samples[0], samples[-1]
    domain, composite, nested = f'"d_{typname}"', f'"c_{typname}"', f'"n_{typname}"'
    row = f"ROW({one}, ARRAY[{last}, NULL], {one})::{composite}"
    yield Subject(name, tuple(samples))
    arrays = [f"ARRAY[{', '.join(samples)}, NULL]::{name}[]", f"'{{}}'::{name}[]"]
    if typname not in WITHOUT_DIMENSIONS:
        arrays.append(f"ARRAY[[{one}, {last}], [NULL, {one}]]::{name}[]")
    yield Subject(f"{name}[]", tuple(arrays))
    yield Subject(domain, (f"{last}::{domain}",))
    yield Subject(f"{domain}[]", (f"ARRAY[{one}, NULL, {last}]::{domain}[]",))
    yield Subject(composite, (row, f"ROW(NULL, NULL, NULL)::{composite}"))
    yield Subject(f"{composite}[]", (f"ARRAY[{row}, NULL]::{composite}[]",))
    yield Subject(nested, (f"ROW({row}, ARRAY[{row}, NULL], NULL)::{nested}",))
    if is_ordered:
        yield from _ranges(f"r_{typname}", one)


def _ranges(stem: str, bound: str) -> Iterator[Subject]:
    name, multi = f'"{stem}_range"', f'"{stem}_multirange"'
    ranges = (f"{name}({bound}, NULL)", f"{name}({bound}, {bound}, '[]')", f"{name}(NULL, NULL)", f"'empty'::{name}")
    yield Subject(name, ranges)
    yield Subject(f"{name}[]", (f"ARRAY[{ranges[0]}, NULL]",))
    yield Subject(multi, (f"{multi}({ranges[1]})", f"{multi}()"))
    yield Subject(f"{multi}[]", (f"ARRAY[{multi}({ranges[1]})]",))


@pytest.fixture(scope="module")
def servers_types(scratch: ScratchServer) -> ServersTypes:
    """What this server has, with the extensions that it has."""
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    with psycopg.connect(scratch.url(name), autocommit=True) as connection:
        available = {each for (each,) in connection.execute("SELECT name FROM pg_available_extensions")}
        extensions = tuple(each for each in EXTENSIONS if each in available)
        for each in extensions:
            connection.execute(f"CREATE EXTENSION {each}".encode())
        connection.execute("SET search_path = public")
        found = tuple(each for each in connection.execute(TYPES.encode()) if each[0] != "xml" or _has_xml(connection))
    scratch.drop(name)
    return ServersTypes(found, extensions)


def _has_xml(connection: psycopg.Connection[Any]) -> bool:
    try:
        connection.execute("SELECT '<a/>'::xml")
    except psycopg.errors.FeatureNotSupported:
        # built without libxml
        return False
    return True


def test_there_is_a_sample_of_every_type(servers_types: ServersTypes) -> None:
    """A type that is new in this version of the server needs a decision: see docs/types.md."""
    assert [] == [name for name, _, _ in servers_types.found if name not in SAMPLES and name not in OUTPUT_ONLY]
    found = {name for name, _, _ in servers_types.found}
    assert {"int4", "timestamptz", "citext", "hstore", "ltree", "cube", "seg", "query_int", "isbn13"} <= found


@dataclass(frozen=True)
class Workshop:
    """The generated package of the types, and a database to run it on."""

    modules: Mapping[str, ModuleType]
    db: Database
    subjects: Sequence[Subject]


@pytest.fixture(scope="module")
def workshop(
    servers_types: ServersTypes, scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workshop]:
    """A project with queries that read each value, and queries that take one and give it back."""
    subjects = list(servers_types.subjects())
    project = Sandbox(tmp_path_factory.mktemp("types"), scratch.url("postgres"))
    reading, echoing = [], []
    for at, subject in enumerate(subjects):
        echoing.append(f"-- name: echo_{at} :one\nSELECT :v!::{subject.name} AS v;\n")
        echoing.append(f"-- name: text_{at} :one\nSELECT (:v!::{subject.name})::text AS v;\n")
        for number, value in enumerate(subject.values):
            reading.append(f"-- name: read_{at}_{number} :one\nSELECT {value} AS v;\n")
    migration = {"migrations/0001_types.sql": servers_types.migration()}
    project.fill(
        {**migration, "queries/reading.sql": "\n".join(reading), "queries/echoing.sql": "\n".join(echoing)},
        'output = "every_type"\n',
    )
    outcome = project.run()
    assert 0 == outcome.code, outcome.err[:3000]
    database = scratch.clone(scratch.migrated(read_migrations(project.root / "migrations"), purpose="types"))
    sys.path.insert(0, str(project.root))
    try:
        modules = {each: importlib.import_module(f"every_type.{each}") for each in ("reading", "echoing")}
        with Database(scratch.url(database)) as db:
            yield Workshop(modules, db, subjects)
    finally:
        sys.path.remove(str(project.root))
        for name in [each for each in sys.modules if each.partition(".")[0] == "every_type"]:
            del sys.modules[name]
        scratch.drop(database)
        drop_databases(project.root, project.url)


def test_every_value_comes_back(workshop: Workshop) -> None:
    """As the same text in the server, and in Python as what the annotation says."""
    wrong = []
    for at, subject in enumerate(workshop.subjects):
        echo = getattr(workshop.modules["echoing"], f"echo_{at}")
        text = getattr(workshop.modules["echoing"], f"text_{at}")
        for number, expression in enumerate(subject.values):
            try:
                value = getattr(workshop.modules["reading"], f"read_{at}_{number}")(workshop.db)
                returned = echo(workshop.db, v=value)
                written = text(workshop.db, v=value)
            except Exception as error:
                wrong.append(f"{subject.name}: {expression}: {type(error).__name__}: {error}")
                continue
            [expected] = workshop.db.raw(f"SELECT ({expression})::text AS v")
            hint = typing.get_type_hints(typing.get_overloads(echo)[0], vars(workshop.modules["echoing"]))["return"]
            if expected["v"] != written or repr(value) != repr(returned):
                wrong.append(f"{subject.name}: {expected['v']!r} became {value!r}, {returned!r} and {written!r}")
            if not conforms(value, hint):
                wrong.append(f"{subject.name}: {value!r} is no {hint}")
    assert not wrong, "\n".join(wrong)


def conforms(value: Any, hint: Any) -> bool:
    """Whether the value is of the annotated type; elements may be NULL, and lists lists of lists."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if type(hint) is type(Json):
        return value is None or isinstance(value, dict | list | str | int | float | bool)
    if origin in (typing.Union, types.UnionType):
        return any(conforms(value, each) for each in arguments)
    if origin is list:
        [item] = arguments
        return isinstance(value, list) and all(
            each is None or conforms(each, item) or (isinstance(each, list) and conforms(each, hint)) for each in value
        )
    if origin is dict:
        return isinstance(value, dict) and all(conforms(each, arguments[1]) for each in value.values())
    if origin is Range:
        return isinstance(value, Range) and all(
            each is None or conforms(each, arguments[0]) for each in (value.lower, value.upper)
        )
    if origin is Multirange:
        return isinstance(value, Multirange) and all(
            conforms(each, types.GenericAlias(Range, arguments)) for each in value
        )
    if is_dataclass(hint):
        fields = typing.get_type_hints(hint)
        return type(value) is hint and all(conforms(getattr(value, name), each) for name, each in fields.items())
    return type(value) is hint
