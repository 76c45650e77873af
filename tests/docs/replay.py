"""Plays a page as its reader would: writes its files, runs its commands in a shell, and compares what they say."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from tests.docs.blocks import Block

# For a machine that is busy with other tests.
_PATIENCE_S = 120
_PLACEHOLDER = re.compile(r'export (\w+)="…"')


@dataclass
class Replay:
    """
    A reader's folder, with one terminal after which commands see what those before them did (``cd``, ``export``).

    A block of files has ``title="path"``. One of commands (``console``) has ``$ `` before each and its output below,
    where ``…`` stands for any text, and on a line of its own for any lines. With a title it is another terminal,
    whose command goes on until the end.
    """

    folder: Path
    state: Path
    environment: dict[str, str]
    seen: dict[str, str] = field(default_factory=dict)
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.state / "cwd").write_text(str(self.folder))
        (self.state / "exports").write_text("")

    def play(self, block: Block) -> None:
        """Do what a block says."""
        if block.language == "console":
            for command, output in commands(block.text):
                self._start(command, output) if block.title else self._run(command, output)
        else:
            path = self._where / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")

    def end(self) -> None:
        """End what runs in other terminals, as Ctrl-C does."""
        for process in reversed(self._running):
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=30)

    @property
    def _where(self) -> Path:
        return Path((self.state / "cwd").read_text().strip())

    def _script(self, command: str) -> list[str]:
        filled = _PLACEHOLDER.sub(lambda found: f'export {found[1]}="{self.seen[found[1]]}"', command)
        keep = f"code=$?; pwd > {self.state}/cwd; export -p > {self.state}/exports; exit $code"
        return ["bash", "-c", f". {self.state}/exports; cd {self._where}; {filled}\n{keep}"]

    def _run(self, command: str, output: str) -> None:
        done = subprocess.run(
            self._script(command),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_PATIENCE_S,
        )
        said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout)
        assert matches(output, said), f"$ {command}\nexpected:\n{output}\nsaid:\n{said}"

    def _start(self, command: str, output: str) -> None:
        with TemporaryFile() as said:
            process = subprocess.Popen(
                self._script(f"exec {command}"),
                env=self.environment,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._running.append(process)
            text = self._wait(process, said, output)
        assert matches(output, text), f"$ {command}\nexpected:\n{output}\nsaid:\n{text}"
        self.seen |= dict(re.findall(r"^([A-Z_]+)=(.+)$", text, re.MULTILINE))

    def _wait(self, process: subprocess.Popen[bytes], said: IO[bytes], output: str) -> str:
        end = time.monotonic() + _PATIENCE_S
        while True:
            text = os.pread(said.fileno(), 1 << 20, 0).decode()
            if matches(output, text) or process.poll() is not None or time.monotonic() > end:
                return text
            time.sleep(0.05)


def commands(text: str) -> list[tuple[str, str]]:
    """Each command of a block with the output below it."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert not parts[0], f"what is said before the first command? {parts[0]!r}"
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts[1:])]


def matches(expected: str, said: str) -> bool:
    """Whether it is what is shown; the three dots stand for anything."""
    lines = [
        "(?s:.*?)" if line == "…" else re.escape(line).replace("…", r"[^\n]*")
        for line in expected.rstrip().splitlines()
    ]
    return re.fullmatch("\n".join(lines), said.rstrip()) is not None
