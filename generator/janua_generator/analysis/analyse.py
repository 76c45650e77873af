"""Put the parts together: :class:`DescribedQuery` to :class:`Examined` to :class:`AnalysedQuery`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from janua.diagnostics import Diagnostic
from janua.dynamic import Clause
from sqlglot import exp

from janua_generator.analysis import statements
from janua_generator.analysis.dependencies.closure import closures_of
from janua_generator.analysis.dependencies.result import Dependencies
from janua_generator.analysis.parameters import Parameter, find_parameters
from janua_generator.analysis.questions import Questions
from janua_generator.analysis.result import Group, Nest, Result, ResultColumn, result_of
from janua_generator.analysis.scope import Environment, Output, Scope
from janua_generator.analysis.sets import ValueSets
from janua_generator.analysis.stars import Expansion, expand_stars
from janua_generator.analysis.syntax import is_of_one_snapshot, parse
from janua_generator.analysis.utility import output_of_utility
from janua_generator.catalog.introspect import Introspection
from janua_generator.describe import DescribedQuery
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.model import Call, Cardinality, Rule, SourceQuery, Splice


@dataclass(frozen=True, slots=True)
class Options:
    """
    What chooses among the variants of a query: parameters that may be left out, and keys to order by.

    ``page`` says by what a query that gives pages is ordered, with the types.
    """

    optional: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    page: tuple[str, ...] = ()


NO_OPTIONS = Options()


@dataclass(frozen=True, slots=True)
class QueryFacts:
    """
    What the server and the analysis say of a statement, wherever in its file it stands.

    ``sql`` is what will be sent: the author's text with placeholders numbered and stars
    expanded; ``sets`` is what is sent instead where many sets of values are taken, for each of which, or for
    all of them, ``cardinality`` holds. ``inferred`` says that the cardinality is ours and not the author's.
    Where the query has variants, ``parts`` make them, and ``sql`` is the one in which nothing is left out.
    """

    sql: str
    cardinality: Cardinality
    inferred: bool
    parameters: tuple[Parameter, ...]
    columns: tuple[ResultColumn, ...]
    groups: tuple[Group, ...]
    nest: Nest | None
    dependencies: Dependencies
    sets: ValueSets | None
    parts: tuple[str | Clause[str], ...]
    options: Options


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


@dataclass(frozen=True, slots=True)
class Examined:
    """
    What is known of one statement, before anything is concluded from it about the function.

    ``environment`` is what it was found out in, ``splices`` what its stars stand for. ``questions`` are
    statements whose answers by the server would tell more.
    """

    described: DescribedQuery
    environment: Environment
    parameters: tuple[Parameter, ...]
    output: Output
    result: Result
    splices: tuple[Splice, ...]
    dependencies: Dependencies
    questions: tuple[str, ...]


def examine(
    described: DescribedQuery,
    introspection: Introspection,
    answers: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    parameters: tuple[Parameter, ...] | None = None,
) -> Examined:
    """
    Find out what a statement gives and touches. Pure: what it would ask the server is in ``questions``, to be given
    as ``answers`` the next time.

    ``parameters`` are those of the query of which this is a variant. A statement nested deeper than Python's
    stack is one whose structure cannot be told. Raises GenerationFailed for two columns of one name.
    """
    try:
        return _examined(described, parse(described.parsed.sql), introspection, answers, parameters)
    except RecursionError:
        return _examined(described, None, introspection, answers, parameters)


def conclude(
    examined: Examined, parts: tuple[str | Clause[str], ...] = (), options: Options = NO_OPTIONS
) -> AnalysedQuery:
    """
    Decide what the function is like. ``parts`` are those of a query with variants, chosen by ``options``.

    Raises GenerationFailed for a cardinality that asks for rows of a statement that has none.
    """
    source, result = examined.described.parsed.source, examined.result
    cardinality = _cardinality(source, examined.output, result.columns)
    if options.page:
        cardinality = _of_pages(source, cardinality)
    return AnalysedQuery(
        source=source,
        sql=examined.described.parsed.with_splices(examined.splices).sql,
        cardinality=cardinality,
        inferred=source.cardinality is None,
        parameters=examined.parameters,
        columns=result.columns,
        groups=result.groups,
        nest=result.nest,
        dependencies=examined.dependencies,
        sets=None,
        parts=parts,
        options=options,
        warnings=(*result.warnings, *_doubts(source, cardinality, examined.output, result.columns)),
    )


def _examined(
    described: DescribedQuery,
    tree: exp.Expr | None,
    introspection: Introspection,
    answers: Mapping[str, tuple[str, ...]],
    parameters: tuple[Parameter, ...] | None,
) -> Examined:
    parameters = parameters or find_parameters(described, tree, introspection.catalog)
    environment = Environment(
        introspection,
        statements.output_of,
        tree is not None and is_of_one_snapshot(tree),
        frozenset(each.number for each in parameters if each.nullable),
        {each.number: each.type for each in parameters},
        statements.definitions(introspection),
        Questions(answers),
    )
    output = _output_of(tree, environment, described)
    expansion = expand_stars(tree, described, environment) if tree is not None else Expansion()
    result = result_of(described, output, expansion)
    if result.nest is not None and tree is not None:
        _refuse_limit(described.parsed.source, tree)
    return Examined(
        described=described,
        environment=environment,
        parameters=parameters,
        output=output,
        result=result,
        splices=expansion.splices,
        dependencies=closures_of(introspection).of(described.parsed.sql, tree),
        questions=tuple(environment.questions.open),
    )


def _output_of(tree: exp.Expr | None, environment: Environment, described: DescribedQuery) -> Output:
    if tree is not None:
        return statements.output_of(tree, Scope(environment))
    return output_of_utility(described.parsed.sql, [column.name for column in described.columns])


def _refuse_limit(source: SourceQuery, tree: exp.Expr) -> None:
    """A limit would cut the list of the last row short."""
    if tree.args.get("limit") is not None or tree.args.get("offset") is not None:
        (directive,) = source.directives_called("nest")
        hint = "put the limit into a subquery that gives the outer rows, and join the list to it"
        raise GenerationFailed([source.complaint(directive, "@nest does not go with LIMIT and OFFSET", hint=hint)])


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
    if output.at_most_one and source.call is not Call.BULK and not source.directives_called("nest"):
        return Cardinality.ONE if output.at_least_one else Cardinality.OPTIONAL
    return Cardinality.MANY


def _of_pages(source: SourceQuery, cardinality: Cardinality) -> Cardinality:
    if source.cardinality not in (None, Cardinality.MANY):
        (directive,) = source.directives_called("page")
        message = f"a query declared :{cardinality} has no pages"
        raise GenerationFailed([source.complaint(directive, message, hint="write :many, or nothing")])
    return Cardinality.MANY


def _doubts(
    source: SourceQuery, cardinality: Cardinality, output: Output, columns: tuple[ResultColumn, ...]
) -> list[Diagnostic]:
    """Warnings about a declared cardinality that the statement does not bear out."""
    doubts: list[Diagnostic] = []
    if cardinality not in (Cardinality.ONE, Cardinality.OPTIONAL):
        return doubts
    is_first = source.file.is_sqlc and source.cardinality is Cardinality.ONE
    if not (output.at_most_one or is_first or source.cardinality is None or source.directives_called("nest")):
        message = f"query {source.name} is declared :{cardinality} but may return more than one row"
        reason = output.count_reason or "nothing limits it to one row"
        doubts += source.warning(Rule.MANY_ROWS, message, hint=reason)
    if cardinality is Cardinality.OPTIONAL and len(columns) == 1 and columns[0].nullable:
        message = f"query {source.name} returns None both for no row and for a NULL in its only column"
        hint = "select a second column, or coalesce the first"
        doubts += source.warning(Rule.AMBIGUOUS_NONE, message, hint=hint)
    return doubts
