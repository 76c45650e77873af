"""Scratch databases, with several processes that want them and some that are killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from janua.errors import ConfigError, MigrationError, ServerUnreachable
from janua.migrations import read_migrations
from janua.scratch import ScratchServer, open_scratch, with_database
from psycopg.conninfo import make_conninfo

from .conftest import Migrations, databases

_BUILDER = """
import sys
from pathlib import Path
from janua.migrations import read_migrations
from janua.scratch import open_scratch
root = Path(sys.argv[1])
with open_scratch(root, sys.argv[2]) as scratch:
    name = scratch.migrated(read_migrations(root / "migrations"), purpose="test")
    print(name if sys.argv[3] == "build" else scratch.clone(name), flush=True)
    sys.stdin.read()
"""


def builder(scratch: ScratchServer, root: Path, what: str = "build") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _BUILDER, os.fspath(root), scratch.url("postgres"), what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_migrated_database_is_made_once(own_scratch: ScratchServer, migrations: Migrations) -> None:
    """The same files give the same database, found with one query."""
    steps = migrations("CREATE TABLE a ();")
    name = own_scratch.migrated(steps, purpose="test")
    assert name == own_scratch.migrated(steps, purpose="test")
    assert [name] == databases(own_scratch)
    with psycopg.connect(own_scratch.url(name)) as conn:
        conn.execute("SELECT FROM a")


def test_contents_and_purpose_make_another_database(own_scratch: ScratchServer, migrations: Migrations) -> None:
    """So do other names; nothing else does."""
    names = {
        own_scratch.migrated(migrations("CREATE TABLE a ();"), purpose="test"),
        own_scratch.migrated(migrations("CREATE TABLE a ();"), purpose="generate"),
        own_scratch.migrated(migrations("CREATE TABLE b ();"), purpose="test"),
    }
    assert 3 == len(names)


def test_two_builders_build_once(own_scratch: ScratchServer, migrations: Migrations, tmp_path: Path) -> None:
    """The second waits for the first."""
    migrations("CREATE TABLE a (); SELECT pg_sleep(0.3);")
    builders = [builder(own_scratch, tmp_path) for _ in range(2)]
    first, second = map(told, builders)
    for process in builders:
        process.communicate()
    assert first == second
    assert [first] == databases(own_scratch)


def test_a_failed_build_leaves_no_database(own_scratch: ScratchServer, migrations: Migrations) -> None:
    """And the next attempt is free to succeed."""
    with pytest.raises(MigrationError):
        own_scratch.migrated(migrations("CREATE TABLE a (); CREATE TABLE a ();"), purpose="test")
    assert [] == databases(own_scratch)
    own_scratch.migrated(migrations("CREATE TABLE a ();"), purpose="test")


def test_what_a_killed_builder_left_is_dropped_by_the_next(
    own_scratch: ScratchServer, migrations: Migrations, tmp_path: Path
) -> None:
    """Even though a statement of the killed one may still be running."""
    migrations("SELECT pg_sleep(60);")
    process = builder(own_scratch, tmp_path)
    deadline = time.monotonic() + 10
    while not databases(own_scratch):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.communicate()
    name = own_scratch.migrated(migrations("CREATE TABLE a ();"), purpose="test")
    assert [name] == databases(own_scratch)


def test_what_a_killed_user_cloned_is_dropped_by_the_next(
    own_scratch: ScratchServer, migrations: Migrations, tmp_path: Path
) -> None:
    """While those of a living one stay."""
    steps = migrations("CREATE TABLE a ();")
    killed, living = (builder(own_scratch, tmp_path, "clone") for _ in range(2))
    lost, kept = told(killed), told(living)
    killed.kill()
    killed.communicate()
    own_scratch.clone(own_scratch.migrated(steps, purpose="test"))
    assert lost not in databases(own_scratch)
    assert kept in databases(own_scratch)
    living.communicate()
    assert kept not in databases(own_scratch)


def test_what_others_make_beside_a_clone_is_theirs(
    own_scratch: ScratchServer, migrations: Migrations, tmp_path: Path
) -> None:
    """Under a longer name, as the database in which a backup of it is tried."""
    template = own_scratch.migrated(migrations("CREATE TABLE a ();"), purpose="test")
    beside = f"{own_scratch.clone(template)}_verify_0a1b2c3d"
    own_scratch._copy(template, beside)
    process = builder(own_scratch, tmp_path, "clone")
    told(process)
    process.communicate()
    assert beside in databases(own_scratch)
    own_scratch.drop(beside)


def test_old_templates_are_dropped_but_for_a_few(
    own_scratch: ScratchServer, migrations: Migrations, tmp_path: Path
) -> None:
    """Those of other purposes are not touched."""
    other = own_scratch.migrated([], purpose="generate")
    made = []
    for number in range(6):
        # A process of its own each: what one has used, it keeps from being dropped.
        with open_scratch(tmp_path, own_scratch.url("postgres")) as scratch:
            made.append(scratch.migrated(migrations(f"SELECT {number};"), purpose="test"))
    assert [other, *made[2:]] == databases(own_scratch)


def test_a_template_in_use_is_not_dropped(own_scratch: ScratchServer, migrations: Migrations, tmp_path: Path) -> None:
    """However old it is."""
    used = own_scratch.migrated(migrations("SELECT 'used';"), purpose="test")
    with open_scratch(tmp_path, own_scratch.url("postgres")) as scratch:
        for number in range(5):
            scratch.migrated(migrations(f"SELECT {number};"), purpose="test")
    assert used in databases(own_scratch)


def test_a_clone_is_a_database_of_its_own(own_scratch: ScratchServer, migrations: Migrations) -> None:
    """What one does is not seen by another."""
    template = own_scratch.migrated(migrations("CREATE TABLE a (x int);"), purpose="test")
    first, second = own_scratch.clone(template), own_scratch.clone(template)
    with psycopg.connect(own_scratch.url(first)) as conn:
        conn.execute("INSERT INTO a VALUES (1)")
    with psycopg.connect(own_scratch.url(second)) as conn:
        assert (0,) == conn.execute("SELECT count(*) FROM a").fetchone()


def test_a_clone_is_dropped_while_somebody_is_connected(own_scratch: ScratchServer, migrations: Migrations) -> None:
    """A leaked connection is no reason to keep it."""
    name = own_scratch.clone(own_scratch.migrated([], purpose="test"))
    with psycopg.connect(own_scratch.url(name)):
        own_scratch.drop(name)
        assert name not in databases(own_scratch)


def test_clones_end_with_the_scratch_server(own_scratch: ScratchServer, migrations: Migrations, tmp_path: Path) -> None:
    """Templates stay."""
    with open_scratch(tmp_path, own_scratch.url("postgres")) as scratch:
        template = scratch.migrated([], purpose="test")
        scratch.clone(template)
    assert [template] == databases(own_scratch)


def test_other_databases_are_never_dropped(own_scratch: ScratchServer) -> None:
    """Only names with the project's own key."""
    with pytest.raises(ValueError, match="not a scratch database of this project"):
        own_scratch.drop("postgres")


def test_an_unreachable_server_is_named_without_its_password(tmp_path: Path) -> None:
    """And soon."""
    began = time.monotonic()
    with (
        pytest.raises(ServerUnreachable) as caught,
        open_scratch(tmp_path, "postgresql://ada:secret@127.0.0.1:1/app"),
    ):
        pass
    assert str(caught.value).startswith("postgresql://ada@127.0.0.1:1/app: ")
    assert "secret" not in str(caught.value)
    assert time.monotonic() - began < 5


def test_a_malformed_url_is_refused_without_being_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may hold a password."""
    monkeypatch.setenv("JANUA_SCRATCH_URL", "postgresql://ada:secret%zz@localhost/app")
    with pytest.raises(ConfigError) as caught, open_scratch(tmp_path):
        pass
    assert "secret" not in str(caught.value)


def test_a_role_that_may_not_create_databases_is_told_so(
    scratch: ScratchServer, empty_template: str, tmp_path: Path
) -> None:
    """Most likely the URL is that of a service."""
    with psycopg.connect(scratch.url("postgres"), autocommit=True) as conn:
        conn.execute("CREATE ROLE janua_weak LOGIN")
        try:
            url = make_conninfo(scratch.url("postgres"), user="janua_weak")
            with (
                pytest.raises(ConfigError, match=r"^postgresql://janua_weak@.*: permission denied to create"),
                open_scratch(tmp_path, url) as weak,
            ):
                weak.clone(empty_template)
        finally:
            conn.execute("DROP ROLE janua_weak")


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("postgresql://u:p@h:1/app?sslmode=disable", "postgresql://u:p@h:1/x?sslmode=disable"),
        ("postgresql://u@h", "postgresql://u@h/x"),
        ("postgres:///app?host=/run&dbname=app", "postgres:///x?host=/run"),
        ("user=u dbname=app host=h", "user=u dbname=x host=h"),
    ],
)
def test_the_url_of_another_database_differs_in_nothing_else(url: str, other: str) -> None:
    """Whatever form it is given in."""
    assert other == with_database(url, "x")


def test_the_repositorys_own_migrations_apply(own_scratch: ScratchServer) -> None:
    """They are the reference application's schema."""
    root = Path(__file__).parents[2]
    own_scratch.migrated(read_migrations(root / "migrations"), purpose="test")
