"""
Play the cases in which a cache may give what is not true any more, with janua's cache and with two of Django's.

    pip install -r benchmarks/staleness/requirements.txt
    python benchmarks/staleness/measure.py [--runs 5] [--only WORD] [--subject NAME] [--results FOLDER]

It writes docs/cache-compared.md, or with ``--only`` or ``--subject`` prints a table. With ``--results`` what
came of each case is kept in the folder, and what is there is not played again. PostgreSQL and Valkey are
embedded; readers and writers are processes, which are stopped between two steps or killed where a case says so. What
they are given is compared with what the database gives at that moment. Where an answer was stale, the case is played
once more with a short timeout to see for how long, and, where that is a question of telling the cache by hand, with
that. What is not installed is left out. Exits with 1 where janua's strict cache gave anything stale.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from cases import ALL
from janua.embedded import postgres
from janua.migrations import apply_up, read_migrations
from play import Result, play
from process import NotInstalled
from report import tables, write_page
from servers import Server
from stage import Servers
from subject import JANUA_STRICT, SUBJECTS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


@contextmanager
def prepared() -> Iterator[Servers]:
    """Start both servers, generate the project's code, and make its tables."""
    with (
        tempfile.TemporaryDirectory(prefix="janua-staleness-") as name,
        postgres.serve(Path(name, "postgres")) as server,
    ):
        folder = Path(name, "project")
        shutil.copytree(HERE / "project", folder)
        options = ["--database-url", server.url, "--project", str(folder)]
        subprocess.run([sys.executable, "-m", "janua.cli", "generate", *options], check=True, stdout=subprocess.DEVNULL)
        sys.path.append(str(folder))
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("SELECT pg_reload_conf()")
            apply_up(connection, read_migrations(folder / "migrations"))
            connection.execute("CREATE ROLE tenants LOGIN")
            connection.execute("GRANT SELECT ON secrets TO tenants")
        keys = Path(name, "valkey")
        keys.mkdir()
        valkey = Server(keys)
        valkey.start()
        servers = Servers(server.url, valkey, keys, folder)
        try:
            yield servers
        finally:
            servers.close()
            valkey.stop()


class Kept(dict[str, Result]):
    """A subject's results by the case's title, which are kept in a file, where there is one, as they come."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        found = json.loads(file.read_text(encoding="utf-8")) if file and file.exists() else {}
        super().__init__({title: Result(**fields) for title, fields in found.items()})

    def __setitem__(self, title: str, result: Result) -> None:
        super().__setitem__(title, result)
        if self._file:
            self._file.parent.mkdir(exist_ok=True)
            self._file.write_text(json.dumps({title: vars(each) for title, each in self.items()}), encoding="utf-8")


def main() -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--subject", default="")
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    # Or what was started here would outlive it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cases = [case for case in ALL if options.only in case.title]
    results: dict[str, Kept] = {}
    with prepared() as servers:
        for subject in SUBJECTS:
            if options.subject in ("", subject):
                found = Kept(options.results and options.results / f"{subject}.json")
                try:
                    play(subject, servers, cases, options.runs, found)
                    results[subject] = found
                except NotInstalled as error:
                    print(f"{subject} is left out: {error}", file=sys.stderr)
        if options.only or options.subject:
            print(tables(results, cases))
        else:
            write_page(results, cases, servers, ROOT / "docs/cache-compared.md")
    return int(any(result.stale for result in results.get(JANUA_STRICT, {}).values()))


if __name__ == "__main__":
    sys.exit(main())
