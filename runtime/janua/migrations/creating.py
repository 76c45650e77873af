"""A new migration: the next number, and a template in the style of the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from janua.diagnostics import shown_path
from janua.errors import ConfigError
from janua.migrations.files import Migration
from janua.migrations.folders import read_migrations
from janua.migrations.styles import Style, spelled

_WIDTH = 4
# A number of so many digits is a time: 20260131120000.
_TIMESTAMP = "%Y%m%d%H%M%S"
_BODIES = (Style.JANUA, Style.GOOSE, Style.SQL_MIGRATE, Style.DBMATE, Style.NODE_PG_MIGRATE)


def create_migration(sources: Path | Sequence[Path | Sequence[Path]], words: str) -> list[Path]:
    """
    Write a new migration beside those that are there, and return its files. It overwrites nothing.

    Raises ConfigError where it is not clear in which folder or how it would be named, and where one is named so.
    """
    folder = _folder(sources)
    name = re.sub(r"[^\w]+", "_", words.strip().removesuffix(".sql")).strip("_").lower()
    if not name:
        raise ConfigError(f"{words!r} cannot be the name of a migration; say what it does: add_prices_to_products")
    existing = read_migrations(folder) if folder.exists() else []
    _refuse_twin(existing, name)
    written = []
    for path, text in _files(folder, existing, name).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        written.append(path)
    return written


def _refuse_twin(existing: Sequence[Migration], name: str) -> None:
    for each in existing:
        place = each.path.parent if each.path.name in ("up.sql", "migration.sql") else each.path
        if re.sub(r"^\d+_|(\.up)?\.sql$", "", place.name) == name:
            raise ConfigError(
                f"{shown_path(each.path)}: there is a migration {name} already; give this one another name"
            )


def _folder(sources: Path | Sequence[Path | Sequence[Path]]) -> Path:
    only = sources if isinstance(sources, Path) else sources[0] if len(sources) == 1 else None
    if not isinstance(only, Path) or only.is_file():
        raise ConfigError(
            "tool.janua.migrations names more than one folder: which one the new file belongs to is unclear"
        )
    return only


def _files(folder: Path, existing: Sequence[Migration], name: str) -> dict[Path, str]:
    last = existing[-1] if existing else None
    style = last.style if last else Style.JANUA
    if last and last.path.name in ("up.sql", "migration.sql"):
        inner = folder / f"{_next_number([each.path.parent.name for each in existing])}_{name}"
        texts = {inner / last.path.name: ""}
        return texts | ({inner / "down.sql": ""} if last.path.name == "up.sql" else {})
    number = _next_number([each.path.name for each in existing])
    if style is Style.GOLANG_MIGRATE:
        return {folder / f"{number}_{name}.up.sql": "", folder / f"{number}_{name}.down.sql": ""}
    if style is Style.FLYWAY:
        raise ConfigError("Flyway's files are numbered by hand: write V…__words.sql yourself")
    return {folder / f"{number}_{name}.sql": _template(style)}


def _next_number(names: Sequence[str]) -> str:
    numbers = [match[0] for each in names if (match := re.match(r"\d+", each))]
    if not numbers:
        return "1".zfill(_WIDTH)
    last = max(numbers, key=int)
    if len(last) == len(datetime.now(UTC).strftime(_TIMESTAMP)):
        now = datetime.now(UTC).strftime(_TIMESTAMP)
        return max(now, str(int(last) + 1))
    return str(int(last) + 1).zfill(len(last))


def _template(style: Style) -> str:
    if style is Style.TERN:
        return f"\n\n{spelled(style, 'down')}\n\n"
    if style not in _BODIES:
        return ""
    return f"{spelled(style, 'up')}\n\n\n{spelled(style, 'down')}\n\n"
