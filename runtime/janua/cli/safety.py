"""
What stands before a command that destroys: databases marked as protected, and the question whether it is meant.

    require_consent(find_database(args.database_url), project.safety, "take back 0007_add_prices", yes=args.yes)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase

from janua.cli.target import names_of
from janua.config import Safety
from janua.database.target import Target
from janua.errors import ConfigError


def add_yes(parser: argparse.ArgumentParser) -> None:
    """Give a command the option ``--yes``."""
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask; for scripts")


def require_consent(target: Target, safety: Safety, deed: str, *, yes: bool) -> None:
    """
    Return where ``deed`` ("drop all tables") may be done to the database; ask, unless ``yes``.

    Raises ConfigError, before anything has been asked, for a database that is protected: ``yes`` does not
    help there. Raises it, too, where nobody can be asked, and for any answer but y or yes.
    """
    refuse_protected(target, safety, deed)
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigError(f"{deed} on {target}: this asks first, and nobody is there to answer; give --yes")
    print(f"{deed} on {target}? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise ConfigError("nothing was done")


def refuse_protected(target: Target, safety: Safety, deed: str) -> None:
    """Raise ConfigError for a database whose name or host is marked in ``[tool.janua.safety]``."""
    found = protecting(names_of(target), safety)
    if found is not None:
        name, pattern = found
        raise ConfigError(
            f"{deed} on {target}: refused, because {name} is protected:"
            f' tool.janua.safety.protected in pyproject.toml has "{pattern}"'
        )


def protecting(names: Iterable[str], safety: Safety) -> tuple[str, str] | None:
    """Return the first of the names that is protected, with the pattern that says so; case does not matter."""
    for name in sorted(names):
        for pattern in safety.protected:
            # A full stop at the end of a host's name means the same host.
            if fnmatchcase(name.lower().rstrip("."), pattern.lower()):
                return name, pattern
    return None
