"""``janua monitor``: a live view on a terminal, a report or JSON for scripts."""

from __future__ import annotations

import argparse
import os
import select
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from janua.cli.command import DATABASE, Command
from janua.errors import ConfigError

if TYPE_CHECKING:
    from janua.monitor import Monitor, Report

_REDIS = "JANUA_REDIS_URL"
_HINT = "q ends"


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="print one report and end")
    parser.add_argument("--json", action="store_true", help="print one report as a JSON object and end")
    parser.add_argument(
        "--interval", type=float, default=2.0, metavar="S", help="seconds between two looks (default: 2)"
    )
    parser.add_argument("--redis-url", metavar="URL", help=f"the Redis to look at, too (default: {_REDIS}, if set)")


def _run(args: argparse.Namespace, _project: Path) -> int:
    if not 0.1 <= args.interval <= 3600:
        raise ConfigError("--interval must be a number of seconds from 0.1 to 3600")
    with _monitor(args.database_url, args.redis_url or os.environ.get(_REDIS)) as monitor:
        if args.json:
            return _print_json(monitor.report())
        if args.once or not sys.stdout.isatty():
            return _print_report(monitor.report())
        return _watch(monitor, args.interval)


@contextmanager
def _monitor(database_url: str | None, redis_url: str | None) -> Iterator[Monitor]:
    from janua.database import Database, PoolOptions
    from janua.monitor import Monitor

    with ExitStack() as stack:
        pool = PoolOptions(max_size=1, timeout=5.0)
        database = Database(database_url, pool=pool, application_name="janua monitor", lazy=True)
        stack.callback(database.close)
        if not redis_url:
            yield Monitor(database)
            return
        from janua.redis import Redis

        redis = Redis(redis_url, timeout=2.0, connect_timeout=2.0, max_retries=0)
        stack.callback(redis.close)
        yield Monitor(database, redis)


def _print_json(report: Report) -> int:
    import msgspec

    from janua.monitor.findings import findings_of

    found = findings_of(report)
    document = {"version": 1, "findings": found, **{name: getattr(report, name) for name in report.__slots__}}
    print(msgspec.json.format(msgspec.json.encode(document), indent=1).decode())
    return _code(report)


def _print_report(report: Report) -> int:
    from rich.console import Console

    from janua.monitor.screen import Page

    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = 120
    console.print(Page(report))
    return _code(report)


def _code(report: Report) -> int:
    from janua.monitor.findings import findings_of

    if report.unreachable:
        return 3
    return int(any(finding.level == "danger" for finding in findings_of(report)))


def _watch(monitor: Monitor, interval: float) -> int:
    """Show a report after the other until ``q`` or Ctrl-C."""
    from rich.console import Console
    from rich.live import Live

    from janua.monitor.screen import Page

    before = None
    console = Console(highlight=False)
    with _keys(), Live(console=console, screen=True, auto_refresh=False, vertical_overflow="crop") as live:
        try:
            while True:
                report = monitor.report()
                live.update(Page(report, before, hint=_HINT, is_live=True), refresh=True)
                before = report
                if _is_ended_within(interval):
                    return 0
        except KeyboardInterrupt:
            return 0


@contextmanager
def _keys() -> Iterator[None]:
    """Have the terminal hand over each key at once and show none, until the end."""
    if sys.platform == "win32" or not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _is_ended_within(seconds: float) -> bool:
    """Wait; True where ``q`` was pressed."""
    import time

    if sys.platform == "win32" or not sys.stdin.isatty():
        time.sleep(seconds)
        return False
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([sys.stdin], [], [], left)[0] and os.read(sys.stdin.fileno(), 1) in (b"q", b"Q", b""):
            return True
    return False


MONITOR = Command(
    help="how PostgreSQL and Redis are: a live view, a report or JSON",
    configure=_configure,
    run=_run,
    description=(
        "Look at the database that --database-url or JANUA_DATABASE_URL names, and at JANUA_REDIS_URL, if set.\n"
        "On a terminal the view is live; in a pipe, and with --once, it is one plain report."
    ),
    failure="something is in danger",
    database=DATABASE,
    example="  janua monitor\n  janua monitor --once\n  janua monitor --json | jq .findings",
)
