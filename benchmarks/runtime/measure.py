"""
Measure generated calls, and what else Python has for the same statements, beside them.

    python benchmarks/runtime/measure.py [--rounds N]    all that is installed; writes docs/benchmarks.md and its plot
    python benchmarks/runtime/measure.py --check         few candidates; exit 1 where a ratio is over its goal by 25 %

Server and clients share one core, so that no figure depends on where the kernel puts them, and what both take of
it is counted, so that no figure depends on who else wants it. The candidates take turns within each round. Figures
are medians of the rounds, ratios medians of each round's ratio. ``requirements.txt`` has the candidates; those that
are not installed are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from asynchronous import ASYNCHRONOUS
from blocking import BLOCKING, FLOOR, JANUA, PSYCOPG, TUPLES
from clock import Clock
from goals import failures
from janua.embedded.postgres import serve
from janua.migrations import apply_up, read_migrations
from report import write_report
from sample import MANY, ONE, TASKS, Samples
from subject import Calls, Candidate, Ids

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CALLS = 300
TASKS_AT_ONCE = 64


class Opened:
    """A candidate that is connected, with the loop that it lives on."""

    def __init__(self, candidate: Candidate, calls: Calls, runner: asyncio.Runner | None) -> None:
        self.name = candidate.name
        self._calls = calls
        self._runner = runner

    def measure(self, ids: Ids, samples: Samples, clock: Clock) -> None:
        """Add one round of everything that the candidate does."""
        one, many = self._calls.one, self._calls.many
        self._measure(samples, clock, ONE, one, ids)
        if many is not None:
            self._measure(samples, clock, MANY, lambda _: many(), range(3))
        if self._runner is not None:
            start = clock.read()
            self._runner.run(_at_once(one, ids))
            samples.add(TASKS, self.name, start, clock.read(), len(ids))

    def _measure(self, samples: Samples, clock: Clock, task: str, call: Callable[[Any], Any], values: Any) -> None:
        start = clock.read()
        if self._runner is not None:
            self._runner.run(_in_turn(call, values))
        else:
            for each in values:
                call(each)
        samples.add(task, self.name, start, clock.read(), len(values))


async def _in_turn(call: Callable[[Any], Awaitable[Any]], arguments: Any) -> None:
    for each in arguments:
        await call(each)


async def _at_once(call: Callable[[Any], Awaitable[Any]], ids: Ids) -> None:
    left = iter(ids)

    async def work() -> None:
        for key in left:
            await call(key)

    await asyncio.gather(*(work() for _ in range(TASKS_AT_ONCE)))


@contextmanager
def opened(candidates: tuple[Candidate, ...], url: str) -> Iterator[list[Opened]]:
    """Connect those whose package is there."""
    with ExitStack() as stack:
        runners: dict[str, tuple[asyncio.Runner, AsyncExitStack]] = {}
        found = []
        for candidate in candidates:
            try:
                found.append(_open(candidate, url, stack, runners))
            except ImportError as error:
                print(f"{candidate.name} is left out: {error}", file=sys.stderr)
        yield found
        for runner, contexts in runners.values():
            runner.run(contexts.aclose())


def _open(
    candidate: Candidate, url: str, stack: ExitStack, runners: dict[str, tuple[asyncio.Runner, AsyncExitStack]]
) -> Opened:
    context: Any = candidate.open(url)
    if not candidate.loop:
        return Opened(candidate, stack.enter_context(context), None)
    if candidate.loop not in runners:
        runners[candidate.loop] = stack.enter_context(_runner(candidate.loop)), AsyncExitStack()
    runner, contexts = runners[candidate.loop]
    return Opened(candidate, runner.run(contexts.enter_async_context(context)), runner)


def _runner(loop: str) -> asyncio.Runner:
    if loop == "asyncio":
        return asyncio.Runner()
    import uvloop

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


@contextmanager
def prepared_server() -> Iterator[str]:
    """An embedded server on one core with this process, holding the project's data; its code can be imported."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="janua-benchmark-") as folder, serve(Path(folder, "server")) as server:
        project = Path(folder, "project")
        shutil.copytree(HERE / "project", project)
        options = ["--database-url", server.url, "--project", str(project)]
        subprocess.run([sys.executable, "-m", "janua.cli", "generate", *options], check=True, stdout=subprocess.DEVNULL)
        sys.path.insert(0, str(project))
        with psycopg.connect(server.url, autocommit=True) as connection:
            apply_up(connection, read_migrations(project / "migrations"))
            connection.execute("VACUUM ANALYZE people")
        yield server.url


def measure(candidates: tuple[Candidate, ...], rounds: int) -> Samples:
    """Run all of it; the first round warms up and is not counted."""
    samples = Samples()
    with prepared_server() as url, psycopg.connect(url) as connection, opened(candidates, url) as found:
        backend = connection.info.backend_pid
        ids = [key for (key,) in connection.execute("SELECT id FROM people ORDER BY random() LIMIT %s", (CALLS,))]
        clock = Clock(backend)
        # Or each candidate's garbage would be looked for among all that the others have imported.
        gc.collect()
        gc.freeze()
        for number in range(rounds + 1):
            for candidate in found:
                candidate.measure(ids, samples if number else Samples(), clock)
    return samples


def import_milliseconds() -> float:
    """Return what a fresh interpreter takes of a core to import the runtime and a generated module, at its best."""
    code = "import time; t = time.process_time(); import janua, generated.users; print(time.process_time() - t)"
    runs = [subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True) for _ in range(10)]
    return min(float(run.stdout) for run in runs) * 1000


def main() -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.check:
        over = failures(measure((FLOOR, JANUA, TUPLES, PSYCOPG), options.rounds))
        print("\n".join(over) or "every ratio is within its goal and 25 %")
        return int(bool(over))
    samples = measure(BLOCKING + ASYNCHRONOUS, options.rounds)
    print(write_report(samples, import_milliseconds(), ROOT / "docs"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
