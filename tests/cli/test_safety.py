"""What stands before destructive commands: protected databases, and the question."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from janua.cli.safety import protecting, require_consent
from janua.cli.target import find_database, names_of
from janua.config import Safety
from janua.errors import ConfigError

LIVE = Safety(("*.prod.example.com", "janua_live"))


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JANUA_DATABASE_URL", "PGHOST", "PGHOSTADDR", "PGDATABASE", "PGUSER", "PGSERVICE", "PGSERVICEFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:secret@db1.prod.example.com/shop",
        "postgresql://me:secret@DB1.Prod.Example.com./shop",
        "postgresql://me:secret@10.0.0.1/janua_live",
        "postgresql://me:secret@standby.example.com,db2.prod.example.com/shop",
        "postgresql://janua_live:secret@10.0.0.1",
        "host=10.0.0.1 dbname=janua_live",
        "postgresql:///shop?host=db3.prod.example.com",
    ],
)
def test_a_protected_database_is_refused_however_it_is_named(url: str) -> None:
    """By its host or its name, consent or not; the message has no password."""
    with pytest.raises(ConfigError, match="is protected") as caught:
        require_consent(find_database(url), LIVE, "drop all", yes=True)
    assert "secret" not in str(caught.value)


def test_what_the_url_leaves_open_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """libpq takes it from the environment."""
    monkeypatch.setenv("PGHOST", "db1.prod.example.com")
    monkeypatch.setenv("PGDATABASE", "shop")
    assert {"db1.prod.example.com", "shop"} == names_of(find_database("postgresql://"))


def test_the_service_that_a_url_names_counts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """libpq looks it up in its service file."""
    (tmp_path / "services").write_text("[live]\nhost=db1.prod.example.com\ndbname=shop\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    assert {"db1.prod.example.com", "shop"} == names_of(find_database("postgresql://?service=live"))


def test_other_databases_are_not_protected() -> None:
    """A pattern matches the whole name."""
    assert protecting({"localhost", "janua_live_copy"}, LIVE) is None


def test_consent_may_be_given_beforehand() -> None:
    """With --yes nobody is asked."""
    require_consent(find_database("postgresql://localhost/shop"), LIVE, "drop all", yes=True)


def test_where_nobody_can_answer_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script must say --yes."""
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(ConfigError, match="give --yes"):
        require_consent(find_database("postgresql://localhost/shop"), LIVE, "drop all", yes=False)


@pytest.mark.parametrize("answer", ["y\n", "YES\n"])
def test_somebody_may_consent(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal."""
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    require_consent(find_database("postgresql://localhost/shop"), LIVE, "drop all", yes=False)


@pytest.mark.parametrize("answer", ["\n", "", "n\n", "yesterday\n"])
def test_any_other_answer_refuses(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing, too."""
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    with pytest.raises(ConfigError, match="nothing was done"):
        require_consent(find_database("postgresql://localhost/shop"), LIVE, "drop all", yes=False)


def test_the_database_must_be_named() -> None:
    """By the option or the environment."""
    with pytest.raises(ConfigError, match="JANUA_DATABASE_URL"):
        find_database(None)
