"""Standard calls for many rows, of which columns may be left out: the parts of their statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from janua.dynamic import Clause, chosen, renumbered

from janua_generator.analysis.sets import ValueSets
from janua_generator.calls.inserted import InsertedRow
from janua_generator.sqlfile.model import ParsedQuery, SourceQuery, SplicedSql

Parts = tuple[str | Clause[str], ...]


def with_optional(source: SourceQuery, sets: ValueSets, parts: Parts, names: Mapping[int, str]) -> ValueSets:
    """Return the sets with what may be left out of the statement; ``names`` are those of the parameters."""
    found = _optional(source)
    optional = tuple(names[number] for number in sets.each if names[number] in found)
    return replace(sets, sql="".join(chosen(parts, set(optional))), optional=optional, parts=parts if optional else ())


def listed(source: SourceQuery, names: Iterable[str], texts: Sequence[str]) -> Clause[str]:
    """Return texts, one a column, with commas between those that are there."""
    optional = _optional(source)
    items = ((", ", text, (name,) if name in optional else ()) for name, text in zip(names, texts, strict=True))
    return Clause("", tuple(items), None)


def bulk_parts(
    source: SourceQuery, row: InsertedRow, names: Sequence[str], arrays: Sequence[str], values: Sequence[str], rows: str
) -> Parts:
    """Return the parts of an INSERT … SELECT … FROM unnest(…), whose rows are called ``rows``."""
    columns = [row.text(column) for column in row.columns]
    aliases = [f"c{at}" for at, _ in enumerate(arrays, 1)]
    return (
        row.sql[: row.columns[0][0].start],
        listed(source, names, columns),
        ") SELECT ",
        listed(source, names, values),
        " FROM unnest(",
        listed(source, names, arrays),
        f") WITH ORDINALITY AS {rows} (",
        listed(source, names, aliases),
        f", n) ORDER BY {rows}.n{row.sql[row.closing.end :]}",
    )


def copy_parts(source: SourceQuery, table: str, names: Sequence[str], columns: Sequence[str]) -> Parts:
    """Return the parts of a COPY."""
    return f"COPY {table} (", listed(source, names, columns), ") FROM STDIN"


def least(sets: ValueSets, parsed: ParsedQuery, names: Mapping[int, str]) -> Iterator[ParsedQuery]:
    """Yield the statement with as few columns as can be, for the server to describe."""
    if not sets.optional:
        return
    kept = [number for number in sets.each if names[number] not in sets.optional] or list(sets.each[:1])
    given = {names[number] for number in kept}
    numbers = {sets.each.index(number) + 1: at for at, number in enumerate(kept, 1)}
    sql = renumbered("".join(chosen(sets.parts, given)), numbers)
    spliced = SplicedSql(sql, (0,), ((parsed.source.start, True),))
    places = {each.number: each for each in parsed.placeholders}
    placeholders = tuple(replace(places[number], number=at) for at, number in enumerate(kept, 1))
    yield replace(parsed, placeholders=placeholders, spliced=spliced)


def _optional(source: SourceQuery) -> frozenset[str]:
    return frozenset(name for each in source.directives_called("optional") for name in each.text.split(", "))
