"""One run of ``janua generate``: nothing where nothing changed, else analyse, write or compare, and tell."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from janua.config import Project
from janua.diagnostics import Diagnostic
from janua.errors import MigrationError

from janua_generator.diagnostics import GenerationFailed, Stage, of_migration
from janua_generator.memory import STAGING, Finished, digest, project_lock, recall_finished, remember_finished
from janua_generator.project import Inputs, present_files, read_inputs
from janua_generator.report import Report, counted

if TYPE_CHECKING:
    from janua_generator.output import Plan
    from janua_generator.pipeline import Analysis
    from janua_generator.workshop import Workshop


def run(project: Project, database_url: str | None, report: Report, *, check: bool) -> int:
    """Generate, or with ``check`` compare and write nothing; return the exit code."""
    start = time.perf_counter()
    with project_lock(project.root, say_waiting):
        try:
            inputs = read_inputs(project, database_url)
            if _tell_nothing_to_do(inputs, report, start):
                return 0
            # Here, because a run that finds nothing to do must not pay for loading sqlglot and psycopg.
            from janua_generator.workshop import Workshop

            with Workshop() as workshop:
                return _run_afresh(inputs, workshop, report, start, check=check)
        except (GenerationFailed, MigrationError) as failure:
            return _tell_failure(failure, report)


def run_again(project: Project, database_url: str | None, workshop: Workshop, report: Report) -> int:
    """Generate with what earlier runs in this process left in the workshop."""
    start = time.perf_counter()
    with project_lock(project.root, say_waiting):
        try:
            inputs = read_inputs(project, database_url)
            return _run_afresh(inputs, workshop, report, start, check=False)
        except (GenerationFailed, MigrationError) as failure:
            return _tell_failure(failure, report)


def say_waiting() -> None:
    """Tell why nothing happens while another process holds the project's lock."""
    print("waiting for another janua command in this project", file=sys.stderr)


def _tell_nothing_to_do(inputs: Inputs, report: Report, start: float) -> bool:
    finished = recall_finished(inputs.project.state)
    if finished is None or not _is_current(inputs, finished):
        return False
    report.tell((), finished.warnings)
    report.note(f"up to date: {_contents(finished.queries, finished.relations)} ({_since(start)})")
    return True


def _tell_failure(failure: GenerationFailed | MigrationError, report: Report) -> int:
    found = failure.diagnostics if isinstance(failure, GenerationFailed) else [of_migration(failure, report.root)]
    warnings = failure.warnings if isinstance(failure, GenerationFailed) else ()
    report.tell(found, warnings)
    print(f"{counted(len(found), 'error')}; nothing was written", file=sys.stderr)
    if sys.stderr.isatty() and (codes := " ".join(dict.fromkeys(each.code for each in found))):
        print(f"what they mean: janua explain {codes}", file=sys.stderr)
    return 1


def _run_afresh(inputs: Inputs, workshop: Workshop, report: Report, start: float, *, check: bool) -> int:
    from janua_generator import output, pipeline

    project = inputs.project
    with _rarely_collected():
        analysis = pipeline.analyse_project(inputs, workshop)
    analysed = time.perf_counter()
    try:
        generated = pipeline.generate(inputs, analysis)
        plan = output.plan(generated.files, (project.output, project.schema), project.root)
        if not check:
            output.apply(plan, project.root / STAGING)
    finally:
        pipeline.remember(inputs, analysis, workshop)
    if plan.is_up_to_date or not check:
        remember_finished(project.state, _finished(inputs, analysis, plan, generated.warnings))
    report.tell(_stale(plan, project) if check else (), generated.warnings)
    relations = len(analysis.introspection.catalog.relations)
    report.note(
        f"{counted(len(inputs.migrations), 'migration')}; {_contents(analysis.count, relations)},"
        f" {analysis.described} described anew ({analysed - start:.2f} s)"
    )
    return _say_compared(plan, report, start) if check else _say_written(plan, project, report, start)


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """
    Look for garbage less often: syntax trees are many small objects, and live for one query.

    And hardly ever among what has lived for long: what is known of the queries before stays to the end.
    """
    threshold = gc.get_threshold()
    gc.set_threshold(50_000, threshold[1], 1000)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)


def _finished(inputs: Inputs, analysis: Analysis, plan: Plan, warnings: Sequence[Diagnostic]) -> Finished:
    outputs = {shown(path, inputs.project): digest(text) for path, text in plan.files.items()}
    return Finished(
        inputs=inputs.digest,
        outputs=outputs,
        beside=tuple(each for each in _present(inputs.project) if each not in outputs),
        queries=analysis.count,
        relations=len(analysis.introspection.catalog.relations),
        warnings=tuple(warnings),
    )


def _is_current(inputs: Inputs, finished: Finished) -> bool:
    """Whether the last run had the same inputs, and the files are as it left them, with no others beside."""
    if finished.inputs != inputs.digest:
        return False
    root = inputs.project.root
    try:
        if any(digest((root / path).read_bytes()) != known for path, known in finished.outputs.items()):
            return False
    except OSError:
        return False
    return set(_present(inputs.project)) <= {*finished.outputs, *finished.beside}


def _present(project: Project) -> Iterator[str]:
    for folder in (project.output, project.schema):
        yield from sorted(shown(path, project) for path in present_files(folder))


def _say_written(plan: Plan, project: Project, report: Report, start: float) -> int:
    written = len(plan.changed) + len(plan.missing)
    removed = f", {len(plan.stale)} removed" if plan.stale else ""
    report.note(
        f"{shown(project.output, project)}/: {counted(written, 'file')} written,"
        f" {plan.unchanged} unchanged{removed} ({_since(start)})"
    )
    return 0


def _stale(plan: Plan, project: Project) -> list[Diagnostic]:
    return [
        Diagnostic(shown(path, project), 0, 0, word, stage=Stage.STALE)
        for paths, word in ((plan.missing, "missing"), (plan.changed, "out of date"), (plan.stale, "left over"))
        for path in paths
    ]


def _say_compared(plan: Plan, report: Report, start: float) -> int:
    if plan.is_up_to_date:
        report.note(f"up to date: {counted(plan.unchanged, 'file')} ({_since(start)})")
        return 0
    print("the generated files do not match the SQL: run `janua generate`", file=sys.stderr)
    return 1


def shown(path: Path, project: Project) -> str:
    """Return a path as findings show it: relative to the project's folder."""
    return Path(os.path.relpath(path, project.root)).as_posix()


def _since(start: float) -> str:
    return f"{time.perf_counter() - start:.2f} s"


def _contents(queries: int, relations: int) -> str:
    return f"{counted(relations, 'table or view', 'tables and views')}, {counted(queries, 'query', 'queries')}"
