"""Where a database is, from URL, fields, TLS options and the environment."""

from __future__ import annotations

import pytest
from janua import TLS, ConfigError, Database, PoolOptions
from janua.database.target import find_target

NO_FIELDS = {"host": None, "port": None, "dbname": None, "user": None, "password": None}


def test_fields_take_precedence_over_the_url() -> None:
    """What is given by name replaces that part of the URL."""
    target = find_target("postgresql://a:b@one:1/x", {"host": "two", "port": None}, None, "service")
    assert "two:1/x" == str(target)
    assert "service" == target.parameters["application_name"]


def test_the_environment_names_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without URL and fields, JANUA_DATABASE_URL is taken."""
    monkeypatch.setenv("JANUA_DATABASE_URL", "postgresql://u:secret@db.internal/app")
    assert "<Database db.internal:5432/app>" == repr(Database())


def test_no_address_is_an_error_that_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable's name and its form are in the message."""
    monkeypatch.delenv("JANUA_DATABASE_URL", raising=False)
    with pytest.raises(ConfigError, match=r"JANUA_DATABASE_URL is not set; set it to postgresql://"):
        Database()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:sec%zzret@host/x",
        "postgresql://u:p@sec-ret@host/x",
        "mysql://u:secret@host/x",
        "postgresql://u:secret@host/x?nonsense=1",
    ],
)
def test_an_unreadable_url_is_not_quoted(url: str) -> None:
    """The message shows no part of a URL, because any part may belong to the password."""
    with pytest.raises(ConfigError) as caught:
        Database(url)
    assert "sec" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_tls_verifies_by_default() -> None:
    """The certificate is checked against the host, with the system's authorities or the given file."""
    target = find_target("postgresql://h/x", NO_FIELDS, TLS(), "janua")
    assert ("verify-full", "system") == (target.parameters["sslmode"], target.parameters["sslrootcert"])
    assert {"sslmode": "verify-full", "sslrootcert": "/ca.pem"} == TLS(ca="/ca.pem").parameters()
    assert {"sslmode": "require", "sslcert": "c", "sslkey": "k"} == TLS(verify=False, cert="c", key="k").parameters()


def test_a_pool_that_cannot_exist_is_refused() -> None:
    """Sizes are checked when they are written down, not when the pool opens."""
    with pytest.raises(ValueError, match="min_size"):
        PoolOptions(min_size=5, max_size=2)
