"""
``@bulk``: an INSERT of one row of VALUES as an INSERT … SELECT of as many rows as are in arrays.

    INSERT INTO users (name, email) VALUES (:name, lower(:email)) RETURNING id
    INSERT INTO users (name, email) SELECT janua_rows.c1, lower(janua_rows.c2) FROM unnest($1::text[], $2::text[])
        WITH ORDINALITY AS janua_rows (c1, c2, n) ORDER BY janua_rows.n RETURNING id

``unnest`` takes arrays apart to their last element, and composites to their fields: both travel as
texts, and are cast back where they are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from janua.lexer import Kind, Token, tokenize

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.sets import ValueSets
from janua_generator.calls.columns import bulk_parts, with_optional
from janua_generator.calls.inserted import InsertedRow, inserted_row
from janua_generator.catalog.identifiers import quoted
from janua_generator.catalog.model import PgType
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.model import Cardinality, ParsedQuery, Piece, Splice, SplicedSql

ROWS = "janua_rows"
"""What the rows are called in the statement."""
# Spelled so, a cast to them would cut values to one character or bit.
_SPELLINGS = {"character": "bpchar", "bit": 'pg_catalog."bit"'}


def bulk_insert(
    query: AnalysedQuery, parsed: ParsedQuery, types: Mapping[str, PgType]
) -> tuple[ValueSets, ParsedQuery]:
    """
    Return how the statement takes many rows, and the statement for the server to describe.

    Raises GenerationFailed where it is no INSERT of one row of VALUES, where that has a DEFAULT or no parameter,
    where a parameter of the row stands elsewhere too, and where one row is asked for.
    """
    row = inserted_row(query.sql)
    if row is None:
        hint = "it makes many rows of INSERT INTO … VALUES (…) with one row; for others, use unnest"
        raise _refused(query, "@bulk does not go with this statement", hint)
    _check(query, row, parsed)
    numbers = [
        int(token.text[1:]) for token in tokenize(row.sql) if token.kind is Kind.PARAMETER and row.is_of_row(token)
    ]
    each = tuple(dict.fromkeys(numbers))
    shared = tuple(parameter.number for parameter in query.parameters if parameter.number not in each)
    splices = _splices(query, row, each, shared, types)
    spliced = SplicedSql.of(row.sql, (Piece(0, len(row.sql)),), splices)
    typed = {parameter.number: parameter.type for parameter in query.parameters}
    as_text = tuple(number for number in each if _is_taken_apart(typed[number], types))
    sets = ValueSets(spliced.sql, each, shared, in_arrays=True, as_text=as_text)
    if query.source.file.is_made:
        sets = _with_optional(query, row, sets, types)
    return sets, _to_describe(parsed, spliced, (*each, *shared))


def _with_optional(query: AnalysedQuery, row: InsertedRow, sets: ValueSets, types: Mapping[str, PgType]) -> ValueSets:
    """The same for a standard call, each of whose values is a parameter."""
    by_number = {parameter.number: parameter for parameter in query.parameters}
    given = [by_number[number] for number in sets.each]
    arrays = [f"${at}::{_array(each.type, types)}" for at, each in enumerate(given, 1)]
    values = [f"{ROWS}.c{at}{_cast(each.type, types)}" for at, each in enumerate(given, 1)]
    names = [each.name for each in given]
    parts = bulk_parts(query.source, row, names, arrays, values, ROWS)
    return with_optional(query.source, sets, parts, {number: each.name for number, each in by_number.items()})


def _check(query: AnalysedQuery, row: InsertedRow, parsed: ParsedQuery) -> None:
    if query.source.cardinality in (Cardinality.ONE, Cardinality.OPTIONAL):
        message = (
            f"query {query.source.name} takes a list of rows, and gives one for each: it cannot be :{query.cardinality}"
        )
        raise GenerationFailed([query.source.diagnostic(message, hint="use :many, :affected or :exec")])
    for item in row.items:
        if len(item) == 1 and item[0].text.lower() == "default":
            offset = parsed.spliced.offset_in_file(item[0].start)
            message = "DEFAULT in the VALUES of @bulk: all rows give the same columns"
            hint = "leave the column out, and it has its default"
            raise GenerationFailed([query.source.file.diagnostic(offset, len("DEFAULT"), message, hint=hint)])
    inside = {token.text for item in row.items for token in item if token.kind is Kind.PARAMETER}
    if not inside:
        raise _refused(query, "@bulk needs parameters in VALUES, which each row gives", "")
    for token in (*row.before, *row.after):
        if token.text in inside:
            name = query.parameters[int(token.text[1:]) - 1].name
            offset = parsed.spliced.offset_in_file(token.start)
            message = f":{name} is given by each row, and stands outside of VALUES too"
            hint = "what a row would have inserted is EXCLUDED.column in ON CONFLICT; else give it another name"
            raise GenerationFailed([query.source.file.diagnostic(offset, len(name) + 1, message, hint=hint)])


def _refused(query: AnalysedQuery, message: str, hint: str) -> GenerationFailed:
    (directive,) = query.source.directives_called("bulk")
    return GenerationFailed([query.source.complaint(directive, message, hint=hint)])


def _splices(
    query: AnalysedQuery, row: InsertedRow, each: tuple[int, ...], shared: tuple[int, ...], types: Mapping[str, PgType]
) -> tuple[Splice, ...]:
    typed = {parameter.number: parameter.type for parameter in query.parameters}
    numbering = {number: at for at, number in enumerate((*each, *shared), 1)}

    def replaced(token: Token) -> Splice:
        number = int(token.text[1:])
        if not row.is_of_row(token):
            return Splice(token.start, token.end, f"${numbering[number]}")
        return Splice(token.start, token.end, f"{ROWS}.c{numbering[number]}{_cast(typed[number], types)}")

    parameters = [replaced(token) for token in tokenize(row.sql) if token.kind is Kind.PARAMETER]
    arrays = ", ".join(f"${at}::{_array(typed[number], types)}" for at, number in enumerate(each, 1))
    names = ", ".join([*(f"c{at}" for at, _ in enumerate(each, 1)), "n"])
    source = f"FROM unnest({arrays}) WITH ORDINALITY AS {ROWS} ({names}) ORDER BY {ROWS}.n"
    around = [
        Splice(row.values.start, row.values.end, "SELECT"),
        # a blank, since VALUES(…) needs none
        Splice(row.opening.start, row.opening.end, " "),
        Splice(row.closing.start, row.closing.end, f" {source}"),
    ]
    return tuple(sorted([*parameters, *around], key=lambda each: each.start))


def _cast(type_: PgType, types: Mapping[str, PgType]) -> str:
    """What makes a value of its text, where that is how it travels."""
    return f"::{spelled(type_, types)}" if _is_taken_apart(type_, types) else ""


def _array(type_: PgType, types: Mapping[str, PgType]) -> str:
    return "text[]" if _is_taken_apart(type_, types) else f"{spelled(type_, types)}[]"


def _is_taken_apart(type_: PgType, types: Mapping[str, PgType]) -> bool:
    while type_.kind == "domain" and type_.base in types:
        type_ = types[type_.base]
    return type_.kind in ("array", "composite")


def spelled(type_: PgType, types: Mapping[str, PgType]) -> str:
    """The type in a cast that changes no value of it, whatever the search path."""
    if type_.kind == "array" and type_.element in types:
        return f"{spelled(types[type_.element], types)}[]"
    if type_.builtin or not type_.schema:
        return _SPELLINGS.get(type_.name, type_.name)
    return quoted(type_.schema, type_.typname)


def _to_describe(parsed: ParsedQuery, spliced: SplicedSql, order: tuple[int, ...]) -> ParsedQuery:
    """The statement with the way back into the file: every placeholder is at an edge of a piece."""
    origins = tuple((parsed.spliced.offset_in_file(origin), replaced) for origin, replaced in spliced.origins)
    numbers = {number: at for at, number in enumerate(order, 1)}
    placeholders = sorted(
        (replace(each, number=numbers[each.number]) for each in parsed.placeholders), key=lambda each: each.number
    )
    return replace(parsed, placeholders=tuple(placeholders), spliced=replace(spliced, origins=origins))
