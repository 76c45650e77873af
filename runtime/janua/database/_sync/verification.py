# Derived from runtime/janua/database/_async/verification.py by tools/derive_sync.py; do not edit.
"""Describes every query of generated code on a live connection, and runs none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

import psycopg

from janua.database._sync.session import Session
from janua.database.catalog import bind_types
from janua.database.drift import Description, differences
from janua.database.parameters import types_at_parse
from janua.database.verification import (
    LOOK_UP_LABELS,
    LOOK_UP_NULLABLE,
    Places,
    Problem,
    Verification,
    described_as,
    differing,
    enums_of,
    label_problems,
    origins_in,
    queries_of,
    refused,
)
from janua.errors import SchemaDrift
from janua.query import NO_TYPES, Query, Types


def verify_on(session: Session, generated: ModuleType) -> Verification:
    """
    Compare the session's database with the generated code.

    In one transaction, so that a proxy keeps to one connection; what is locked to describe a
    query is given free right after it.
    """
    queries = queries_of(generated)
    problems: list[Problem] = []
    places = Places()
    session.execute(b"BEGIN READ ONLY")
    try:
        session.execute(b"SAVEPOINT janua_verify")
        for query in queries:
            problems += _problems(session, query, places)
        problems += _null_problems(session, places)
        problems += _type_problems(session, queries)
    finally:
        if not session.closed:
            session.execute(b"ROLLBACK")
    return Verification(len({query.name for query in queries}), tuple(dict.fromkeys(problems)))


def _problems(session: Session, query: Query[Any], places: Places) -> list[Problem]:
    statements, pgconn = session._statements, session.pgconn
    try:
        statements.request(partial(pgconn.send_prepare, b"", described_as(query).encode(), types_at_parse(query)))
        answer = statements.request(partial(pgconn.send_describe_prepared, b""))
        described = Description.of(answer)
        places.note(query, origins_in(answer))
        known = statements.identities_for(query, described)
        return list(differing(query, differences(query, described, known)))
    except psycopg.Error as error:
        if session.closed or error.sqlstate is None:
            raise
        return [refused(query, error)]
    finally:
        if not session.closed:
            session.execute(b"ROLLBACK TO SAVEPOINT janua_verify")


def _null_problems(session: Session, places: Places) -> list[Problem]:
    if not places.promised:
        return []
    cursor = psycopg.RawCursor(session)
    cursor.execute(LOOK_UP_NULLABLE, [list(column) for column in zip(*places.promised, strict=True)])
    return list(places.problems([(relation, number) for relation, number in cursor.fetchall()]))


def _type_problems(session: Session, queries: Sequence[Query[Any]]) -> list[Problem]:
    problems = []
    for types in {query.types for query in queries} - {NO_TYPES}:
        facts = session._facts_of(types)
        for declared, fact in zip(types, facts, strict=True):
            try:
                bind_types(Types((declared,)), [fact])
            except SchemaDrift as drift:
                using = tuple(query.name for query in queries if declared.name in {*query.params, *query.columns})
                problems.append(Problem("type", str(drift), using))
    enums = enums_of(queries)
    cursor = psycopg.RawCursor(session)
    cursor.execute(LOOK_UP_LABELS, (list(enums),))
    labels: dict[str, list[str]] = dict(cursor.fetchall())
    for problem in label_problems(enums, labels):
        using = tuple(query.name for query in queries if problem.subject in {*query.params, *query.columns})
        problems.append(replace(problem, queries=using))
    return problems
