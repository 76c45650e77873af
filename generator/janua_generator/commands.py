"""The commands ``janua generate``, ``janua check`` and ``janua inspect``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from janua.cli.command import Command
from janua.config import Project, load_project
from janua.diagnostics import Diagnostic, render

from janua_generator.diagnostics import GenerationFailed
from janua_generator.memory import Finished, digest, project_lock, recall_finished, remember_finished
from janua_generator.project import Inputs, read_inputs

if TYPE_CHECKING:
    from janua_generator.output import Plan


def _configure_generate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where anything is stale")


def _run_generate(args: argparse.Namespace, project_dir: Path) -> int:
    return _generate(project_dir, args.database_url, check=args.check)


def _run_check(args: argparse.Namespace, project_dir: Path) -> int:
    return _generate(project_dir, args.database_url, check=True)


def _configure_inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")


def _run_inspect(args: argparse.Namespace, project_dir: Path) -> int:
    from janua_generator.inspection import inspection, printed
    from janua_generator.pipeline import analyse_project

    project = load_project(project_dir)
    with project_lock(project.root, _say_waiting):
        inputs = read_inputs(project, args.database_url)
        found = inspection(inputs, analyse_project(inputs))
    print(json.dumps(found, indent=2, ensure_ascii=False) if args.json else printed(found))
    return 1 if found["errors"] else 0


generate = Command(
    help="write the generated package and the schema folder",
    configure=_configure_generate,
    run=_run_generate,
    example="janua generate --check",
)
check = Command(
    help="compare the generated package with the SQL, and show all warnings",
    configure=lambda parser: None,
    run=_run_check,
    example="janua check",
)
inspect = Command(
    help="show what the analysis found about every query",
    configure=_configure_inspect,
    run=_run_inspect,
    example="janua inspect --json",
)


def _generate(project_dir: Path, database_url: str | None, *, check: bool) -> int:
    start = time.perf_counter()
    project = load_project(project_dir)
    with project_lock(project.root, _say_waiting):
        inputs = read_inputs(project, database_url)
        finished = recall_finished(project.root)
        if finished is not None and _is_current(inputs, finished):
            _show_warnings(finished.warnings)
            counts = f"{finished.queries} queries, {finished.relations} tables and views"
            print(f"up to date: {counts} ({_seconds(start)})")
            return 0
        try:
            return _generate_afresh(inputs, start, check=check)
        except GenerationFailed as failure:
            print("\n\n".join(render(each) for each in failure.diagnostics), file=sys.stderr)
            print(f"\n{_counted(failure.diagnostics, 'error')}; nothing was written", file=sys.stderr)
            return 1


def _generate_afresh(inputs: Inputs, start: float, *, check: bool) -> int:
    # Here, because a run that finds nothing to do must not pay for loading sqlglot and psycopg.
    from janua_generator import output, pipeline

    project = inputs.project
    analysis = pipeline.analyse_project(inputs)
    analysed = time.perf_counter()
    generated = pipeline.generate(inputs, analysis)
    plan = output.plan(generated.files, (project.output, project.schema), project.root)
    warnings = tuple(render(each) for each in generated.warnings)
    _show_warnings(warnings)
    relations = len(analysis.introspection.catalog.relations)
    print(
        f"{len(inputs.migrations)} migrations, {relations} tables and views; "
        f"{len(analysis.queries)} queries, {analysis.described} of them new or changed ({analysed - start:.2f} s)"
    )
    if check:
        return _report_stale(plan, project, start)
    output.apply(plan, (project.output, project.schema))
    outputs = {path.relative_to(project.root).as_posix(): digest(text) for path, text in plan.files.items()}
    remember_finished(project.root, Finished(inputs.digest, outputs, len(analysis.queries), relations, warnings))
    written = len(plan.changed) + len(plan.missing)
    removed = f", {len(plan.stale)} removed" if plan.stale else ""
    print(f"{_folder(project)}: {written} files written, {plan.unchanged} unchanged{removed} ({_seconds(start)})")
    return 0


def _report_stale(plan: Plan, project: Project, start: float) -> int:
    for paths, word in ((plan.missing, "missing"), (plan.changed, "out of date"), (plan.stale, "left over")):
        for path in paths:
            print(f"{path.relative_to(project.root).as_posix()}: {word}", file=sys.stderr)
    if plan.is_up_to_date:
        print(f"up to date: {plan.unchanged} files ({_seconds(start)})")
        return 0
    print("the generated files do not match the SQL: run `janua generate`", file=sys.stderr)
    return 1


def _is_current(inputs: Inputs, finished: Finished) -> bool:
    """Whether the last run had the same inputs and its files are as it left them, and no others are there."""
    if finished.inputs != inputs.digest:
        return False
    root = inputs.project.root
    try:
        if any(digest((root / path).read_bytes()) != known for path, known in finished.outputs.items()):
            return False
    except OSError:
        return False
    modules = {path.relative_to(root).as_posix() for path in inputs.project.output.rglob("*.py")}
    return modules <= set(finished.outputs)


def _say_waiting() -> None:
    print("waiting for another janua command in this project", file=sys.stderr)


def _show_warnings(warnings: Sequence[str]) -> None:
    for warning in warnings:
        print(f"{warning}\n", file=sys.stderr)


def _folder(project: Project) -> str:
    return f"{project.output.relative_to(project.root).as_posix()}/"


def _seconds(start: float) -> str:
    return f"{time.perf_counter() - start:.2f} s"


def _counted(findings: Sequence[Diagnostic], noun: str) -> str:
    return f"{len(findings)} {noun}" + ("" if len(findings) == 1 else "s")
