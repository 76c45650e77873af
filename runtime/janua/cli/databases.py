"""What ``janua db`` does: asks, shows how far it is, and says what was done."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from janua import operations
from janua.cli.caching import outdate_cache
from janua.cli.progress import Progress
from janua.cli.safety import refuse_protected, require_consent
from janua.cli.target import find_database
from janua.config import load_project
from janua.operations import Manifest, OnProgress

SCRATCH = "JANUA_SCRATCH_URL"
_UNITS = 1000


def back_up(args: argparse.Namespace, _project_dir: Path) -> int:
    """Write a backup, and prove it where that is asked for."""
    database = str(find_database(args.database_url).parameters.get("dbname") or "database")
    folder = args.folder or Path(f"{database.replace('/', '_')}-{datetime.now():%Y%m%d-%H%M%S}")
    with _progress(f"back up {database}", ("dump", "fingerprint", "checksum")) as tell:
        manifest = operations.backup(args.database_url, folder, jobs=args.jobs, on_progress=tell)
    if args.verify:
        scratch = args.scratch_url or os.environ.get(SCRATCH) or args.database_url
        with _progress(f"verify {folder}", ("check", "restore", "compare")) as tell:
            operations.verify(folder, scratch, jobs=args.jobs, on_progress=tell)
    print(f"{folder}: {_contents(manifest)}{', verified' if args.verify else ''}")
    return 0


def restore(args: argparse.Namespace, project_dir: Path) -> int:
    """Replace the database by a backup, having asked where it is not empty."""
    deed = f"replace all by {args.folder}"
    safety = load_project(project_dir).safety
    refuse_protected(find_database(args.database_url), safety, deed)
    holds = operations.holds_anything(args.database_url)
    if holds:
        require_consent(find_database(args.database_url), safety, deed, yes=args.yes)
    with _progress(f"restore {args.folder}", ("check", "restore", "compare")) as tell:
        done = operations.restore(
            args.folder,
            args.database_url,
            replace=holds,
            owners=not args.no_owner,
            jobs=args.jobs,
            on_progress=tell,
        )
    print(f"restored {_contents(done.manifest)}, as of {done.manifest.made_at}")
    return 0


def reset(args: argparse.Namespace, project_dir: Path) -> int:
    """Replace the database by a new one with the migrations, having asked; it is there before the old one goes."""
    from janua.cli.migrate import apply_all

    _ask(args, project_dir, "drop the database and make it anew")
    project = load_project(project_dir)
    applied = 0

    def fill(url: str) -> None:
        nonlocal applied
        applied = 0 if args.empty else apply_all(url, project)

    existed = operations.reset(args.database_url, fill)
    done = "the database was made anew" if existed else "the database was made"
    if args.empty:
        print(f"{done}, and is empty; next: janua migrate up")
    else:
        print(f"{done}, with {applied} migration{_s(applied)}")
    return 0


def truncate(args: argparse.Namespace, project_dir: Path) -> int:
    """Empty tables, having asked."""
    _ask(args, project_dir, f"empty {', '.join(args.tables) or 'all tables'}")
    project = load_project(project_dir)
    emptied = operations.truncate(args.database_url, args.tables, keep=args.keep, record=project.migrations_table)
    done = f"emptied {len(emptied)} table{_s(len(emptied))}"
    print(done)
    outdate_cache(args.database_url, project, done)
    return 0


def _ask(args: argparse.Namespace, project_dir: Path, deed: str) -> None:
    require_consent(find_database(args.database_url), load_project(project_dir).safety, deed, yes=args.yes)


@contextmanager
def _progress(label: str, phases: tuple[str, ...]) -> Iterator[OnProgress]:
    """Show phases, of which several may go on at once, as one step."""
    parts = dict.fromkeys(phases, 0.0)
    with Progress().step(label, _UNITS * len(phases)) as step:

        def tell(phase: str, done: int, total: int) -> None:
            parts[phase] = done / total if total else 1.0
            step.note(phase)
            step.done = round(sum(parts.values()) * _UNITS)

        yield tell


def _contents(manifest: Manifest) -> str:
    tables, rows = len(manifest.tables), manifest.rows
    return f"{tables} table{_s(tables)}, {rows:,} row{_s(rows)}, {manifest.bytes:,} bytes"


def _s(count: int) -> str:
    return "" if count == 1 else "s"


ACTS: Final[Mapping[str, Callable[[argparse.Namespace, Path], int]]] = {
    "backup": back_up,
    "restore": restore,
    "reset": reset,
    "truncate": truncate,
}
