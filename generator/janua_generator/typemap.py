"""
PostgreSQL's types to Python's: one table, and the rules for what is made of other types.

Annotations name types through private module aliases (``_dt.date``), so that a column or table
of any name harms nothing; ``IMPORTS`` tells where each alias comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from janua_generator.catalog.model import PgType

IMPORTS: Mapping[str, str] = {
    "_b": "import builtins as _b",
    "_ctx": "import contextlib as _ctx",
    "_dec": "import decimal as _dec",
    "_dt": "import datetime as _dt",
    "_t": "import typing as _t",
    "_uuid": "import uuid as _uuid",
    "_abc": "from collections import abc as _abc",
    "_mr": "from psycopg.types import multirange as _mr",
    "_r": "from psycopg.types import range as _r",
    "_j": "from janua import types as _j",
}

SCALARS: Mapping[str, str] = {
    "smallint": "int", "integer": "int", "bigint": "int", "oid": "int", "xid": "int", "xid8": "int", "cid": "int",
    "real": "float", "double precision": "float", "numeric": "_dec.Decimal",
    "boolean": "bool",
    "text": "str", "character varying": "str", "character": "str", "bpchar": "str", "name": "str", '"char"': "str",
    "unknown": "str", "cstring": "str",
    "bytea": "bytes", "uuid": "_uuid.UUID",
    "date": "_dt.date", "time without time zone": "_dt.time", "time with time zone": "_dt.time",
    "timestamp without time zone": "_dt.datetime", "timestamp with time zone": "_dt.datetime",
    "interval": "_dt.timedelta",
    "json": "_j.Json", "jsonb": "_j.Json",
    "inet": "_j.Inet", "cidr": "_j.Cidr",
    "void": "None", "record": "tuple[object, ...]",
}  # fmt: skip
"""Types that the runtime decodes from their binary form."""

TEXTUAL: frozenset[str] = frozenset(
    (
        "bit", "varbit", "money", "xml", "tsvector", "tsquery", "gtsvector", "macaddr", "macaddr8", "point",
        "line", "lseg", "box", "path", "polygon", "circle", "pg_lsn", "tid",
        "txid_snapshot", "pg_snapshot", "jsonpath", "refcursor", "regclass", "regproc", "regprocedure",
        "regoper", "regoperator", "regtype", "regrole", "regnamespace", "regconfig", "regdictionary",
        "regcollation", "aclitem", "pg_node_tree", "int2vector", "oidvector", "anyarray", "pg_ndistinct",
        "pg_dependencies", "pg_mcv_list", "pg_brin_bloom_summary", "pg_brin_minmax_multi_summary",
        "citext", "ltree", "lquery", "ltxtquery", "sparsevec", "cube", "seg", "query_int",
        "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "ean13", "upc",
    )
)  # fmt: skip
"""Types that travel and are given as text, on purpose."""

_VECTOR = ("list[float]", "_abc.Sequence[float]")
FORMS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("hstore", "hstore"): ("dict[str, str | None]", "_abc.Mapping[str, str | None]"),
    ("vector", "vector"): _VECTOR,
    ("vector", "halfvec"): _VECTOR,
}
"""Types of extensions with a value of their own: by extension and name, as a result and as a parameter."""


_EXACT_INTERVAL = ("_j.Interval", "_j.Interval | _dt.timedelta")


@dataclass(frozen=True, slots=True)
class PythonType:
    """
    A Python type as annotations: of a result, and of a parameter, which takes more.

    ``binary`` says that the runtime knows the binary form; ``unknown`` names a type that had to
    become ``str`` for want of anything better.
    """

    result: str
    parameter: str
    binary: bool = True
    unknown: str = ""


JSON_SCALARS: frozenset[str] = frozenset(
    (
        "smallint", "integer", "bigint", "oid", "real", "double precision", "numeric", "boolean", "bytea", "uuid",
        "date", "time without time zone", "time with time zone", "timestamp without time zone",
        "timestamp with time zone", "interval", "json", "jsonb", "inet", "cidr",
    )
)  # fmt: skip
"""Types whose values are read back as themselves from JSON that the server made; other scalars are texts there."""


@dataclass(frozen=True, slots=True)
class TypeMap:
    """
    Resolves types. ``types`` are the server's; ``class_of`` gives the annotation of an enum or
    composite, which depends on how the package is laid out, and ``new_type_of`` that of a domain, or
    nothing where it is its base type. ``exact_intervals`` is the project's choice of what an ``interval`` is.
    """

    types: Mapping[str, PgType]
    class_of: Callable[[PgType], str]
    exact_intervals: bool = False
    new_type_of: Callable[[PgType], str] = lambda _: ""
    _resolved: dict[str, PythonType] = field(default_factory=dict, repr=False, compare=False)

    def python(self, type_: PgType) -> PythonType:
        """Return the Python type of a PostgreSQL type."""
        found = self._resolved.get(type_.name)
        if found is None:
            found = self._resolved[type_.name] = self._resolve(type_)
        return found

    def _resolve(self, type_: PgType) -> PythonType:
        match type_.kind:
            case "domain":
                base = self.python(self.named(type_.base))
                name = self.new_type_of(type_)
                return replace(base, result=name, parameter=name) if name else base
            case "array":
                element = self.python(self.named(type_.element))
                return PythonType(
                    f"list[{element.result}]",
                    f"_abc.Sequence[{element.parameter}]",
                    element.binary,
                    element.unknown,
                )
            case "enum":
                name = self.class_of(type_)
                return PythonType(name, name)
            case "composite":
                name = self.class_of(type_)
                fields = [self.python(self.named(each)) for _, each in type_.fields]
                unknown = next((each.unknown for each in fields if each.unknown), "")
                return PythonType(name, name, all(each.binary for each in fields), unknown)
            case "range":
                element = self.python(self.named(type_.subtype))
                name = f"_r.Range[{element.result}]"
                return PythonType(name, name, element.binary, element.unknown)
            case "multirange":
                element = self.python(self.named(type_.subtype))
                name = f"_mr.Multirange[{element.result}]"
                return PythonType(name, name, element.binary, element.unknown)
            case _:
                return self._scalar(type_)

    def in_json(self, type_: PgType) -> str:
        """The annotation of a value of the type that the server wrote into JSON."""
        match type_.kind:
            case "domain":
                base = self.named(type_.base)
                found = self.in_json(base)
                return self.python(type_).result if found == self.python(base).result else found
            case "array":
                return f"list[{self.in_json(self.named(type_.element))}]"
            case "enum":
                return self.class_of(type_)
            case "composite":
                return "_j.Json"
            case _ if type_.builtin and type_.name == "record":
                # a row of a query's own is an object
                return "_j.Json"
            case _ if type_.builtin and type_.name in JSON_SCALARS:
                return self.python(type_).result
            case _:
                # a type of an extension may have a cast to json of its own
                known = type_.builtin or type_.typname in ("citext", "unknown") or type_.kind in ("range", "multirange")
                return "str" if known else "_j.Json"

    def named(self, name: str) -> PgType:
        """The type of this name; one that the server did not list counts as a base type."""
        found = self.types.get(name)
        return found or PgType(name=name, schema="", typname=name, kind="base")

    def form(self, type_: PgType) -> str:
        """How the runtime has to be told to read the type (``janua.query.FormType``), or nothing."""
        if (type_.extension, type_.typname) in FORMS:
            return type_.typname
        return "interval" if self.exact_intervals and type_.builtin and type_.name == "interval" else ""

    def _scalar(self, type_: PgType) -> PythonType:
        if form := self.form(type_):
            result, parameter = FORMS.get((type_.extension, form), _EXACT_INTERVAL)
            return PythonType(result, parameter)
        if type_.builtin and type_.name in SCALARS:
            name = SCALARS[type_.name]
            return PythonType(name, "_j.JsonInput" if name == "_j.Json" else name)
        if type_.typname == "citext":
            return PythonType("str", "str")
        known = (type_.builtin or type_.extension) and type_.typname in TEXTUAL
        return PythonType("str", "str", binary=False, unknown="" if known else type_.name)
