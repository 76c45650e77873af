"""The pages for those who come from another tool are true: our side of each of their examples runs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from janua import Database
from janua.builder import count, select, update
from janua.cli import main

from generated import constraints, memberships, products, tables, users
from tests.docs.blocks import ROOT, blocks
from tests.docs.replay import Replay

OURS: dict[str, Any] = {
    "Decimal": Decimal,
    "constraints": constraints,
    "count": count,
    "memberships": memberships,
    "products": products,
    "select": select,
    "since": None,
    "tables": tables,
    "update": update,
    "users": users,
}


@pytest.mark.parametrize("page", ["docs/from/sqlalchemy.md", "docs/from/django.md"])
def test_our_python_runs(page: str, janua_database_url: str) -> None:
    """On the reference application, from top to bottom."""
    with Database(janua_database_url) as db:
        ada = users.create(db, email="ada@example.com")
        names = OURS | {"db": db, "user_id": ada.id}
        for block in blocks(page):
            if block.language == "python" and not block.reason:
                exec(compile(block.text, page, "exec"), names)
        assert names.get("user", ada) == ada
        assert names.get("taken", True)
        if "django" in page:
            assert Decimal(10) == products.find_by_sku(db, sku="desk").price  # type: ignore[union-attr]


def test_the_queries_for_those_who_come_from_django_generate(tmp_path: Path, scratch_url: str) -> None:
    """On the reference application's schema."""
    (tmp_path / "pyproject.toml").write_text('[tool.janua]\ntables = "none"\n')
    (tmp_path / "migrations").symlink_to(ROOT / "migrations")
    (tmp_path / "queries").mkdir()
    shown = [block.text for block in blocks("docs/from/django.md") if block.language == "sql"]
    (tmp_path / "queries/shown.sql").write_text("\n".join(shown))
    assert 0 == main(["generate", "--project", str(tmp_path), "--database-url", scratch_url])
    assert "members: list[ListWithMembersMember]" in (tmp_path / "generated/shown.py").read_text(encoding="utf-8")


def test_a_project_of_sqlc_generates_as_it_is(replay: Replay) -> None:
    """Its files are the page's, and so is what the commands say."""
    for block in blocks("docs/from/sqlc.md"):
        replay.play(block)
