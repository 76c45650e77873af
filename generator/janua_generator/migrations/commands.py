"""``janua migrate verify`` and ``janua migrate lint``: their options. What they need is loaded when they run."""

from __future__ import annotations

import argparse
from pathlib import Path

from janua.cli.command import Command
from janua.config import load_project


def _configure_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="NAME", help="try those only that come after this one")


def _run_verify(args: argparse.Namespace, project_dir: Path) -> int:
    from janua.cli.progress import Progress
    from janua.migrations import read_migrations
    from janua.migrations.plan import find
    from janua.scratch import open_scratch

    from janua_generator.migrations.verify import verify

    project = load_project(project_dir)
    migrations = read_migrations(project.migrations)
    since = list(migrations).index(find(migrations, args.since)) + 1 if args.since else 0
    tried = migrations[since:]
    label = f"verify {len(tried)} migration{'' if len(tried) == 1 else 's'}"
    with open_scratch(project.root, args.database_url, migrations) as scratch, Progress().step(label):
        verdict = verify(project, migrations, scratch, since=since)
    print("\n".join([*verdict.notes, *verdict.findings]), end="\n" if verdict.notes or verdict.findings else "")
    if not verdict.findings:
        print(f"{verdict.tried} of {len(tried)} migrations can be applied, taken back and applied again")
    return int(bool(verdict.findings))


verify = Command(
    help="try every UP, DOWN and UP again on a scratch database",
    configure=_configure_verify,
    run=_run_verify,
    description=(
        "Apply each migration, take it back and apply it again, on a scratch database, and compare everything that is\n"
        "in it; then all of them. Tables have rows where the generated package has factories. The server is that of\n"
        "--database-url or JANUA_SCRATCH_URL, or an embedded one."
    ),
    example="  janua migrate verify",
    failure="a DOWN does not take back its UP, or a migration is refused",
)


def _configure_lint(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--since", metavar="NAME", help="look at those that come after this one (default: the last one)")
    which.add_argument("--all", action="store_true", help="look at all")
    which.add_argument("--live", metavar="URL", help="look at those that are pending on this database")


def _run_lint(args: argparse.Namespace, project_dir: Path) -> int:
    from janua.cli.progress import Progress
    from janua.diagnostics import render
    from janua.scratch import open_scratch

    from janua_generator.migrations.lint import lint
    from janua_generator.migrations.pending import split
    from janua_generator.project import read_inputs

    project = load_project(project_dir)
    inputs = read_inputs(project, args.database_url)
    before, pending = split(project, inputs.migrations, since=args.since, everything=args.all, live=args.live)
    label = f"lint {len(pending)} of {len(inputs.migrations)} migrations"
    with open_scratch(project.root, inputs.scratch_url, inputs.migrations) as scratch, Progress().step(label):
        found = lint(inputs, before, pending, scratch)
    for line in (*found.locks, *found.notes, *map(render, found.findings)):
        print(line)
    return int(bool(found.findings))


lint = Command(
    help="tell what pending migrations would do to running services",
    configure=_configure_lint,
    run=_run_lint,
    description=(
        "Tell which queries they break or change, which lose their index, which locks each statement takes and\n"
        "whether it writes the table anew, and what squawk says, where it is installed. Scratch databases are on the\n"
        "server of --database-url or JANUA_SCRATCH_URL, or on an embedded one."
    ),
    failure="there is a finding",
    example="  janua migrate lint --since 0021\n  janua migrate lint --live postgresql://db.example.com/shop",
)
