"""
What holds for every variant of a query: :class:`Examined` of each to one of all.

A column is nullable where it is in any variant, the number of rows the widest, the tables all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce

from janua.diagnostics import Diagnostic

from janua_generator.analysis.analyse import Examined
from janua_generator.analysis.dependencies.result import Dependencies
from janua_generator.analysis.result import Group, Result, ResultColumn
from janua_generator.analysis.shape import Part, Shape
from janua_generator.describe import DescribedQuery
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.model import Rule


def check_same(whole: DescribedQuery, variants: Iterable[DescribedQuery]) -> None:
    """
    Refuse variants whose columns, or the types of whose parameters, are not those of the whole query.

    Raises GenerationFailed with all that differ.
    """
    findings = [finding for variant in variants if (finding := _difference(whole, variant))]
    if findings:
        raise GenerationFailed(list(dict.fromkeys(findings)))


def joined(variants: Sequence[Examined]) -> Examined:
    """Return what holds for all variants, of which the first is the whole query."""
    first = variants[0]
    outputs = [each.output for each in variants]
    output = replace(
        first.output,
        at_most_one=all(each.at_most_one for each in outputs),
        at_least_one=all(each.at_least_one for each in outputs),
        count_reason=next((each.count_reason for each in outputs if not each.at_most_one), first.output.count_reason),
    )
    return replace(
        first,
        output=output,
        splices=first.splices if all(each.splices == first.splices for each in variants) else (),
        result=_joined_results([each.result for each in variants]),
        dependencies=reduce(_touching_both, (each.dependencies for each in variants)),
    )


def _difference(whole: DescribedQuery, variant: DescribedQuery) -> Diagnostic | None:
    source = whole.parsed.source
    left_out = variant.parsed.left_out
    for one, other in zip(whole.columns, variant.columns, strict=False):
        if (one.name, one.type) != (other.name, other.type):
            message = f"{left_out} column {one.name} is of type {other.type.name}, else of type {one.type.name}"
            return source.diagnostic(message, hint=f"cast it: … ::{one.type.name} AS {one.name}")
    if len(whole.columns) != len(variant.columns):
        return source.diagnostic(f"{left_out} there are {len(variant.columns)} columns instead of {len(whole.columns)}")
    pairs = zip(whole.parsed.placeholders, whole.parameters, variant.parameters, strict=True)
    for placeholder, type_, other_type in pairs:
        if placeholder.number not in variant.parsed.unused and type_ != other_type:
            name = f":{placeholder.name}" if placeholder.name else f"${placeholder.number}"
            message = f"{left_out} {name} is of type {other_type.name}, else of type {type_.name}"
            hint = f"write {name}::{type_.name} in each of its places"
            length = len(name)
            return source.file.diagnostic(placeholder.offsets[-1], length, message, hint=hint)
    return None


def _joined_results(results: Sequence[Result]) -> Result:
    columns = tuple(reduce(_either, each) for each in zip(*(each.columns for each in results), strict=True))
    groups = tuple(
        reduce(lambda one, other: _optional_group(one, other, columns), each)
        for each in zip(*(each.groups for each in results), strict=True)
    )
    return replace(results[0], columns=columns, groups=groups, warnings=tuple(_warnings(results)))


def _either(one: ResultColumn, other: ResultColumn) -> ResultColumn:
    kept = other if other.nullable and not one.nullable else one
    origin = (one.relation, one.column) if (one.relation, one.column) == (other.relation, other.column) else ("", "")
    shape = _either_shape(one.shape, other.shape)
    made = replace(kept, relation=origin[0], column=origin[1], starred=one.starred and other.starred, shape=shape)
    return replace(made, holds_nulls=one.holds_nulls or other.holds_nulls)


def _either_shape(one: Shape | None, other: Shape | None) -> Shape | None:
    """A document of either shape; None where they differ in more than what may be NULL."""
    if one is None or other is None or _without_nulls(one) != _without_nulls(other):
        return None
    parts = []
    for a, b in zip(one.parts, other.parts, strict=True):
        shape = _either_shape(a.shape, b.shape)
        assert shape is not None, "they differ in NULLs only"
        parts.append(Part(a.key, shape, a.nullable or b.nullable))
    return replace(one, parts=tuple(parts))


def _without_nulls(shape: Shape) -> Shape:
    return replace(shape, parts=tuple(Part(each.key, _without_nulls(each.shape), False) for each in shape.parts))


def _optional_group(one: Group, other: Group, columns: Sequence[ResultColumn]) -> Group:
    """A group that is absent where it is in either: by columns of which one is never NULL else, or by all."""
    keys = tuple(sorted({*one.keys, *other.keys}))
    if one.keys != other.keys and all(columns[at].nullable for at in keys):
        keys = tuple(at for at, column in enumerate(columns) if column.path == one.path)
    return Group(one.path, keys)


def _warnings(results: Sequence[Result]) -> list[Diagnostic]:
    """What is to be said of any variant; that a column is proven not to be NULL, where it is in all."""
    found = list(dict.fromkeys(warning for each in results for warning in each.warnings))
    return [
        warning for warning in found if warning.rule != Rule.PROVEN or all(warning in each.warnings for each in results)
    ]


def _touching_both(one: Dependencies, other: Dependencies) -> Dependencies:
    return Dependencies(
        reads=tuple(sorted({*one.reads, *other.reads})),
        writes=tuple(sorted({*one.writes, *other.writes})),
        unknown_reads=one.unknown_reads or other.unknown_reads,
        unknown_writes=one.unknown_writes or other.unknown_writes,
        obstacles=tuple(sorted({*one.obstacles, *other.obstacles})),
    )
