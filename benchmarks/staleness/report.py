"""The page with the tables."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from string import Template

from cases.case import Case
from play import SHORT_TIMEOUT_S, Result
from stage import Servers

Results = Mapping[str, Mapping[str, Result]]
"""By subject, and by the case's title."""
_PACKAGES = ("django-cachalot", "django-cacheops", "Django", "redis", "psycopg")


def versions(servers: Servers, results: Results) -> str:
    """Return what was compared."""
    [(server,)] = servers.sql.execute("SELECT current_setting('server_version')").fetchall()
    valkey = servers.redis.info("server")
    found = {"Python": platform.python_version(), "PostgreSQL": server, "Valkey": valkey["valkey_version"]}
    found |= {name: version(name) for name in _PACKAGES if not name.startswith("django-") or _has(name, results)}
    lines = ["| | version |", "|---|---|", *(f"| {name} | {number} |" for name, number in found.items())]
    return "\n".join(lines)


def _has(name: str, results: Results) -> bool:
    return any(subject.startswith(name) for subject in results)


def tables(results: Results, cases: Sequence[Case]) -> str:
    """Return a table a group, and before them how many cases each has given something stale in."""
    head = "| | " + " | ".join(results) + " |\n|---|" + "---|" * len(results)
    counts = [sum(result.stale > 0 for result in of.values()) for of in results.values()]
    lines = [head, f"| **cases of {len(cases)} with a stale answer** | " + " | ".join(map(str, counts)) + " |"]
    for group, of_group in groupby(cases, key=lambda case: case.group):
        lines += ["", f"## {group}", "", head]
        for case in of_group:
            cells = " | ".join(_cell(of[case.title]) for of in results.values())
            lines.append(f"| {case.title} | {cells} |")
    return "\n".join(lines)


def _cell(result: Result) -> str:
    if result.uncached == result.runs:
        return "not cached"
    parts = [f"**stale** {result.stale} of {result.runs}" if result.stale else "fresh"]
    if result.told_stale is not None:
        parts.append("by hand: fresh" if not result.told_stale else "by hand: stale")
    parts += [f"raises `{name}`" for name in sorted(result.errors)]
    return "; ".join(parts)


def lasting(results: Results) -> str:
    """Return for how long each has given what was stale."""
    lines = ["| | stale cases | shortest | longest |", "|---|---:|---:|---:|"]
    for subject, of in results.items():
        found = [result.lasted_s for result in of.values() if result.lasted_s is not None]
        times = f"{min(found):.1f} s | {max(found):.1f} s" if found else " | "
        lines.append(f"| {subject} | {len(found)} | {times} |")
    return "\n".join(lines)


def write_page(results: Results, cases: Sequence[Case], servers: Servers, path: Path) -> None:
    """Write the page."""
    template = Template(Path(__file__).with_name("page.md").read_text(encoding="utf-8"))
    page = template.substitute(
        versions=versions(servers, results),
        tables=tables(results, cases),
        timeout=SHORT_TIMEOUT_S,
        lasting=lasting(results),
    )
    path.write_text(page, encoding="utf-8")
