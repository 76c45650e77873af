"""Where a database is, from URL, fields, TLS options and the environment."""

from __future__ import annotations

from typing import Any

import pytest
from janua import TLS, ConfigError, Database, PoolOptions
from janua.database.target import find_target
from janua.database.tls import tls_parameters

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
    assert "verify-full" == target.parameters["sslmode"]
    assert target.parameters["sslrootcert"]
    assert {"sslmode": "verify-full", "sslrootcert": "/ca.pem"} == tls_parameters(TLS(ca="/ca.pem"))
    unverified = {"sslmode": "require", "sslcert": "c", "sslkey": "k", "sslrootcert": "/dev/null/none"}
    assert unverified == tls_parameters(TLS(verify=False, cert="c", key="k"))


def test_a_pool_that_cannot_exist_is_refused() -> None:
    """Sizes are checked when they are written down, not when the pool opens."""
    with pytest.raises(ValueError, match="min_size"):
        PoolOptions(min_size=5, max_size=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_size": 0}, "max_size must be a whole number, at least 1, not 0"),
        ({"max_size": 2.5}, "max_size must be a whole number, at least 1, not 2.5"),
        ({"min_size": -1}, "min_size must be a whole number, at least 0, not -1"),
        ({"max_waiting": True}, "max_waiting must be a whole number, at least 0, not True"),
        ({"timeout": 0}, "timeout must be a number of seconds above 0, not 0"),
        ({"connect_timeout": "2s"}, "connect_timeout must be a number of seconds above 0, not '2s'"),
        ({"max_idle": float("nan")}, "max_idle must be a number of seconds above 0, not nan"),
        ({"max_lifetime": None}, "max_lifetime must be a number of seconds above 0, not None"),
        (
            {"statement_timeout": -1},
            r"statement_timeout must be seconds from 0 \(no limit\) to 2147483, or None, not -1",
        ),
        ({"lock_timeout": 1e9}, "lock_timeout must be seconds from 0"),
        ({"idle_in_transaction_session_timeout": "1"}, "idle_in_transaction_session_timeout must be seconds from 0"),
    ],
)
def test_each_option_of_the_pool_is_checked(options: Any, message: str) -> None:
    """The message names the option, what it may be, and what it is."""
    with pytest.raises(ValueError, match=f"PoolOptions: {message}"):
        PoolOptions(**options)


def test_several_hosts_are_named_with_their_ports() -> None:
    """From a list, or from the URL."""
    assert "<Database one:5432,two:5432/x>" == repr(Database(host=["one", "two"], dbname="x"))
    assert "<Database one:1,two:2/x>" == repr(Database(host=["one", "two"], port=[1, 2], dbname="x"))
    assert "<Database one:1,two:2/x>" == repr(Database("postgresql://u:secret@one:1,two:2/x"))
    assert "<Database one:7,two:7/x>" == repr(Database("postgresql://one,two/x", port=7))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"host": ["a", "b", "c"], "port": [1, 2]}, "3 hosts and 2 ports are given; give one port for all"),
        ({"host": "a", "port": 70000}, "must be a number from 1 to 65535"),
        ({"host": "a", "target_session_attrs": "master"}, "must be one of any, read-write, .*, not 'master'"),
    ],
)
def test_fields_that_cannot_be_are_refused(fields: Any, message: str) -> None:
    """Before anything is connected."""
    with pytest.raises(ConfigError, match=message):
        Database(**fields)


def test_settings_of_the_connection_are_refused_under_pgbouncer() -> None:
    """They would stay with a server connection that others use next."""
    options = PoolOptions(statement_timeout=1)
    with pytest.raises(ConfigError, match=r"statement_timeout cannot be set on connections through PgBouncer"):
        Database("postgresql://h/x", pool=options, pgbouncer=True)
