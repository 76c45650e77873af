"""``-- @replica``: whether a query only reads, so that a replica may answer it."""

from __future__ import annotations

from janua.diagnostics import Diagnostic

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.sqlfile.model import Call, Cardinality, Rule, SourceQuery

_HARMLESS = {
    "TABLESAMPLE takes other rows each time",
    *(
        f"{name}() is volatile"
        for name in ("clock_timestamp", "gen_random_uuid", "pg_sleep", "random", "timeofday", "uuidv4", "uuidv7")
    ),
}
"""What makes a result change by itself, and writes nothing."""


def replica_of(source: SourceQuery) -> str:
    """What ``@replica`` allows: ``stale``, ``fresh``, or empty for the primary alone."""
    for directive in source.directives_called("replica"):
        return directive.text or "stale"
    return ""


def check_replica(query: AnalysedQuery) -> tuple[list[Diagnostic], tuple[Diagnostic, ...]]:
    """Return the errors of a query that no replica can answer, and the warnings of one that perhaps none can."""
    source = query.source
    for directive in source.directives_called("replica"):
        problem, hint = _problem(query)
        if problem:
            return [source.complaint(directive, problem, hint=hint)], ()
        if unknown := _unknown(query):
            message = f"query {source.name} may go to a replica, which refuses to write, and {unknown}"
            hint = 'where it only reads, write "-- @allow unknown-writes" below its name'
            return [], source.warning(Rule.UNKNOWN_WRITES, message, hint=hint)
    return [], ()


def _problem(query: AnalysedQuery) -> tuple[str, str]:
    source, touched = query.source, query.dependencies
    if source.call is not Call.PLAIN:
        return f"@replica does not go with :{source.call}", "it is for queries that return their rows at once"
    if touched.writes:
        return f"{source.name} writes {', '.join(touched.writes)}: no replica can run it", "leave @replica out"
    if locking := _obstacle(query, "locking"):
        return f"{source.name} locks rows ({locking}): no replica can run it", "leave out @replica, or the lock"
    if query.cardinality in (Cardinality.NONE, Cardinality.AFFECTED) or not query.columns:
        return f"{source.name} returns no rows: it is not a query that reads", "leave @replica out"
    return "", ""


def _unknown(query: AnalysedQuery) -> str:
    return query.dependencies.unknown_writes or _obstacle(query, "volatile")


def _obstacle(query: AnalysedQuery, kind: str) -> str:
    obstacles = [each for each in query.dependencies.obstacles if each.reason not in _HARMLESS]
    return next((each.reason for each in obstacles if each.kind == kind), "")
