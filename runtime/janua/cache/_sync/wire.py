# Derived from runtime/janua/cache/_async/wire.py by tools/derive_sync.py; do not edit.
"""Commands on one connection: all of them are sent before the first answer is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis.exceptions import ReadOnlyError, ResponseError

from janua.cache.stamps import IDENTIFY, Keys, Keyspace, new_run_name
from janua.cache.trips import Command, by_digest, fields_of


def send(connection: Any, commands: Sequence[Command]) -> None:
    """Send the commands, and wait for nothing."""
    connection.send_packed_command(connection.pack_commands([by_digest(each) for each in commands]))


def receive(connection: Any, commands: Sequence[Command]) -> list[Any]:
    """Return the answers to what was sent; the server's errors are answers."""
    answers: list[Any] = []
    for _ in commands:
        try:
            answers.append(connection.read_response())
        except ResponseError as error:
            answers.append(error)
    return answers


def exchange(connection: Any, commands: Sequence[Command]) -> list[Any]:
    """Send the commands and return the answers. Raises the first one where it is an error."""
    send(connection, commands)
    answers = receive(connection, commands)
    if isinstance(answers[0], ResponseError):
        raise answers[0]
    return answers


def identify(connection: Any, space: Keyspace) -> Keys:
    """
    Return the keys' names in this run of the server's life.

    Raises ReadOnlyError where the server is a replica.
    """
    found: dict[str, str] = {}
    for section in ("server", "replication"):
        [info] = exchange(connection, [("INFO", section)])
        found |= fields_of(info)
    if found.get("role", "master") != "master":
        raise ReadOnlyError("the server is a replica")
    identity = f"{found.get('run_id')},{found.get('master_replid')}"
    [value] = exchange(connection, [("EVAL", IDENTIFY.text, 1, space.run, identity, new_run_name())])
    return Keys(space, value)
