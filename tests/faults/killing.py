"""
A migrator that kills itself: ``python -m tests.faults.killing URL FOLDER DIRECTION MOMENT AT``.

It dies at the statement number ``AT`` of all that it sends to the server: ``before`` that is sent, ``during`` (sent,
and the answer not waited for), or ``after`` the answer. It prints how many it has sent where it comes to its end.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from janua.database import Database
from janua.database._sync.session import Session
from janua.migrations import Migrator


def main(url: str, folder: str, direction: str, moment: str, at: int) -> None:
    """Migrate until death."""
    sent = 0
    execute = Session.execute

    def counted(self: Session, query: Any, params: Any = None, **options: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == at and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        if sent == at and moment == "during" and isinstance(query, bytes):
            self.pgconn.send_query(query)
            while self.pgconn.flush():
                pass
            os.kill(os.getpid(), signal.SIGKILL)
        cursor = execute(self, query, params, **options)
        if sent == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return cursor

    Session.execute = counted  # type: ignore[assignment, method-assign]
    with Database(url, lazy=True) as db:
        migrator = Migrator(db, folder)
        if direction == "up":
            migrator.up()
        else:
            migrator.down(steps=len([each for each in migrator.status() if each.state != "pending"]))
    print(sent)


if __name__ == "__main__":
    _url, _folder, _direction, _moment, _at = sys.argv[1:]
    main(_url, _folder, _direction, _moment, int(_at))
