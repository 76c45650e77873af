"""docs/many-rows.md is true: its queries generate, and its calls of them run."""

from __future__ import annotations

import ast
import asyncio
import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import CodeType
from typing import Any
from uuid import UUID, uuid4

import pytest
from janua import AsyncDatabase, Database
from janua.cli import main
from janua.scratch import ScratchServer

from generated import users

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "many-rows.md").read_text(encoding="utf-8")
MODULES = {
    "stream_audit_trail": "audit",
    "copy_audit_events": "audit",
    "record_usages": "usage",
    "change_prices": "products",
}
SCHEMA = """\
-- UP
CREATE TYPE severity AS ENUM ('info', 'notice');
CREATE TABLE audit_logs (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, organization_id uuid NOT NULL, action text NOT NULL,
    severity severity NOT NULL, changes jsonb, occurred_at timestamptz NOT NULL
);
CREATE TABLE usage_events (idempotency_key uuid PRIMARY KEY, metric text NOT NULL, quantity numeric NOT NULL);
CREATE TABLE products (sku text PRIMARY KEY, price numeric NOT NULL);
INSERT INTO products VALUES ('seat', 5);
-- DOWN
DROP TABLE audit_logs, usage_events, products;
DROP TYPE severity;
"""


def blocks(language: str) -> list[str]:
    """The page's blocks of code in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory, scratch: ScratchServer) -> Iterator[dict[str, Any]]:
    """A package that is generated from the page's queries, by what the page calls its modules and classes."""
    root = tmp_path_factory.mktemp("many-rows")
    for folder in ("migrations", "queries"):
        (root / folder).mkdir()
    (root / "pyproject.toml").write_text('[tool.janua]\noutput = "shown"\npackage = "shown"\n')
    (root / "migrations" / "0001_shown.sql").write_text(SCHEMA)
    for query in blocks("sql"):
        name = re.search(r"-- name: (\w+)", query)
        assert name is not None
        with (root / "queries" / f"{MODULES[name[1]]}.sql").open("a") as file:
            file.write(query + "\n")
    assert 0 == main(["generate", "--project", str(root), "--database-url", scratch.url("postgres")])
    sys.path.insert(0, str(root))
    try:
        found: dict[str, Any] = {each: importlib.import_module(f"shown.{each}") for each in set(MODULES.values())}
        classes = {
            key: value for module in found.values() for key, value in vars(module).items() if key.endswith("Params")
        }
        yield {**found, **classes}
    finally:
        sys.path.remove(str(root))
        for module in [each for each in sys.modules if each.partition(".")[0] == "shown"]:
            del sys.modules[module]


@pytest.fixture
def shown_url(names: dict[str, Any], scratch: ScratchServer) -> Iterator[str]:
    """A database with the tables of the page's queries."""
    with closing(Database(scratch.url(name := scratch.clone(scratch.migrated([], purpose="manyrows"))))) as db:
        db.raw(SCHEMA.split("-- DOWN")[0])
    yield scratch.url(name)
    scratch.drop(name)


def block(containing: str) -> CodeType:
    """The one block of Python with this text, in which await stands outside of functions."""
    [found] = [each for each in blocks("python") if containing in each]
    code: CodeType = compile(found, "many-rows.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return code


async def run(code: CodeType, names: dict[str, Any]) -> None:
    """Run a block; what it assigns goes into the names."""
    answer = eval(code, names)
    if answer is not None:
        await answer


async def test_what_it_shows_of_its_queries_runs(names: dict[str, Any], shown_url: str) -> None:
    """Copies, streams, bulk inserts and batches."""
    acme, start = UUID(int=1), datetime(2024, 1, 1, tzinfo=UTC)
    keys = [uuid4(), uuid4()]
    values = {**names, "acme": acme, "start": start, "file": ["a", "b"], "keys": keys, "Decimal": Decimal}
    printed: list[Any] = []
    values["print"] = lambda *each: printed.append(each)
    with Database(shown_url) as db:
        async with AsyncDatabase(shown_url) as adb:
            values |= {"db": db, "adb": adb}
            severity = importlib.import_module("shown.enums").Severity.INFO
            values["taken_over"] = lambda line: names["CopyAuditEventsParams"](
                organization_id=acme, action=line, severity=severity, changes=None, occurred_at=start
            )
            await run(block("map(taken_over, file)"), values)
            await run(block("with audit.stream_audit_trail(db"), values)
            await run(block("async with audit.stream_audit_trail(adb"), values)
            assert [(start, each) for each in "abab"] * 2 == printed
            await run(block("new = usage.record_usages"), values)
            assert keys == values["new"]
            await run(block("products.change_prices"), values)
            assert [("seat", 6)] == [(each.sku, each.price) for each in values["changed"]]


async def test_what_it_shows_of_pipelines_runs(janua_database_url: str) -> None:
    """On the reference application."""
    with Database(janua_database_url) as db:
        ada = users.register_user(db, email="ada@example.com", name="Ada", password_hash=b"x", locale="en")
        async with AsyncDatabase(janua_database_url) as adb:
            values: dict[str, Any] = {"db": db, "adb": adb, "users": users, "id": ada.id, "asyncio": asyncio}
            await run(block("users.record_login(pipeline"), values)
            assert values["user"].last_login_at is not None
            await run(block("await asyncio.gather("), values)
            assert [values["user"]] == values["everyone"]
