"""What migrations do to the project's queries: each is described before and after them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from janua.diagnostics import Diagnostic, diagnostic_at
from janua.migrations import Migration

from janua_generator.inspection import inspection
from janua_generator.migrations.plans import indexes_used
from janua_generator.pipeline import analyse_project
from janua_generator.project import Inputs
from janua_generator.workshop import Workshop

_BROKEN = (
    "first release code that does without what the migration takes away, then migrate (expand, then contract);"
    " a running service fails in between"
)
_CHANGED = (
    "a service that runs with the code generated before raises SchemaDrift: release it together with the migration"
)


@dataclass(frozen=True, slots=True)
class _Described:
    """The queries by module and name, as ``janua inspect`` shows them; errors; and the indexes that each one uses."""

    queries: Mapping[tuple[str, str], Mapping[str, Any]]
    errors: Sequence[Mapping[str, Any]]
    indexes: Mapping[tuple[str, str], Mapping[str, frozenset[str]]]


def effects_on_queries(inputs: Inputs, before: Sequence[Migration], after: Sequence[Migration]) -> list[Diagnostic]:
    """
    Return what becomes of each query that works before the migrations: broken, of other types, without its index.

    Queries that work only after them are new, and nothing is said of them. Raises GenerationFailed as the
    generator does.
    """
    was, now = _described(inputs, before, "before"), _described(inputs, after, "after")
    found: list[Diagnostic] = []
    for key, query in was.queries.items():
        place = _place(inputs, query)
        other = now.queries.get(key)
        if other is None:
            found.append(_broken(inputs, query, now.errors))
            continue
        found += [
            replace(place, message=f"{_shown(key)}: {change}", hint=_CHANGED, rule="query-changed")
            for change in _changes(query, other)
        ]
        found += [
            replace(place, message=f"{_shown(key)}: {loss}", hint="keep an index on these columns", rule="index-lost")
            for loss in _losses(was.indexes.get(key, {}), now.indexes.get(key, {}))
        ]
    return found


def _described(inputs: Inputs, migrations: Sequence[Migration], slot: str) -> _Described:
    # Beside the state of `janua generate`, which is of all migrations.
    project = replace(inputs.project, slot=f"{inputs.project.slot}lint-{slot}")
    asked = replace(inputs, migrations=tuple(migrations), project=project)
    with Workshop() as workshop:
        analysis = analyse_project(asked, workshop)
        found = inspection(asked, analysis)
        queries = {(each["module"], each["name"]): each for each in found["queries"]}
        connection = workshop.schema(asked).connection
        plans = {key: indexes_used(connection, each["sql"]) for key, each in queries.items()}
    return _Described(queries, found["errors"], plans)


def _place(inputs: Inputs, query: Mapping[str, Any]) -> Diagnostic:
    return _at(inputs, query["file"], query["line"], 1)


def _at(inputs: Inputs, path: str, line: int, column: int, length: int = 0) -> Diagnostic:
    """Where a finding is, without a word about it; without a length, from there to the end of the line."""
    text = next((file.text for file in inputs.files if file.path == path), "")
    offset = sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column - 1
    length = length or len(text[offset:].split("\n", 1)[0])
    return diagnostic_at(path, text, offset, length, "", severity="warning")


def _broken(inputs: Inputs, query: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> Diagnostic:
    """The complaint that stands in the query's file at or behind its first line, before any later one's."""
    own = [each for each in errors if each["file"] == query["file"] and each["line"] >= query["line"]]
    message = f"{query['module']}.{query['name']} does not work after the migrations"
    if not own:
        place = _place(inputs, query)
    else:
        first = min(own, key=lambda each: (each["line"], each["column"]))
        place = _at(inputs, query["file"], first["line"], first["column"], 1)
        message += f": {first['message']}"
    return replace(place, message=message, hint=_BROKEN, rule="query-broken", severity="error")


def _changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for kind, key in (("parameter", "params"), ("column", "columns")):
        before = {each["name"]: each for each in was[key]}
        after = {each["name"]: each for each in now[key]}
        yield from (f"has no {kind} {name} any more" for name in before if name not in after)
        for name in before.keys() & after.keys():
            said, says = (
                f"{each['pg_type']}{' or NULL' if each['nullable'] else ''}" for each in (before[name], after[name])
            )
            if said != says:
                yield f"{kind} {name} was {said} and becomes {says}"


def _losses(was: Mapping[str, frozenset[str]], now: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for relation, indexes in was.items():
        if indexes and relation in now and not now[relation]:
            yield f"reads {relation} as a whole after the migrations; it was looked up in {', '.join(sorted(indexes))}"


def _shown(key: tuple[str, str]) -> str:
    return ".".join(key)
