"""
Composite values: read into a class by position, written from its fields.

psycopg's own loaders trust that the fields are those that were looked up, whatever has become of the
type since then; the binary form tells, so that here no value is ever read as another field's.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any

from psycopg.abc import AdaptContext
from psycopg.adapt import Buffer, Dumper, Loader, Transformer
from psycopg.pq import Format

from janua.database.adapt import PartsDumper
from janua.database.loaders import UnknownType
from janua.database.values import Encoder

_FIELD = struct.Struct("!Ii")
_TEXT_FIELD = re.compile(rb'"((?:[^"\\]|""|\\.)*)"|([^,"]+)', re.DOTALL)
_ESCAPED = re.compile(rb'"(")|\\(.)', re.DOTALL)


class _CompositeLoader(Loader):
    """``make`` takes the fields by position; ``oids`` are their types, as looked up."""

    name: str
    make: Callable[..., Any]
    oids: tuple[int, ...]

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        # One of its own: the context's is set to the columns of the result.
        self._fields = Transformer(context)
        self._fields.set_loader_types(self.oids, self.format)

    def load(self, data: Buffer) -> Any:
        values = _text_fields(bytes(data), len(self.oids))
        if len(values) != len(self.oids):
            raise self._changed()
        return type(self).make(*self._fields.load_sequence(values))

    def _changed(self) -> UnknownType:
        return UnknownType(f"the type {self.name} has other attributes than it had")


class _CompositeBinaryLoader(_CompositeLoader):
    """The number of fields, and each one's type, length and value."""

    format = Format.BINARY

    def load(self, data: Buffer) -> Any:
        content = bytes(data)
        if int.from_bytes(content[:4], "big") != len(self.oids):
            raise self._changed()
        return type(self).make(*self._fields.load_sequence(self._values(content)))

    def _values(self, content: bytes) -> list[bytes | None]:
        values: list[bytes | None] = []
        position = 4
        for expected in self.oids:
            oid, length = _FIELD.unpack_from(content, position)
            if oid != expected:
                raise self._changed()
            position += 8
            if length < 0:
                values.append(None)
            else:
                values.append(content[position : position + length])
                position += length
        return values


def _text_fields(data: bytes, expected: int) -> list[bytes | None]:
    """Cut ``(1,"a b",)`` into its fields; ``()`` has one that is NULL, or none where none is expected."""
    inside = data[1:-1]
    if not inside and not expected:
        return []
    values: list[bytes | None] = []
    position = 0
    while True:
        match = _TEXT_FIELD.match(inside, position)
        if match is None:
            values.append(None)
        else:
            quoted, bare = match.groups()
            values.append(bare if quoted is None else _ESCAPED.sub(rb"\1\2", quoted))
            position = match.end()
        if position >= len(inside):
            return values
        position += 1


def composite_loaders(name: str, make: Callable[..., Any], oids: Sequence[int]) -> tuple[type[Loader], type[Loader]]:
    """Return the text and the binary loader."""
    attributes = {"name": name, "make": staticmethod(make), "oids": tuple(oids)}
    return (
        type("CompositeLoader", (_CompositeLoader,), attributes),
        type("CompositeBinaryLoader", (_CompositeBinaryLoader,), attributes),
    )


class _CompositeDumper(PartsDumper):
    values: Callable[[Any], tuple[object, ...]]
    encoders: Sequence[Encoder | None]

    def dump(self, obj: object) -> Buffer:
        pairs = zip(type(self).values(obj), self.encoders, strict=True)
        encoded = (encode(value) if encode and value is not None else value for value, encode in pairs)
        return b"(" + b",".join(self.part(value, b"") for value in encoded) + b")"


def composite_dumper(python: type, encoders: Sequence[Encoder | None]) -> type[Dumper]:
    """Return what writes instances of the class; ``encoders`` make the fields' values ready."""
    attributes = {"values": staticmethod(_field_values(python)), "encoders": tuple(encoders)}
    return type(f"{python.__name__}Dumper", (_CompositeDumper,), attributes)


def _field_values(python: type) -> Callable[[Any], tuple[object, ...]]:
    if not is_dataclass(python):
        return tuple
    getters = [attrgetter(field.name) for field in fields(python) if field.init]
    return lambda obj: tuple(get(obj) for get in getters)
