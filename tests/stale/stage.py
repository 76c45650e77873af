"""PostgreSQL, Valkey, and the processes that use both."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from tests.stale.bank import PACKAGE, READS, ROWS
from tests.stale.stores import Store

KINDS = ("blocking", "asynchronous", "blocking")
ROOT = Path(__file__).resolve().parents[2]


class Process:
    """One of the processes, and what is open in it."""

    def __init__(self, number: int, command: list[str], name: str) -> None:
        self.number = number
        self.name = name
        self.depth = 0
        self.is_paused = False
        self.is_shaken = False
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        self._begin()

    def _begin(self) -> None:
        self.depth, self.is_paused, self.is_shaken = 0, False, False
        [_, self._pid] = self._answer()

    def take(self, *step: Any, until: str = "") -> list[Any]:
        """Have it take a step, and return the answer; ``until`` is the place where it is to be paused."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([until, step]) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        self.is_paused = answer[0] == "paused"
        return answer

    def _answer(self) -> list[Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"{self.name} has ended by itself"
        answer: list[Any] = json.loads(line)
        return answer

    def kill(self) -> None:
        """End it as a power cut would; another one takes its place."""
        os.kill(self._pid, signal.SIGKILL)
        self._begin()

    def end(self) -> None:
        """Let it end, with the process that starts it anew."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


class Stage:
    """All of it. ``counts`` says what has happened so far."""

    def __init__(self, pg_url: str, store: Store, project: Path) -> None:
        self.counts: Counter[str] = Counter()
        self._store = store
        self._control = psycopg.connect(pg_url, autocommit=True, options="-c lock_timeout=20ms")
        self.redis = store.client
        self.processes = [self._process(number, kind, pg_url, project) for number, kind in enumerate(KINDS)]

    def _process(self, number: int, kind: str, pg_url: str, project: Path) -> Process:
        name = f"stale-{number}"
        options = "-c lock_timeout=40ms -c deadlock_timeout=20ms -c idle_session_timeout=0"
        url = make_conninfo(pg_url, application_name=name, options=options)
        module = [sys.executable, "-m", "tests.stale.worker"]
        return Process(number, [*module, kind, url, self._store.url, str(project), PACKAGE], name)

    def reset(self) -> None:
        """Undo what is open, and give the tables their first rows again, of which the cache is told as of others'."""
        for process in self.processes:
            if process.is_paused:
                process.kill()
            process.take("abandon")
            process.depth, process.is_shaken = 0, False
        self._control.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state <> 'idle'"
            " AND application_name LIKE 'stale-%'"
        )
        self._control.execute("SET lock_timeout = 0")
        self._control.execute(ROWS.encode())
        self._control.execute("SET lock_timeout = '20ms'")
        answer = self.processes[0].take("invalidate")
        if answer[0] != "done":
            self.redis.flushall()

    def shown(self, name: str) -> list[Any] | None:
        """What the database shows to everybody at this moment; None where somebody has locked everybody out."""
        try:
            rows = self._control.execute(READS[name].encode()).fetchall()
        except psycopg.errors.LockNotAvailable:
            return None
        return [[str(value) for value in row] if len(row) > 1 else str(row[0]) for row in rows]

    def everything(self) -> dict[str, list[Any] | None]:
        """What it shows of all tables."""
        return {name: self.shown(name) for name in READS}

    def terminate(self, process: Process) -> None:
        """End the server's processes that serve this one."""
        self._control.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE application_name = %s", (process.name,)
        )
        process.is_shaken = True

    def evict(self, seed: int) -> None:
        """Lose some of the keys."""
        chosen = random.Random(seed)
        keys = sorted(self.redis.scan_iter(count=1000))
        lost = [key for key in keys if chosen.random() < chosen.choice((0.2, 0.5, 0.9))]
        self.counts["keys evicted"] += self._store.lose(lost)

    def restart(self, seed: int) -> None:
        """Kill Valkey and start it again: with what it had, or empty."""
        self._store.restart(seed // 2, saves=bool(seed % 2))

    def close(self) -> None:
        """End everything that was started here."""
        for process in self.processes:
            process.end()
        self._control.close()
