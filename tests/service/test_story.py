"""The whole story of a user, as a client of the API lives through it."""

from __future__ import annotations

from datetime import datetime

import httpx
from janua import Database

from examples.identity.settings import Settings
from generated import users
from tests.service.people import PASSWORD, mail_token


def test_from_registration_to_api_key(client: httpx.Client, settings: Settings, janua_db: Database) -> None:
    """Register, confirm, log in, found an organization, make a key, use it, read what happened, log out."""
    registered = client.post("/users", json={"email": "Ada@Example.com", "password": PASSWORD, "name": "Ada"})
    assert 201 == registered.status_code, registered.text
    assert {"email": "Ada@Example.com", "display_name": "Ada", "status": "pending"} == _without_id(registered)

    too_early = client.post("/sessions", json={"email": "ada@example.com", "password": PASSWORD})
    assert 403 == too_early.status_code
    confirmed = client.post("/users/verification", json={"token": mail_token(settings.mail_folder, "Ada@Example.com")})
    assert (200, "active") == (confirmed.status_code, confirmed.json()["status"])

    logged_in = client.post("/sessions", json={"email": "ada@example.com", "password": PASSWORD})
    assert 201 == logged_in.status_code, logged_in.text
    client.headers["Authorization"] = f"Bearer {logged_in.json()['token']}"

    created = client.post("/organizations", json={"slug": "engines", "name": "Engines"})
    assert (201, "trial") == (created.status_code, created.json()["status"])
    path = f"/organizations/{created.json()['id']}"
    profile = client.get("/me").json()
    assert (True, "Ada") == (profile["is_verified"], profile["display_name"])
    own = {"id": created.json()["id"], "slug": "engines", "name": "Engines", "role": "owner"}
    assert [own] == profile["organizations"]

    key = client.post(f"{path}/api-keys", json={"name": "ci", "scopes": ["usage:write"]}).json()["key"]
    day = datetime.fromisoformat(created.json()["created_at"]).date()
    reported = client.post(
        "/usage", json={"metric": "requests", "quantity": "2.5"}, headers={"X-API-Key": key, "Authorization": ""}
    )
    assert (201, True) == (reported.status_code, reported.json()["was_new"])
    period = {"metric": "requests", "first_day": str(day), "last_day": str(day)}
    [usage] = client.get(f"{path}/usage", params=period).json()
    assert (str(day), 1, "2.5") == (usage["day"], usage["events"], usage["quantity"])

    trail = client.get(f"{path}/audit/{day.year}/{day.month}").json()
    assert ["api_key.created", "organization.created"] == [event["action"] for event in trail]
    assert {"Ada"} == {event["actor"] for event in trail}

    assert 204 == client.delete("/sessions/current").status_code
    assert 401 == client.get("/me").status_code
    stored = users.find_user_for_login(janua_db, email="ada@example.com")
    assert stored is not None
    assert stored.password_hash is not None
    assert PASSWORD.encode() not in stored.password_hash


def _without_id(response: httpx.Response) -> dict[str, str]:
    answer: dict[str, str] = response.json()
    del answer["id"]
    return answer
