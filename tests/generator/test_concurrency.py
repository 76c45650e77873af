"""Several runs in one project, runs that are ended from outside, and the servers that they leave behind: none."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from janua.embedded import postgres
from janua.embedded.accounts import base_folder, server_account

from .conftest import NewProject
from .sandbox import GET_USER, USERS, Sandbox

FILES: dict[str, str | bytes] = {
    "migrations/0001_users.sql": USERS,
    **{f"queries/users{n}.sql": GET_USER for n in range(20)},
}


@pytest.fixture
def project(new_project: NewProject) -> Sandbox:
    """A project that has not been generated."""
    return new_project(FILES)


@pytest.fixture
def expected(new_project: NewProject) -> dict[str, bytes]:
    """What a run that nobody disturbs writes for the same files."""
    twin = new_project(FILES, name="twin")
    assert 0 == twin.run().code
    return twin.generated()


@pytest.mark.parametrize("number", [2, 4])
def test_runs_at_once_wait_for_each_other(project: Sandbox, expected: dict[str, bytes], number: int) -> None:
    """One does the work, the others find it done."""
    processes = [project.start() for _ in range(number)]
    outcomes = [(*process.communicate(timeout=60), process.returncode) for process in processes]
    assert [0] * number == [code for _, _, code in outcomes]
    assert 1 == sum("21 files written" in out or "files written" in out for out, _, _ in outcomes)
    assert number - 1 == sum(out.startswith("up to date") for out, _, _ in outcomes)
    assert {"", "waiting for another janua command in this project\n"} >= {err for _, err, _ in outcomes}
    assert expected == project.generated()


def test_a_run_beside_a_check(project: Sandbox, expected: dict[str, bytes]) -> None:
    """The check sees all of what the other writes, or nothing."""
    first, second = project.start(), project.start("generate", "--check")
    outcomes = [(process.communicate(timeout=60), process.returncode) for process in (first, second)]
    assert 0 == outcomes[0][1]
    (_, err), code = outcomes[1]
    assert (code == 0) == ("missing" not in err)
    assert code == 0 or len(expected) == err.count(": missing\n")
    assert expected == project.generated()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_ended_run_is_completed_by_the_next(
    project: Sandbox, expected: dict[str, bytes], ending: signal.Signals
) -> None:
    """Whenever it was ended: what is there is whole, and what is not comes."""
    begun = project.root / ".janua" / "generate.lock"
    for delay in (0.0, 0.1, 0.25, 0.4):
        shutil.rmtree(project.root / "generated", ignore_errors=True)
        begun.unlink(missing_ok=True)
        with project.start() as process:
            # before this, an interrupt is the interpreter's own business, for as long as it takes to start
            while not begun.exists() and process.poll() is None:
                time.sleep(0.005)
            time.sleep(delay)
            process.send_signal(ending)
            _, err = process.communicate(timeout=30)
        assert process.returncode in (0, 130 if ending is signal.SIGINT else -ending, -ending), err
        # Python reports an interrupt that it lost in a callback of an import; no frame of ours may be shown
        assert [] == [line for line in err.splitlines() if line.lstrip().startswith("File ") and "janua" in line], err
        assert project.generated().items() <= expected.items()
    assert 0 == project.run().code
    assert expected == project.generated()


def processes_of(folder: str) -> list[int]:
    """Return the processes whose command line names the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if folder in (process / "cmdline").read_text(errors="replace"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


@pytest.fixture
def home(project: Sandbox) -> Iterator[str]:
    """Where the embedded server of the project keeps its files; for root, that is outside of the project."""
    state = project.root / ".janua"
    with postgres.serve(state):
        pass
    folder = base_folder(state, server_account())
    wait_for_end(str(folder))
    yield str(folder)
    assert folder == state or folder.name.startswith("janua-")
    shutil.rmtree(folder, ignore_errors=True)


def wait_for_end(folder: str, seconds: float = 2) -> None:
    """Wait until no process of the server is left."""
    deadline = time.monotonic() + seconds
    while left := processes_of(folder):
        assert time.monotonic() < deadline, f"still there after {seconds} s: {left}"
        time.sleep(0.02)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_embedded_server_is_left_behind(
    project: Sandbox, home: str, expected: dict[str, bytes], ending: signal.Signals
) -> None:
    """Within two seconds of the end of the process, however it ended."""
    with project.start(embedded=True) as process:
        deadline = time.monotonic() + 30
        while not processes_of(home) and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(ending)
        process.communicate(timeout=10)
    wait_for_end(home)
    with project.start(embedded=True) as process:
        process.communicate(timeout=30)
    assert 0 == process.returncode
    assert expected == project.generated()
    wait_for_end(home)


def test_a_wrong_password_is_an_unreachable_server(project: Sandbox, tmp_path: Path) -> None:
    """Named without the password; exit 3, within seconds."""
    with postgres.serve(tmp_path / "locked") as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE ROLE joe LOGIN CREATEDB PASSWORD 'rightful7'")
            [path] = connection.execute("SHOW hba_file").fetchone() or [""]
            rules = Path(path)
            rules.write_text("local all joe scram-sha-256\n" + rules.read_text())
            connection.execute("SELECT pg_reload_conf()")
        right = server.url.replace("postgres@", "joe:rightful7@")
        wrong = server.url.replace("postgres@", "joe:sekret@")
        outcome = project.run("generate", "--database-url", wrong)
        assert 3 == outcome.code
        assert outcome.err.startswith("postgresql://joe@")
        assert 'password authentication failed for user "joe"' in outcome.err
        assert "sekret" not in outcome.out + outcome.err
        assert 0 == project.run("generate", "--database-url", right).code
    secret = [each for each in project.root.rglob("*") if each.is_file() and b"rightful7" in each.read_bytes()]
    assert [] == secret


def test_a_silent_server_is_given_up(project: Sandbox) -> None:
    """One that takes connections and never answers; exit 3 within seconds."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        began = time.monotonic()
        url = f"postgresql://joe:sekret@127.0.0.1:{port}/x?connect_timeout=2"
        outcome = project.run("generate", "--database-url", url)
    assert (3, True) == (outcome.code, time.monotonic() - began < 6)
    assert "sekret" not in outcome.err


def test_state_that_cannot_be_written_is_done_without(project: Sandbox) -> None:
    """A file where the folder should be: no lock, no memory, and the same result."""
    assert 0 == project.run().code
    before = project.generated()
    shutil.rmtree(project.root / ".janua")
    project.write(".janua", "")
    outcome = project.run("check")
    assert (0, "") == (outcome.code, outcome.err)
    assert before == project.generated()
