"""
How long work shows that it goes on: a line that moves on a terminal, plain lines elsewhere.

    progress = Progress()
    with progress.step("0007_add_prices") as step:
        step.note("waiting for a lock")
    with progress.step("restore", total=size_bytes) as step:
        step.advance(4096)

Both end as one line, ``0007_add_prices  1.2 s``. It goes to the standard error: the output is for results.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from janua.cli.terminal import moves_cursor

_REDRAW_S = 0.1
# Where lines stay, as in the log of a build, one tells every so often that there is still work.
_REPEAT_S = 15.0
_BAR = 24


class Step:
    """One piece of work. It may be told about from any thread."""

    def __init__(self, label: str, total: int | None) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self.said = ""
        self.outcome = ""
        self.start = time.monotonic()

    def advance(self, amount: int) -> None:
        """Count what has been done, in the units of ``total``."""
        self.done += amount

    def note(self, text: str) -> None:
        """Show what is going on; an empty text takes it away."""
        self.said = text

    def conclude(self, text: str) -> None:
        """Say how it ended, in place of nothing or "failed"."""
        self.outcome = text

    def line(self, *, is_over: bool = False) -> str:
        parts = [self.label]
        if self.total and not is_over:
            share = min(self.done / self.total, 1.0)
            filled = round(share * _BAR)
            parts.append(f"[{'#' * filled}{'.' * (_BAR - filled)}] {share:4.0%}")
        parts.append(shown_time(time.monotonic() - self.start))
        note = self.outcome if is_over else self.said
        return "  ".join([*parts, note] if note else parts)


class Progress:
    """Shows one step after the other. ``stream`` is the standard error where it is not given."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._is_live = moves_cursor(self._stream)

    @contextmanager
    def step(self, label: str, total: int | None = None) -> Iterator[Step]:
        """Show a piece of work for as long as the block runs; with a ``total`` how much of it is done."""
        step = Step(label, total)
        is_over = threading.Event()
        thread = threading.Thread(target=self._show, args=(step, is_over), daemon=True)
        thread.start()
        try:
            yield step
        except BaseException:
            step.outcome = step.outcome or "failed"
            raise
        finally:
            is_over.set()
            thread.join()
            self._write(step.line(is_over=True), stays=True)

    def _show(self, step: Step, is_over: threading.Event) -> None:
        while not is_over.wait(_REDRAW_S if self._is_live else _REPEAT_S):
            self._write(step.line(), stays=not self._is_live)

    def _write(self, line: str, *, stays: bool) -> None:
        if self._is_live:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write("\r\x1b[2K" + (line if stays else line[:width]))
        else:
            self._stream.write(line)
        self._stream.write("\n" if stays else "")
        self._stream.flush()


def shown_time(seconds: float) -> str:
    """Return a time as people read it: ``12 ms``, ``3.4 s``, ``2 min 05 s``."""
    if seconds < 0.9995:
        return f"{round(seconds * 1000)} ms"
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60:02d} s"
