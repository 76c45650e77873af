"""What docs/dynamic.md shows is in the query files, and its calls run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from janua import Database

from generated import memberships, organizations, users
from generated.enums import MembershipRole

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "dynamic.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The page's code blocks in a language."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


@pytest.mark.parametrize("sql", blocks("sql"))
def test_its_queries_are_those_of_the_reference_application(sql: str) -> None:
    """Word for word."""
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "queries").glob("*.sql")]
    assert 1 == sum(sql in text for text in files)


def test_its_calls_run(janua_database_url: str) -> None:
    """One after the other, and do what it says."""
    with Database(janua_database_url) as db:
        ada = users.register_user(db, email="ada@example.com", name="Ada", password_hash=b"x", locale="en").id
        acme = organizations.create_organization(db, name="Acme", slug="acme", billing_email=None, owner_id=ada).id
        for number in range(45):
            email = f"user{number}@example.com"
            users.register_user(db, email=email, name=None, password_hash=b"x", locale="en")
        names: dict[str, Any] = {"db": db, "ada": ada, "acme": acme, "memberships": memberships, "users": users}
        names["MembershipRole"] = MembershipRole
        for code in blocks("python"):
            exec(code, names)
        user = users.get_user(db, id=ada)
    assert [[ada], [ada]] == [[each.user_id for each in names[found]] for found in ("everyone", "owners")]
    assert user is not None
    assert (None, "de") == (user.name, user.locale)
    assert (6, None) == (len(names["page"].items), names["page"].next)
