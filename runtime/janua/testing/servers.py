"""Where a test's Redis is: a given server, an embedded one, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

from janua.config import project_folder
from janua.extras import needed_by


class Server:
    """A server at ``url``, kept up until ``close``."""

    def __init__(self, url: str, keep: ExitStack | None = None) -> None:
        self.url = url
        self._keep = keep or ExitStack()

    def close(self) -> None:
        """It is not needed any more."""
        self._keep.close()


class FakeServer(Server):
    """No server: ``data`` in memory, and the ``library`` whose clients use them."""

    def __init__(self) -> None:
        super().__init__("redis://in-memory/0")
        with needed_by("a fake Redis"):
            self.library: Any = import_module("fakeredis")
            import_module("lupa")
        self.data = self.library.FakeServer()


def find_server(url: str | None, *, fake: bool) -> Server:
    """Return the fake, the server of this URL or of the environment, or else an embedded one."""
    if fake:
        return FakeServer()
    given = url or os.environ.get("JANUA_REDIS_URL")
    return Server(given) if given else _embedded()


def _embedded() -> Server:
    from janua.embedded import valkey

    keep = ExitStack()
    project = project_folder(Path.cwd())
    # Within a project, its tests share one server; elsewhere, nothing is left behind.
    if project is None:
        state = Path(tempfile.mkdtemp(prefix="janua-redis."))
        keep.callback(shutil.rmtree, state, ignore_errors=True)
    else:
        state = project / ".janua"
    with ExitStack() as failed:
        failed.callback(keep.close)
        url = keep.enter_context(valkey.serve(state)).url
        failed.pop_all()
    return Server(url, keep)
