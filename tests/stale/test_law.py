"""
The law of a cache that is never stale, tried with random histories of several processes.

**The law.** Let a cached query be called in one process, on a database or in a transaction, and let nothing else begin
or end while it runs. Then it gives exactly what the same statement gives without a cache at the same place and moment.
Where it is stopped half-way and others go on meanwhile, it gives what the statement gave when the server ran it, or
gives at the end. It follows that

- a read that begins after a COMMIT has returned shows what was committed, in whichever process;
- no read shows rows that are not committed yet, or were rolled back, by a savepoint, a lost connection or a killed
  process; and none shows again what was already replaced;
- inside a transaction, own writes are seen, and under REPEATABLE READ the snapshot's rows.

A write that raises, with InvalidationFailed too, has changed nothing.

**The history** is drawn by hypothesis: three processes (two blocking, one asynchronous), each with a strict cache, take
steps one after the other. A step may be stopped between any two of the protocol's (``worker.install``), and goes on
when the history says so, or never: its process is killed. Keys of Valkey are lost at random, all at once, or by a
restart with or without its snapshot file; the server's processes are ended. What is compared comes from the server, so
there is no model of the data that could be wrong.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.stale.bank import BUILT, READS, WRITES, changed_by
from tests.stale.stage import KINDS, Process, Stage

_LENGTH = 60
STEPS = int(os.environ.get("JANUA_STALE_STEPS", "600"))

_which = st.sampled_from(range(len(KINDS)))
_read = st.sampled_from(sorted(READS))
_write = st.sampled_from([*WRITES, *BUILT])
_READING = ("opened", "settled", "answered", "answered")
_WRITING = ("marking", "marked", "committed", "clearing")
_WEIGHTS = {
    "read": 10,
    "everybody reads": 8,
    "read half": 3,
    "write": 8,
    "write half": 3,
    "begin": 4,
    "savepoint": 2,
    "end": 5,
    "commit half": 2,
    "walk": 6,
    "go on": 6,
    "kill": 1,
    "terminate": 1,
    "evict": 4,
    "flush": 2,
    "restart": 1,
}
# What locks, collisions and what was ended under the caller's feet are told by.
_EXPECTED = {"55P03", "40001", "40P01", "25P02", "57P01", "23503", "23505"}


class History(RuleBasedStateMachine):
    """Random steps; what a read gives is compared at once."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.stage.reset()
        self._paused: dict[int, tuple[str, Any]] = {}
        self._story = [""]
        self._last = "trigger"

    def _free(self, which: int) -> Process | None:
        process = self.stage.processes[which]
        return None if process.is_paused else process

    def _count(self, what: str, number: int = 1) -> None:
        self.stage.counts[what] += number

    def _tell(self, what: str) -> str:
        return "\n".join([*self._story, what])

    def _judge(self, process: Process, answer: list[Any], *, name: str = "", also: list[Any] | None = None) -> None:
        """Look at the answer to a step; ``also`` is what a read may give besides what is there now."""
        self._story[-1] += f": {process.name} {str(answer)[:120]}"
        self._count("steps")
        if answer[0] == "paused":
            return
        if answer[0] == "failed":
            self._failed(process, answer)
        elif name:
            cached, shown, is_hit = answer[1]
            allowed = [shown] if also is None else [shown, also]
            assert cached in allowed, self._tell(f"{name}: {cached} is none of {allowed}")
            self._count("reads compared")
            self._count("of them answered by the cache", is_hit)

    def _failed(self, process: Process, answer: list[Any]) -> None:
        _, kind, _, state = answer
        is_expected = state in _EXPECTED or kind in ("TransactionAborted", "InvalidationFailed")
        # A lost connection is told once, by whatever is called next.
        is_lost = kind in ("OperationalError", "TransactionLost", "AdminShutdown", "CommitUnknown")
        assert is_expected or (is_lost and process.is_shaken), self._tell(str(answer))
        self._count("steps that failed")
        self._count(f"of them {kind}")
        if state == "57P01" or not is_expected:
            process.is_shaken = False
        if process.depth:
            assert "done" == process.take("abandon")[0]
            process.depth = 0

    @rule(
        what=st.sampled_from([what for what, weight in _WEIGHTS.items() for _ in range(weight)]),
        which=_which,
        read=_read,
        write=_write,
        on_connection=st.booleans(),
        chance=st.integers(0, 1_000_000),
    )
    def step(self, what: str, which: int, read: str, write: str, on_connection: bool, chance: int) -> None:
        where = "connection" if on_connection else ""
        if "write" in what:
            self._last = write
        elif chance % 5:
            # More often than not what the last write has outdated.
            outdated = changed_by(self._last)
            read = outdated[chance % len(outdated)]
        self._story.append(f"{what} by {which} ({read}, {write}, {where}, {chance})")
        steps: dict[str, Callable[[], None]] = {
            "read": lambda: self._read(which, read, where),
            "everybody reads": lambda: self._everybody_reads(read),
            "read half": lambda: self._read_half(which, read, _READING[chance % 4]),
            "write": lambda: self._write(which, write, where),
            "write half": lambda: self._write_half(which, write, _WRITING[chance % 4]),
            "begin": lambda: self._begin(which, "repeatable read" if chance % 3 == 0 else None, on_connection),
            "savepoint": lambda: self._savepoint(which),
            "end": lambda: self._end(which, chance % 2 == 0),
            "commit half": lambda: self._commit_half(which, _WRITING[chance % 4]),
            "walk": lambda: self._walk(which, write, Random(chance)),
            "go on": lambda: self._go_on(("", "", "committed", "clearing", *_WRITING)[chance % 8]),
        }
        steps.get(what, lambda: self._disturb(which, what, chance))()

    def _read(self, which: int, name: str, where: str) -> None:
        if process := self._free(which):
            self._judge(process, process.take("read", name, where), name=name)

    def _everybody_reads(self, name: str) -> None:
        for which in range(len(KINDS)):
            self._read(which, name, "")

    def _read_half(self, which: int, name: str, place: str) -> None:
        if process := self._free(which):
            answer = process.take("read", name, until=place)
            if process.is_paused:
                self._paused[which] = ("read", (name, self.stage.shown(name)))
                self._count(f"stopped: {place}")
            self._judge(process, answer, name=name)

    def _write(self, which: int, name: str, where: str) -> None:
        if process := self._free(which):
            self._change(process, process.depth == 0, "write", name, where)

    def _write_half(self, which: int, name: str, place: str) -> None:
        process = self._free(which)
        if process and not process.depth:
            answer = process.take("write", name, until=place)
            if process.is_paused:
                self._paused[which] = ("write", None)
                self._count(f"stopped: {place}")
            self._judge(process, answer)

    def _change(self, process: Process, may_commit: bool, *step: Any) -> list[Any]:
        """Have something changed; where that fails, nothing may have been."""
        before = self.stage.everything() if may_commit else {}
        answer = process.take(*step)
        if answer[0] == "failed" and may_commit and answer[1] != "CommitUnknown" and step[1:2] != ("pipeline",):
            after = self.stage.everything()
            changed = [
                each for each in before if None not in (before[each], after[each]) and before[each] != after[each]
            ]
            assert [] == changed, self._tell(f"{changed} changed: {answer}")
        self._judge(process, answer)
        return answer

    def _begin(self, which: int, isolation: str | None, on_connection: bool) -> None:
        process = self._free(which)
        if process and not process.depth:
            answer = process.take("begin", isolation, on_connection)
            process.depth = int(answer[0] == "done")
            if not process.depth:
                process.take("abandon")
            self._judge(process, answer)

    def _savepoint(self, which: int) -> None:
        process = self._free(which)
        if process and 0 < process.depth < 4:
            answer = process.take("savepoint")
            process.depth += answer[0] == "done"
            self._judge(process, answer)

    def _end(self, which: int, commits: bool) -> None:
        process = self._free(which)
        if process and process.depth:
            process.depth -= 1
            answer = self._change(process, process.depth == 0, "end", commits)
            self._count("transactions and savepoints ended", answer[0] == "done")

    def _commit_half(self, which: int, place: str) -> None:
        process = self._free(which)
        if process and process.depth == 1:
            process.depth = 0
            answer = process.take("end", True, until=place)
            if process.is_paused:
                self._paused[which] = ("write", None)
                self._count(f"stopped: {place}")
            self._judge(process, answer)

    def _go_on(self, further: str, which: int | None = None) -> None:
        if not self._paused:
            return
        which = min(self._paused) if which is None else which
        process = self.stage.processes[which]
        kind, extra = self._paused.pop(which)
        answer = process.take("go", until=further)
        if process.is_paused:
            if kind == "read":
                extra = (extra[0], self.stage.shown(extra[0]))
            self._paused[which] = kind, extra
        name, also = extra if kind == "read" else ("", None)
        if also is None:
            # Somebody had locked everybody out: what was there then is not known.
            name = ""
        self._judge(process, answer, name=name, also=also)

    def _disturb(self, which: int, what: str, seed: int) -> None:
        process = self.stage.processes[which]
        match what:
            case "kill":
                self._kill(which)
            case "terminate":
                self.stage.terminate(process)
                self._count("times that a process's connections were ended by PostgreSQL")
            case "evict":
                self.stage.evict(seed)
            case "flush":
                self.stage.redis.flushall()
                self._count("FLUSHALL")
            case _:
                self.stage.restart(seed)
                self._count(f"restarts of Valkey {'with' if seed % 2 else 'without'} its snapshot")

    def _walk(self, which: int, write: str, drawn: Random) -> None:
        """Stop a writer at several places one after the other, and have everybody read what it is about to outdate."""
        process = self._free(which)
        if process is None or process.depth > 1:
            return
        places = [place for place in _WRITING if drawn.random() < 0.6]
        outdated = changed_by(write)
        if process.depth:
            self._write(which, write, "")
        for number, place in enumerate([*places, ""]):
            if number:
                self._go_on(place, which)
            elif process.depth == 1:
                self._commit_half(which, place)
            else:
                self._write_half(which, write, place)
            if drawn.random() < 0.3:
                self._disturb(which, drawn.choice(["evict", "evict", "flush", "kill"]), drawn.randrange(1_000_000))
            self._everybody_reads(drawn.choice(outdated))
            self._everybody_reads(drawn.choice(outdated))
            if which not in self._paused:
                break

    def _kill(self, which: int) -> None:
        process = self.stage.processes[which]
        self._count("processes killed")
        self._count("of them between two steps of the protocol", process.is_paused)
        self._paused.pop(which, None)
        process.kill()

    def teardown(self) -> None:
        for which in sorted(self._paused):
            self._kill(which)
        self._count("histories")


@pytest.mark.parametrize("steps", [STEPS])
def test_every_answer_is_one_that_the_database_gives(stage: Stage, steps: int) -> None:
    """Whatever happens in between; the law is at the head of this file."""
    History.stage = stage
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=max(1, steps // _LENGTH),
            stateful_step_count=_LENGTH,
            deadline=None,
            database=None,
            # A history takes seconds, and tells its story itself.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert stage.counts["of them answered by the cache"] > stage.counts["reads compared"] / 20
