"""An empty database filled from a dump: by pg_restore itself, or where the server is too old for it, by its script."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from janua.operations.programs import Programs

_UNKNOWN = b"SET transaction_timeout = 0;\n"
# What comes behind all settings.
_FIRST_OBJECTS = (b"CREATE ", b"ALTER ", b"COPY ", b"COMMENT ")


def fill(
    programs: Programs,
    dump: Path,
    url: Mapping[str, Any],
    server_major: int,
    options: Sequence[str],
    jobs: int,
    on_line: Callable[[str], object],
) -> None:
    """Restore all of a dump, to the first error. Raises OperationError with what the server has said."""
    common = ("--verbose", *options)
    if programs.is_understood_by(server_major):
        direct = ("--exit-on-error", f"--jobs={jobs}", *common, str(dump))
        programs.run("pg_restore", *direct, url=url, on_line=on_line)
    else:
        _fill_by_script(programs, (*common, "--file=-", str(dump)), url, on_line)


def _fill_by_script(
    programs: Programs, restore: Sequence[str], url: Mapping[str, Any], on_line: Callable[[str], object]
) -> None:
    """Have psql run what pg_restore writes, but for the setting that the server does not know."""
    psql = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-")
    from_restore, to_us = os.pipe()
    from_us, to_psql = os.pipe()
    with (
        open(from_restore, "rb") as script,
        open(to_psql, "wb") as server,
        programs.running("pg_restore", *restore, url=None, on_line=on_line, stdout=to_us),
        # Inside: where it fails, pg_restore does, too, and the server's words are those that matter.
        programs.running("psql", *psql, url=url, on_line=lambda _line: None, stdin=from_us),
    ):
        os.close(to_us)
        os.close(from_us)
        _copy(script, server)


def _copy(script: IO[bytes], server: IO[bytes]) -> None:
    try:
        for line in script:
            if line != _UNKNOWN:
                server.write(line)
            if line == _UNKNOWN or line.startswith(_FIRST_OBJECTS):
                break
        shutil.copyfileobj(script, server)
        server.close()
    except BrokenPipeError:
        # psql has ended, and says why.
        script.close()
