"""docs/security.md is true: its roles can do what they need and no more, and what is not trusted stays text."""

from __future__ import annotations

import ast
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from janua import Database
from janua.builder import select
from janua.cli import main
from janua.migrations import Migrator
from janua.scratch import ScratchServer
from psycopg.errors import InsufficientPrivilege

from generated import tables, users
from tests.docs.blocks import ROOT, blocks

PAGE = "docs/security.md"


@dataclass
class Shop:
    """A database with the page's roles, migrated by one of them; the names of both have a suffix of this run."""

    url: str
    suffix: str

    def of(self, role: str) -> str:
        """The URL by which this role's rights hold."""
        mark = "&" if urlsplit(self.url).query else "?"
        return f"{self.url}{mark}options={quote(f'-c role={role}_{self.suffix}')}"

    def own(self, sql: str, database: str) -> str:
        """The page's SQL with this run's names."""
        for name in ("shop_migrate", "shop_service"):
            sql = sql.replace(name, f"{name}_{self.suffix}")
        return sql.replace("DATABASE shop ", f'DATABASE "{database}" ')


@pytest.fixture(scope="module")
def shop(scratch: ScratchServer) -> Iterator[Shop]:
    """Set up as the page says, in its order."""
    name = scratch.clone(scratch.migrated([], purpose="roles"))
    shop = Shop(scratch.url(name), secrets.token_hex(4))
    before, after = [shop.own(block.text, name) for block in blocks(PAGE) if block.language == "sql"]
    with psycopg.connect(shop.url, autocommit=True) as admin:
        admin.execute(before.encode())
        with Database(shop.of("shop_migrate")) as db:
            Migrator(db, ROOT / "migrations").up()
        admin.execute(after.encode())
        yield shop
        for role in ("shop_migrate", "shop_service"):
            admin.execute(f"DROP OWNED BY {role}_{shop.suffix} CASCADE".encode())
            admin.execute(f"DROP ROLE {role}_{shop.suffix}".encode())
    scratch.drop(name)


def test_the_services_role_reads_and_writes_rows(shop: Shop) -> None:
    """Which is all that a service does."""
    with Database(shop.of("shop_service")) as db, db.transaction() as tx:
        ada = users.create(tx, email="ada@example.com")
        assert "Ada" == getattr(users.update(tx, id=ada.id, name="Ada"), "name", None)
        assert 1 == users.delete(tx, id=ada.id)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE users",
        "ALTER TABLE users ADD COLUMN x int",
        "CREATE TABLE mine ()",
        "CREATE SCHEMA mine",
        "TRUNCATE users CASCADE",
        "SELECT FROM janua_migrations",
        "COPY users TO PROGRAM 'true'",
    ],
)
def test_the_services_role_can_do_nothing_else(shop: Shop, statement: str) -> None:
    """The server refuses."""
    with Database(shop.of("shop_service")) as db, pytest.raises(InsufficientPrivilege):
        db.raw(statement)


def test_the_migrators_role_is_no_superuser(shop: Shop) -> None:
    """It made everything that there is."""
    with Database(shop.of("shop_migrate")) as db, pytest.raises(InsufficientPrivilege):
        db.raw("COPY users TO PROGRAM 'true'")


def test_the_pages_python_runs(janua_database_url: str) -> None:
    """What a caller sends stays a value, what is secret is not shown."""
    with Database(janua_database_url) as db:
        names = {"db": db, "select": select, "users": tables.users, "Database": Database}
        for block in blocks(PAGE):
            if block.language == "python":
                exec(compile(block.text, PAGE, "exec"), names)
        assert [{"count": 0}] == db.raw("SELECT count(*) FROM users")


def test_what_stands_in_the_database_never_becomes_code(tmp_path: Path, scratch_url: str) -> None:
    """Documentation, comments, labels and defaults that try to end the literal in which they are."""
    attack = '""" + __import__("pathlib").Path("broken").touch() + """ \\'
    quoted = attack.replace("'", "''")
    (tmp_path / "pyproject.toml").write_text('[tool.janua]\noutput = "attacked"\n')
    (tmp_path / "migrations").mkdir()
    (tmp_path / "queries").mkdir()
    (tmp_path / "migrations/0001_attack.sql").write_text(
        f"CREATE TYPE mood AS ENUM ('{quoted[:60]}');\n"
        f"CREATE TABLE notes (id int PRIMARY KEY, mood mood, body text DEFAULT '{quoted}');\n"
        f"COMMENT ON TABLE notes IS '{quoted}';\nCOMMENT ON COLUMN notes.body IS '{quoted}';\n"
    )
    (tmp_path / "queries/notes.sql").write_text(
        f"-- name: attack\n-- {attack}\nSELECT body, '{quoted}' AS b FROM notes;\n"
    )
    assert 0 == main(["generate", "--project", str(tmp_path), "--database-url", scratch_url])
    for path in (tmp_path / "attacked").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        compile(code, path.name, "exec")
        assert "__import__" not in _names(code)


def _names(code: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
