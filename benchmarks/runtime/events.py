"""
Measure what events cost where nobody listens, and where somebody does.

    python benchmarks/runtime/events.py [--rounds N] [--check]

The candidates are the same database: as it is, with every look at its events taken out of its code, with a handler
of each query, and with spans and metrics. They take turns on one core, as in measure.py. With ``--check``, exit 1 where
the looks cost more than the goal.
"""

from __future__ import annotations

import argparse
import ast
import gc
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from clock import Clock
from janua import Database
from janua.database._sync.session import Session
from measure import CALLS, prepared_server
from sample import ONE, Samples

OFF, NONE, HANDLER, TELEMETRY = "events off", "without events", "a handler of queries", "spans and metrics"
GOAL = 1.02
# Short ones, so that what others do on the core meets both of a pair.
_CALLS = CALLS // 3


class _Looks(ast.NodeTransformer):
    """Takes out what is done only where calls are watched."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if "watches_calls" in ast.unparse(node.test) else self.generic_visit(node)


def without_looks(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method of the same source without looks at events."""
    tree = _Looks().visit(ast.parse(textwrap.dedent(inspect.getsource(method))))
    assert "watches_calls" not in ast.unparse(tree), "a look is left"
    found: dict[str, Any] = {}
    exec(compile(ast.unparse(ast.fix_missing_locations(tree)), "without events", "exec"), method.__globals__, found)
    taken: Callable[..., Any] = found[method.__name__]
    return taken


_AS_IT_IS: tuple[Any, Any] = (Database._run, Session.run)
# Compiled once: the interpreter adapts code to what it meets.
_WITHOUT_LOOKS = (without_looks(_AS_IT_IS[0]), without_looks(_AS_IT_IS[1]))


@contextmanager
def calling(run: tuple[Any, Any]) -> Iterator[None]:
    """Have all databases call by these."""
    for owner, name, method in zip((Database, Session), ("_run", "run"), run, strict=True):
        setattr(owner, name, method)
    yield
    for owner, name, method in zip((Database, Session), ("_run", "run"), _AS_IT_IS, strict=True):
        setattr(owner, name, method)


@contextmanager
def handled(db: Database) -> Iterator[None]:
    """With a handler that does nothing."""
    stop = db.on("query", lambda event: None)
    yield
    stop()


@contextmanager
def traced(db: Database) -> Iterator[None]:
    """With OpenTelemetry's SDK, whose spans go nowhere."""
    from janua.telemetry.otel import instrument
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.trace import TracerProvider

    stop = instrument(db, tracer_provider=TracerProvider(), meter_provider=MeterProvider())
    yield
    stop()


def measure(rounds: int) -> Samples:
    """Run all of it; the first round warms up and is not counted."""
    samples = Samples()
    with prepared_server() as url, psycopg.connect(url) as connection, Database(url) as db:
        from benchmarked import people

        ids: list[UUID] = [key for (key,) in connection.execute("SELECT id FROM people LIMIT %s", (_CALLS,))]
        clock = Clock(connection.info.backend_pid)
        modes: dict[str, Callable[[], Any]] = {
            NONE: lambda: calling(_WITHOUT_LOOKS),
            OFF: lambda: calling(_AS_IT_IS),
            HANDLER: lambda: handled(db),
            TELEMETRY: lambda: traced(db),
        }
        gc.collect()
        gc.freeze()
        for number in range(rounds + 1):
            # each first as often as last
            for name in list(modes)[:: 1 if number % 2 else -1]:
                with modes[name]():
                    for key in ids[:50]:
                        people.get_person(db, id=key)
                    start = clock.read()
                    for key in ids:
                        people.get_person(db, id=key)
                    found = samples if number else Samples()
                    found.add(ONE, name, start, clock.read(), len(ids))
    return samples


def main() -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    samples = measure(options.rounds)
    for name in samples.names(ONE):
        found, ratio = samples.microseconds(ONE, name), samples.ratio(ONE, name, NONE)
        print(f"{name:22} {found.both:6.1f} µs, client {found.client:6.1f} µs, {ratio:.3f} of {NONE}")
    ratio = samples.ratio(ONE, OFF, NONE)
    return int(options.check and (ratio is None or ratio > GOAL))


if __name__ == "__main__":
    sys.exit(main())
