"""docs/reference-examples.md is true: its code runs. Where its links lead, the site's build sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from janua import Database
from janua.builder import select
from janua.scratch import ScratchServer

from generated import memberships, organizations, tables, users
from generated.enums import MembershipRole
from tests.docs.blocks import ROOT, blocks

PAGE = "docs/reference-examples.md"


def test_its_code_runs(scratch: ScratchServer, janua_redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a database that is empty at first."""
    name = scratch.clone(scratch.migrated([], purpose="examples"))
    monkeypatch.setenv("JANUA_DATABASE_URL", scratch.url(name))
    monkeypatch.setenv("JANUA_REDIS_URL", janua_redis_url)
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {
        "MembershipRole": MembershipRole,
        "memberships": memberships,
        "organizations": organizations,
        "select": select,
        "tables": tables,
        "users": users,
        "yesterday": datetime.now(UTC) - timedelta(days=1),
    }
    for block in blocks(PAGE):
        exec(compile(block.text, Path(PAGE).name, "exec"), names)
    db: Database = names["db"]
    assert {"ada@example.com", "owner@example.com"} == {row["email"] for row in names["found"]}
    assert [{"user_id": names["owner"].id}] == names["members"]
    names["redis"].delete(f"user:{names['ada'].id}")
    names["redis"].close()
    db.close()
    scratch.drop(name)
