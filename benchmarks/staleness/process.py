"""A process of a subject, as the one that tells it the steps sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from subject import Options, Rows


class NotInstalled(Exception):
    """What the subject needs is not there."""


class Process:
    """Takes steps. ``errors`` has the classes of what its steps raised."""

    def __init__(self, subject: str, options: Options, folder: Path) -> None:
        actor = str(Path(__file__).with_name("actor.py"))
        command = [sys.executable, actor, subject, json.dumps(options.fields()), str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.is_paused = False
        self.errors: list[str] = []
        outcome, *rest = self.receive()
        if outcome == "failed":
            raise NotInstalled(rest[-1])

    @property
    def is_running(self) -> bool:
        """Whether it lives."""
        return self._process.poll() is None

    def send(self, *step: Any, until: str = "") -> None:
        """Have it take a step, the answer to which is received later."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([until, step]) + "\n")
        self._process.stdin.flush()

    def receive(self) -> list[Any]:
        """Return the answer to the last step."""
        assert self._process.stdout is not None
        answer: list[Any] = json.loads(self._process.stdout.readline())
        self.is_paused = answer[0] == "paused"
        if answer[0] == "failed":
            self.errors.append(answer[1])
        return answer

    def take(self, *step: Any, until: str = "") -> list[Any]:
        """Have it take a step, and return the answer; ``until`` is the place where it is to be paused."""
        self.send(*step, until=until)
        answer = self.receive()
        assert not until or self.is_paused, f"{step} was not paused: {answer}"
        return answer

    def go(self) -> None:
        """Have it go on, where it is paused."""
        if self.is_paused:
            self.take("go")

    def read(self, name: str) -> tuple[Rows, bool]:
        """Return the rows, and whether they came out of the cache. An error is no answer."""
        outcome, *answer = self.take("read", name)
        if outcome != "done":
            raise ReadFailed(": ".join(answer))
        [(rows, is_hit)] = answer
        return rows, is_hit

    def write(self, name: str, value: int = 0, until: str = "") -> None:
        """Write; an error is noted."""
        self.take("write", name, value, until=until)

    def begin(self, isolation: str = "", settings: dict[str, str] | None = None) -> None:
        """Begin a transaction, or in one a savepoint."""
        self.take("begin", isolation, settings or {})

    def commit(self, until: str = "") -> None:
        """Commit, or release the savepoint; an error is noted."""
        self.take("end", True, until=until)

    def roll_back(self) -> None:
        """Undo the transaction, or what was done since the savepoint."""
        self.take("end", False)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self.close()

    def close(self) -> None:
        """End it."""
        self._process.communicate()


class ReadFailed(Exception):
    """A read has raised an error."""
