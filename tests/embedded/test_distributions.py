"""The servers that are here: found by their files, and each with a cluster of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from janua.embedded import postgres
from janua.embedded.distributions import Distribution, distributions, machine_distributions
from psycopg import sql

from ..conftest import Write
from .conftest import State, new_state

FOUND = list(distributions())
DEBIAN = sorted(Path("/usr/lib/postgresql").glob("1[5-8]/bin/postgres"))


@pytest.fixture(scope="module")
def each_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """A folder with a cluster of each server."""
    with new_state(tmp_path_factory.mktemp("each") / ".janua") as state:
        yield state


def install(write: Write, programs: str, share: str, major: int) -> None:
    """Put down what a package has."""
    for name in ("postgres", "initdb"):
        write(f"{programs}/{name}", "").chmod(0o755)
    write(f"{share}/postgres.bki", f"# PostgreSQL {major}\n")


@pytest.mark.parametrize(
    ("programs", "share"),
    [
        ("usr/lib/postgresql/16/bin", "usr/share/postgresql/16"),
        ("usr/lib/postgresql16/bin", "usr/share/postgresql16"),
        ("usr/libexec/postgresql16", "usr/share/postgresql16"),
        ("usr/pgsql-16/bin", "usr/pgsql-16/share"),
        ("opt/homebrew/opt/postgresql@16/bin", "opt/homebrew/share/postgresql@16"),
        ("usr/local/opt/postgresql@16/bin", "usr/local/share/postgresql@16"),
        (
            "Applications/Postgres.app/Contents/Versions/16/bin",
            "Applications/Postgres.app/Contents/Versions/16/share/postgresql",
        ),
        ("Library/PostgreSQL/16/bin", "Library/PostgreSQL/16/share/postgresql"),
    ],
)
def test_packages_are_found(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: str, share: str
) -> None:
    """Where each kind of them puts its files."""
    monkeypatch.setenv("PATH", "")
    install(write, programs, share, 16)
    [found] = machine_distributions(tmp_path)
    assert (16, tmp_path / share) == (found.major, found.share)
    assert tmp_path / programs / "postgres" == found.folder / found.program


def test_the_newest_comes_first(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions that are not supported, and packages without a server, are left out."""
    monkeypatch.setenv("PATH", "")
    for major in (9, 14, 15, 17, 16, 19):
        install(write, f"usr/lib/postgresql/{major}/bin", f"usr/share/postgresql/{major}", major)
    write("usr/lib/postgresql/18/bin/pg_dump", "").chmod(0o755)
    assert [17, 16, 15] == [each.major for each in machine_distributions(tmp_path)]


def test_the_search_path_is_asked(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pg_config in it says where it all is; one that fails is as good as none."""
    install(write, "my/bin", "elsewhere/share", 17)
    lines = f"#!/bin/sh\necho {tmp_path}/my/bin\necho {tmp_path}/elsewhere/share\n"
    write("path/pg_config", lines).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/path")
    assert [tmp_path / "elsewhere/share"] == [each.share for each in machine_distributions(tmp_path)]
    write("path/pg_config", "#!/bin/sh\nexit 1\n")
    assert [] == machine_distributions(tmp_path)


def test_a_server_on_the_search_path_is_found(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a link, and without a pg_config."""
    install(write, "pg/bin", "pg/share/postgresql", 18)
    (tmp_path / "links").mkdir()
    (tmp_path / "links/postgres").symlink_to(tmp_path / "pg/bin/postgres")
    monkeypatch.setenv("PATH", f"{tmp_path}/links")
    [found] = machine_distributions(tmp_path)
    assert tmp_path / "pg/bin/postgres" == found.folder / found.program


@pytest.mark.skipif(not DEBIAN, reason="no PostgreSQL of Debian's on this machine")
def test_debians_server_is_found() -> None:
    """The real one."""
    assert {str(each.parent) for each in DEBIAN} <= {each.name for each in machine_distributions()}


@pytest.mark.parametrize("distribution", FOUND, ids=str)
def test_each_has_what_it_is_said_to_have(each_state: State, distribution: Distribution) -> None:
    """Every extension whose files are there can be created, in a server of that version."""
    names = sorted(path.stem for path in (distribution.share / "extension").glob("*.control"))
    lacking = distribution.lacks(names)
    with (
        postgres.serve(each_state.folder, distribution) as server,
        psycopg.connect(server.url) as conn,
    ):
        assert distribution.major == conn.info.server_version // 10000
        for name in names:
            if name not in lacking:
                with conn.transaction(force_rollback=True):
                    conn.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {} CASCADE").format(sql.Identifier(name)))


@pytest.mark.parametrize("distribution", FOUND, ids=str)
def test_text_is_the_same_in_each(each_state: State, distribution: Distribution) -> None:
    """UTF-8, sorted by code point, and with letters beyond ASCII."""
    with (
        postgres.serve(each_state.folder, distribution) as server,
        psycopg.connect(server.url) as conn,
    ):
        row = conn.execute(
            "SELECT upper('é'), 'é' ~ '[[:alpha:]]', 'Z' < 'a', current_setting('server_encoding')"
        ).fetchone()
    assert ("É", True, True, "UTF8") == row


@pytest.mark.skipif(len(FOUND) < 2, reason="there is only one PostgreSQL here")
def test_servers_run_side_by_side_on_data_of_their_own(each_state: State) -> None:
    """One project's tests may use one, and generate another."""
    with ExitStack() as stack:
        urls = [stack.enter_context(postgres.serve(each_state.folder, each)).url for each in FOUND]
        versions = []
        for url in urls:
            with psycopg.connect(url) as conn:
                versions.append(conn.info.server_version // 10000)
    assert [each.major for each in FOUND] == versions
    assert len(FOUND) == len(set(urls)) == len({each.cluster for each in FOUND})


@pytest.mark.skipif("os.geteuid() != 0", reason="needs root")
@pytest.mark.skipif(not DEBIAN, reason="no PostgreSQL of Debian's on this machine")
def test_roots_server_does_not_run_as_root(each_state: State) -> None:
    """The machine's, too."""
    found = next(each for each in machine_distributions() if each.name == str(DEBIAN[0].parent))
    with postgres.serve(each_state.folder, found) as server:
        assert 0 != os.stat(f"/proc/{server.pid}").st_uid


@pytest.mark.skipif("os.geteuid() != 0 or sys.platform != 'linux'", reason="needs root, to hide files")
@pytest.mark.skipif(len(FOUND) < 2, reason="there is only one PostgreSQL here")
def test_a_system_without_time_zones_is_told_what_to_install(each_state: State) -> None:
    """Programs that were built for the system's do not start without them."""
    program = (
        "import sys; from pathlib import Path\n"
        "from janua.embedded import postgres\nfrom janua.embedded.distributions import distributions\n"
        "for each in distributions():\n"
        "    try:\n        with postgres.serve(Path(sys.argv[1]), each): print('starts')\n"
        "    except Exception as error: print(str(error).partition(',')[0])\n"
    )
    hidden = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /usr/share/zoneinfo && exec "$@"', "sh"]
    if subprocess.run([*hidden, "true"], capture_output=True).returncode:
        pytest.skip("this system does not let files be hidden")
    command = [*hidden, sys.executable, "-c", program, os.fspath(each_state.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ["starts", "postgres does not start; install tzdata"] == sorted({*done.stdout.splitlines()}, reverse=True)
