"""
``-- @cache``: which queries' answers are kept, and which tables' writes outdate them.

    -- @cache 60s
    -- @cache 5min stale 10s
    -- @cache 60s key app.tenant_id
    -- @cache 10s volatile ok
"""

from __future__ import annotations

from collections.abc import Iterable

from janua.diagnostics import Diagnostic
from janua.query import EVERYTHING

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.dependencies.result import Obstacle
from janua_generator.analysis.dependencies.signals import CHANGES_SETTING
from janua_generator.sqlfile.cachepolicy import CacheRequest, cache_of, read_cache
from janua_generator.sqlfile.model import Call, Cardinality, Directive

# The end of a transaction takes back what was set for it.
_SESSION_WORDS = frozenset({"set", "reset", "discard", "commit", "end", "rollback", "abort", "prepare"})


def cached_tables(queries: Iterable[AnalysedQuery]) -> frozenset[str]:
    """Return the tables that any cached query reads."""
    return frozenset(name for query in queries if cache_of(query.source) for name in query.dependencies.reads)


def written_of(query: AnalysedQuery, cached: frozenset[str]) -> tuple[str, ...]:
    """Return which cached tables a query writes; all of them where nobody can tell which."""
    if not cached:
        return ()
    if query.dependencies.unknown_writes:
        return EVERYTHING
    return tuple(name for name in query.dependencies.writes if name in cached)


def outdated_by(query: AnalysedQuery, cached: Iterable[AnalysedQuery]) -> tuple[AnalysedQuery, ...]:
    """Return those of the cached queries whose answers a query outdates."""
    touched = query.dependencies
    return tuple(
        each for each in cached if touched.unknown_writes or not set(touched.writes).isdisjoint(each.dependencies.reads)
    )


def changes_settings(query: AnalysedQuery) -> bool:
    """Return whether a query may change the settings of its session, on which answers depend."""
    words = query.sql.split(None, 1)
    return bool(words and words[0].lower() in _SESSION_WORDS) or any(
        each.reason == CHANGES_SETTING for each in query.dependencies.obstacles
    )


def check_cache(query: AnalysedQuery) -> list[Diagnostic]:
    """Return why the answers of a query cannot be kept."""
    source = query.source
    for directive in source.directives_called("cache"):
        return [
            source.complaint(directive, f"{source.name} cannot be cached: {problem}", hint=hint)
            for problem, hint in _problems(query, directive)
        ]
    return []


def _problems(query: AnalysedQuery, directive: Directive) -> list[tuple[str, str]]:
    source, touched = query.source, query.dependencies
    if source.call is not Call.PLAIN:
        return [(f"it is a :{source.call}", "only queries that return their rows at once are cached")]
    if query.cardinality in (Cardinality.NONE, Cardinality.AFFECTED) or not query.columns:
        return [("it returns no rows", "leave @cache out")]
    if touched.writes or touched.unknown_writes:
        what = ", ".join(touched.writes) or touched.unknown_writes
        return [(f"it writes {what}" if touched.writes else f"it may write: {what}", _DECLARE)]
    if touched.unknown_reads:
        return [(f"which tables it reads is not known: {touched.unknown_reads}", _DECLARE)]
    request = read_cache(directive.text) or CacheRequest(0.0)
    found = [_problem(each, request) for each in touched.obstacles]
    return list(dict.fromkeys(each for each in found if each is not None))


_DECLARE = "say what functions touch in [[tool.janua.function]] of pyproject.toml, or leave @cache out"


def _problem(obstacle: Obstacle, request: CacheRequest) -> tuple[str, str] | None:
    match obstacle.kind:
        case "volatile" | "time":
            hint = 'where an answer from an earlier moment will do, write "volatile ok" behind the duration'
            return None if request.volatile_ok else (obstacle.reason, hint)
        case "session" | "row security":
            hint = "name the settings that decide, as in @cache 60s key app.tenant_id"
            return None if request.settings else (obstacle.reason, hint)
        case "locking":
            return obstacle.reason, "leave out @cache, or the lock"
        case _:
            return f"{obstacle.reason}, whose changes nobody tells of", "leave @cache out"
