"""The page of the benchmarks: tables in Markdown, and a plot."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import psycopg
from goals import GOALS
from sample import MANY, ONE, TASKS, Samples

_OURS = "#2f6f4f"
_OTHERS = "#b8c4bd"
_PACKAGES = ("psycopg", "psycopg-pool", "asyncpg", "psqlpy", "SQLAlchemy", "Django", "uvloop")


def write_report(samples: Samples, import_ms: float, docs: Path) -> str:
    """Write the page and its plot, and return the page."""
    page = f"""# Benchmarks

Written by `python benchmarks/runtime/measure.py`, which says how it measures: server and client on one core,
candidates taking turns, medians. The statement reads six columns (a uuid, two texts, a float, a boolean, a timestamptz)
into an object; every candidate goes through its pool, except where its name says otherwise. *µs* is what client and
server together take of the core, *client µs* what the client takes of it, *wall µs* what passes meanwhile, which is
more where others use the core too.

![One row by its key](benchmarks/calls.svg)

## {ONE.capitalize()}

{_table(samples, ONE)}

## {TASKS.capitalize()}

The time of each call where 64 tasks share a pool of ten connections, so that half the time is twice the throughput.

{_table(samples, TASKS)}

## {MANY}

{_table(samples, MANY)}

## Goals

| what | ratio | at most |
|---|---:|---:|
{_goals(samples)}

`import janua, generated.users` takes {import_ms:.0f} ms of the core in a fresh interpreter; the goal is 120 ms.

Python {platform.python_version()}, libpq {psycopg.pq.version() // 10000},
{_versions()}.
"""
    (docs / "benchmarks").mkdir(exist_ok=True)
    (docs / "benchmarks.md").write_text(page, "utf-8")
    draw(samples, docs / "benchmarks" / "calls.svg")
    return page


def _table(samples: Samples, task: str) -> str:
    rows = [
        f"| {_name(name)} | {found.both:,.1f} | {found.client:,.1f} | {found.wall:,.1f} |"
        for name in _by_time(samples, task)
        for found in [samples.microseconds(task, name)]
    ]
    return "\n".join(["| | µs | client µs | wall µs |", "|---|---:|---:|---:|", *rows])


def _goals(samples: Samples) -> str:
    found = ((goal, goal.ratio(samples)) for goal in GOALS)
    return "\n".join(f"| {goal} | {ratio:.2f} | {goal.at_most} |" for goal, ratio in found if ratio is not None)


def _name(name: str) -> str:
    return f"**{name}**" if name.startswith("janua") else name


def _by_time(samples: Samples, task: str) -> list[str]:
    return sorted(samples.names(task), key=lambda name: samples.microseconds(task, name).both)


def _versions() -> str:
    return ", ".join(f"{name} {found}" for name in _PACKAGES if (found := _version(name)))


def _version(name: str) -> str:
    try:
        return version(name)
    except ImportError:
        return ""


def draw(samples: Samples, path: Path) -> None:
    """Draw a bar for each candidate's call. Needs matplotlib."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "janua"
    from matplotlib import pyplot

    names = _by_time(samples, ONE)[::-1]
    figure, axes = pyplot.subplots(figsize=(9, 0.42 * len(names) + 1.1), layout="constrained")
    colours = [_OURS if name.startswith("janua") else _OTHERS for name in names]
    times = [samples.microseconds(ONE, name).both for name in names]
    bars = axes.barh(names, times, color=colours)
    axes.bar_label(bars, labels=_labels(times), padding=4)
    axes.set_xlabel("microseconds of the core a call, client and server together")
    axes.set_title(f"{ONE.capitalize()}: six columns into an object", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.1)
    figure.savefig(path, metadata={"Date": None})


def _labels(values: Iterable[float]) -> list[str]:
    return [f"{value:.0f}" for value in values]
