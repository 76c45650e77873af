"""What docs/tables.md shows runs, and does what it says."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from janua import Database

from generated import memberships, organizations, products, users
from generated.products import NewProduct

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")


def test_its_calls_run(janua_database_url: str) -> None:
    """One after the other."""
    blocks: list[str] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    with Database(janua_database_url) as db:
        ada = users.create(db, email="ada@example.com")
        acme = organizations.create(db, slug="acme", name="Acme").id
        memberships.create(db, organization_id=acme, user_id=ada.id)
        names: dict[str, Any] = {"db": db, "acme": acme, "memberships": memberships, "products": products}
        names |= {"Decimal": Decimal, "NewProduct": NewProduct}
        for code in blocks:
            exec(code, names)
        found = (names["desk"].currency, names["inviter"], names["acme_itself"].id, products.count(db))
    assert ("USD", None, acme, 1003) == found
    assert ["chair-0", "chair-1", "chair-2"] == [each.sku for each in names["chairs"]]
