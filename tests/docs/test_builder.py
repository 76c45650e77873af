"""docs/builder.md is true: every line of code on the page runs, on the reference application's database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from janua import Database

from generated.enums import MembershipRole
from generated.tables import sessions

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "builder.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@dataclass
class Member:
    """The class of rows that the page uses."""

    user_id: UUID
    role: MembershipRole


def rows() -> list[tuple[str, str]]:
    """What the page's last table has on each side."""
    table = PAGE.partition("## From `@janua/database`")[2]
    return re.findall(r"^\| `(.*?)` \| `(.*?)` \|$", table, re.MULTILINE)


def run(codes: list[str], db: Database) -> dict[str, Any]:
    """Run pieces of code one after the other, with what the page takes for granted."""
    now = datetime.now(UTC)
    known: dict[str, Any] = {"db": db, "since": now, "user_id": uuid4(), "Member": Member, "datetime": datetime}
    known |= {"yesterday": now - timedelta(days=1), "email": "a@example.com", "organization_id": uuid4(), "UTC": UTC}
    known["sessions"] = sessions
    for code in codes:
        exec(code, known)
    return known


def test_the_page_s_code_runs(janua_db: Database) -> None:
    """Top to bottom."""
    # The page asks for a first row, which an empty table has not.
    janua_db.raw("INSERT INTO users (email) VALUES ('first@example.com')")
    known = run(BLOCKS, janua_db)
    assert 2 == len(known["ids"])
    left = janua_db.raw("SELECT email, locale FROM users ORDER BY email")
    assert [("bob@example.com", "en"), ("first@example.com", "en")] == [tuple(each.values()) for each in left]


def test_each_example_of_the_other_package_has_its_line(janua_db: Database) -> None:
    """And each line runs."""
    assert 13 == len(rows())
    known = run([*BLOCKS[:1], *BLOCKS[2:3], *(here for _, here in rows())], janua_db)
    assert [] == known["those"].all(janua_db)
