"""The asynchronous monitor asks the same questions."""

from __future__ import annotations

from dataclasses import fields
from typing import get_type_hints

from janua import AsyncDatabase
from janua.database.options import PoolStats
from janua.monitor import AsyncMonitor, Monitor, PostgresReport


async def test_it_reports_everything(url: str) -> None:
    """With the numbers of the pool."""
    async with AsyncDatabase(url) as db:
        report = await AsyncMonitor(db).report()
        metrics = await AsyncMonitor(db).metrics()
    assert ({}, {}) == (report.unreachable, metrics.unreachable)
    assert report.postgres is not None
    assert 1 == len(report.postgres.overview)
    assert PoolStats() != report.pool


def test_each_part_of_the_report_is_a_method_of_that_name() -> None:
    """Which returns what the part is declared as."""
    declared = get_type_hints(PostgresReport)
    methods = {part.name: getattr(Monitor, part.name) for part in fields(PostgresReport)}
    assert declared == {name: get_type_hints(method)["return"] for name, method in methods.items()}
