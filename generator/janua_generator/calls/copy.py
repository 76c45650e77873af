"""``:copy``: an INSERT whose VALUES are its parameters and nothing else, as COPY."""

from __future__ import annotations

from collections.abc import Iterable

from janua.lexer import Kind, Token

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.sets import ValueSets
from janua_generator.calls.columns import copy_parts, with_optional
from janua_generator.calls.inserted import InsertedRow, inserted_row
from janua_generator.catalog.identifiers import quoted
from janua_generator.catalog.model import Catalog, Relation
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.model import ParsedQuery

_BULK = 'write "-- @bulk" below the name in place of :copy, and it is one INSERT of all rows'


def copy_into(query: AnalysedQuery, parsed: ParsedQuery, catalog: Catalog) -> ValueSets:
    """
    Return the COPY that does what the INSERT does for many rows.

    Raises GenerationFailed with the place of what COPY cannot do: values that are no parameters, ON CONFLICT,
    RETURNING, a view, a table with rules.
    """
    return _Copy(query, parsed, catalog).sets()


class _Copy:
    def __init__(self, query: AnalysedQuery, parsed: ParsedQuery, catalog: Catalog) -> None:
        self._query = query
        self._parsed = parsed
        self._catalog = catalog

    def sets(self) -> ValueSets:
        row = inserted_row(self._query.sql)
        if row is None:
            message = (
                f"query {self._query.source.name} cannot be copied: it is no INSERT INTO … VALUES (…) with one row"
            )
            raise GenerationFailed([self._query.source.diagnostic(message, hint=_what_fits())])
        if row.before:
            raise self._refused(row.before, "WITH does not go with :copy", _BULK)
        if row.after:
            raise self._refused(row.after[:1], f"{_clause(row.after)} does not go with :copy", _BULK)
        numbers = tuple(self._number(item) for item in row.items)
        relation = self._relation(row)
        columns = self._columns(row, relation)
        sets = ValueSets(f"COPY {row.text(row.name)} ({', '.join(columns)}) FROM STDIN", numbers)
        source, names = self._query.source, {each.number: each.name for each in self._query.parameters}
        if not source.file.is_made:
            return sets
        parts = copy_parts(source, row.text(row.name), [names[number] for number in numbers], columns)
        return with_optional(source, sets, parts, names)

    def _number(self, item: tuple[Token, ...]) -> int:
        if len(item) != 1 or item[0].kind is not Kind.PARAMETER:
            raise self._refused(item, "a value that is not just a parameter does not go with :copy", _BULK)
        return int(item[0].text[1:])

    def _relation(self, row: InsertedRow) -> Relation | None:
        names = [_folded(token) for token in row.name if token.text != "."]
        schemas = [names[-2]] if len(names) > 1 else self._catalog.schemas
        found = (self._catalog.by_qualified_name.get(f"{schema}.{names[-1]}") for schema in schemas)
        relation = next((each for each in found if each is not None), None)
        if relation is not None and (relation.is_view or relation.has_rules):
            what = "a view" if relation.is_view else "a table with rules, which COPY passes by"
            raise self._refused(row.name, f"{names[-1]} is {what}: it does not go with :copy", _BULK)
        return relation

    def _columns(self, row: InsertedRow, relation: Relation | None) -> list[str]:
        words = [token.text.lower() for token in row.between]
        if "overriding" in words:
            raise self._refused(
                row.between, "OVERRIDING does not go with :copy, which takes all values as given", _BULK
            )
        for column in row.columns:
            if len(column) != 1:
                raise self._refused(column, "a part of a column does not go with :copy", _BULK)
        if row.columns:
            return [row.text(column) for column in row.columns]
        if relation is None:
            raise self._refused(row.name, "which columns are copied cannot be told", "list them behind the table")
        return [quoted(column.name) for column in relation.columns[: len(row.items)]]

    def _refused(self, tokens: Iterable[Token], message: str, hint: str) -> GenerationFailed:
        found = list(tokens)
        file, spliced = self._query.source.file, self._parsed.spliced
        start = spliced.offset_in_file(found[0].start)
        length = max(1, spliced.offset_in_file(found[-1].end) - start)
        length = min(length, len(file.text[start:].split("\n")[0]))
        return GenerationFailed([file.diagnostic(start, length, message, hint=hint)])


def _clause(tokens: tuple[Token, ...]) -> str:
    first = tokens[0].text.upper()
    return "ON CONFLICT" if first == "ON" else first


def _what_fits() -> str:
    return "COPY takes rows for a table: INSERT INTO t (a, b) VALUES (:a, :b)"


def _folded(token: Token) -> str:
    return token.text[1:-1].replace('""', '"') if token.kind is Kind.QUOTED_NAME else token.text.lower()
