"""Usage that is reported many events at a time, and the export of an audit trail."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address
from uuid import uuid4

import httpx
import pytest
from janua import Database, ParameterError

from generated import audit, products
from generated.audit import CopyAuditEventsParams
from generated.enums import AuditSeverity
from generated.products import ChangePricesParams, ChangePricesRow
from tests.service.api.test_api_keys import make_key
from tests.service.conftest import Arrive
from tests.service.people import found_organization


def test_events_that_are_reported_together_count_once_each(person: Arrive, client: httpx.Client) -> None:
    """In the order of the report; those that were reported before, or twice in it, are left out."""
    ada = person("Ada")
    acme = found_organization(ada)
    _, key = make_key(ada, acme)
    keys = [str(uuid4()) for _ in range(500)]

    def report(*chosen: str) -> httpx.Response:
        events = [{"metric": "calls", "quantity": 2, "idempotency_key": each} for each in chosen]
        return client.post("/usage/batch", json=events, headers={"X-API-Key": key})

    assert keys[:300] == report(*keys[:300], keys[0]).json()
    assert keys[300:] == report(*keys).json()
    assert (201, []) == (report().status_code, report().json())
    today = datetime.now(UTC).date().isoformat()
    period = {"metric": "calls", "first_day": today, "last_day": today}
    [day] = ada.client.get(f"{acme.path}/usage", params=period).json()
    assert (500, "1000") == (day["events"], day["quantity"])


def test_a_key_without_the_scope_reports_nothing(person: Arrive, client: httpx.Client) -> None:
    """Not one event, and not many."""
    ada = person("Ada")
    _, key = make_key(ada, found_organization(ada), scope="usage:read")
    assert 403 == client.post("/usage/batch", json=[{"metric": "calls"}], headers={"X-API-Key": key}).status_code


def test_an_export_has_all_events_a_line_each(person: Arrive, janua_database_url: str) -> None:
    """Those that were taken over from another system among them, the oldest first."""
    ada = person("Ada")
    acme = found_organization(ada)
    start = datetime.now(UTC) - timedelta(days=400)
    events = [
        CopyAuditEventsParams(
            organization_id=acme.id,
            actor_id=None,
            action=f"import.{n}",
            severity=AuditSeverity.NOTICE,
            target_type=None,
            target_id=None,
            ip_address=ip_address("192.0.2.1") if n % 2 else None,
            changes={"n": {"old": None, "new": n}} if n % 3 else None,
            occurred_at=start + timedelta(seconds=n),
        )
        for n in range(3000)
    ]
    with Database(janua_database_url) as db:
        assert 3000 == audit.copy_audit_events(db, events)
        events[1].severity = None  # type: ignore[assignment]
        events[2].occurred_at = datetime(2024, 1, 1)
        with pytest.raises(ParameterError, match=r"audit.copy_audit_events: row 3: occurred_at"):
            audit.copy_audit_events(db, events)
    exported = ada.client.get(f"{acme.path}/audit.jsonl", params={"since": start.isoformat()})
    lines = [json.loads(line) for line in exported.text.splitlines()]
    assert [f"import.{n}" for n in range(3000)] == [each["action"] for each in lines[:3000]]
    assert ("192.0.2.1", {"n": {"old": None, "new": 1}}, "notice") == tuple(
        lines[1][name] for name in ("ip_address", "changes", "severity")
    )
    assert "organization.created" in [each["action"] for each in lines[3000:]]


def test_prices_change_together(janua_db: Database) -> None:
    """A SKU that there is not gives None."""
    janua_db.raw("INSERT INTO products (sku, name, price) VALUES ('seat', 'A seat', 5), ('pro', 'Pro', 9)")
    wanted = (("pro", 10), ("none", 1), ("seat", 6))
    found = products.change_prices(
        janua_db, [ChangePricesParams(sku=sku, price=Decimal(price)) for sku, price in wanted]
    )
    expected = [ChangePricesRow(sku="pro", price=Decimal(10)), None, ChangePricesRow(sku="seat", price=Decimal(6))]
    assert expected == found
