"""
The generator from end to end.

    query files ──parse──▶ SourceQuery ──placeholders──▶ ParsedQuery ─┐
                                                                      ├─describe──▶ DescribedQuery
    migrations ──scratch database──▶ introspection ──▶ Catalog ───────┘                   │
                                                          │                           analyse
                                                          ▼                               ▼
                        files ◀──emit── PackageModel ◀──────────build────────────── AnalysedQuery

Each stage is a function from one type to the next. Findings are collected, so that all bad
queries are reported at once, and nothing is written unless there are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from janua.config import Override
from janua.diagnostics import Diagnostic
from janua.errors import MigrationError

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.snapshot import HEADING, to_json, to_sql
from janua_generator.diagnostics import GenerationFailed, Stage, of_migration, of_stage
from janua_generator.diagram import draw
from janua_generator.emit import emit
from janua_generator.memory import Answer, digest
from janua_generator.overrides.requested import overrides_of
from janua_generator.overrides.resolved import Overrides
from janua_generator.package import build_package
from janua_generator.project import Inputs
from janua_generator.sqlfile.model import SourceQuery
from janua_generator.standard.calls import standard_queries
from janua_generator.standard.made import left_out
from janua_generator.tables import selected_tables
from janua_generator.understanding import analyse_queries
from janua_generator.workshop import MigratedSchema, Workshop

_PORTION = 200
"""So many standard calls are looked at in one go: a table has a score of them."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """
    All queries that could be analysed, every finding, and how many of the author's the server was asked about.

    ``left_out`` are warnings about standard calls that a table cannot have.
    """

    introspection: Introspection
    rules: str
    queries: tuple[AnalysedQuery, ...]
    errors: tuple[Diagnostic, ...]
    described: int
    left_out: tuple[Diagnostic, ...] = ()

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings of all queries."""
        return (*(warning for query in self.queries for warning in query.warnings), *self.left_out)

    @property
    def count(self) -> int:
        """How many queries are the author's own."""
        return sum(not query.source.file.is_made for query in self.queries)


@dataclass(frozen=True, slots=True)
class Generated:
    """The text of every file, by its absolute path, and what is to be reported beside it."""

    files: Mapping[Path, str]
    warnings: tuple[Diagnostic, ...]


def analyse_project(inputs: Inputs, workshop: Workshop) -> Analysis:
    """
    Migrate a scratch database, and have every query described and analysed.

    Raises GenerationFailed where a migration is refused, ConfigError, ServerUnreachable or
    EmbeddedServerError; what is wrong with queries is in ``errors``.
    """
    state = inputs.project.state
    sources: list[SourceQuery] = []
    errors = of_stage(Stage.QUERY_FILE, inputs.unreadable)
    for found, findings in workshop.sources(state, inputs.files):
        sources += found
        errors += findings
    try:
        schema = workshop.schema(inputs)
    except MigrationError as error:
        raise GenerationFailed(_sorted([*errors, of_migration(error, inputs.project.root)])) from None
    overrides = Overrides.of(inputs.project, schema.introspection)
    relations = selected_tables(inputs.project, schema.introspection.catalog.relations)
    made = standard_queries(schema.introspection, relations, sources)
    recalled = _recalled([*sources, *made], inputs.project.override, *workshop.known(state, schema.rules))
    unknown = [source for source in sources if source not in recalled]
    if not errors:
        overrides.check_queries([*sources, *made])
    analysed, more = analyse_queries(schema, unknown, overrides)
    errors += more
    standard, refused = _analyse_standard(schema, [each for each in made if each not in recalled], overrides)
    known = {**recalled, **analysed, **standard}
    return Analysis(
        introspection=schema.introspection,
        rules=schema.rules,
        queries=tuple(known[source] for source in (*sources, *made) if source in known),
        errors=_sorted(errors),
        described=len(unknown),
        left_out=tuple(map(left_out, refused)),
    )


def _analyse_standard(
    schema: MigratedSchema, made: Sequence[SourceQuery], overrides: Overrides
) -> tuple[dict[SourceQuery, AnalysedQuery], list[Diagnostic]]:
    """The same as ``analyse_queries``, in portions: what a statement is read into is needed for that one only."""
    queries: dict[SourceQuery, AnalysedQuery] = {}
    refused: list[Diagnostic] = []
    for start in range(0, len(made), _PORTION):
        analysed, more = analyse_queries(schema, made[start : start + _PORTION], overrides)
        queries |= analysed
        refused += more
    return queries, refused


def _sorted(errors: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(errors, key=lambda each: (each.file, each.line, each.column)))


def remember(inputs: Inputs, analysis: Analysis, workshop: Workshop) -> None:
    """Let the next run know what this one found, in this process and in others."""
    overrides = inputs.project.override
    answers = {
        _key(each.source, overrides): (_place(each.source), each.facts, each.warnings) for each in analysis.queries
    }
    workshop.keep(inputs.project.state, analysis.rules, analysis.queries, answers)


def generate(inputs: Inputs, analysis: Analysis) -> Generated:
    """
    Return the text of everything that is generated; writes nothing.

    Raises GenerationFailed with every finding where there is one.
    """
    if analysis.errors:
        raise GenerationFailed(analysis.errors, analysis.warnings)
    project = inputs.project
    package = build_package(project, analysis.introspection, analysis.queries)
    derived = analysis.introspection.derived
    files = {project.output / path: text for path, text in emit(package, derived.setdefault("emitted", {})).items()}
    if "snapshot" not in derived:
        catalog = analysis.introspection.catalog
        derived["snapshot"] = {
            "catalog.json": to_json(catalog),
            "schema.sql": to_sql(catalog),
            "diagram.svg": draw(catalog, HEADING),
        }
    files |= {project.schema / name: text for name, text in derived["snapshot"].items()}
    return Generated(files, analysis.warnings + package.warnings)


def _recalled(
    sources: Iterable[SourceQuery],
    overrides: Sequence[Override],
    here: Mapping[SourceQuery, AnalysedQuery],
    elsewhere: Mapping[str, Answer],
) -> dict[SourceQuery, AnalysedQuery]:
    """The queries of which everything is known, from the same place or from wherever else the statement stood."""
    found = ((source, here.get(source) or _moved(source, overrides, elsewhere)) for source in sources)
    return {source: query for source, query in found if query is not None}


def _moved(source: SourceQuery, overrides: Sequence[Override], known: Mapping[str, Answer]) -> AnalysedQuery | None:
    place, facts, warnings = known.get(_key(source, overrides), ("", None, ())) if known else ("", None, ())
    # a warning shows its place, and so is right in that one only
    if facts is None or (warnings and place != _place(source)):
        return None
    return replace(AnalysedQuery.of(source, facts), warnings=warnings)


def _place(source: SourceQuery) -> str:
    return f"{source.file.path}:{source.line}"


def _key(source: SourceQuery, overrides: Sequence[Override]) -> str:
    """
    What decides a query's facts, apart from the rules: its statement, declared cardinality and directives, and
    what the configuration asks for it by its name.
    """
    text = source.file.text[source.start : source.end]
    asked = (part for each in source.directives for part in (each.word, each.text))
    named = (repr(each) for each in overrides_of(source, overrides))
    return digest(source.name, str(source.cardinality), str(source.call), text, *asked, *named)
