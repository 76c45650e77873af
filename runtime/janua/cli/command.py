"""What a command is: other packages add theirs through the entry-point group ``janua.commands``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SCRATCH_SERVER = "the server for scratch databases (default: JANUA_SCRATCH_URL, else an embedded one)"
DATABASE = "the database (default: JANUA_DATABASE_URL)"


@dataclass(frozen=True, slots=True)
class Command:
    """
    One command. ``help`` is a line for the overview; ``example`` is shown below the command's options.

    ``configure`` adds the command's own arguments. ``run`` gets all of them, ``database_url`` (str or
    None) included, and the project's folder; it returns the exit code: 0 ok, 1 findings, 2 usage or
    configuration, 3 a server cannot be reached. It may raise any JanuaError instead. ``failure`` says
    what 1 means, and ``database`` what ``--database-url`` does; it is empty for a command without servers,
    and ``argparse.SUPPRESS`` for one that chooses them itself.
    """

    help: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Path], int]
    description: str = ""
    example: str = ""
    failure: str = "it has failed"
    database: str = SCRATCH_SERVER
