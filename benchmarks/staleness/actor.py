"""
A process that is told each step, and where to stop in it: ``python actor.py SUBJECT OPTIONS FOLDER``.

It reads steps from its input, one a line as JSON, ``[PLACE, [METHOD, …]]``, and answers each with ``["done", …]``,
``["paused"]`` or ``["failed", CLASS, MESSAGE]``. A step that is paused goes on with the step ``["go"]``.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from queue import SimpleQueue
from typing import Any

from gate import Gate
from subject import JANUA, JANUA_STRICT, Options, Subject

Step = list[Any]


def opened(name: str, options: Options, gate: Gate) -> Subject:
    """Return the subject of this name. What it needs is imported here, after its clock is set."""
    if options.clock_s:
        now = time.time
        time.time = lambda: now() + options.clock_s
    if name in (JANUA, JANUA_STRICT):
        from janua_subject import JanuaSubject

        return JanuaSubject(name, options, gate)
    from django_subject import DjangoSubject

    return DjangoSubject(name, options, gate)


def _take(subject: Subject, method: str, arguments: list[Any]) -> Any:
    if method == "read_often":
        name, times = arguments
        return [subject.read(name) for _ in range(times)][-1]
    return getattr(subject, method)(*arguments)


def _act(name: str, options: Options, gate: Gate, steps: SimpleQueue[Step], answers: SimpleQueue[Step]) -> None:
    try:
        subject = opened(name, options, gate)
    except ImportError as error:
        answers.put(["failed", "ImportError", str(error)])
        return
    answers.put(["done", None])
    while True:
        method, *arguments = steps.get()
        try:
            answers.put(["done", _take(subject, method, arguments)])
        except Exception as error:
            answers.put(["failed", type(error).__name__, str(error)])


def main(name: str, options: str, folder: str) -> None:
    """Take steps until the input ends."""
    sys.path.append(folder)
    steps: SimpleQueue[Step] = SimpleQueue()
    answers: SimpleQueue[Step] = SimpleQueue()
    gate = Gate(answers)
    arguments = (name, Options(**json.loads(options)), gate, steps, answers)
    threading.Thread(target=_act, args=arguments, daemon=True).start()
    print(json.dumps(answers.get()), flush=True)
    for line in sys.stdin:
        place, step = json.loads(line)
        gate.place = place
        if step == ["go"]:
            gate.go()
        else:
            steps.put(step)
        print(json.dumps(answers.get()), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
