"""
Statements that depend on each other's rows, on an executor of either kind.

What is to be done is a generator of statements, so that it is written once: a blocking executor runs them one
after the other, an asynchronous one awaits them.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias, TypeVar, cast

import psycopg

from janua.builder.fetching import Fetches
from janua.builder.writes import Insert
from janua.protocols import AsyncExecutor, Executor

R = TypeVar("R")

Steps: TypeAlias = Generator[Fetches[Any], Any, R]
"""Yields statements, is sent the row of each, or None, or thrown what the server says of it."""


class TryingInsert(Insert[Any]):
    """An INSERT that gives no row where another one is in its way: an error would end the caller's transaction."""

    def _parts(self) -> tuple[str, tuple[object, ...]]:
        text, values = super()._parts()
        return f"{text} ON CONFLICT DO NOTHING", values


def run_steps(db: Executor, steps: Steps[R]) -> R:
    """Run the statements, and return what the steps return."""
    try:
        statement = next(steps)
        while True:
            try:
                row = statement.optional(db)
            except psycopg.Error as error:
                statement = steps.throw(error)
            else:
                statement = steps.send(row)
    except StopIteration as end:
        return cast("R", end.value)


async def await_steps(db: AsyncExecutor, steps: Steps[R]) -> R:
    """Run the statements, and return what the steps return."""
    try:
        statement = next(steps)
        while True:
            try:
                row = await statement.optional(db)
            except psycopg.Error as error:
                statement = steps.throw(error)
            else:
                statement = steps.send(row)
    except StopIteration as end:
        return cast("R", end.value)
