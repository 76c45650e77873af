"""The promise about JSON that a query builds: the members that it is said to have, and null only where it may be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.shape import Part, Shape

from ..workbench import Rows

_ANYTHING = ("json", "jsonb")


def broken_shapes(query: AnalysedQuery, rows: Rows) -> list[str]:
    """Documents that are not of the shape that was told, once for each column."""
    broken = []
    for at, column in enumerate(query.columns):
        if column.shape is None:
            continue
        documents = [_document(row[at]) for row in rows if row[at] is not None]
        faults = [fault for each in documents for fault in _faults(each, column.shape, column.name)]
        broken += faults[:1]
    return broken


def _document(value: bytes | None) -> Any:
    """The value of a json, or of a jsonb, whose binary form begins with its version."""
    assert value is not None
    return json.loads(value.removeprefix(b"\x01"))


def _faults(value: Any, shape: Shape, path: str) -> Iterator[str]:
    match shape.kind, value:
        case "value", _:
            pass
        case "object", dict() if {part.key for part in shape.parts} == set(value):
            for part in shape.parts:
                yield from _faults_of_part(value[part.key], part, f"{path}.{part.key}")
        case "dict", dict():
            for each in value.values():
                yield from _faults_of_part(each, shape.parts[0], f"{path}{{}}")
        case "list", list():
            for each in value:
                yield from _faults_of_part(each, shape.parts[0], f"{path}[]")
        case _:
            yield f"{path} is {json.dumps(value)[:80]}, said to be {shape}"


def _faults_of_part(value: Any, part: Part, path: str) -> Iterator[str]:
    if value is not None:
        yield from _faults(value, part.shape, path)
    elif not part.nullable and part.shape.type not in _ANYTHING:
        yield f"{path} is null, said never to be"
