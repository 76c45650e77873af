"""Which commands there are: the runtime's own, and those that installed packages add."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points

from janua.cli.command import Command
from janua.cli.completion import COMPLETION
from janua.cli.db import DB
from janua.cli.dev import DEV
from janua.cli.explain import EXPLAIN
from janua.cli.init import INIT
from janua.cli.migrate import MIGRATE
from janua.cli.monitor import MONITOR
from janua.cli.seed import SEED
from janua.config import suggestion
from janua.errors import ConfigError, MissingExtra
from janua.extras import install, needed_by

GROUP = "janua.commands"

_BUILT_IN = {
    "init": INIT,
    "dev": DEV,
    "db": DB,
    "migrate": MIGRATE,
    "monitor": MONITOR,
    "seed": SEED,
    "explain": EXPLAIN,
    "completion": COMPLETION,
}


def command_names() -> list[str]:
    """Return the names of all commands, in the order of the overview."""
    return [*_BUILT_IN, *_added()]


def find_command(name: str) -> Command:
    """
    Return the command of this name.

    Raises ConfigError for an unknown one, with the closest name, and for one that lacks a package.
    """
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    added = _added()
    if name not in added:
        raise ConfigError(
            f"janua: there is no command {name!r}{suggestion(name, command_names()) or '; see janua --help'}"
        )
    return _load(added[name])


def overview() -> Iterator[tuple[str, str]]:
    """Yield the name of each command and what it does, or what it lacks."""
    for name in command_names():
        try:
            yield name, find_command(name).help
        except MissingExtra:
            yield name, f"({install('generator')} adds this command)"


def _added() -> dict[str, EntryPoint]:
    # "migrate.lint" belongs to the command "migrate".
    return {entry.name: entry for entry in entry_points(group=GROUP) if "." not in entry.name}


def _load(entry: EntryPoint) -> Command:
    with needed_by(f"janua {entry.name}"):
        command = entry.load()
    if not isinstance(command, Command):
        raise ConfigError(f"janua {entry.name}: {entry.value} is not a janua.cli.command.Command")
    return command
