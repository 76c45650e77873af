"""
PostgreSQL's types to Python's: one table, and the rules for what is made of other types.

Annotations name types through private module aliases (``_dt.date``), so that a column or table
of any name harms nothing; ``IMPORTS`` tells where each alias comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from janua_generator.catalog.model import PgType

IMPORTS: Mapping[str, str] = {
    "_b": "import builtins as _b",
    "_dec": "import decimal as _dec",
    "_dt": "import datetime as _dt",
    "_uuid": "import uuid as _uuid",
    "_abc": "from collections import abc as _abc",
    "_mr": "from psycopg.types import multirange as _mr",
    "_r": "from psycopg.types import range as _r",
    "_j": "from janua import types as _j",
}

SCALARS: Mapping[str, str] = {
    "smallint": "int", "integer": "int", "bigint": "int", "oid": "int",
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
        "line", "lseg", "box", "path", "polygon", "circle", "pg_lsn", "xid", "xid8", "cid", "tid",
        "txid_snapshot", "pg_snapshot", "jsonpath", "refcursor", "regclass", "regproc", "regprocedure",
        "regoper", "regoperator", "regtype", "regrole", "regnamespace", "regconfig", "regdictionary",
        "regcollation", "aclitem", "pg_node_tree", "int2vector", "oidvector", "citext", "ltree", "lquery",
        "ltxtquery",
    )
)  # fmt: skip
"""Types that travel and are given as text, on purpose."""


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
    composite, which depends on how the package is laid out.
    """

    types: Mapping[str, PgType]
    class_of: Callable[[PgType], str]
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
                return self.python(self.named(type_.base))
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
                return PythonType(name, name, all(each.binary for each in fields))
            case "range":
                element = self.python(self.named(type_.subtype))
                name = f"_r.Range[{element.result}]"
                return PythonType(name, name, element.binary)
            case "multirange":
                element = self.python(self.named(type_.subtype))
                name = f"_mr.Multirange[{element.result}]"
                return PythonType(name, name, element.binary)
            case _:
                return self._scalar(type_)

    def in_json(self, type_: PgType) -> str:
        """The annotation of a value of the type that the server wrote into JSON."""
        match type_.kind:
            case "domain":
                return self.in_json(self.named(type_.base))
            case "array":
                return f"list[{self.in_json(self.named(type_.element))}]"
            case "enum":
                return self.class_of(type_)
            case "composite":
                return "_j.Json"
            case _ if type_.builtin and type_.name in JSON_SCALARS:
                return SCALARS[type_.name]
            case _:
                # a type of an extension may have a cast to json of its own
                known = type_.builtin or type_.typname in ("citext", "unknown") or type_.kind in ("range", "multirange")
                return "str" if known else "_j.Json"

    def named(self, name: str) -> PgType:
        """The type of this name; one that the server did not list counts as a base type."""
        found = self.types.get(name)
        return found or PgType(name=name, schema="", typname=name, kind="base")

    def _scalar(self, type_: PgType) -> PythonType:
        if type_.builtin and type_.name in SCALARS:
            name = SCALARS[type_.name]
            return PythonType(name, "_j.JsonInput" if name == "_j.Json" else name)
        if type_.typname == "citext":
            return PythonType("str", "str")
        known = (type_.builtin or type_.extension) and type_.typname in TEXTUAL
        return PythonType("str", "str", binary=False, unknown="" if known else type_.name)
