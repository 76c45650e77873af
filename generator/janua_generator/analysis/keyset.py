"""The keys that a query's pages are ordered by: which columns they are, and that they tell all rows apart."""

from __future__ import annotations

from collections.abc import Sequence

from janua.diagnostics import Diagnostic

from janua_generator.analysis.analyse import Examined
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.placeholders import did_you_mean
from janua_generator.variants.paging import Key, KeyColumn


def key_columns(keys: Sequence[Key], variants: Sequence[Examined]) -> tuple[KeyColumn, ...]:
    """
    Return what is known of the keys in all variants of a query.

    Raises GenerationFailed for a key that is no column of the result, and where nothing proves that those that
    are never NULL are different in each row: some would be skipped.
    """
    first = variants[0]
    source = first.described.parsed.source
    names = [".".join((*each.path, each.name)) for each in first.result.columns]
    unknown = [key for key in keys if key.name not in names]
    if unknown:
        raise GenerationFailed([_unknown(first, key, names) for key in unknown])
    places = [names.index(key.name) for key in keys]
    may_be_null = [any(_is_nullable(variant, at) for variant in variants) for at in places]
    sure = [at for at, is_nullable in zip(places, may_be_null, strict=True) if not is_nullable]
    if not all(variant.output.is_key(frozenset(sure)) for variant in variants):
        (directive,) = source.directives_called("page")
        message = "nothing proves that these keys are different in each row"
        hint = "end with the columns of a unique key that are not NULL, such as id"
        length = len(directive.text)
        raise GenerationFailed([source.complaint_within(directive, 0, length, message, hint=hint)])
    columns = first.described.columns
    return tuple(
        KeyColumn(key, columns[at].name, columns[at].type.name, is_nullable)
        for key, at, is_nullable in zip(keys, places, may_be_null, strict=True)
    )


def _unknown(query: Examined, key: Key, names: Sequence[str]) -> Diagnostic:
    file, hint = query.described.parsed.source.file, did_you_mean(key.name, names)
    return file.diagnostic(key.offset, key.length, f"the result has no column {key.name}", hint=hint)


def _is_nullable(variant: Examined, at: int) -> bool:
    """Whether a column may be NULL, whatever its name claims."""
    columns = variant.output.columns
    return columns is None or len(columns) <= at or columns[at].value.nullable
