"""``janua check --live``: the project's queries, its types and its tables against a running database."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from janua.config import Project
from janua.database.target import Target, find_target
from janua.diagnostics import Diagnostic
from janua.errors import ConfigError, MigrationError

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.catalog.introspect import Introspection
from janua_generator.diagnostics import GenerationFailed, Stage, of_stage
from janua_generator.generation import say_waiting, shown
from janua_generator.live.comparison import Comparison, at_column, at_parameter
from janua_generator.live.database import opened_live
from janua_generator.live.tables import table_findings
from janua_generator.live.types import parts_of, type_differences
from janua_generator.memory import project_lock
from janua_generator.overrides.resolved import Overrides
from janua_generator.pipeline import Analysis, analyse_project, remember
from janua_generator.project import read_inputs
from janua_generator.report import Report, counted
from janua_generator.understanding import analyse_queries, understand_views
from janua_generator.workshop import MigratedSchema, Workshop


def live_target(url: str | None) -> Target:
    """Return where the live database is, without URL what JANUA_DATABASE_URL says. Raises ConfigError."""
    if url == "":
        raise ConfigError("--live: the URL is empty; leave it out to have JANUA_DATABASE_URL say it")
    return find_target(url, {}, None, "janua check")


def check_live(project: Project, scratch_url: str | None, target: Target, report: Report) -> int:
    """
    Compare what is generated with the live database, and return the exit code.

    What is wrong with the project itself is another's to tell. Raises ServerUnreachable where either server
    cannot be reached.
    """
    start = time.perf_counter()
    with project_lock(project.root, say_waiting), Workshop() as workshop:
        inputs = read_inputs(project, scratch_url)
        try:
            analysis = analyse_project(inputs, workshop)
        except (GenerationFailed, MigrationError):
            return 1
        remember(inputs, analysis, workshop)
    with opened_live(target, analysis.introspection.catalog.schemas) as live:
        found = set(of_stage(Stage.LIVE, _findings(project, analysis, live)))
    findings = sorted(found, key=lambda each: (each.file, each.line, each.column, each.message))
    errors = [each for each in findings if each.severity == "error"]
    report.tell(errors, [each for each in findings if each.severity == "warning"])
    verdict = f"does not fit: {counted(len(errors), 'finding')}" if errors else "fits"
    spent = f"{time.perf_counter() - start:.2f} s"
    report.note(f"the live database {target} {verdict} ({counted(len(analysis.queries), 'query', 'queries')}, {spent})")
    return 1 if errors else 0


def _findings(project: Project, analysis: Analysis, live: MigratedSchema) -> Iterator[Diagnostic]:
    understand_views(live)
    overrides = Overrides.of(project, analysis.introspection)
    analysed, complaints = analyse_queries(live, [each.source for each in analysis.queries], overrides)
    for complaint in complaints:
        yield replace(complaint, message=f"{complaint.message} (in the live database)")
    for expected in analysis.queries:
        found = analysed.get(expected.source)
        if found is not None:
            yield from Comparison(expected, analysis.introspection, found, live.introspection).findings()
    yield from _type_findings(project, analysis, live.introspection)
    yield from table_findings(project, analysis.introspection, live.introspection)


def _type_findings(project: Project, analysis: Analysis, live: Introspection) -> Iterator[Diagnostic]:
    """What is different about types, each at the first place where a query uses it."""
    for difference in type_differences(analysis.introspection, live):
        places = list(_uses(difference.type, analysis.queries, analysis.introspection, difference.message))
        if not places:
            places = [Diagnostic(shown(project.output, project), 0, 0, difference.message)]
        more = f"so do {counted(len(places) - 1, 'other query', 'other queries')}" if len(places) > 1 else ""
        hint = f"this query uses the type, and {more}" if more else ""
        yield replace(places[0], hint=hint, severity="warning" if difference.is_harmless else "error")


def _uses(
    name: str, queries: Iterable[AnalysedQuery], introspection: Introspection, message: str
) -> Iterator[Diagnostic]:
    for query in queries:
        parameter = next((each for each in query.parameters if name in parts_of(each.type, introspection.types)), None)
        column = next((each for each in query.columns if name in parts_of(each.type, introspection.types)), None)
        if column is not None:
            yield at_column(query.source, column, message)
        elif parameter is not None:
            yield at_parameter(query.source, parameter, message)
