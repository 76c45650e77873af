"""A file of YAML or JSON as plain values, and the line in which each of them stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from janua.diagnostics import shown_path
from janua.errors import ConfigError

Key: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A file's value; ``lines`` has the line of each part by its keys, where that is known."""

    path: Path
    value: object
    lines: Mapping[Key, int] = field(default_factory=dict)

    def fail(self, key: Key, message: str) -> NoReturn:
        """Raise a ConfigError about the part at ``key``, or the nearest around it whose line is known."""
        around = key
        while around and around not in self.lines:
            around = around[:-1]
        line = f":{self.lines[around]}" if around in self.lines else ""
        raise ConfigError(f"{shown_path(self.path)}{line}: {f'{shown(key)}: ' if key else ''}{message}")


def shown(key: Key) -> str:
    """Return keys as people write them: ``sql[0].gen.go``."""
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in key).removeprefix(".")


def read_document(path: Path) -> Document:
    """
    Read a file: JSON where its name says so, else YAML.

    Raises ConfigError, with file and line, where it is not there or cannot be read as that.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{shown_path(path)}: no such file") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shown_path(path)}: not a UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f"{shown_path(path)}: cannot be read: {error.strerror}") from None
    return _json(path, text) if path.suffix == ".json" else _yaml(path, text)


def _json(path: Path, text: str) -> Document:
    try:
        return Document(path, json.loads(text))
    except json.JSONDecodeError as error:
        place = f"{shown_path(path)}:{error.lineno}:{error.colno}"
        raise ConfigError(f"{place}: not valid JSON: {error.msg}") from None
    except RecursionError:
        raise ConfigError(f"{shown_path(path)}: not valid JSON: nested too deeply") from None


def _yaml(path: Path, text: str) -> Document:
    # Here, because no other command pays for it.
    import yaml

    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return Document(path, None)
        lines: dict[Key, int] = {}
        _find_lines(node, (), lines)
        return Document(path, loader.construct_document(node), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark is not None else ""
        raise ConfigError(f"{shown_path(path)}{place}: not valid YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split()) if isinstance(error, ValueError) else type(error).__name__
        raise ConfigError(f"{shown_path(path)}: not valid YAML: {reason}") from None


def _find_lines(node: Any, key: Key, lines: dict[Key, int]) -> None:
    import yaml

    lines[key] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if isinstance(name, yaml.ScalarNode):
                _find_lines(value, (*key, name.value), lines)
                # a list or mapping begins in the line of its name
                lines[(*key, name.value)] = name.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            _find_lines(value, (*key, at), lines)
