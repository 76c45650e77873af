"""Registering, confirming, logging in and out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import IPv4Address

import httpx
import pytest
from janua import ConfigError, Database
from janua.testing import TestRedis

from examples.identity.passwords import hash_password, is_password
from examples.identity.settings import Settings, read_settings
from generated import authentication
from generated.enums import LoginOutcome
from tests.service.conftest import Arrive
from tests.service.people import PASSWORD, mail_token, new_address
from tests.service.processes import serve_api


def test_an_address_is_registered_once(client: httpx.Client, settings: Settings) -> None:
    """Of several who come at the same moment, one gets it and the others hear so; one mail is sent."""
    address = new_address("Bob")

    def register(spelling: str) -> int:
        return client.post("/users", json={"email": spelling, "password": PASSWORD}).status_code

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(register, [address, address.upper()] * 2))
    assert [201, 409, 409, 409] == answers
    assert mail_token(settings.mail_folder, address)


def test_a_refusal_names_the_constraint_and_nothing_else(client: httpx.Client, person: Arrive) -> None:
    """The server's own message would quote the row."""
    taken = client.post("/users", json={"email": person("Bob").email, "password": PASSWORD})
    assert (409, {"detail": "the address is taken (users_email_key)"}) == (taken.status_code, taken.json())
    malformed = client.post("/users", json={"email": "nobody", "password": PASSWORD})
    expected = {"detail": "a value is not allowed (email_address_format)"}
    assert (422, expected) == (malformed.status_code, malformed.json())
    unprintable = client.post("/users", json={"email": new_address("Bob"), "password": PASSWORD, "name": "a\0b"})
    assert (422, {"detail": "a value is not allowed"}) == (unprintable.status_code, unprintable.json())


def test_a_confirmation_works_once(client: httpx.Client, settings: Settings) -> None:
    """A token that was used, or never was one, is not found."""
    address = new_address("Bob")
    client.post("/users", json={"email": address, "password": PASSWORD})
    token = mail_token(settings.mail_folder, address)
    answers = [client.post("/users/verification", json={"token": each}).status_code for each in (token, token, "x")]
    assert [200, 404, 404] == answers


def test_logging_out_ends_the_session(person: Arrive) -> None:
    """This one, and no other of the same user's."""
    bob, ada = person("Bob"), person("Ada")
    assert "Bob" == bob.client.get("/me").json()["display_name"]
    assert 204 == bob.client.delete("/sessions/current").status_code
    assert 401 == bob.client.get("/me").status_code
    assert 401 == bob.client.delete("/sessions/current").status_code
    assert 200 == ada.client.get("/me").status_code


def test_guessing_is_stopped(client: httpx.Client, janua_db: Database) -> None:
    """After five failures even the right password would not be looked at; other addresses are not concerned."""
    address = new_address("Bob")
    for _ in range(4):
        authentication.record_login_attempt(
            janua_db,
            email=address,
            outcome=LoginOutcome.WRONG_PASSWORD,
            ip_address=IPv4Address("192.0.2.1"),
            country=None,
        )
    guess = {"email": address.upper(), "password": PASSWORD}
    assert [401, 429] == [client.post("/sessions", json=guess).status_code for _ in range(2)]
    assert 401 == client.post("/sessions", json={**guess, "email": new_address("Ada")}).status_code


def test_a_password_is_recognised() -> None:
    """By what is stored of it; where nothing is stored, none is."""
    stored = hash_password(PASSWORD)
    assert is_password(PASSWORD, stored)
    assert not is_password(f"{PASSWORD}!", stored)
    assert not is_password(PASSWORD, None)


@pytest.mark.parametrize("key", ["", "hunter2", "abcd"])
def test_a_wrong_webhook_key_is_refused_without_quoting_it(key: str) -> None:
    """It is a secret even when it is malformed."""
    with pytest.raises(ConfigError, match="IDENTITY_WEBHOOK_KEY must be 32 bytes") as caught:
        read_settings({"IDENTITY_WEBHOOK_KEY": key})
    assert not key or key not in str(caught.value)
    assert "deadbeef" not in repr(read_settings({"IDENTITY_WEBHOOK_KEY": "deadbeef" * 8}))


def test_an_address_may_not_have_any_number_of_passwords_hashed(settings: Settings, janua_redis: TestRedis) -> None:
    """Whichever accounts they are for; the answer says when to come again."""
    with serve_api(replace(settings, passwords_per_minute=2, redis_prefix=janua_redis.prefix)) as url:
        guesses = [{"email": new_address("Ada"), "password": PASSWORD} for _ in range(3)]
        answers = [httpx.post(f"{url}/sessions", json=guess) for guess in guesses]
    assert [401, 401, 429] == [answer.status_code for answer in answers]
    assert 0 < int(answers[2].headers["retry-after"]) <= 60


def test_logging_in_works_without_redis(settings: Settings) -> None:
    """The limit is not enforced then; the log says so."""
    with serve_api(replace(settings, redis_url="redis://127.0.0.1:1/0")) as url:
        answer = httpx.post(f"{url}/sessions", json={"email": new_address("Ada"), "password": PASSWORD})
    assert 401 == answer.status_code
