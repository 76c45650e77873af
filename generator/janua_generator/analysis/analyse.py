"""Put the parts together: :class:`DescribedQuery` to :class:`AnalysedQuery`."""

from __future__ import annotations

from dataclasses import dataclass, fields

from janua.diagnostics import Diagnostic
from sqlglot import exp

from janua_generator.analysis import statements
from janua_generator.analysis.dependencies import Dependencies, find_dependencies
from janua_generator.analysis.parameters import Parameter, find_parameters
from janua_generator.analysis.scope import OPAQUE, UNKNOWN, Environment, Output, Scope
from janua_generator.analysis.stars import expand_stars
from janua_generator.analysis.syntax import parse
from janua_generator.analysis.values import Value
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType
from janua_generator.describe import DescribedColumn, DescribedQuery
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.model import Cardinality, Rule, SourceQuery, SplicedSql


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of the result. ``relation`` and ``column`` tell its origin, or are empty."""

    name: str
    type: PgType
    nullable: bool
    why: str
    relation: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class QueryFacts:
    """
    What the server and the analysis say of a statement, wherever in its file it stands.

    ``sql`` is what will be sent: the author's text with placeholders numbered and stars
    expanded. ``inferred`` says that the cardinality is ours and not the author's.
    """

    sql: str
    cardinality: Cardinality
    inferred: bool
    parameters: tuple[Parameter, ...]
    columns: tuple[ResultColumn, ...]
    dependencies: Dependencies


@dataclass(frozen=True, slots=True)
class AnalysedQuery(QueryFacts):
    """Everything that generated code needs to know about a query."""

    source: SourceQuery
    warnings: tuple[Diagnostic, ...] = ()

    @classmethod
    def of(cls, source: SourceQuery, facts: QueryFacts) -> AnalysedQuery:
        """Facts found earlier, about the same statement."""
        return cls(**{each.name: getattr(facts, each.name) for each in fields(QueryFacts)}, source=source)

    @property
    def facts(self) -> QueryFacts:
        """What does not depend on the place in the file."""
        return QueryFacts(**{each.name: getattr(self, each.name) for each in fields(QueryFacts)})


def analyse(described: DescribedQuery, introspection: Introspection) -> AnalysedQuery:
    """
    Decide nullability, cardinality, names and dependencies of one query. Pure.

    A statement nested deeper than Python's stack is one whose structure cannot be told. Raises
    GenerationFailed where the result cannot be a function: two columns of one name, or a
    cardinality that asks for rows of a statement that has none.
    """
    try:
        return _analysed(described, parse(described.parsed.sql), introspection)
    except RecursionError:
        return _analysed(described, None, introspection)


def _analysed(described: DescribedQuery, tree: exp.Expr | None, introspection: Introspection) -> AnalysedQuery:
    source = described.parsed.source
    parameters = find_parameters(described, tree, introspection.catalog)
    environment = Environment(
        introspection,
        statements.output_of,
        frozenset(each.number for each in parameters if each.nullable),
        {each.number: each.type for each in parameters},
    )
    output = statements.output_of(tree, Scope(environment)) if tree is not None else OPAQUE
    columns, warnings = _columns(described, output)
    cardinality = _cardinality(source, output, columns)
    warnings += _doubts(source, cardinality, output, columns)
    return AnalysedQuery(
        source=source,
        sql=_sql(described, tree, environment),
        cardinality=cardinality,
        inferred=source.cardinality is None,
        parameters=parameters,
        columns=columns,
        dependencies=find_dependencies(tree, introspection) if tree is not None else Dependencies(),
        warnings=tuple(warnings),
    )


def _sql(described: DescribedQuery, tree: exp.Expr | None, environment: Environment) -> str:
    stars = expand_stars(tree, described, environment) if tree is not None else ()
    if not stars:
        return described.parsed.sql
    source = described.parsed.source
    splices = sorted((*described.parsed.splices, *stars), key=lambda splice: splice.start)
    return SplicedSql.of(source.file.text, source.start, source.end, tuple(splices)).sql


def _columns(described: DescribedQuery, output: Output) -> tuple[tuple[ResultColumn, ...], list[Diagnostic]]:
    source = described.parsed.source
    warnings: list[Diagnostic] = []
    values = [column.value for column in output.columns or ()]
    if len(values) != len(described.columns):
        if described.columns:
            message = f"the structure of {source.name} cannot be told: every column may be None"
            hint = 'the types are right; where you know better, write AS "name!"'
            warnings += source.warning(Rule.UNKNOWN_STRUCTURE, message, hint=hint)
        values = [UNKNOWN] * len(described.columns)
    columns = []
    for column, value in zip(described.columns, values, strict=True):
        columns.append(_column(source, column, value, warnings))
    _refuse_duplicates(source, columns)
    return tuple(columns), warnings


def _column(source: SourceQuery, column: DescribedColumn, value: Value, warnings: list[Diagnostic]) -> ResultColumn:
    name, mark = (column.name[:-1], column.name[-1]) if column.name[-1:] in ("!", "?") else (column.name, "")
    is_nullable, why = value.nullable, value.why
    if column.name == "?column?":
        name, mark = "?column?", ""
    if mark:
        is_nullable, why = mark == "?", f'the author says so: "{column.name}"'
        if mark == "?" and not value.nullable:
            message = f'"{column.name}" may be None by its name, but is proven not to be: {value.why}'
            warnings += source.warning(Rule.PROVEN, message)
    return ResultColumn(name, column.type, is_nullable, why, column.relation, column.column)


def _refuse_duplicates(source: SourceQuery, columns: list[ResultColumn]) -> None:
    seen: set[str] = set()
    for column in columns:
        if column.name in seen and column.name != "?column?":
            message = f'query {source.name} has two columns named "{column.name}"'
            raise GenerationFailed([source.diagnostic(message, hint="rename one of them with AS")])
        seen.add(column.name)


def _cardinality(source: SourceQuery, output: Output, columns: tuple[ResultColumn, ...]) -> Cardinality:
    declared = source.cardinality
    if declared in (Cardinality.ONE, Cardinality.OPTIONAL, Cardinality.MANY) and not columns:
        message = f"query {source.name} is declared to return rows, but its statement returns none"
        hint = "use :exec or :affected, or add RETURNING"
        raise GenerationFailed([source.diagnostic(message, hint=hint)])
    if declared is not None:
        return declared
    if not columns:
        return Cardinality.NONE
    if output.at_most_one:
        return Cardinality.ONE if output.at_least_one else Cardinality.OPTIONAL
    return Cardinality.MANY


def _doubts(
    source: SourceQuery, cardinality: Cardinality, output: Output, columns: tuple[ResultColumn, ...]
) -> list[Diagnostic]:
    """Warnings about a declared cardinality that the statement does not bear out."""
    if cardinality not in (Cardinality.ONE, Cardinality.OPTIONAL):
        return []
    doubts: list[Diagnostic] = []
    if not output.at_most_one and source.cardinality is not None:
        message = f"query {source.name} is declared :{cardinality} but may return more than one row"
        reason = output.count_reason or "nothing limits it to one row"
        doubts += source.warning(Rule.MANY_ROWS, message, hint=reason)
    if cardinality is Cardinality.OPTIONAL and len(columns) == 1 and columns[0].nullable:
        message = f"query {source.name} returns None both for no row and for a NULL in its only column"
        hint = "select a second column, or coalesce the first"
        doubts += source.warning(Rule.AMBIGUOUS_NONE, message, hint=hint)
    return doubts
