"""PostgreSQL, Valkey, and the processes of a subject, on which a case is played and what they give is compared."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis
from janua import Database
from process import Process, ReadFailed
from servers import Server
from subject import Options, Rows

HERE = Path(__file__).resolve().parent
_WARM_TRIES = 100


@dataclass
class Outcome:
    """What was seen in one run of a case."""

    is_stale: bool = False
    is_cached: bool = True
    lasted_s: float = 0.0
    """For how long what is stale was given, where that was waited for."""
    errors: list[str] = field(default_factory=list)


class Servers:
    """Both servers, what the database really holds, and the folder with the generated package."""

    def __init__(self, pg_url: str, valkey: Server, valkey_folder: Path, folder: Path) -> None:
        self.pg_url, self.valkey, self.valkey_folder, self.folder = pg_url, valkey, valkey_folder, folder
        self.redis = redis.Redis.from_url(valkey.url)
        self.sql = psycopg.connect(pg_url, autocommit=True)
        self._reads: Any = importlib.import_module("compared.reads")
        self._database = Database(pg_url)

    def reset(self) -> None:
        """Give the tables their first rows, and forget what is in the cache."""
        self.sql.execute((HERE / "rows.sql").read_bytes())
        self.redis.flushall()

    def truth(self, name: str) -> Rows:
        """Return what the database gives without a cache."""
        found = getattr(self._reads, f"read_{name}")(self._database)
        return [[str(getattr(row, name)) for name in row.__slots__] for row in found]

    def close(self) -> None:
        """Close the connections."""
        self._database.close()
        self.sql.close()
        self.redis.close()


class Stage:
    """One subject's processes. They stay for the next case, except those that were killed."""

    def __init__(self, subject: str, servers: Servers, *, is_told: bool = False, timeout_s: int = 0) -> None:
        self.subject, self.servers, self.is_told = subject, servers, is_told
        self.timeout_s = timeout_s
        """Where it is not 0, what is stale is asked for until it is not, at most for three times as long."""
        self.outcome = Outcome()
        self._processes: dict[tuple[str, Options], Process] = {}

    @contextmanager
    def run(self) -> Iterator[Outcome]:
        """Begin with the first rows and an empty cache; what the case sees is in the outcome."""
        self.outcome = outcome = Outcome()
        for process in self._processes.values():
            process.errors.clear()
        self.servers.reset()
        try:
            yield outcome
        finally:
            for process in self._processes.values():
                if process.is_running:
                    process.go()
                    outcome.errors += process.errors
                    process.take("abandon")

    def process(self, name: str, **options: Any) -> Process:
        """Return a process of this name and these options."""
        chosen = {"pg_url": self.servers.pg_url, "redis_url": self.servers.valkey.url, **options}
        if self.timeout_s:
            chosen["timeout_s"] = self.timeout_s
        key = name, Options(**chosen)
        found = self._processes.get(key)
        if found is None or not found.is_running:
            self._processes[key] = found = Process(self.subject, key[1], self.servers.folder)
        return found

    def warm(self, process: Process, name: str) -> None:
        """Read until the answer comes out of the cache; where it never does, the case is not cached."""
        for _ in range(_WARM_TRIES):
            if process.read(name)[1]:
                return
            time.sleep(0.01)
        self.outcome.is_cached = False

    def tell(self, process: Process, *names: str) -> None:
        """Tell the cache by hand of what these reads give, in the runs that try that."""
        if self.is_told:
            process.take("tell", list(names))

    def check(self, process: Process, *names: str) -> None:
        """Compare what a process is given with what the database gives; nothing may write meanwhile."""
        for name in names:
            self.expect(process, name, self.servers.truth(name))

    def expect(self, process: Process, name: str, rows: Rows) -> None:
        """Compare what a process is given with these rows."""
        start = time.monotonic()
        while not self._is_given(process, name, rows):
            self.outcome.is_stale = True
            lasted_s = time.monotonic() - start
            self.outcome.lasted_s = max(self.outcome.lasted_s, lasted_s)
            if lasted_s >= 3 * self.timeout_s:
                return
            time.sleep(0.02)

    def _is_given(self, process: Process, name: str, rows: Rows) -> bool:
        try:
            return process.read(name)[0] == rows
        except ReadFailed:
            # No answer, so none that is stale; the error is noted.
            return True

    def close(self) -> None:
        """End the processes."""
        for process in self._processes.values():
            if process.is_running:
                process.close()


def with_user(pg_url: str, user: str) -> str:
    """Return the address for another user."""
    return psycopg.conninfo.make_conninfo(pg_url, user=user)
