"""The commands ``janua generate``, ``janua check`` and ``janua inspect``: their options."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from janua.cli.command import Command
from janua.config import load_project

from janua_generator import generation
from janua_generator.memory import project_lock
from janua_generator.project import read_inputs
from janua_generator.report import FORMATS


def _configure_generate(parser: argparse.ArgumentParser) -> None:
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--check", action="store_true", help="write nothing; exit 1 where anything is stale")
    modes.add_argument("--watch", action="store_true", help="generate again whenever SQL or pyproject.toml changes")
    _configure_format(parser)


def _configure_format(parser: argparse.ArgumentParser) -> None:
    how = "findings as text, as one JSON object, or as annotations of GitHub's workflows (default: text)"
    parser.add_argument("--format", choices=FORMATS, default="text", help=how)


def _run_generate(args: argparse.Namespace, project_dir: Path) -> int:
    if args.watch:
        from janua_generator.watch import watch

        return watch(project_dir, args.database_url, args.format)
    return generation.run(project_dir, args.database_url, check=args.check, format_=args.format)


def _run_check(args: argparse.Namespace, project_dir: Path) -> int:
    return generation.run(project_dir, args.database_url, check=True, format_=args.format)


def _configure_inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")


def _run_inspect(args: argparse.Namespace, project_dir: Path) -> int:
    from janua_generator.inspection import inspection, printed
    from janua_generator.pipeline import analyse_project, remember
    from janua_generator.workshop import Workshop

    project = load_project(project_dir)
    with project_lock(project.root, generation.say_waiting), Workshop() as workshop:
        inputs = read_inputs(project, args.database_url)
        analysis = analyse_project(inputs, workshop)
        remember(inputs, analysis, workshop)
        found = inspection(inputs, analysis)
    print(json.dumps(found, indent=2, ensure_ascii=False) if args.json else printed(found))
    return 1 if found["errors"] else 0


generate = Command(
    help="write the generated package and the schema folder",
    configure=_configure_generate,
    run=_run_generate,
    example="  janua generate --check",
)
check = Command(
    help="compare the generated package with the SQL, and show all warnings",
    configure=_configure_format,
    run=_run_check,
    example="  janua check",
)
inspect = Command(
    help="show what the analysis found about every query",
    configure=_configure_inspect,
    run=_run_inspect,
    example="  janua inspect --json",
)
