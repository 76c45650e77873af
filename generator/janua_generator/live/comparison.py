"""
What the generated code promises of a query, beside what holds for it in the live database: two analyses of one file.

The same rules have found out both, so that a promise that rests on NOT NULL, a unique key or a function's
strictness is missed where the live database has lost that, through joins and views too. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from janua.diagnostics import Diagnostic
from janua.lexer import TRIVIA, Kind, Token, tokenize

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.parameters import Parameter
from janua_generator.analysis.result import ResultColumn
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType
from janua_generator.live.tables import required_columns
from janua_generator.live.types import identity, shape_fits
from janua_generator.sqlfile.model import Cardinality, Rule, SourceQuery

_ROWS = {Cardinality.ONE: 0, Cardinality.OPTIONAL: 1, Cardinality.MANY: 2}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One query by the migrations and by the live database, each with the schema that its types are of."""

    expected: AnalysedQuery
    expected_schema: Introspection
    live: AnalysedQuery
    live_schema: Introspection

    def findings(self) -> Iterator[Diagnostic]:
        """Yield what would break, and as warnings what the query touches without the generated code's knowledge."""
        yield from self._of_parameters()
        yield from self._of_columns()
        yield from self._of_nested_values()
        yield from self._of_row_counts()
        yield from self._of_pages()
        yield from self._of_inserts()
        yield from self._of_tables()

    def _of_parameters(self) -> Iterator[Diagnostic]:
        for expected, live in zip(self.expected.parameters, self.live.parameters, strict=False):
            name = f":{expected.name}"
            if difference := self._difference(expected.type, live.type):
                yield at_parameter(self.expected.source, expected, f"{name} {difference}")
            elif expected.nullable and not live.nullable:
                message = f"{name} may be None in the generated code, and the live database takes no NULL there"
                yield at_parameter(self.expected.source, expected, message)

    def _of_columns(self) -> Iterator[Diagnostic]:
        source = self.expected.source
        found = {(each.path, each.name): each for each in self.live.columns}
        promised = {(each.path, each.name) for each in self.expected.columns}
        for expected in self.expected.columns:
            live = found.get((expected.path, expected.name))
            if live is None:
                yield at_column(source, expected, f"the live database has no column {expected.name}")
            elif finding := self._of_column(expected, live):
                yield finding
        for place, live in found.items():
            # what is behind a star was written out when the code was generated
            if place not in promised and not live.starred:
                yield at_column(source, live, f"the generated code knows no column {live.name}")

    def _of_column(self, expected: ResultColumn, live: ResultColumn) -> Diagnostic | None:
        source, name = self.expected.source, expected.name
        if difference := self._difference(expected.type, live.type):
            return at_column(source, expected, f"{name} {difference}")
        if live.nullable and not expected.nullable:
            message = f"{name} may be NULL in the live database, and is never None in the generated code"
            return replace(at_column(source, expected, message), hint=live.why)
        if not shape_fits(expected.shape, live.shape):
            return at_column(source, expected, f"the JSON in {name} is built otherwise in the live database")
        return None

    def _difference(self, expected: PgType, live: PgType) -> str:
        if identity(expected, self.expected_schema) == identity(live, self.live_schema):
            return ""
        return f"is {live.name} in the live database, and {expected.name} in the generated code"

    def _of_nested_values(self) -> Iterator[Diagnostic]:
        always = {each.path for each in self.expected.groups if not each.is_optional}
        for group in self.live.groups:
            if group.is_optional and group.path in always:
                name = ".".join(group.path)
                yield self._whole(f"{name} may be absent in the live database, and is never None in the generated code")

    def _of_row_counts(self) -> Iterator[Diagnostic]:
        expected, live = self.expected.cardinality, self.live.cardinality
        if self.expected.inferred and _ROWS.get(live, 0) > _ROWS.get(expected, 2):
            rows = "more than one row" if live is Cardinality.MANY else "no row"
            hint = "a unique key or foreign key that limits it is missing there, or is not valid"
            yield self._whole(f"it is generated as :{expected}, and may return {rows} in the live database", hint)
        doubted = {each.rule for each in self.expected.warnings}
        for warning in self.live.warnings:
            if warning.rule == Rule.MANY_ROWS and warning.rule not in doubted:
                yield replace(warning, severity="error", rule="", message=f"{warning.message} in the live database")

    def _of_pages(self) -> Iterator[Diagnostic]:
        expected, live = self.expected.options.page, self.live.options.page
        if expected != live:
            there, here = (", ".join(each) for each in (live, expected))
            yield self._whole(f"its pages go by {there} in the live database, and by {here} in the generated code")

    def _of_inserts(self) -> Iterator[Diagnostic]:
        source = self.expected.source
        for name, offset in _insert_targets(source):
            known, live = (
                each.catalog.relation(name[-1], *name[:-1]) for each in (self.expected_schema, self.live_schema)
            )
            if known is None or live is None:
                continue
            for column in required_columns(known, live, self.live_schema):
                message = f"the live database takes no row without {column}, which the generated code does not know"
                yield source.file.diagnostic(offset, len(name[-1]), message)

    def _of_tables(self) -> Iterator[Diagnostic]:
        expected, live = self.expected.dependencies, self.live.dependencies
        for verb, known, found in (
            ("reads", expected.reads, live.reads),
            ("writes", expected.writes, live.writes),
        ):
            if more := sorted(set(found) - set(known)):
                message = f"it {verb} {', '.join(more)} in the live database, which the generated code does not know"
                hint = "a trigger, view or function there is another: cached results may be stale"
                yield replace(self._whole(message, hint), severity="warning")

    def _whole(self, message: str, hint: str = "") -> Diagnostic:
        return self.expected.source.diagnostic(message, hint=hint)


def _insert_targets(source: SourceQuery) -> Iterator[tuple[list[str], int]]:
    """Yield the names behind INTO, with their schema where it is written, and where the last part stands."""
    tokens = [each for each in tokenize(source.file.text, source.start, source.end) if each.kind not in TRIVIA]
    for at, token in enumerate(tokens):
        if token.text.upper() == "INTO" and at and tokens[at - 1].text.upper() in ("INSERT", "MERGE"):
            behind = tokens[at + 1 : at + 4]
            parts = [behind[0], behind[2]] if [each.text for each in behind[1:2]] == ["."] else behind[:1]
            if len(parts) <= 2 and all(each.kind in (Kind.NAME, Kind.QUOTED_NAME) for each in parts):
                yield [_name(each) for each in parts], parts[-1].start


def _name(token: Token) -> str:
    return token.text[1:-1].replace('""', '"') if token.kind is Kind.QUOTED_NAME else token.text.lower()


def at_parameter(source: SourceQuery, parameter: Parameter, message: str) -> Diagnostic:
    """A finding about a parameter, at its first place in the statement."""
    written = rf"[:@]{re.escape(parameter.name)}\b|\${parameter.number}\b"
    found = re.compile(written, re.IGNORECASE).search(source.file.text, source.start, source.end)
    if found is None:
        return source.diagnostic(message)
    return source.file.diagnostic(found.start(), len(found[0]), message)


def at_column(source: SourceQuery, column: ResultColumn, message: str) -> Diagnostic:
    """A finding about a column, where its name stands first in the statement; behind a star, at the query's name."""
    text = source.file.text
    for name in () if column.starred else filter(None, (column.column, column.name)):
        for token in tokenize(text, source.start, source.end):
            if token.kind in (Kind.NAME, Kind.QUOTED_NAME) and _name(token) == name:
                return source.file.diagnostic(token.start, token.end - token.start, message)
    return source.diagnostic(message)
