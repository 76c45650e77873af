"""What the configuration says of functions that cannot be seen through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from janua.config import Function, suggestion
from janua.errors import ConfigError

from janua_generator.catalog.wiring import Declared, Oid, WiredFunction, WiredRelation, Wiring


def declare(wiring: Wiring, functions: Sequence[Function]) -> Wiring:
    """
    Return the schema with what ``[[tool.janua.function]]`` says in place of bodies.

    A bare function name means all functions of that name; a bare table name means what it does on the
    search path, else the only table of that name. Raises ConfigError for one that means nothing.
    """
    declared: dict[Oid, Declared] = {}
    for at, function in enumerate(functions):
        key = f"function[{at}]"
        known = Declared(
            tuple(_table(wiring, name, f"{key}.reads") for name in function.reads),
            tuple(_table(wiring, name, f"{key}.writes") for name in function.writes),
        )
        for each in _functions(wiring, function.name, f"{key}.name"):
            declared[each.oid] = known
    return replace(wiring, declared=declared)


def _functions(wiring: Wiring, name: str, key: str) -> Sequence[WiredFunction]:
    found = [each for each in wiring.functions if name in (each.name, each.qualified)]
    if not found:
        raise _unknown(key, "function", name, (each.name for each in wiring.functions))
    return found


def _table(wiring: Wiring, name: str, key: str) -> Oid:
    on_path = wiring.resolve(name)
    found = [on_path] if on_path else [each for each in wiring.relations if name in (each.name, each.qualified)]
    if not found:
        raise _unknown(key, "table", name, (each.name for each in wiring.relations))
    if len(found) > 1:
        raise ConfigError(f'pyproject.toml: tool.janua.{key}: "{name}" may be {_either(found)}; name its schema too')
    return found[0].oid


def _either(found: Iterable[WiredRelation]) -> str:
    return " or ".join(sorted(each.qualified for each in found))


def _unknown(key: str, kind: str, name: str, known: Iterable[str]) -> ConfigError:
    hint = suggestion(name, sorted(set(known)))
    return ConfigError(f'pyproject.toml: tool.janua.{key}: the migrations make no {kind} "{name}"{hint}')
