"""Encrypted connections to a server that takes no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from janua import TLS, AsyncDatabase, ConfigError, Database, Query, ServerUnreachable

ENCRYPTED = Query[bool]("encrypted", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
CLIENT = Query[str]("client", "SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()")


async def test_the_server_is_verified_by_its_authority_and_name(
    twin_class: Any, tls: Any, settle: Any, block: Any
) -> None:
    """And the connection is encrypted."""
    async with block(twin_class(tls.url, tls=TLS(ca=tls.ca))) as database:
        assert await settle(database.fetch_one(ENCRYPTED))


async def test_the_systems_authorities_are_trusted_without_ca(
    twin_class: Any, tls: Any, settle: Any, block: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of SSL_CERT_FILE where that is set, as everywhere."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.ca))
    async with block(twin_class(tls.url, tls=TLS())) as database:
        assert await settle(database.fetch_one(ENCRYPTED))
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.other_ca))
    with pytest.raises(ServerUnreachable, match="certificate verify failed"):
        await settle(twin_class(tls.url, tls=TLS()).open())


async def test_nothing_is_verified_where_that_is_asked(twin_class: Any, tls: Any, settle: Any, block: Any) -> None:
    """Encrypted all the same, whatever authority is given or lies in the home folder."""
    async with block(twin_class(tls.url, tls=TLS(verify=False, ca=tls.other_ca))) as database:
        assert await settle(database.fetch_one(ENCRYPTED))


async def test_a_client_shows_its_certificate(twin_class: Any, tls: Any, settle: Any, block: Any) -> None:
    """To a server that lets in nobody without."""
    shown = TLS(ca=tls.ca, cert=tls.cert, key=tls.key)
    async with block(twin_class(tls.url, user="with_certificate", tls=shown)) as database:
        assert "/CN=with_certificate" == await settle(database.fetch_one(CLIENT))
    with pytest.raises(ServerUnreachable, match="requires a valid client certificate"):
        await settle(twin_class(tls.url, user="with_certificate", tls=TLS(ca=tls.ca)).open())


async def test_an_encrypted_key_needs_its_password(twin_class: Any, tls: Any, settle: Any, block: Any) -> None:
    """Which no text shows."""
    locked = tls.locked_key.with_suffix(".crt"), tls.locked_key
    shown = TLS(ca=tls.ca, cert=locked[0], key=locked[1], key_password=tls.password)
    async with block(twin_class(tls.url, tls=shown)) as database:
        assert "/CN=locked" == await settle(database.fetch_one(CLIENT))
    assert tls.password not in repr(shown)
    wrong = TLS(ca=tls.ca, cert=locked[0], key=locked[1], key_password="hunter2")
    with pytest.raises(ServerUnreachable, match="could not load private key file") as caught:
        await settle(twin_class(tls.url, tls=wrong).open())
    assert "hunter2" not in str(caught.value)


async def test_another_authority_is_refused(twin_class: Any, tls: Any, settle: Any) -> None:
    """The error says what failed, where, and why."""
    with pytest.raises(ServerUnreachable) as caught:
        await settle(twin_class(tls.url, password="hunter2", tls=TLS(ca=tls.other_ca)).open())
    assert f"localhost:{tls.server.port}" in str(caught.value)
    assert f"signed by an authority that is not in {tls.other_ca}" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("name", ["ca", "cert", "key"])
def test_a_file_that_is_not_there_is_named(tls: Any, name: str) -> None:
    """When the database is made: libpq would go on without a client's certificate."""
    files = {"ca": tls.ca, "cert": tls.cert, "key": tls.key, name: tls.ca.with_name("missing.pem")}
    with pytest.raises(ConfigError, match=rf"TLS: the {name} file .*missing\.pem cannot be read: No such file"):
        Database(tls.url, tls=TLS(**files))


@pytest.fixture
def showing(tls: Any) -> Iterator[Any]:
    """Have the server show another certificate for a test."""
    yield tls.serve
    tls.serve("valid")


async def test_a_certificate_for_another_name_is_refused(tls: Any, showing: Any, settle: Any) -> None:
    """Unless only the authority is asked for."""
    showing("elsewhere")
    for twin_class in (Database, AsyncDatabase):
        with pytest.raises(ServerUnreachable, match=r'"db.example.com".* does not match host name "localhost"'):
            await settle(twin_class(tls.url, tls=TLS(ca=tls.ca)).open())
    with Database(tls.url, tls=TLS(ca=tls.ca, verify="ca")) as database:
        assert database.fetch_one(ENCRYPTED)


async def test_an_expired_certificate_is_refused(tls: Any, showing: Any, settle: Any) -> None:
    """As libpq does not say which of the reasons it was, the error names them all."""
    showing("expired")
    for twin_class in (Database, AsyncDatabase):
        with pytest.raises(ServerUnreachable, match=r"certificate verify failed .* or has expired"):
            await settle(twin_class(tls.url, tls=TLS(ca=tls.ca)).open())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cert": "c"}, "cert is given without key"),
        ({"key": "k"}, "key is given without cert"),
        ({"key_password": "hunter2"}, "key_password is given without key"),
        ({"verify": "yes"}, 'verify must be True, "ca" or False'),
    ],
)
def test_choices_that_do_not_fit_together_are_refused(options: Any, message: str) -> None:
    """When they are written down."""
    with pytest.raises(ValueError, match=message) as caught:
        TLS(**options)
    assert "hunter2" not in str(caught.value)
