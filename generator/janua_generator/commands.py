"""The commands ``janua generate``, ``janua check`` and ``janua inspect``: their options."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from janua.cli.command import Command
from janua.config import Project, load_projects
from janua.errors import ConfigError

from janua_generator import generation
from janua_generator.memory import project_lock
from janua_generator.project import read_inputs
from janua_generator.report import FORMATS, Report


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sqlc",
        metavar="FILE",
        help="a sqlc.yaml, sqlc.yml or sqlc.json (or its folder) in place of pyproject.toml",
    )
    parser.add_argument(
        "--output",
        metavar="DIR",
        help='with --sqlc: the package to write (default: "generated" beside FILE); of several packages, the'
        " folder that holds them, each under its name",
    )


def _configure_check(parser: argparse.ArgumentParser) -> None:
    _configure(parser)
    how = "findings as text, as one JSON object, or as annotations of GitHub's workflows (default: text)"
    parser.add_argument("--format", choices=FORMATS, default="text", help=how)


def _configure_live_check(parser: argparse.ArgumentParser) -> None:
    _configure_check(parser)
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument(
        "--live",
        metavar="URL",
        nargs="?",
        const=True,
        help="compare the queries with this running database, too (without URL: with that of JANUA_DATABASE_URL);"
        " nothing is run or written there",
    )


def _configure_generate(parser: argparse.ArgumentParser) -> None:
    _configure_check(parser)
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--check", action="store_true", help="write nothing; exit 1 where anything is stale")
    modes.add_argument("--watch", action="store_true", help="generate again whenever SQL or the configuration changes")


def _projects(args: argparse.Namespace, project_dir: Path) -> list[Project]:
    if args.sqlc is None:
        if args.output is not None:
            raise ConfigError("--output goes with --sqlc; otherwise tool.janua.output in pyproject.toml says it")
        return load_projects(project_dir)
    # Here, because other projects do not need it.
    from janua_generator.sqlc.conversion import load_sqlc

    projects, notes = load_sqlc(Path(args.sqlc), Path(args.output) if args.output is not None else None)
    for note in notes:
        print(note, file=sys.stderr)
    return projects


def _run_generate(args: argparse.Namespace, project_dir: Path) -> int:
    if not args.watch:
        return _run_once(args, project_dir, check=args.check)
    from janua_generator.watch import watch

    return watch(lambda: _projects(args, project_dir), args.database_url, args.format)


def _run_check(args: argparse.Namespace, project_dir: Path) -> int:
    return _run_once(args, project_dir, check=True) if args.live is None else _run_live(args, project_dir)


def _run_live(args: argparse.Namespace, project_dir: Path) -> int:
    # Here, because a check that finds nothing to do must not pay for loading sqlglot and psycopg.
    from janua_generator.live.check import check_live, live_target

    target = live_target(None if args.live is True else args.live)
    projects = _projects(args, project_dir)
    with Report(args.format, projects[0].root) as report:
        codes = [generation.run(project, args.database_url, report, check=True) for project in projects]
        codes += [check_live(project, args.database_url, target, report) for project in projects]
    return max(codes)


def _run_once(args: argparse.Namespace, project_dir: Path, *, check: bool) -> int:
    """Every package, whatever the others give."""
    projects = _projects(args, project_dir)
    with Report(args.format, projects[0].root) as report:
        return max(generation.run(project, args.database_url, report, check=check) for project in projects)


def _configure_inspect(parser: argparse.ArgumentParser) -> None:
    _configure(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")


def _run_inspect(args: argparse.Namespace, project_dir: Path) -> int:
    from janua_generator.inspection import merged, printed

    found = merged([(project.package, _inspected(project, args)) for project in _projects(args, project_dir)])
    print(json.dumps(found, indent=2, ensure_ascii=False) if args.json else printed(found))
    return 1 if found["errors"] else 0


def _inspected(project: Project, args: argparse.Namespace) -> dict[str, Any]:
    from janua_generator.inspection import inspection
    from janua_generator.pipeline import analyse_project, remember
    from janua_generator.workshop import Workshop

    with project_lock(project.root, generation.say_waiting), Workshop() as workshop:
        inputs = read_inputs(project, args.database_url)
        analysis = analyse_project(inputs, workshop)
        remember(inputs, analysis, workshop)
        return inspection(inputs, analysis)


generate = Command(
    help="write the generated package and the schema folder",
    configure=_configure_generate,
    run=_run_generate,
    failure="the SQL has errors, and nothing was written; with --check: a file is stale",
    example=(
        "  janua generate\n"
        "  janua generate --check --format github\n"
        "  janua generate --sqlc sqlc.yaml\n"
        "  janua generate --watch"
    ),
)
check = Command(
    help="compare the generated package with the SQL, and show all warnings",
    configure=_configure_live_check,
    run=_run_check,
    failure="the SQL has errors, a file is stale, or the live database differs",
    example="  janua check\n  janua check --live postgresql://reader@db.example.com/shop",
)
inspect = Command(
    help="show what the analysis found about every query",
    configure=_configure_inspect,
    run=_run_inspect,
    failure="the SQL has errors",
    example="  janua inspect\n  janua inspect --json | jq '.queries[].name'",
)
