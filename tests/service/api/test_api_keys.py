"""API keys and the usage that is recorded with them."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from tests.service.conftest import Arrive
from tests.service.people import Organization, Person, found_organization


@pytest.fixture
def ada(person: Arrive) -> Person:
    """Somebody with an organization."""
    return person("Ada")


@pytest.fixture
def acme(ada: Person) -> Organization:
    """Ada's organization."""
    return found_organization(ada)


def make_key(
    owner: Person, organization: Organization, name: str = "ci", scope: str = "usage:write"
) -> tuple[str, str]:
    """Return the id of a new key, and the key."""
    made = owner.client.post(f"{organization.path}/api-keys", json={"name": name, "scopes": [scope]})
    assert 201 == made.status_code, made.text
    return made.json()["id"], made.json()["key"]


def report(client: httpx.Client, key: str, **event: object) -> httpx.Response:
    """Report usage with a key."""
    return client.post("/usage", json={"metric": "requests", **event}, headers={"X-API-Key": key})


def test_a_revoked_key_is_refused(ada: Person, acme: Organization, client: httpx.Client) -> None:
    """At once, and it cannot be revoked again."""
    id, key = make_key(ada, acme)
    assert 201 == report(client, key).status_code
    assert 204 == ada.client.delete(f"{acme.path}/api-keys/{id}").status_code
    assert 401 == report(client, key).status_code
    assert 404 == ada.client.delete(f"{acme.path}/api-keys/{id}").status_code
    assert [] == ada.client.get(f"{acme.path}/api-keys").json()


def test_a_rotated_key_gives_way_to_the_new_one(ada: Person, acme: Organization, client: httpx.Client) -> None:
    """Which has its name and scopes, and was never stored in the clear."""
    id, old = make_key(ada, acme)
    rotated = ada.client.post(f"{acme.path}/api-keys/{id}/rotation")
    assert 201 == rotated.status_code, rotated.text
    assert 401 == report(client, old).status_code
    assert 201 == report(client, rotated.json()["key"]).status_code
    [listed] = ada.client.get(f"{acme.path}/api-keys").json()
    assert (rotated.json()["id"], "ci", ["usage:write"], 1) == tuple(
        listed[field] for field in ("id", "name", "scopes", "use_count")
    )
    assert rotated.json()["key"].startswith(f"{listed['prefix']}.")
    assert 404 == ada.client.post(f"{acme.path}/api-keys/{id}/rotation").status_code


def test_keys_of_others_are_out_of_reach(ada: Person, acme: Organization, person: Arrive) -> None:
    """Whoever knows the id of a key cannot end or replace it from another organization."""
    id, _ = make_key(ada, acme)
    mallory = person("Mallory")
    other = found_organization(mallory)
    assert 404 == mallory.client.delete(f"{other.path}/api-keys/{id}").status_code
    assert 404 == mallory.client.post(f"{other.path}/api-keys/{id}/rotation").status_code
    assert 404 == mallory.client.delete(f"{acme.path}/api-keys/{id}").status_code
    assert 1 == len(ada.client.get(f"{acme.path}/api-keys").json())


def test_a_name_is_free_again_after_its_key_has_ended(ada: Person, acme: Organization) -> None:
    """Two keys that work cannot have the same one."""
    id, _ = make_key(ada, acme)
    again = {"name": "ci", "scopes": []}
    assert 409 == ada.client.post(f"{acme.path}/api-keys", json=again).status_code
    ada.client.delete(f"{acme.path}/api-keys/{id}")
    assert 201 == ada.client.post(f"{acme.path}/api-keys", json=again).status_code


def test_usage_is_counted_once(ada: Person, acme: Organization, client: httpx.Client) -> None:
    """However often it is reported under the same key; days without any are listed too."""
    _, key = make_key(ada, acme)
    event = {"quantity": "0.1", "idempotency_key": str(uuid4())}
    assert [True, False] == [report(client, key, **event).json()["was_new"] for _ in range(2)]
    assert 201 == report(client, key, quantity="0.2").status_code
    day = acme.created_at.date()
    period = {"metric": "requests", "first_day": f"{day.year}-01-01", "last_day": str(day)}
    days = ada.client.get(f"{acme.path}/usage", params=period).json()
    assert (day.timetuple().tm_yday, "0.3", 2) == (len(days), days[-1]["quantity"], days[-1]["events"])
    too_long = ada.client.get(f"{acme.path}/usage", params={**period, "first_day": "1990-01-01"})
    assert 422 == too_long.status_code


def test_a_key_does_what_its_scopes_say(ada: Person, acme: Organization, client: httpx.Client) -> None:
    """And without a key, nothing."""
    _, key = make_key(ada, acme, scope="something:else")
    assert 403 == report(client, key).status_code
    assert 401 == client.post("/usage", json={"metric": "requests"}).status_code
    assert 422 == report(client, key, quantity="-1").status_code
