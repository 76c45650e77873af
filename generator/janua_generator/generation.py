"""One run of ``janua generate``: nothing where nothing changed, else analyse, write or compare, and tell."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from janua.config import Project
from janua.diagnostics import render

from janua_generator.diagnostics import GenerationFailed
from janua_generator.memory import STAGING, Finished, digest, project_lock, recall_finished, remember_finished
from janua_generator.project import Inputs, present_files, read_inputs

if TYPE_CHECKING:
    from janua_generator.output import Plan
    from janua_generator.pipeline import Analysis


def run(project: Project, database_url: str | None, *, check: bool) -> int:
    """Generate, or with ``check`` compare and write nothing; return the exit code."""
    start = time.perf_counter()
    with project_lock(project.root, say_waiting):
        inputs = read_inputs(project, database_url)
        finished = recall_finished(project.state)
        if finished is not None and _is_current(inputs, finished):
            _say_warnings(finished.warnings)
            print(f"up to date: {_contents(finished.queries, finished.relations)} ({_since(start)})")
            return 0
        try:
            return _run_afresh(inputs, start, check=check)
        except GenerationFailed as failure:
            print(*(render(each) + "\n" for each in failure.diagnostics), sep="\n", file=sys.stderr)
            print(f"{_count(len(failure.diagnostics), 'error')}; nothing was written", file=sys.stderr)
            return 1


def say_waiting() -> None:
    """Tell why nothing happens while another process holds the project's lock."""
    print("waiting for another janua command in this project", file=sys.stderr)


def _run_afresh(inputs: Inputs, start: float, *, check: bool) -> int:
    # Here, because a run that finds nothing to do must not pay for loading sqlglot and psycopg.
    from janua_generator import output, pipeline

    project = inputs.project
    analysis = pipeline.analyse_project(inputs)
    analysed = time.perf_counter()
    generated = pipeline.generate(inputs, analysis)
    plan = output.plan(generated.files, (project.output, project.schema), project.root)
    warnings = [render(each) for each in generated.warnings]
    _say_warnings(warnings)
    relations = len(analysis.introspection.catalog.relations)
    print(
        f"{_count(len(inputs.migrations), 'migration')}; {_contents(len(analysis.queries), relations)},"
        f" {analysis.described} described anew ({analysed - start:.2f} s)"
    )
    if not check:
        output.apply(plan, project.root / STAGING)
    if plan.is_up_to_date or not check:
        remember_finished(project.state, _finished(inputs, analysis, plan, warnings))
    return _say_stale(plan, project, start) if check else _say_written(plan, project, start)


def _finished(inputs: Inputs, analysis: Analysis, plan: Plan, warnings: Iterable[str]) -> Finished:
    outputs = {_shown(path, inputs.project): digest(text) for path, text in plan.files.items()}
    return Finished(
        inputs=inputs.digest,
        outputs=outputs,
        beside=tuple(each for each in _present(inputs.project) if each not in outputs),
        queries=len(analysis.queries),
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
        yield from sorted(_shown(path, project) for path in present_files(folder))


def _say_written(plan: Plan, project: Project, start: float) -> int:
    written = len(plan.changed) + len(plan.missing)
    removed = f", {len(plan.stale)} removed" if plan.stale else ""
    print(
        f"{_shown(project.output, project)}/: {_count(written, 'file')} written,"
        f" {plan.unchanged} unchanged{removed} ({_since(start)})"
    )
    return 0


def _say_stale(plan: Plan, project: Project, start: float) -> int:
    if plan.is_up_to_date:
        print(f"up to date: {_count(plan.unchanged, 'file')} ({_since(start)})")
        return 0
    for paths, word in ((plan.missing, "missing"), (plan.changed, "out of date"), (plan.stale, "left over")):
        for path in paths:
            print(f"{_shown(path, project)}: {word}", file=sys.stderr)
    print("the generated files do not match the SQL: run `janua generate`", file=sys.stderr)
    return 1


def _say_warnings(warnings: Sequence[str]) -> None:
    for warning in warnings:
        print(f"{warning}\n", file=sys.stderr)


def _shown(path: Path, project: Project) -> str:
    return Path(os.path.relpath(path, project.root)).as_posix()


def _since(start: float) -> str:
    return f"{time.perf_counter() - start:.2f} s"


def _contents(queries: int, relations: int) -> str:
    return f"{_count(relations, 'table or view', 'tables and views')}, {_count(queries, 'query', 'queries')}"


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
