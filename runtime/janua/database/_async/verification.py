"""Describes every query of generated code on a live connection, and runs none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

import psycopg

from janua.database._async.session import AsyncSession
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


async def verify_on(session: AsyncSession, generated: ModuleType) -> Verification:
    """
    Compare the session's database with the generated code.

    In one transaction, so that a proxy keeps to one connection; what is locked to describe a
    query is given free right after it.
    """
    queries = queries_of(generated)
    problems: list[Problem] = []
    places = Places()
    await session.execute(b"BEGIN READ ONLY")
    try:
        await session.execute(b"SAVEPOINT janua_verify")
        for query in queries:
            problems += await _problems(session, query, places)
        problems += await _null_problems(session, places)
        problems += await _type_problems(session, queries)
    finally:
        if not session.closed:
            await session.execute(b"ROLLBACK")
    return Verification(len({query.name for query in queries}), tuple(dict.fromkeys(problems)))


async def _problems(session: AsyncSession, query: Query[Any], places: Places) -> list[Problem]:
    statements, pgconn = session._statements, session.pgconn
    try:
        await statements.request(partial(pgconn.send_prepare, b"", described_as(query).encode(), types_at_parse(query)))
        answer = await statements.request(partial(pgconn.send_describe_prepared, b""))
        described = Description.of(answer)
        places.note(query, origins_in(answer))
        known = await statements.identities_for(query, described)
        return list(differing(query, differences(query, described, known)))
    except psycopg.Error as error:
        if session.closed or error.sqlstate is None:
            raise
        return [refused(query, error)]
    finally:
        if not session.closed:
            await session.execute(b"ROLLBACK TO SAVEPOINT janua_verify")


async def _null_problems(session: AsyncSession, places: Places) -> list[Problem]:
    if not places.promised:
        return []
    cursor = psycopg.AsyncRawCursor(session)
    await cursor.execute(LOOK_UP_NULLABLE, [list(column) for column in zip(*places.promised, strict=True)])
    return list(places.problems([(relation, number) for relation, number in await cursor.fetchall()]))


async def _type_problems(session: AsyncSession, queries: Sequence[Query[Any]]) -> list[Problem]:
    problems = []
    for types in {query.types for query in queries} - {NO_TYPES}:
        facts = await session._facts_of(types)
        for declared, fact in zip(types, facts, strict=True):
            try:
                bind_types(Types((declared,)), [fact])
            except SchemaDrift as drift:
                using = tuple(query.name for query in queries if declared.name in {*query.params, *query.columns})
                problems.append(Problem("type", str(drift), using))
    enums = enums_of(queries)
    cursor = psycopg.AsyncRawCursor(session)
    await cursor.execute(LOOK_UP_LABELS, (list(enums),))
    labels: dict[str, list[str]] = dict(await cursor.fetchall())
    for problem in label_problems(enums, labels):
        using = tuple(query.name for query in queries if problem.subject in {*query.params, *query.columns})
        problems.append(replace(problem, queries=using))
    return problems
